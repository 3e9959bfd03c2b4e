import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { test } from "node:test";
import { destinationSecret, saveDestinationSecret } from "../alerts/destinations.ts";
import { createConnection, getConnection } from "../connections/connections.ts";
import { tokenStore } from "../connections/tokens.ts";
import { beginTotp, createMember, totpOf } from "../members/members.ts";
import { KeyRing, loadSeal } from "../secrets/seal.ts";
import { newConnection, testStore } from "../testing.ts";
import { rotateKey, rotationUnfinished } from "./rotate.ts";

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

test("addresses and secrets of destinations are sealed anew too, and a rotation isn't over without them", async (t) => {
  const store = await testStore(t);
  const before = await loadSeal(store.dir, {});
  const url = "https://hooks.example.com/services/secret";
  await store.write((tx) => saveDestinationSecret(tx, before, 7, "url", url));
  assert.deepEqual(await rotateKey(store, store.dir, {}), { sealed: 1, unreadable: 0 });
  const after = await loadSeal(store.dir, {});
  assert.equal(await destinationSecret(store.read, after, 7, "url"), url);
  assert.equal(await destinationSecret(store.read, before, 7, "url"), null);
  assert.equal(await destinationSecret(store.read, after, 8, "url"), null, "and it opens nowhere else");
  const [old, fresh] = [randomBytes(32), randomBytes(32)].map((key) => key.toString("base64"));
  await store.write((tx) =>
    saveDestinationSecret(tx, new KeyRing([Buffer.from(old!, "base64")]), 7, "url", url),
  );
  const env = { GLASSHOUSE_SECRET_KEY: `${fresh},${old}` };
  assert.equal(await rotationUnfinished(store.read, await loadSeal(store.dir, env), store.dir, env), true);
});

test("a token that was minted for the admin user is found again under the new key", async (t) => {
  const store = await testStore(t);
  const before = await loadSeal(store.dir, {});
  const facts = newConnection(before, { adminUserId: "8" });
  const { id } = await store.write((tx) => createConnection(tx, before, facts));
  const minted = { accessToken: "t", expiresAt: 1e15, mintedAt: 0 };
  await tokenStore(store, before).get(`${facts.fingerprint}:8`, null, async () => minted);
  await rotateKey(store, store.dir, {});
  const after = await loadSeal(store.dir, {});
  const { fingerprint } = (await getConnection(store.read, id))!;
  assert.notEqual(fingerprint, facts.fingerprint);
  const mint = () => assert.fail("minted anew");
  assert.deepEqual(await tokenStore(store, after).get(`${fingerprint}:8`, null, mint), minted);
});
