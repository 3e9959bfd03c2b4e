/** Several processes on one PostgreSQL. Needs a server of it: test/engines.ts names this file. */
import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { suite, type TestContext, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { sql } from "kysely";
import type { Progress } from "../src/api/services.ts";
import { readConfig } from "../src/config.ts";
import type { Glasshouse, GlasshouseOptions } from "../src/glasshouse.ts";
import { LEASE_MS, PACE } from "../src/jobs/worker.ts";
import type { Connection } from "../src/model/connection.ts";
import { emptyDatabase, onServer, testServer } from "../src/store/testing.ts";
import { work } from "../src/work.ts";
import { dumpPostgres } from "./dump.ts";
import { connect, draftFor, open, simulate, sync } from "./harness.ts";

const skip = testServer() === null ? "needs PostgreSQL" : false;
const HOUR_MS = 3_600_000;
const KEY = randomBytes(32).toString("base64");
const env = { GLASSHOUSE_SECRET_KEY: KEY };

/** A database of its own, empty or a copy of another one that nobody has open. */
async function database(
  t: TestContext,
  like?: string,
): Promise<{ url: string; name: string; dataDir: string }> {
  const { options, discard } = await emptyDatabase();
  assert.ok("url" in options);
  t.after(discard);
  const name = new URL(options.url).pathname.slice(1);
  if (like) {
    await onServer(`drop database ${name}`);
    await onServer(`create database ${name} template ${like}`);
  }
  return { url: options.url, name, dataDir: options.dataDir };
}

/** A house on it. What it is asked for it leaves to others, unless it works itself. */
function server(
  t: TestContext,
  { url, dataDir }: { url: string; dataDir: string },
  more: Partial<GlasshouseOptions> = {},
): Promise<Glasshouse> {
  return open(t, { databaseUrl: url, dataDir, env, leavesWork: true, ...more });
}

interface Child {
  process: ChildProcess;
  /** Resolves when it has printed this line so often in all. */
  said(line: string, times?: number): Promise<void>;
  /** Ends it as an operator does, and waits. */
  end(): Promise<void>;
}

/** @param more.clockOffMs how far its machine's clock is from the database's */
function worker(
  t: TestContext,
  on: { url: string; dataDir: string },
  { stop, clockOffMs = 0 }: { stop?: "inside" | "between"; clockOffMs?: number } = {},
): Child {
  const script = join(import.meta.dirname, "children", "worker.ts");
  const args = ["--disable-warning=ExperimentalWarning", script, on.url, on.dataDir, ...(stop ? [stop] : [])];
  const child = spawn(process.execPath, args, {
    env: { ...process.env, ...env, GLASSHOUSE_TEST_CLOCK_OFF: String(clockOffMs) },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const exited = once(child, "exit");
  t.after(async () => {
    child.kill("SIGKILL");
    await exited;
  });
  const counts = new Map<string, number>();
  const heard = new Set<() => void>();
  createInterface({ input: child.stdout }).on("line", (line) => {
    counts.set(line, (counts.get(line) ?? 0) + 1);
    for (const each of heard) each();
  });
  return {
    process: child,
    said: (line, times = 1) =>
      new Promise((done, failed) => {
        const look = () => {
          if ((counts.get(line) ?? 0) >= times) done();
        };
        heard.add(look);
        void exited.then(([code, signal]) =>
          failed(new Error(`ended by ${signal ?? code} before "${line}"`)),
        );
        look();
      }),
    async end() {
      child.kill("SIGTERM");
      assert.deepEqual(await exited, [0, null]);
    },
  };
}

/** Until no lane runs or waits to. */
async function calm(house: Glasshouse): Promise<void> {
  for (;;) {
    const lanes = await house.store.read.selectFrom("lane").select(["owner", "due_at"]).execute();
    if (lanes.every(({ owner, due_at }) => owner === null && due_at > Date.now())) return;
    await sleep(100);
  }
}

/** As if the leases of whoever stands still or is dead had lapsed. */
async function lapse(house: Glasshouse): Promise<void> {
  await house.store.write((tx) =>
    tx.updateTable("lane").set({ lease_until_at: 1 }).where("lease_until_at", "is not", null).execute(),
  );
}

suite("several processes on one PostgreSQL", { skip }, () => {
  test("whatever becomes of a worker, the data is that of an undisturbed sync", async (t) => {
    const sim = await simulate(t, { users: 100, eventsPerDay: 60, freeze: true, seed: 7 });
    const base = await database(t);
    const first = await server(t, base);
    const { connection } = await connect(first, draftFor(sim, "harvest_v3"));
    await assert.rejects(sync(first, connection), {
      code: "no_worker",
      message: /No worker has ever|no worker has ever/,
    });
    await first.close();

    const calmly = await undisturbed(t, await database(t, base.name), connection);
    assert.ok(calmly.event!.length > 1_000, "the undisturbed sync has read the log");
    assert.ok(calmly.job_grant!.length > 100, "the undisturbed sync has read the grants");

    const disturbed = async (name: string, disturb: (on: Place) => Promise<void>) => {
      const place = await database(t, base.name);
      const house = await server(t, place);
      await disturb({ ...place, house });
      const actual = await dumpPostgres(place.url);
      for (const table of Object.keys(calmly))
        assert.deepEqual(actual[table], calmly[table], `${name}: ${table}`);
    };
    await Promise.all([
      disturbed("killed", (on) => killed(t, on)),
      disturbed("stopped between two transactions", (on) => stopped(t, on, "between")),
      disturbed("stopped inside a transaction", (on) => stopped(t, on, "inside")),
    ]);
  });
});

test("a killed worker's lanes are free, and looked for, within 30 seconds", () => {
  const { lookMs, renewMs } = PACE.shared;
  assert.ok(LEASE_MS + 2 * lookMs <= 30_000);
  assert.ok(3 * renewMs <= LEASE_MS, "a lease outlives two renewals that fail");
});

suite("what processes on one PostgreSQL share", { skip }, () => {
  test("two workers of one credential stay within its limits together, with one token", async (t) => {
    const timeScale = 60;
    const sim = await simulate(t, {
      users: 1_200,
      jobPermissions: 7_000,
      jobs: 600,
      eventsPerDay: 0,
      rateLimits: true,
      timeScale,
      scenario: { "rate.v3.limit": 10, "rate.v3.kind": "rolling" },
    });
    const place = await database(t);
    const one = await server(t, place, { leavesWork: false, timeScale });
    const two = await server(t, place, { leavesWork: false, timeScale });
    const { connection } = await connect(one, draftFor(sim, "harvest_v3"));
    for (const lane of ["directory", "grants"] as const) await sync(one, connection, { lanes: [lane] });
    const took: number[] = [];
    for (const other of [one, two]) {
      const from = performance.now();
      await Promise.all([
        sync(one, connection, { lanes: ["directory"] }),
        sync(other, connection, { lanes: ["grants"] }),
      ]);
      took.push(performance.now() - from);
    }
    const runs = await one.store.read.selectFrom("run").select(["lane", "outcome", "throttled"]).execute();
    assert.equal(runs.length, 6);
    for (const { lane, outcome, throttled } of runs)
      assert.deepEqual([outcome, throttled], ["complete", 0], lane);
    // Who never waited would be throttled; that they waited isn't asked: a machine may be too slow to reach the limit.
    const { total, mints } = sim.control.counters();
    assert.deepEqual([total.throttled, mints], [0, 1]);
    t.diagnostic(`two workers took ${(took[1]! / took[0]!).toFixed(2)} of the time of one`);
  });

  test("what one is told, asked or refused counts for all", async (t) => {
    const sim = await simulate(t, { users: 60, eventsPerDay: 40, freeze: true });
    const place = await database(t);
    const works = await server(t, place, { leavesWork: false });
    const { connection } = await connect(works, draftFor(sim, "harvest_v3"));
    await sync(works, connection);
    const asks = await server(t, place);

    await t.test("a stop reaches the process that does the work", async () => {
      sim.control.addFaults({ match: { path: "/v3/users" }, fault: { kind: "stall" } });
      await works.services.startSync(connection, { lanes: ["directory"], streams: ["users"], full: false });
      await reading(asks, connection);
      await asks.services.stopSync(connection);
      const [run] = await lastRuns(asks);
      assert.deepEqual([run?.lane, run?.outcome], ["directory", "stopped"]);
      sim.control.clearFaults();
    });

    await t.test(
      "what a process that ends was asked for, another goes on with: the same streams",
      async () => {
        const ends = await server(t, place, { leavesWork: false });
        sim.control.addFaults({ match: { path: "/v3/user_roles" }, fault: { kind: "stall" } });
        await ends.services.startSync(connection, { lanes: ["directory"], streams: ["roles"], full: false });
        await reading(asks, connection);
        await ends.close();
        sim.control.clearFaults();
        const other = await server(t, place, { scheduled: true });
        await calm(other);
        await other.close();
        const [run] = await lastRuns(asks);
        assert.deepEqual([run?.lane, run?.outcome], ["directory", "complete"]);
        const steps = await asks.store.read
          .selectFrom("step")
          .selectAll()
          .where("run", "=", run!.run)
          .execute();
        const complete = steps.filter(({ outcome }) => outcome === "complete");
        assert.deepEqual(
          complete.map(({ stream }) => stream),
          ["roles"],
        );
      },
    );

    await t.test("a process with another key is refused before it does anything", async () => {
      const dataDir = join(place.dataDir, "elsewhere");
      // As a newer version would find it: with a migration to do, and a month to make.
      const { read } = works.store;
      const done = (await sql<{ name: string }>`select max(name) as name from kysely_migration`.execute(read))
        .rows[0]!.name;
      await onServer(`delete from kysely_migration where name = '${done}'`, place.name);
      const months = (await monthsOf(works)).toReversed();
      await onServer(`drop table ${months[0]}`, place.name);
      const before = await tablesOf(works);
      for (const [name, key, makesKey] of [
        ["another key", randomBytes(32).toString("base64"), true],
        ["no key, a server", undefined, true],
        ["no key, a worker", undefined, false],
      ] as const) {
        const refused = open(t, {
          databaseUrl: place.url,
          dataDir,
          env: { GLASSHOUSE_SECRET_KEY: key },
          scheduled: true,
          makesKey,
        });
        await assert.rejects(refused, { name: "KeyRefused", message: /GLASSHOUSE_SECRET_KEY/ }, name);
      }
      assert.deepEqual(await tablesOf(works), before);
      assert.ok(!existsSync(dataDir), "no key file was made");
      await onServer(`insert into kysely_migration values ('${done}', '')`, place.name);
    });

    await t.test("a process ends when the installation's key is changed to one that it lacks", async () => {
      const worker = await server(t, place, { scheduled: true });
      const refused = new Promise<Error>((tell) => {
        worker.presence!.onRefused = tell;
      });
      const setKey = (to: string) =>
        works.store.write((tx) =>
          tx.updateTable("setting").set({ value_json: to }).where("name", "=", "key_version").execute(),
        );
      const { settings } = await tablesOf(works);
      const before = settings.find(({ name }) => name === "key_version")!.value_json;
      await setKey("1");
      await worker.presence!.look();
      assert.match((await refused).message, /sealed with another key/);
      assert.match((await worker.services.notReady())!, /sealed with another key/);
      assert.ok(worker.worker.stopping, "it would take every credential for one that can't be opened");
      await setKey(before);
      await worker.close();
    });

    await t.test("a worker tells its health and its metrics", async () => {
      const config = readConfig({
        ...env,
        GLASSHOUSE_DATABASE_URL: place.url,
        GLASSHOUSE_DATA_DIR: place.dataDir,
        GLASSHOUSE_WORKER_ADDRESS: "127.0.0.1:0",
        GLASSHOUSE_LOG_LEVEL: "silent",
      });
      process.env.GLASSHOUSE_SECRET_KEY = KEY;
      const working = await work({ config, err: process.stderr }, "0.0.0-test");
      delete process.env.GLASSHOUSE_SECRET_KEY;
      const asked = async (path: string) => {
        const answer = await fetch(`${working.url}${path}`);
        return [answer.status, await answer.text()] as const;
      };
      try {
        assert.deepEqual(await asked("/healthz"), [200, "ok\n"]);
        assert.deepEqual(await asked("/readyz"), [200, "ready\n"]);
        assert.match((await asked("/metrics"))[1], /^glasshouse_workers 1$/m);
        assert.equal((await asked("/api/v1/connections"))[0], 404);
      } finally {
        await working.close();
      }
    });
  });
});

/** Until some process reads. */
async function reading(house: Glasshouse, connection: Connection): Promise<void> {
  for await (const each of house.services.progress(connection, AbortSignal.timeout(60_000)))
    if (each.type === "stream" && each.state !== "done") return;
}

const lastRuns = (house: Glasshouse) =>
  house.store.read
    .selectFrom("run")
    .select(["run", "lane", "outcome"])
    .orderBy("run", "desc")
    .limit(3)
    .execute();

async function monthsOf({ store }: Glasshouse): Promise<string[]> {
  const { rows } = await sql<{ name: string }>`
    select relname as name from pg_class where relispartition and relkind = 'r' order by 1`.execute(
    store.read,
  );
  return rows.map(({ name }) => name);
}

/** What a start writes. */
async function tablesOf(house: Glasshouse) {
  const { read } = house.store;
  return {
    settings: await read.selectFrom("setting").selectAll().orderBy("name").execute(),
    workers: await read.selectFrom("worker").select("worker").orderBy("worker").execute(),
    migrations: (await sql`select name from kysely_migration order by name`.execute(read)).rows,
    months: await monthsOf(house),
    secrets: await read
      .selectFrom("secret")
      .select(["connection", "field", "key_version"])
      .orderBy("field")
      .execute(),
  };
}

type Place = { url: string; name: string; dataDir: string; house: Glasshouse };

/** One worker does it, and another process is told how far it is. */
async function undisturbed(t: TestContext, place: Omit<Place, "house">, connection: Connection) {
  const house = await server(t, place);
  const began = house.now();
  const child = worker(t, place, { clockOffMs: 3 * HOUR_MS });
  await child.said("works");
  await calm(house);
  const told: Progress[] = [];
  await house.services.startSync(connection, {
    lanes: ["directory", "grants", "usage"],
    streams: null,
    full: false,
  });
  for await (const each of house.services.progress(connection, AbortSignal.timeout(300_000))) told.push(each);
  const ends = told.flatMap((each) =>
    each.type === "run" && each.outcome !== null ? [`${each.lane} ${each.outcome}`] : [],
  );
  for (const end of ["directory complete", "grants complete", "usage complete"])
    assert.ok(ends.includes(end), end);
  const others = await house.services.others();
  assert.equal(others?.alive, 1);
  await child.end();
  assert.equal((await house.services.others())?.alive, 0, "it has said that it ends");
  // Three hours ahead by its machine's clock, it has written no time but the database's.
  const [now, { read }] = [house.now(), house.store];
  for (const { lane, due_at } of await read.selectFrom("lane").selectAll().execute())
    assert.ok(due_at > now && due_at <= now + HOUR_MS, `${lane} is due at ${new Date(due_at).toISOString()}`);
  for (const { lane, started_at, ended_at } of await read.selectFrom("run").selectAll().execute())
    assert.ok(began <= started_at && started_at <= ended_at! && ended_at! <= now, `the run of ${lane}`);
  return dumpPostgres(place.url);
}

async function killed(t: TestContext, on: Place): Promise<void> {
  const one = worker(t, on, { clockOffMs: 5 * HOUR_MS });
  await one.said("page", 2);
  one.process.kill("SIGKILL");
  await once(one.process, "exit");
  const other = worker(t, on, { clockOffMs: -5 * HOUR_MS });
  await lapse(on.house);
  await calm(on.house);
  await other.end();
}

async function stopped(t: TestContext, on: Place, where: "between" | "inside"): Promise<void> {
  const one = worker(t, on, { stop: where, clockOffMs: -2 * HOUR_MS });
  await one.said("stands still");
  const before = await fences(on.house);
  const other = worker(t, on);
  await other.said("works");
  // Inside a transaction the lane's row is locked until the database ends it: nobody else can take the lane before.
  while (!(await lapsed(on.house))) await sleep(200);
  await other.said("page");
  // It goes on while the other one works, with whatever it had in hand.
  one.process.kill("SIGCONT");
  await calm(on.house);
  const after = await fences(on.house);
  assert.ok(after.get("directory")! > before.get("directory")!, "the other one has taken the lane over");
  await Promise.all([one.end(), other.end()]);
}

/** Makes the leases lapse, but for lanes that somebody has locked. @returns whether none was */
async function lapsed(house: Glasshouse): Promise<boolean> {
  return house.store.write(async (tx) => {
    const free = await tx.selectFrom("lane").select("lane").forUpdate().skipLocked().execute();
    if (free.length < 3) return false;
    await tx.updateTable("lane").set({ lease_until_at: 1 }).where("lease_until_at", "is not", null).execute();
    return true;
  });
}

async function fences(house: Glasshouse): Promise<Map<string, number>> {
  const rows = await house.store.read.selectFrom("lane").select(["lane", "fence"]).execute();
  return new Map(rows.map(({ lane, fence }) => [lane, fence]));
}
