import assert from "node:assert/strict";
import { test } from "node:test";
import { accounts, user } from "../store/listings/listing-testing.ts";
import { markServiceAccount } from "../store/usage/usage-rules.ts";
import { licenses } from "./licenses.ts";
import { company, NOW, zone } from "./testing.ts";

const account = accounts();

/** A company of two, whose licenses were counted once. */
async function counted() {
  const { connection, db, account: acme } = await company(await account());
  const list = (n: number) =>
    acme.list(
      "users",
      Array.from({ length: n }, (_, i) => user(i + 1)),
    );
  await list(2);
  const row = { connection: connection.id, lane: "directory", fence: 1, due_at: 0, failures: 0 };
  const lease = (until: number | null) =>
    acme.store.write((tx) =>
      tx
        .insertInto("lane")
        .values({ ...row, lease_until_at: until })
        .onConflict((conflict) =>
          conflict.columns(["connection", "lane"]).doUpdateSet({ lease_until_at: until }),
        )
        .execute(),
    );
  let now = NOW;
  /** How many licenses, as of when, and after which listing. */
  const look = async (createdAt = connection.createdAt) => {
    const { total, stamp } = await licenses(db, { ...connection, createdAt }, ++now);
    return [total.assigned, Date.parse(stamp.at) - NOW, stamp.listing!.run];
  };
  await look();
  const mark = (id: string) =>
    acme.store.write((tx) => markServiceAccount(tx, connection.id, zone, id, true));
  return { list, lease, look, mark };
}

test("at rest, what was counted is shown until its data changes, with the stamp of now", async () => {
  const { list, look } = await counted();
  assert.deepEqual(await look(), [2, 2, 1]);
  await list(2);
  assert.deepEqual(await look(), [2, 3, 2]);
  await list(3);
  assert.deepEqual(await look(), [3, 4, 3]);
});

test("while a run writes, a count of less than a minute ago is shown, with the stamp that it had", async (t) => {
  let clock = performance.now();
  t.mock.method(performance, "now", () => clock);
  const { list, lease, look, mark } = await counted();
  await lease(NOW);
  await list(3);
  clock += 59_000;
  assert.deepEqual(await look(), [2, 1, 1]);
  assert.deepEqual(await look(1), [3, 3, 2], "another connection of this number has its own");
  await mark("3");
  assert.deepEqual(await look(), [2, 4, 2], "what a person says is counted at once");
  await list(4);
  assert.deepEqual(await look(), [2, 4, 2]);
  clock += 61_000;
  assert.deepEqual(await look(), [3, 6, 3]);
  await list(5);
  assert.deepEqual(await look(), [3, 6, 3]);
  await lease(null);
  assert.deepEqual(await look(), [4, 8, 4], "the run has ended");
});
