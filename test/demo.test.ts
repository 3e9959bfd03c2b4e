/** `glasshouse demo` as a program: a sample organization, marked as one, and an end that leaves nothing behind. */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { dirname, join } from "node:path";
import { type TestContext, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import type { ConnectionView } from "../src/api/contract/connections.ts";
import { Client } from "../src/cli/client.ts";
import { overSocket } from "../src/cli/transport.ts";
import { databaseFile, openStore } from "../src/store/open.ts";
import { temporaryFolder } from "./harness.ts";

const main = join(dirname(import.meta.dirname), "src", "main.ts");

/** Until it says where it listens. */
async function demo(t: TestContext, dataDir: string, users: number) {
  const child = spawn(
    process.execPath,
    ["--disable-warning=ExperimentalWarning", main, "demo", "--users", String(users)],
    {
      env: { ...process.env, GLASSHOUSE_DATA_DIR: dataDir, GLASSHOUSE_PORT: "0" },
    },
  );
  t.after(() => child.kill("SIGKILL"));
  let out = "";
  let err = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    err += text;
  });
  const ready = new Promise<void>((done, failed) => {
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      out += text;
      if (out.includes("Ctrl-C")) done();
    });
    child.once("exit", () => failed(new Error(`it ended: ${err}`)));
  });
  await ready;
  const client = new Client(overSocket(join(`${dataDir}-demo`, "glasshouse.sock")));
  return {
    out,
    client,
    async stop() {
      child.kill("SIGINT");
      const [code] = await once(child, "exit");
      return code as number;
    },
  };
}

const lives = (connection: ConnectionView) =>
  fetch(`${connection.origins.harvest}/_sim/state`).then(
    () => true,
    () => false,
  );

/** A demo that is ended as soon as it says this. */
async function endedAt(t: TestContext, dataDir: string, said: string, how: "SIGINT" | "input ends") {
  const json = how === "input ends" ? ["--json"] : [];
  const child = spawn(
    process.execPath,
    ["--disable-warning=ExperimentalWarning", main, "demo", "--users", "60", ...json],
    { env: { ...process.env, GLASSHOUSE_DATA_DIR: dataDir, GLASSHOUSE_PORT: "0" } },
  );
  t.after(() => child.kill("SIGKILL"));
  let out = "";
  const exit = once(child, "exit") as Promise<[number | null, string | null]>;
  await new Promise<void>((done) => {
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      out += text;
      if (out.includes(said)) done();
    });
    child.once("exit", () => done());
  });
  assert.ok(out.includes(said), out);
  if (how === "SIGINT") child.kill("SIGINT");
  else child.stdin.end();
  return exit;
}

type Params = { c: string };

/** People who have left and are active still. */
const stillActive = async (client: Client, params: Params) =>
  (await client.call("listEmployees", { params, query: {} })).items.map(({ user }) => user!);

/** Everybody who has left and is active still is deactivated: the sample organization refuses one. */
async function deactivateLeavers(client: Client, params: Params): Promise<void> {
  const users = (await stillActive(client, params)).map(({ id }) => id);
  const { id, counts } = await client.call("previewAction", { params, body: { kind: "deactivate", users } });
  assert.ok(counts.waiting > 2);
  const asked = { params: { ...params, action: id } };
  let action = await client.call("applyAction", { ...asked, body: { count: counts.waiting } });
  while (action.state !== "done") {
    await new Promise((again) => setTimeout(again, 50));
    action = await client.call("getAction", asked);
  }
  assert.deepEqual(action.counts, { waiting: 0, sent: 0, seen: users.length - 1, refused: 1, unknown: 0 });
  for await (const _ of client.stream("progress", { params }));
}

test("demo: ended while it starts, it goes on; connected, synced, marked as sample, and gone with Ctrl-C", async (t) => {
  const dataDir = join(temporaryFolder(t), "data");
  // All of it is one process: once that has ended, nothing runs. A server that is killed leaves its end of the input.
  assert.deepEqual(await endedAt(t, dataDir, "Reading it", "SIGINT"), [null, "SIGINT"]);
  assert.deepEqual(await endedAt(t, dataDir, '"step":"read"', "input ends"), [null, "SIGTERM"]);
  const first = await demo(t, dataDir, 60);
  const { items } = await first.client.call("listConnections", {});
  assert.equal(items.length, 1);
  assert.equal(items[0]!.state, "connected");
  const params = { c: String(items[0]!.id) };
  const users = await first.client.call("listUsers", { params, query: {} });
  assert.ok(users.total! >= 60);
  assert.equal(users.stamp.sample, true);
  const { changes7Days } = await first.client.call("overview", { params });
  assert.ok(changes7Days!.deactivated > 0 && changes7Days!.grantsAdded > 0, "something happened since");
  const query = { rule: "new_site_admin" as const };
  const newAdmin = async () => (await first.client.call("listFindings", { params, query })).items[0]?.text;
  while (!/ became a Site Admin on .+, by (?!whom)/.test((await newAdmin()) ?? "")) await sleep(50);
  assert.match(first.out, /Nobody in it exists/);
  await deactivateLeavers(first.client, params);
  const left = await stillActive(first.client, params);
  assert.equal(left.length, 1);
  const newestChange = async (client: Client) =>
    (await client.call("listChanges", { params, query: { limit: 1 } })).items[0];
  const before = await newestChange(first.client);
  assert.equal(await lives(items[0]!), true);
  assert.equal(await first.stop(), 0);
  assert.equal(await lives(items[0]!), false);

  // As if it had been connected after midnight, and everything had to be listed again.
  const store = await openStore({ file: databaseFile(`${dataDir}-demo`) });
  await store.write(async (tx) => {
    const day = 86_400_000;
    await tx
      .updateTable("connection")
      .set((of) => ({ created_at: of("created_at", "+", day) }))
      .execute();
    await tx.updateTable("lane").set({ due_at: 0 }).execute();
  });
  await store.close();

  const second = await demo(t, dataDir, 20);
  await second.client.call("startSync", { params, body: {} });
  for await (const _ of second.client.stream("progress", { params }));
  const [again] = (await second.client.call("listConnections", {})).items;
  assert.equal(again!.state, "connected", "the same organization answers at the same place");
  const after = await second.client.call("listUsers", { params, query: {} });
  assert.equal(after.total, users.total);
  assert.deepEqual(
    (await stillActive(second.client, params)).map(({ id }) => id),
    left.map(({ id }) => id),
    "who was deactivated still is",
  );
  assert.deepEqual(
    await newestChange(second.client),
    before,
    "nothing has changed by starting again, with other options",
  );
  const runs = (await second.client.call("listRuns", { params, query: {} })).items;
  assert.deepEqual(
    runs.filter(({ outcome }) => outcome !== "complete").map(({ lane, outcome }) => [lane, outcome]),
    [],
    "nothing was read before the organization was there",
  );
  assert.equal(await second.stop(), 0);
});
