/** Several processes on one PostgreSQL. Needs a server of it: test/engines.ts names this file. */
import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { suite, type TestContext, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import type { Progress } from "../src/api/services.ts";
import type { Glasshouse } from "../src/glasshouse.ts";
import { LEASE_MS, PACE } from "../src/jobs/worker.ts";
import type { Connection } from "../src/model/connection.ts";
import { dumpPostgres } from "./dump.ts";
import { connect, draftFor, simulate, sync } from "./harness.ts";
import { calm, database, env, server, skip } from "./several.ts";

const HOUR_MS = 3_600_000;

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
  const from = performance.now();
  const other = worker(t, on, { clockOffMs: -5 * HOUR_MS });
  // It takes 20 seconds, which a long run has.
  if (process.env.GLASSHOUSE_TEST_LONG !== "1") await lapse(on.house);
  else {
    await other.said("page");
    const seconds = (performance.now() - from) / 1000;
    t.diagnostic(`a killed worker's run was taken over, and went on, after ${seconds.toFixed(1)} s`);
  }
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
