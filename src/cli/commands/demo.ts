/** demo: a simulated Greenhouse and a server in one, with a sample organization connected and synced. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Command, InvalidArgumentError } from "commander";
import type { SampleView } from "../../api/contract/sample.ts";
import { Client } from "../client.ts";
import { type Context, examples, wholeNumber } from "../context.ts";
import { noProgress, plainProgress } from "../progress.ts";
import { type RunningSimulator, startSimulator } from "../simulator.ts";
import { type Terminal, write } from "../terminal.ts";
import { count } from "../text.ts";
import { browserAddress, howToGetIn } from "./access.ts";
import { refuse, repeatActions } from "./demo-actions.ts";
import { DEACTIVATED, importSample, STAYS } from "./demo-employees.ts";

const NAME = "Aldermoor (sample)";
/** A month of a real account's limits in seconds: simulator and reader agree on it. */
const TIME_SCALE = 1000;
/** Events in one answer: a month of them takes a fifth of the requests of the simulator's own 100. */
const CAP = 500;
/** Beside a server that runs already. */
export const SAMPLE_PORT = 4181;

/** Sample data never goes where a company's own lies. */
export const sampleDir = (dataDir: string): string => `${dataDir}-demo`;

/** What `--json` prints, a line for each step. */
export interface SampleLine {
  step: NonNullable<SampleView["step"]>;
  /** Once it is ready. */
  url: string | null;
}

export function demoCommand(root: Command, context: Context): void {
  const command = root
    .command("demo")
    .description(
      "Look around with sample data: a simulated Greenhouse, connected and synced, in a data directory of its own.",
    )
    .option(
      "--users <n>",
      "people in the sample organization, 20 to 50,000; only at its first start",
      people,
      400,
    )
    .option("--json", "for programs: print a line of JSON for each step, and end when standard input ends");
  examples(command, ["demo", "demo --users 5000"]).action((given: Given) => demo(context, given));
}

/** Among fewer there is nobody left for some of what happens; the simulator plays no more. */
const [FEWEST, MOST] = [20, 50_000];

function people(text: string): number {
  const users = wholeNumber(text);
  if (users >= FEWEST && users <= MOST) return users;
  throw new InvalidArgumentError(`Give a number from ${FEWEST} to ${MOST}.`);
}

interface Given {
  users: number;
  json?: boolean;
}

async function demo(context: Context, { users, json = false }: Given): Promise<void> {
  const { terminal, program, config } = context;
  const tell = (step: SampleLine["step"], text: string, url: string | null = null) =>
    write(terminal.out, `${json ? JSON.stringify({ step, url } satisfies SampleLine) : text}\n`);
  if (json) endWith(terminal);
  const began = performance.now();
  const port = terminal.env.GLASSHOUSE_PORT?.trim() ? config.port : SAMPLE_PORT;
  const dataDir = sampleDir(config.dataDir);
  const installation = await program.open({
    config: { ...config, dataDir, databaseUrl: null, port, timeScale: TIME_SCALE },
    command: "demo",
    need: "own",
    // Not before the sample organization is as it was: a listing of it halfway would be told as changes.
    scheduled: "later",
    sample: true,
    err: terminal.err,
  });
  let simulator: RunningSimulator | null = null;
  try {
    const client = new Client(installation.transport);
    const [before] = (await client.call("listConnections", {})).items;
    await tell("simulator", "Starting a simulated Greenhouse …");
    const organization = organizationOf(dataDir, before, {
      users,
      now: new Date(terminal.now()).toISOString(),
    });
    simulator = await startSimulator(program.simulator, flagsFor(organization, before));
    await simulator.control("scenario", { "audit.unpagedCap": CAP }, "PATCH");
    const people = await peopleOf(simulator);
    await refuse(simulator, people[Math.floor(people.length * STAYS)]!.id);
    // Cut off while it was read for the first time, it is read now.
    const unread = !before || before.streams.some(({ state }) => state === "not_read_yet");
    if (!before) {
      await tell("connect", `Connecting its sample organization of ${count(users)} people …`);
      await connect(client, simulator);
    }
    if (unread) {
      await tell("read", "Reading it …");
      await sync(context, client, json);
    }
    // Also where it was ended before it came to that.
    const { directory } = await client.call("employeeSummary", { params: { c: NAME } });
    if (directory?.employees === 0) await importSample(client, NAME, people, terminal.now());
    await tell("changes", "Changing a few things …");
    await simulator.control("clock", { frozen: true });
    await simulator.control("clock", { now: await afterFirstSync(client, terminal.now()) });
    await change(simulator);
    if (before) await repeatActions(client, NAME, simulator);
    await simulator.control("clock", { now: new Date(terminal.now()).toISOString(), frozen: false });
    if (unread) await sync(context, client, json);
    installation.own!.schedule();
    const { url } = await installation.own!.serve();
    const took = Math.ceil((performance.now() - began) / 1000);
    const address = browserAddress(url);
    const wayIn = json ? [] : await howToGetIn(client, context, address);
    await tell(
      "ready",
      [
        "",
        `Sample data, ready in ${took} s at ${address}`,
        ...wayIn,
        "",
        `Nobody in it exists. It is kept in ${dataDir}: delete that folder to begin anew.`,
        "Ctrl-C stops Glasshouse and the simulated Greenhouse.",
        "",
      ].join("\n"),
      address,
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
    // Else it would hold this process.
    if (json) terminal.in.destroy();
  }
}

/** Whoever started us as a program has gone, or wants no more. */
function endWith({ in: input }: Terminal): void {
  input.once("end", () => process.kill(process.pid, "SIGTERM")).resume();
}

type Before = { createdAt: string; origins: { harvest: string } } | undefined;

/** It follows from these two. */
interface Organization {
  users: number;
  now: string;
}

/** As at the first start, whatever is asked for now. A demo of an earlier version kept only when it was connected. */
function organizationOf(dataDir: string, before: Before, asked: Organization): Organization {
  const file = join(dataDir, "organization.json");
  if (!before) {
    writeFileSync(file, JSON.stringify(asked), { mode: 0o600 });
    return asked;
  }
  try {
    return JSON.parse(readFileSync(file, "utf8")) as Organization;
  } catch {
    return { ...asked, now: before.createdAt };
  }
}

/** Its port stands in the connection. */
function flagsFor({ users, now }: Organization, before: Before): string[] {
  const port = before ? new URL(before.origins.harvest).port : "0";
  const scale = ["--time-scale", String(TIME_SCALE)];
  return ["--users", String(users), "--seed", "7", "--now", now, "--port", port, ...scale];
}

async function connect(client: Client, { urls, clientId, clientSecret, siteAdminId }: RunningSimulator) {
  await client.call("createConnection", {
    body: {
      name: NAME,
      credential: { kind: "harvest_v3", clientId, secret: clientSecret },
      permissionType: "read_and_act",
      adminUser: String(siteAdminId),
      origins: urls,
    },
  });
}

/** Until nothing runs any more. */
async function sync({ terminal }: Context, client: Client, quiet: boolean): Promise<void> {
  const params = { c: NAME };
  const progress = quiet ? noProgress(terminal) : plainProgress(terminal);
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
async function change(simulator: RunningSimulator): Promise<void> {
  for (const one of changesOf(await peopleOf(simulator), simulator.siteAdminId)) {
    await simulator.control("mutations", [one]).catch((error: unknown) => {
      // In a small organization somebody may have every job already: then they get no further one.
      if (one.op !== "addJobPermission") throw error;
    });
  }
}

function changesOf(people: readonly Person[], admin: number): { op: string; [field: string]: unknown }[] {
  const at = (part: number) => people[Math.floor(people.length * part)]!.id;
  const each = (parts: readonly number[], op: string) => parts.map((part) => ({ op, userId: at(part) }));
  return [
    { op: "addUser", firstName: "Mara", lastName: "Quill", email: "mara.quill@example.org" },
    { op: "addUser", firstName: "Tomas", lastName: "Wren", email: "tomas.wren@example.org" },
    ...each(DEACTIVATED, "deactivateUser"),
    { op: "setSiteAdmin", userId: at(0.4), value: true },
    { op: "insertEvents", events: [madeSiteAdmin(at(0.4), admin)] },
    ...each([0.3, 0.33, 0.36, 0.7, 0.73], "addJobPermission"),
    ...each([0.6, 0.63, 0.66], "removeJobPermissionsOf"),
  ];
}

/** What the audit log tells of it: the finding names who did it. */
const madeSiteAdmin = (target: number, by: number) => ({
  userId: by,
  request: { id: "made-site-admin", type: "users#update" },
  event: {
    type: "data_change_update",
    target_type: "User",
    target_id: target,
    meta: { site_admin: [false, true] },
  },
});
