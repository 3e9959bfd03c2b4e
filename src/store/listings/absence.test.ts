import assert from "node:assert/strict";
import { test } from "node:test";
import type { RecordOf } from "../../model/records.ts";
import type { ListStream } from "../../model/stream.ts";
import { accounts, MINUTE, role, user } from "./listing-testing.ts";
import { acceptHeld, heldIds, heldListing, lastListing } from "./listings.ts";

const account = accounts();
const roles = (...ids: number[]) => ids.map((id) => role(id));
const upTo = (n: number) => Array.from({ length: n }, (_, i) => i + 1);

test("a large loss is held: the rows stay, and so does the proof of the last good listing", async () => {
  const acme = await account();
  await acme.list("roles", roles(...upTo(20)));
  const proof = await lastListing(acme.store.read, acme.connection, "roles");
  assert.deepEqual(await acme.list("roles", roles(...upTo(12))), {
    added: 0,
    changed: 0,
    removed: 0,
    held: true,
  });
  assert.deepEqual(await lastListing(acme.store.read, acme.connection, "roles"), proof);
  assert.equal(Object.values(await acme.states("roles")).filter((state) => state === "present").length, 20);
  const held = await heldListing(acme.store.read, acme.connection, "roles");
  assert.deepEqual(held, {
    stream: "roles",
    run: acme.run,
    since: acme.now,
    rowsBefore: 20,
    rowsAbsent: 8,
    listed: 12,
    lastSeenAt: acme.now,
    needsPerson: false,
  });
  assert.deepEqual(await heldIds(acme.store.read, acme.connection, "roles", 3), ["13", "14", "15"]);
});

test("a later listing that agrees lets the held rows go", async () => {
  const acme = await account();
  await acme.list("roles", roles(...upTo(20)));
  await acme.list("roles", roles(...upTo(12)));
  assert.equal((await acme.list("roles", roles(...upTo(12)), { later: 9 * MINUTE })).held, true);
  assert.deepEqual(await acme.list("roles", roles(...upTo(11)), { later: MINUTE }), {
    added: 0,
    changed: 0,
    removed: 9,
    held: false,
  });
  assert.equal(await heldListing(acme.store.read, acme.connection, "roles"), null);
});

test("what came back is no longer held, and another loss is held anew", async () => {
  const acme = await account();
  await acme.list("roles", roles(...upTo(20)));
  await acme.list("roles", roles(...upTo(12)));
  await acme.list("roles", roles(...upTo(20).slice(8)));
  assert.equal((await heldListing(acme.store.read, acme.connection, "roles"))?.since, acme.now);
  assert.equal((await acme.list("roles", roles(...upTo(20)))).held, false);
  assert.equal(await heldListing(acme.store.read, acme.connection, "roles"), null);
  assert.deepEqual(await heldIds(acme.store.read, acme.connection, "roles", 9), []);
});

for (const [name, stream, before, after] of [
  ["users", "users", upTo(20).map((id) => user(id)), upTo(9).map((id) => user(id))],
  ["an empty listing", "roles", roles(1, 2, 3), []],
] as [string, ListStream, RecordOf[ListStream][], RecordOf[ListStream][]][]) {
  test(`${name}: a held loss waits for a person, who applies it`, async () => {
    const acme = await account();
    await acme.list(stream, before as never);
    await acme.list(stream, after as never);
    await acme.list(stream, after as never);
    assert.equal((await heldListing(acme.store.read, acme.connection, stream))?.needsPerson, true);
    const lost = before.length - after.length;
    const ended = acme.now;
    const accepted = await acme.store.write((tx) => acceptHeld(tx, acme.connection, stream, acme.now + 5));
    assert.deepEqual(accepted, { removed: lost });
    assert.equal(
      Object.values(await acme.states(stream)).filter((state) => state === "removed").length,
      lost,
    );
    assert.equal((await acme.ledger()).filter((entry) => entry.startsWith("removed")).length, lost);
    const proof = await lastListing(acme.store.read, acme.connection, stream);
    assert.deepEqual([proof?.endedAt, proof?.rows], [ended, after.length]);
    assert.equal(await acme.store.write((tx) => acceptHeld(tx, acme.connection, stream, acme.now)), null);
    assert.equal((await acme.list(stream, after as never)).held, false);
  });
}

test("accepted after the viewer had changed, rows are not visible", async () => {
  const acme = await account();
  await acme.list(
    "users",
    upTo(20).map((id) => user(id)),
  );
  acme.viewerVersion++;
  await acme.list("users", [user(1)]);
  await acme.store.write((tx) => acceptHeld(tx, acme.connection, "users", acme.now));
  assert.equal((await acme.states("users"))[2], "not_visible");
});
