import assert from "node:assert/strict";
import { statSync } from "node:fs";
import { test } from "node:test";
import { sql } from "kysely";
import { Deletions } from "../../jobs/deletions.ts";
import type { Log } from "../../sync/context.ts";
import { createConnection, getConnection, listConnections } from "../connections/connections.ts";
import { type Column, catalog } from "../engine/catalog-testing.ts";
import { claimLane } from "../lanes/lane-claims.ts";
import { FenceLost, saveCheckpoint } from "../lanes/lanes.ts";
import { startRun, startStep } from "../lanes/runs.ts";
import { Account, jobGrant, user } from "../listings/listing-testing.ts";
import { loadSeal } from "../secrets/seal.ts";
import type { Store } from "../store.ts";
import { newConnection, testStore } from "../testing.ts";
import { makeMonths } from "../usage/months.ts";
import { connectionsBeingDeleted, deleteConnectionBatch, listDeletions, OWNED } from "./deletion.ts";

const owning = (columns: Column[]): string[] =>
  columns.filter(({ name }) => name === "connection").map(({ table }) => table);

test("every table with a connection is emptied, in batches by its whole key", async (t) => {
  const columns = await catalog(await testStore(t));
  const owned = owning(columns).filter((name) => name !== "connection");
  assert.deepEqual(OWNED.map(([table]) => table).sort(), owned.sort());
  for (const [table, key] of OWNED) {
    const keys = columns.filter((column) => column.table === table && column.key > 0);
    keys.sort((one, other) => one.key - other.key);
    assert.equal(key, keys.map(({ name }) => name).join(", "), table);
  }
});

/** A row in every table that a connection owns. */
async function fill(store: Store, connection: number): Promise<void> {
  const all = await catalog(store);
  await store.write(async (tx) => {
    await makeMonths(tx, [connection], 0);
    for (const table of owning(all).filter(
      (name) => !["connection", "run", "secret", "lane"].includes(name),
    )) {
      const needed = all.filter((row) => row.table === table && (row.needed || row.name === "connection"));
      const values = needed.map(() => sql`${connection}`);
      const columns = needed.map((row) => sql.ref(row.name));
      await sql`insert into ${sql.table(table)} (${sql.join(columns)}) values (${sql.join(values)})`.execute(
        tx,
      );
    }
    const run = await startRun(tx, {
      connection,
      lane: "usage",
      asked: { trigger: "schedule", who: null },
      now: 0,
    });
    await startStep(tx, run, "audit_log", 0);
  });
}

async function countOwned(store: Store, connection: number): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const table of owning(await catalog(store))) {
    const { rows } = await sql<{ n: number }>`
      select count(*) as n from ${sql.table(table)} where connection = ${connection}`.execute(store.read);
    counts[table] = rows[0]!.n;
  }
  return counts;
}

test("a deleted connection leaves nothing, its neighbour everything, and its name and credential are free", async (t) => {
  const store = await testStore(t);
  const seal = await loadSeal(store.dir, {});
  const create = (name: string) =>
    store.write((tx) => createConnection(tx, seal, newConnection(seal, { name })));
  const [gone, stays] = [await create("acme"), await create("beta")];
  for (const { id } of [gone, stays]) await fill(store, id);
  const before = await countOwned(store, stays.id);
  assert.ok(Object.values(before).every((n) => n > 0));

  const claim = (await store.write((tx) => claimLane(tx, gone.id, "usage", "a", 1000, 0)))!;
  assert.equal(await store.write((tx) => deleteConnectionBatch(tx, gone.id)), true);
  assert.equal(await getConnection(store.read, "acme"), null);
  assert.equal(await getConnection(store.read, gone.id), null);
  assert.deepEqual(
    (await listConnections(store.read)).map((each) => each.name),
    ["beta"],
  );
  const again = await create("acme");
  assert.deepEqual(await connectionsBeingDeleted(store.read), [gone.id]);
  assert.deepEqual(await listDeletions(store.read), [{ id: gone.id, name: gone.name }]);
  await assert.rejects(
    store.write((tx) => saveCheckpoint(tx, claim, {})),
    FenceLost,
  );

  while (await store.write((tx) => deleteConnectionBatch(tx, gone.id)));
  const left = await countOwned(store, gone.id);
  assert.deepEqual(
    Object.entries(left).filter(([, n]) => n > 0),
    [],
  );
  const { rows } = await sql<{ n: number }>`select count(*) as n from step`.execute(store.read);
  assert.equal(rows[0]!.n, 1);
  assert.deepEqual(await countOwned(store, stays.id), before);
  assert.deepEqual(await connectionsBeingDeleted(store.read), []);
  assert.deepEqual(await listDeletions(store.read), []);
  assert.equal((await getConnection(store.read, "acme"))?.id, again.id);
  assert.equal(await store.write((tx) => deleteConnectionBatch(tx, gone.id)), false);
});

test("a deletion that was cut goes on: a failure is told once and ends nothing, and another process takes it up", async (t) => {
  const store = await testStore(t);
  const seal = await loadSeal(store.dir, {});
  const { id } = await store.write((tx) => createConnection(tx, seal, newConnection(seal)));
  await fill(store, id);
  await store.write((tx) => deleteConnectionBatch(tx, id));
  const told: string[] = [];
  const log = { error: (_: unknown, what: string) => told.push(what) } as unknown as Log;
  let write: Store["write"] = () => Promise.reject(new Error("the disk is full"));
  const here = new Deletions({
    store: { ...store, write: (work) => write(work) },
    log,
    now: () => 0,
    owner: "here",
  });
  const elsewhere = new Deletions({ store, log, now: () => 0, owner: "elsewhere" });
  await here.look();
  await here.look();
  assert.equal(told.length, 1);
  let batches = 0;
  write = async (work) => {
    const done = await store.write(work);
    if (++batches === 2) {
      await elsewhere.look();
      assert.deepEqual(await connectionsBeingDeleted(store.read), [id], "one process at a time");
      void here.stop();
    }
    return done;
  };
  await here.look();
  assert.equal(batches, 3, "the lease is given back");
  assert.deepEqual(await connectionsBeingDeleted(store.read), [id], "it stops between two batches");
  await elsewhere.look();
  assert.deepEqual(await connectionsBeingDeleted(store.read), []);
  assert.deepEqual(await store.read.selectFrom("lease").selectAll().execute(), []);
});

test("a deletion goes on when whoever asked for it waits no longer", async (t) => {
  const store = await testStore(t);
  const seal = await loadSeal(store.dir, {});
  const { id } = await store.write((tx) => createConnection(tx, seal, newConnection(seal)));
  await fill(store, id);
  const goOn = Promise.withResolvers<void>();
  const write: Store["write"] = (work) => goOn.promise.then(() => store.write(work));
  const log = {} as Log;
  const deletions = new Deletions({ store: { ...store, write }, log, now: () => 0, owner: "here" });
  await deletions.finish(id, 0);
  assert.ok(await getConnection(store.read, id), "nothing is deleted yet");
  const whole = deletions.finish(id, null);
  goOn.resolve();
  await whole;
  assert.equal(await getConnection(store.read, id), null);
  assert.deepEqual((await countOwned(store, id)).event, 0);
});

test("a large connection goes in several batches, and its space is given back", async (t) => {
  const store = await testStore(t);
  const empty = store.engine === "sqlite" ? statSync(store.place).size : 0;
  const seal = await loadSeal(store.dir, {});
  const { id } = await store.write((tx) => createConnection(tx, seal, newConnection(seal)));
  const acme = new Account(store, id);
  await acme.list("users", [user(1)]);
  await acme.list(
    "job_grants",
    Array.from({ length: 12_000 }, (_, i) => jobGrant(i + 1)),
  );
  let batches = 0;
  while (await store.write((tx) => deleteConnectionBatch(tx, id))) batches++;
  assert.ok(batches >= 4, `${batches}`);
  // PostgreSQL gives it back by itself.
  if (store.engine === "postgres") return;
  const free = await store.write(
    async (tx) => (await sql<{ freelist_count: number }>`pragma freelist_count`.execute(tx)).rows[0],
  );
  assert.deepEqual(free, { freelist_count: 0 });
  await store.close();
  const left = statSync(store.place).size - empty;
  assert.ok(left < 100_000, `${left} bytes more than an empty one`);
});
