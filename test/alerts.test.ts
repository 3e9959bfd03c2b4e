/** From Greenhouse to a receiver: what a sync finds is told, once, whoever is killed in between. */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { handlers } from "../src/api/handlers.ts";
import { buildApp } from "../src/api/http/app.ts";
import type { AlertSettings } from "../src/config.ts";
import type { AlertPoint } from "../src/jobs/alerts/deps.ts";
import { receiver } from "../src/jobs/alerts/testing.ts";
import { databaseFile, openStore } from "../src/store/open.ts";
import { testServer } from "../src/store/testing.ts";
import { connect, draftFor, open, simulate, sync, temporaryFolder } from "./harness.ts";

const ALERTS: AlertSettings = {
  mailServer: null,
  webhooksToPrivate: true,
  consoleUrl: "https://glasshouse.example.com",
};

interface Truth {
  users: { id: number; site_admin: boolean; deactivated: boolean; agency_id: number | null }[];
}

async function synced(t: TestContext, dataDir?: string) {
  const sim = await simulate(t, { users: 30, eventsPerDay: 20, days: 30 });
  const house = await open(t, {
    alerts: ALERTS,
    ...(dataDir === undefined ? { tellsAtEnd: true } : { dataDir }),
  });
  const { connection } = await connect(house, draftFor(sim, "harvest_v3"));
  await sync(house, connection);
  const hook = await receiver(t);
  const context = {
    services: house.services,
    config: { origins: sim.urls, publicUrl: null, trustProxy: [] },
    ...{ version: "0.0.0-test", scheduled: false, now: Date.now },
  };
  const app = await buildApp(context, { guard: null, handlers });
  t.after(() => app.close());
  const topics = { finding_opened: "at_once", finding_closed: "at_once", weekly_report: "never" };
  const payload = { channel: "webhook", name: "siem", url: hook.url, topics };
  const made = await app.inject({ method: "POST", url: "/api/v1/destinations", payload });
  assert.equal(made.statusCode, 201, made.body);
  /** What came since the last call. */
  const told = () =>
    hook.got
      .splice(0)
      .flatMap(({ body }) =>
        (JSON.parse(body).alerts as { topic: string; text: string }[]).map(
          ({ topic, text }) => [topic, text] as const,
        ),
      );
  return { sim, house, connection, hook, told };
}

test("a sync fails and recovers, a Site Admin is made and unmade: each is told once", async (t) => {
  const { sim, house, connection, told } = await synced(t);
  await house.alerts.round();
  assert.deepEqual(told(), [], "what was there before is no news");

  sim.control.addFaults({ match: { endpoint: "v3.users" }, fault: { kind: "status", status: 403 } });
  for (let i = 0; i < 3; i++) {
    await sync(house, connection, { lanes: ["directory"] });
    await house.alerts.round();
  }
  const failed = told();
  assert.deepEqual(
    failed.map(([topic]) => topic),
    ["sync_failed"],
  );
  assert.match(failed[0]![1], /^Users can't be read, and nothing can without them\. ./);

  sim.control.clearFaults();
  await sync(house, connection);
  await house.alerts.round();
  assert.deepEqual(
    told().map(([topic]) => topic),
    ["sync_recovered"],
  );

  const { users } = (await sim.control.dump({ parts: ["users"] })) as unknown as Truth;
  const person = users.find((user) => !user.site_admin && !user.deactivated && user.agency_id === null)!;
  sim.control.mutate({ op: "setSiteAdmin", userId: person.id, value: true });
  await sync(house, connection);
  await house.alerts.round();
  const made = told();
  assert.ok(
    made.some(([topic, text]) => topic === "new_site_admin" && /became a Site Admin/.test(text)),
    JSON.stringify(made),
  );
  await sync(house, connection);
  await house.alerts.round();
  assert.deepEqual(told(), [], "it stands: no news");
  sim.control.mutate({ op: "setSiteAdmin", userId: person.id, value: false });
  await sync(house, connection);
  await house.close();
  assert.ok(
    told().some(
      ([topic, text]) => topic === "finding_closed" && text.startsWith("New Site Admin, seen fixed"),
    ),
    "a sync from cron tells it before it ends",
  );
});

/** Each a kill of the process that sends; the next start goes on. */
const KILLS: readonly AlertPoint[] = [
  "alerts_composed",
  "delivery_claimed",
  "delivery_sent",
  "delivery_noted",
];

test("the process is killed while it sends: nothing is lost, and what comes twice has one id", async (t) => {
  if (testServer() !== null) return t.skip("of the one process of an embedded database");
  const dataDir = temporaryFolder(t);
  const { sim, house, connection, hook } = await synced(t, dataDir);
  sim.control.addFaults({ match: { endpoint: "v3.users" }, fault: { kind: "status", status: 403 } });
  await sync(house, connection, { lanes: ["directory"] });
  await house.close();
  const child = join(import.meta.dirname, "children", "alerts.ts");
  for (const point of KILLS) {
    const killed = spawn(process.execPath, ["--disable-warning=ExperimentalWarning", child, dataDir, point], {
      stdio: "inherit",
    });
    const [, signal] = await once(killed, "exit");
    assert.equal(signal, "SIGKILL", point);
  }
  const ids = hook.got.map(({ headers }) => headers["webhook-id"]);
  assert.deepEqual(
    [ids.length, new Set(ids).size],
    [2, 1],
    "sent, killed before it was noted, and sent again",
  );
  const store = await openStore({ file: databaseFile(dataDir), readers: 1 });
  t.after(() => store.close());
  const rows = await store.read.selectFrom("delivery").select(["state", "attempts_json"]).execute();
  assert.deepEqual(
    rows.map(({ state, attempts_json }) => [state, JSON.parse(attempts_json).length]),
    [["delivered", 1]],
  );
});
