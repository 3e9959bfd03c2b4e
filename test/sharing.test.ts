/** What several processes on one PostgreSQL share. Needs a server of it: test/engines.ts names this file. */
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { suite, test } from "node:test";
import { sql } from "kysely";
import type { Progress } from "../src/api/services.ts";
import { readConfig } from "../src/config.ts";
import type { Glasshouse } from "../src/glasshouse.ts";
import type { Connection } from "../src/model/connection.ts";
import { onServer } from "../src/store/testing.ts";
import { work } from "../src/work.ts";
import { connect, draftFor, open, simulate, sync } from "./harness.ts";
import { program } from "./program.ts";
import { calm, database, env, KEY, server, skip } from "./several.ts";

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

    await t.test("a browser at a server that does no work sees how far it is, and stops it", async (t) => {
      const other = await program(t, ["serve", "--no-worker"], {
        ...env,
        GLASSHOUSE_DATABASE_URL: place.url,
        GLASSHOUSE_DATA_DIR: place.dataDir,
      });
      const me = { name: "Ada", email: "ada@aldermoor.example", password: "who watches from afar" };
      const code = other.setupCode(place.dataDir);
      assert.equal((await other.ask("POST /setup", { ...me, code })).status, 201);
      sim.control.addFaults({ match: { path: "/v3/users" }, fault: { kind: "stall" } });
      await works.services.startSync(connection, { lanes: ["directory"], streams: ["users"], full: false });
      // Before, nothing of it is to be seen elsewhere but that it was asked for.
      await reading(works, connection);
      const told: Progress[] = [];
      let reads = false;
      for await (const each of other.follow<Progress | { type: "idle" }>("/connections/Aldermoor/progress")) {
        if (each.type === "idle") break;
        told.push(each);
        if (each.type !== "stream" || each.state === "done" || reads) continue;
        reads = true;
        // While that one still reads.
        assert.deepEqual([each.lane, each.stream], ["directory", "users"]);
        assert.equal((await other.ask("POST /connections/Aldermoor/sync/stop")).status, 200);
      }
      assert.ok(told.some((each) => each.type === "run" && each.outcome === "stopped"));
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
        await reading(ends, connection);
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

    await t.test(
      "the database ends a run's connection in mid-transaction: the run goes on, and nothing is missing",
      async (t) => {
        const [added] = sim.control.mutate({ op: "addUser", firstName: "New", lastName: "Comer" });
        const id = String(added!.userId);
        let lost = false;
        const house = await server(t, place, {
          leavesWork: false,
          async beforeCommit(tx) {
            const { rows } = await sql<{ pid: number }>`
            select pg_backend_pid() as pid from "user" where user_id = ${id}`.execute(tx);
            if (lost || rows.length === 0) return;
            lost = true;
            await onServer(`select pg_terminate_backend(${rows[0]!.pid}, 10000)`);
          },
        });
        const [before] = await lastRuns(asks);
        await sync(house, connection, { lanes: ["directory"] });
        assert.ok(lost, "the page with the new user was about to be stored");
        const ran = (await lastRuns(asks)).filter(({ run }) => run > before!.run);
        assert.deepEqual(
          ran.map(({ lane, outcome }) => [lane, outcome]),
          [["directory", "complete"]],
          "one run",
        );
        const found = asks.store.read.selectFrom("user").select("state").where("user_id", "=", id);
        assert.deepEqual(await found.execute(), [{ state: "present" }]);
        await house.close();
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

    await t.test("a process ends when a newer version has brought the database up to date", async () => {
      const worker = await server(t, place, { scheduled: true });
      const refused = new Promise<Error>((tell) => {
        worker.presence!.onRefused = tell;
      });
      await onServer("insert into kysely_migration values ('9999-later', '')", place.name);
      await worker.presence!.look();
      assert.match(
        (await refused).message,
        /newer Glasshouse.*9999-later.*Start the newer version here, too/,
      );
      assert.match((await worker.services.notReady())!, /newer Glasshouse/);
      assert.ok(worker.worker.stopping);
      await onServer("delete from kysely_migration where name = '9999-later'", place.name);
      await worker.close();
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
