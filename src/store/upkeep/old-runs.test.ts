import assert from "node:assert/strict";
import { test } from "node:test";
import { endRun, listRuns, startRun, startStep } from "../lanes/runs.ts";
import { rolesAsOf, usersAsOf } from "../ledger/as-of.ts";
import { type Account, accounts, role, user } from "../listings/listing-testing.ts";
import { deleteOldRuns, runBefore, thinListings } from "./old-runs.ts";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const ALL = { after: null, limit: 100 };
const account = accounts();

/** When roles were listed, in hours since the first listing of a day; and in which of these one was renamed. */
const listed: [name: string, hours: number[], renamed: number[], kept: number[]][] = [
  ["the first and the last of a day stay", [0, 5, 9, 20], [], [0, 20]],
  ["what saw a difference stays", [0, 5, 9, 13, 20], [9], [0, 9, 20]],
  ["each day has its last", [0, 20, 26, 30, 47, 50, 90], [], [0, 20, 47, 50, 90]],
  ["differences in a row", [0, 1, 2, 3, 4, 5, 6], [2, 3, 6], [0, 2, 3, 6]],
  ["one listing", [0], [], [0]],
];
for (const [name, hours, renamed, kept] of listed) {
  test(`old listings: ${name}; every moment has the rows that it had`, async () => {
    const acme = await account();
    const start = Math.ceil(acme.now / DAY) * DAY;
    let version = 0;
    for (const hour of hours) {
      if (renamed.includes(hour)) version += 1;
      await acme.list("roles", [role(1, `Role ${version}`)], { later: start + hour * HOUR - acme.now });
      // What another stream saw keeps no listing of this one.
      await acme.list("users", [user(1, { name: `${hour}` })], { later: 1 });
    }
    const moments = hours.flatMap((hour) => [0, HOUR / 2].map((later) => start + hour * HOUR + later));
    const before = await answers(acme, moments);
    const cutoff = acme.now + DAY;
    const thin = (limit: number) =>
      acme.store.write((tx) => thinListings(tx, acme.connection, "roles", cutoff, limit));
    while ((await thin(1)) > 0);
    assert.deepEqual(await ends(acme, start), kept);
    const after = await answers(acme, moments);
    for (const [i, { items, provenAt }] of after.entries()) {
      assert.deepEqual(items, before[i]!.items);
      assert.ok(provenAt <= before[i]!.provenAt && provenAt > before[i]!.provenAt - DAY);
    }
    const { items } = await usersAsOf(acme.store.read, acme.connection, acme.now, ALL);
    assert.equal(items[0]!.record.name, String(hours.at(-1)));
  });
}

test("listings that aren't old enough all stay", async () => {
  const acme = await account();
  const start = Math.ceil(acme.now / DAY) * DAY;
  for (const hour of [0, 1, 2, 3, 4])
    await acme.list("roles", [role(1)], { later: start + hour * HOUR - acme.now });
  await acme.store.write((tx) => thinListings(tx, acme.connection, "roles", start + 3 * HOUR, 100));
  assert.deepEqual(await ends(acme, start), [0, 2, 3, 4]);
});

test("old runs go with their steps, but those that a listing, a held one or the ledger names", async () => {
  const acme = await account();
  const other = await account();
  const { store, connection } = acme;
  const runs: number[] = [];
  const begin = (connection: number, now: number) =>
    store.write(async (tx) => {
      const run = await startRun(tx, {
        connection,
        lane: "directory",
        asked: { trigger: "schedule", who: null },
        now,
      });
      await startStep(tx, run, "roles", now);
      return run;
    });
  const finish = (run: number, now: number) =>
    store.write((tx) =>
      endRun(tx, run, { outcome: "complete", now, requests: 1, waitedMs: 0, throttled: 0, error: null }),
    );
  for (let i = 0; i < 8; i++) runs.push(await begin(connection, i * HOUR));
  const [listing, changed, held, , , late, , open] = runs as number[];
  const alien = await begin(other.connection, 0);
  for (const run of [...runs, alien]) {
    if (run !== open) await finish(run, run === late ? 50 * DAY : DAY);
  }
  acme.run = listing! - 1;
  await acme.list(
    "roles",
    Array.from({ length: 20 }, (_, i) => role(i + 1)),
  );
  acme.run = changed! - 1;
  await acme.list("roles", [role(1, "other name"), ...Array.from({ length: 19 }, (_, i) => role(i + 2))]);
  await store.write((tx) =>
    tx.deleteFrom("listing").where("connection", "=", connection).where("run", "=", changed!).execute(),
  );
  acme.run = held! - 1;
  assert.equal((await acme.list("roles", [])).held, true);

  const drop = (limit: number) => store.write((tx) => deleteOldRuns(tx, connection, 50 * DAY, limit));
  assert.equal(await drop(2), 2);
  assert.equal(await drop(100), 1);
  assert.equal(await drop(100), 0);
  const left = (await listRuns(store.read, connection, { limit: 100 })).map(({ id }) => id);
  assert.deepEqual(
    left.sort((a, b) => a - b),
    [listing, changed, held, late, open],
  );
  assert.equal((await listRuns(store.read, other.connection, { limit: 9 }))[0]?.steps.length, 1);
  const steps = await store.read.selectFrom("step").select("run").where("run", "in", runs).execute();
  assert.deepEqual(new Set(steps.map(({ run }) => run)), new Set(left));
  assert.equal(await runBefore(store.read, connection, "directory", changed!), 0);
  assert.equal(await runBefore(store.read, connection, "directory", listing!), null);
  assert.equal(await runBefore(store.read, connection, "usage", open!), null);
});

async function answers(acme: Account, moments: number[]) {
  const all = await Promise.all(moments.map((at) => rolesAsOf(acme.store.read, acme.connection, at, ALL)));
  return all.map(({ items, listing }) => ({ items, provenAt: listing!.endedAt }));
}

/** In hours since `start`. */
async function ends(acme: Account, start: number): Promise<number[]> {
  const rows = await acme.store.read
    .selectFrom("listing")
    .select("ended_at")
    .where("connection", "=", acme.connection)
    .where("stream", "=", "roles")
    .orderBy("seq")
    .execute();
  return rows.map(({ ended_at }) => (ended_at - start) / HOUR);
}
