/** demo: a simulated Greenhouse and a server in one, with a sample organization connected and synced. */
import type { Command } from "commander";
import { Client } from "../client.ts";
import { type Context, examples, wholeNumber } from "../context.ts";
import { plainProgress } from "../progress.ts";
import { type RunningSimulator, startSimulator } from "../simulator.ts";
import { write } from "../terminal.ts";
import { count } from "../text.ts";
import { browserAddress, howToGetIn } from "./access.ts";

const NAME = "Aldermoor (sample)";
/** A month of a real account's limits in seconds: simulator and reader agree on it. */
const TIME_SCALE = 1000;
/** Beside a server that runs already. */
const PORT = 4181;

export function demoCommand(root: Command, context: Context): void {
  const command = root
    .command("demo")
    .description(
      "Look around with sample data: a simulated Greenhouse, connected and synced, in a data directory of its own.",
    )
    .option("--users <n>", "people in the sample organization; only at its first start", wholeNumber, 400);
  examples(command, ["demo", "demo --users 5000"]).action((given: { users: number }) =>
    demo(context, given.users),
  );
}

async function demo(context: Context, users: number): Promise<void> {
  const { terminal, program, config } = context;
  const say = (text: string) => write(terminal.out, `${text}\n`);
  const began = performance.now();
  const port = terminal.env.GLASSHOUSE_PORT?.trim() ? config.port : PORT;
  const dataDir = `${config.dataDir}-demo`;
  const installation = await program.open({
    config: { ...config, dataDir, port, timeScale: TIME_SCALE },
    command: "demo",
    need: "own",
    scheduled: true,
    sample: true,
    err: terminal.err,
  });
  let simulator: RunningSimulator | null = null;
  try {
    const client = new Client(installation.transport);
    const [before] = (await client.call("listConnections", {})).items;
    await say("Starting a simulated Greenhouse …");
    simulator = await startSimulator(program.simulator, flagsFor(users, before, terminal.now()));
    if (!before) {
      await say(`Connecting its sample organization of ${count(users)} people …`);
      await connect(client, simulator);
      await sync(context, client);
    }
    await simulator.control("clock", { frozen: true });
    await simulator.control("clock", { now: await afterFirstSync(client, terminal.now()) });
    await simulator.control("mutations", changesOf(await peopleOf(simulator)));
    await simulator.control("clock", { now: new Date(terminal.now()).toISOString(), frozen: false });
    if (!before) await sync(context, client);
    const { url } = await installation.own!.serve();
    const took = Math.ceil((performance.now() - began) / 1000);
    const address = browserAddress(url);
    await say(
      [
        "",
        `Sample data, ready in ${took} s at ${address}`,
        ...(await howToGetIn(client, context, address)),
        "",
        `Nobody in it exists. It is kept in ${dataDir}: delete that folder to begin anew.`,
        "Ctrl-C stops Glasshouse and the simulated Greenhouse.",
        "",
      ].join("\n"),
    );
    await new Promise<void>((done) => {
      const unhook = terminal.onInterrupt(() => {
        unhook();
        done();
      });
    });
  } finally {
    await installation.close();
    await simulator?.stop();
  }
}

type Before = { createdAt: string; origins: { harvest: string } } | undefined;

/** The organization follows from the day of the first start and its port stands in the connection: both are kept. */
function flagsFor(users: number, before: Before, now: number): string[] {
  const since = before?.createdAt ?? new Date(now).toISOString();
  const port = before ? new URL(before.origins.harvest).port : "0";
  const scale = ["--time-scale", String(TIME_SCALE)];
  return ["--users", String(users), "--seed", "7", "--now", since, "--port", port, ...scale];
}

async function connect(client: Client, { urls, clientId, clientSecret, siteAdminId }: RunningSimulator) {
  await client.call("createConnection", {
    body: {
      name: NAME,
      credential: { kind: "harvest_v3", clientId, secret: clientSecret },
      adminUser: String(siteAdminId),
      origins: urls,
    },
  });
}

/** Until nothing runs any more. */
async function sync({ terminal }: Context, client: Client): Promise<void> {
  const params = { c: NAME };
  const progress = plainProgress(terminal);
  await client.call("startSync", { params, body: {} });
  for await (const event of client.stream("progress", { params })) progress.show(event);
  progress.close();
}

/** Right after everything was listed for the first time: the ledger knows when, at each start. `now`: it was cut off before. */
async function afterFirstSync(client: Client, now: number): Promise<string> {
  const { items } = await client.call("listChanges", { params: { c: NAME }, query: { kind: "baseline" } });
  const ends = items.map(({ between }) => Date.parse(between.to) + 1);
  return new Date(ends.length > 0 ? Math.max(...ends) : now).toISOString();
}

interface Person {
  id: number;
  deactivated: boolean;
  site_admin: boolean;
}

async function peopleOf(simulator: RunningSimulator): Promise<Person[]> {
  const { users } = (await simulator.control("dump?parts=users")) as { users: Person[] };
  return users.filter((user) => !user.deactivated && !user.site_admin).sort((a, b) => a.id - b.id);
}

/** What happened since the first sync, so that there are changes to look at: at each start the same, and at the same moment. */
function changesOf(people: readonly Person[]): object[] {
  const at = (part: number) => people[Math.floor(people.length * part)]!.id;
  return [
    { op: "deactivateUser", userId: at(0.2) },
    { op: "deactivateUser", userId: at(0.55) },
    { op: "setSiteAdmin", userId: at(0.4), value: true },
    { op: "addJobPermission", userId: at(0.3) },
    { op: "addJobPermission", userId: at(0.7) },
    { op: "removeJobPermissionsOf", userId: at(0.6) },
  ];
}
