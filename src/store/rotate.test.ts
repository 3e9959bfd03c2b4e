import assert from "node:assert/strict";
import { test } from "node:test";
import { beginTotp, createMember, totpOf } from "./members.ts";
import { rotateKey, rotationUnfinished } from "./rotate.ts";
import { loadSeal } from "./seal.ts";
import { testStore } from "./testing.ts";

test("a member's second factor is sealed anew with the rest, and with the new key alone it opens", async (t) => {
  const store = await testStore(t);
  const before = await loadSeal(store.dir, {});
  const facts = { email: "m.ito@aldermoor.example", name: "M. Ito", role: "admin", password: null } as const;
  const member = await store.write(async (tx) => {
    const id = await createMember(tx, { ...facts, now: 0 });
    await beginTotp(tx, before, id, "ABCDEFGH");
    return id;
  });
  assert.deepEqual(await rotateKey(store, store.dir, {}), { sealed: 1, unreadable: 0 });
  const after = await loadSeal(store.dir, {});
  assert.notEqual(after.keyVersion, before.keyVersion);
  assert.equal((await totpOf(store.read, after, member))?.secret, "ABCDEFGH");
  assert.equal(await totpOf(store.read, before, member), null);
  assert.equal(await rotationUnfinished(store.read, after, store.dir, {}), false);
});
