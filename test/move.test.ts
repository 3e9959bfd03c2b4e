/** An embedded installation moves into PostgreSQL. Needs a server of it: test/engines.ts names this file. */
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { type TestContext, test } from "node:test";
import Database from "better-sqlite3";
import pg from "pg";
import { run } from "../src/cli/testing.ts";
import type { Glasshouse } from "../src/glasshouse.ts";
import { getConnection } from "../src/store/connections/connections.ts";
import { laneState } from "../src/store/lanes/lane-state.ts";
import { createMember } from "../src/store/members/members.ts";
import { createSession } from "../src/store/members/sessions.ts";
import { databaseFile, openStore } from "../src/store/open.ts";
import { emptyDatabase } from "../src/store/testing.ts";
import { moveToPostgres } from "../src/store/upkeep/move.ts";
import { causes, connect, draftFor, open, simulate, sync, temporaryFolder } from "./harness.ts";
import { skip } from "./several.ts";

async function target(t: TestContext): Promise<string> {
  const { options, discard } = await emptyDatabase({ migrated: false });
  t.after(discard);
  return (options as { url: string }).url;
}

/** What is known, by questions that both engines answer alike. */
async function known({ store: { read } }: Glasshouse, connection: number) {
  return {
    users: await read.selectFrom("user").selectAll().orderBy("user_id").execute(),
    grants: await read.selectFrom("job_grant").selectAll().orderBy("grant_id").execute(),
    events: await read.selectFrom("event").selectAll().orderBy("at").orderBy("hash").orderBy("n").execute(),
    days: await read.selectFrom("usage_day").selectAll().orderBy("day").orderBy("user_id").execute(),
    changes: await read.selectFrom("change").selectAll().orderBy("seq").execute(),
    members: await read.selectFrom("member").selectAll().execute(),
    lanes: await read.selectFrom("lane").selectAll().orderBy("lane").execute(),
    state: await laneState(read, connection),
    connection: await getConnection(read, connection),
  };
}

test("an embedded installation moves whole, and goes on where it was", { skip }, async (t) => {
  const sim = await simulate(t, { freeze: true });
  const dataDir = temporaryFolder(t);
  const embedded = { databaseUrl: null, dataDir };
  const before = await open(t, embedded);
  const { connection } = await connect(before, draftFor(sim, "harvest_v3"));
  await sync(before, connection, { lanes: ["directory", "grants"] });
  await before.store.write(async (tx) => {
    const facts = {
      email: "ada@aldermoor.example",
      name: "Ada",
      role: "admin",
      password: null,
      now: 0,
    } as const;
    const member = await createMember(tx, facts);
    const session = { member, hash: new Uint8Array(32), now: 0, endsAt: 9, ip: null, agent: null };
    await createSession(tx, session);
  });
  // The log is read in part.
  sim.control.addFaults({ match: { path: "/events", nth: 3 }, fault: { kind: "stall" } });
  await before.services.startSync(connection, { lanes: ["usage"], streams: null, full: false });
  while ((await before.store.read.selectFrom("event").select("at").limit(1).execute()).length === 0)
    await new Promise((done) => setTimeout(done, 20));
  await before.close();
  sim.control.clearFaults();
  const again = await open(t, embedded);
  const expected = await known(again, connection.id);
  assert.ok(expected.lanes.some(({ checkpoint_json, run }) => checkpoint_json !== null && run !== null));
  await again.close();

  const url = await target(t);
  const options = { dataDir, url, env: {} };
  const cut = moveToPostgres({
    ...options,
    onTable(name) {
      if (name === "usage_day") throw new Error("cut");
    },
  });
  await assert.rejects(cut, /cut/);
  assert.ok(existsSync(databaseFile(dataDir)), "it is where it was");
  const moved = await moveToPostgres(options);
  assert.ok(moved.rows > expected.events.length + expected.grants.length + expected.changes.length);
  await assert.rejects(open(t, embedded), { name: "DatabaseRefused", message: /GLASSHOUSE_DATABASE_URL/ });

  const after = await open(t, { databaseUrl: url, dataDir });
  assert.deepEqual(await known(after, connection.id), expected);
  assert.deepEqual(await after.store.read.selectFrom("session").selectAll().execute(), []);
  await sync(after, connection);
  const told = await causes(after, connection);
  assert.ok(
    Object.values(told).every((cause) => cause === null),
    JSON.stringify(told),
  );
  const runs = await after.store.read.selectFrom("run").select(["lane", "outcome"]).orderBy("run").execute();
  assert.deepEqual(runs.at(-1)?.outcome, "complete");
  const { total } = sim.control.counters();
  assert.equal(total.throttled, 0);
  await after.close();

  const other = temporaryFolder(t);
  await (await open(t, { databaseUrl: null, dataDir: other })).close();
  const used = moveToPostgres({ ...options, dataDir: other });
  await assert.rejects(used, { name: /KeyRefused|DatabaseRefused/, message: /already|another key/ });
  assert.ok(existsSync(databaseFile(other)));
});

/** What belongs to one database, and not to what is known. */
const STAYS = ["begun", "credential_link", "invitation", "lease", "session", "worker"];
/** Whoever was at work is at work no more. */
const FREED = ["owner", "lease_until_at", "fence", "progress_json", "stop", "claimed_at"];

type Row = Record<string, unknown>;

/** One row in every table, whatever is in it. @returns each table with its row */
function filled(file: string): Map<string, Row> {
  const db = new Database(file);
  const all = <T>(statement: string) => db.prepare(statement).all() as T[];
  const tables = all<{ name: string }>(
    "select name from sqlite_schema where type = 'table' and name not like 'kysely%' and name not like 'sqlite%' order by name",
  );
  const rows = new Map<string, Row>();
  db.pragma("foreign_keys = off");
  for (const { name } of tables) {
    const columns = all<{ name: string; type: string }>(
      `select name, type from pragma_table_info('${name}')`,
    );
    const row = Object.fromEntries(columns.map((column) => [column.name, sampleOf(column)]));
    db.prepare(
      `insert or replace into "${name}" (${columns.map((column) => `"${column.name}"`)}) values (${columns.map(() => "?")})`,
    ).run(Object.values(row));
    rows.set(name, row);
  }
  db.close();
  return rows;
}

function sampleOf({ name, type }: { name: string; type: string }): unknown {
  if (type === "BLOB") return Buffer.alloc(32, 7);
  if (type === "TEXT") return name.endsWith("_json") ? "{}" : "ä";
  return /(^|_)at$/.test(name) ? Date.now() : 1;
}

test("every table moves, on the command line; a row that arrives changed stops it, and its table is named", {
  skip,
}, async (t) => {
  const dataDir = temporaryFolder(t);
  const file = databaseFile(dataDir);
  await (await openStore({ file, readers: 1 })).close();
  const rows = filled(file);
  const { options, discard } = await emptyDatabase();
  t.after(discard);
  const { url } = options as { url: string };
  const move = (env: NodeJS.ProcessEnv = {}) =>
    run(["move", "--to", url], {
      dataDir,
      env,
      program: { move: (given) => moveToPostgres({ ...given, env: {} }) },
    });
  const there = new pg.Client({ connectionString: url });
  await there.connect();
  t.after(() => there.end());
  const asked = async (statement: string) => (await there.query(statement)).rows as Row[];

  await asked(`create function spoil() returns trigger language plpgsql as $$
    begin new.name := 'Somebody else'; return new; end $$`);
  await asked(`create trigger spoil before insert on "user" for each row execute function spoil()`);
  const spoilt = await move();
  assert.equal(spoilt.exit, 1);
  assert.match(
    spoilt.err,
    /Of user, 1 rows \(SHA-256 \w+\) were sent and 1 rows \(SHA-256 \w+\) arrived: nothing was moved\. The embedded database is as it was\./,
  );
  assert.deepEqual(await asked("select * from connection"), []);
  assert.ok(existsSync(file));
  await asked(`drop trigger spoil on "user"`);

  const elsewhere = await move({ GLASSHOUSE_DATABASE_URL: url });
  assert.deepEqual([elsewhere.exit, /lies in PostgreSQL already/.test(elsewhere.err)], [2, true]);

  const moved = await move();
  assert.equal(moved.exit, 0, moved.err);
  const known = [...rows.keys()].filter((name) => !STAYS.includes(name));
  assert.match(moved.out, new RegExp(`of ${known.length} tables: counts and checksums are equal`));
  assert.ok(!existsSync(file) && existsSync(`${file}.moved`));
  for (const [name, sent] of rows) {
    const arrived = (await asked(`select * from "${name}"`)).filter(
      (row) => name !== "setting" || row.name === "ä",
    );
    if (STAYS.includes(name)) {
      assert.deepEqual(arrived, [], name);
      continue;
    }
    const plain = (row: Row) =>
      Object.entries(row)
        .filter(([column]) => !FREED.includes(column))
        .map(([column, value]) => [column, Buffer.isBuffer(value) ? value.toString("hex") : String(value)])
        .sort();
    assert.deepEqual(arrived.map(plain), [plain(sent)], name);
  }

  assert.equal((await move()).exit, 1, "there is nothing to move any more, and there is an installation");
});
