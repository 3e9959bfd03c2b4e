import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { chmodSync, existsSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import {
  createConnection,
  credentialState,
  eventKey,
  fingerprintOf,
  getConnection,
  getCredential,
} from "../connections/connections.ts";
import { tokenStore } from "../connections/tokens.ts";
import { newConnection, temporaryDir, testStore } from "../testing.ts";
import { rotateKey, rotationUnfinished } from "../upkeep/rotate.ts";
import { keyFile, readKeys, writeKeyFile } from "./keys.ts";
import { KeyRing, loadSeal, SealBroken } from "./seal.ts";

const about = { connection: 1, field: "credential" };
const key = () => randomBytes(32);
const text = (bytes: Uint8Array) => Buffer.from(bytes).toString();

test("what is sealed opens, and looks different each time", () => {
  const seal = new KeyRing([key()]);
  const [one, two] = [seal.seal("secret", about), seal.seal("secret", about)];
  assert.equal(text(seal.open(one, about)), "secret");
  assert.notDeepEqual(one.value, two.value);
});

const material = key();
const sealed = new KeyRing([material]).seal("secret", about);
const flipped = new Uint8Array(sealed.value).map((byte, i) => (i === 14 ? byte ^ 1 : byte));
const broken: [string, KeyRing, typeof sealed, typeof about][] = [
  ["for another connection", new KeyRing([material]), sealed, { ...about, connection: 2 }],
  ["for another field", new KeyRing([material]), sealed, { ...about, field: "token" }],
  ["with another key", new KeyRing([key()]), sealed, about],
  ["once a bit has changed", new KeyRing([material]), { ...sealed, value: flipped }, about],
  [
    "once it is cut short",
    new KeyRing([material]),
    { ...sealed, value: sealed.value.subarray(0, 20) },
    about,
  ],
];

for (const [name, seal, value, owner] of broken) {
  test(`it doesn't open ${name}`, () => {
    assert.throws(
      () => seal.open(value, owner),
      (error) => {
        assert.ok(error instanceof SealBroken);
        assert.doesNotMatch(error.message, /secret of|: secret/);
        return true;
      },
    );
  });
}

test("a ring opens with every key and seals with the first", () => {
  const [old, fresh] = [key(), key()];
  const before = new KeyRing([old]).seal("secret", about);
  const ring = new KeyRing([fresh, old]);
  assert.equal(text(ring.open(before, about)), "secret");
  assert.equal(text(new KeyRing([fresh]).open(ring.seal("next", about), about)), "next");
});

test("a key file is made on first use, for its owner alone, and found again", async (t) => {
  const dir = join(temporaryDir(t), "data");
  const first = await loadSeal(dir, {});
  assert.equal(statSync(keyFile(dir)).mode & 0o777, 0o600);
  assert.equal((await loadSeal(dir, {})).keyVersion, first.keyVersion);
});

test("a key of the environment makes no file, in base64 or in hexadecimal", async (t) => {
  const dir = temporaryDir(t);
  const bytes = key();
  const file = join(dir, "mounted");
  writeFileSync(file, bytes.toString("base64") + "\n");
  const seals = [
    await loadSeal(dir, { GLASSHOUSE_SECRET_KEY: bytes.toString("base64") }),
    await loadSeal(dir, { GLASSHOUSE_SECRET_KEY: bytes.toString("hex") }),
    await loadSeal(dir, { GLASSHOUSE_SECRET_KEY_FILE: file }),
  ];
  assert.equal(new Set(seals.map((seal) => seal.keyVersion)).size, 1);
  assert.ok(!existsSync(keyFile(dir)));
});

const refused: [string, Record<string, string>, RegExp][] = [
  ["too short", { GLASSHOUSE_SECRET_KEY: "hunter2" }, /GLASSHOUSE_SECRET_KEY is not 32 bytes.*openssl/],
  ["blank", { GLASSHOUSE_SECRET_KEY: "  \n" }, /GLASSHOUSE_SECRET_KEY is empty.*openssl/],
  [
    "in a file that isn't there",
    { GLASSHOUSE_SECRET_KEY_FILE: "/nowhere/key" },
    /\/nowhere\/key, which can't be read/,
  ],
];

for (const [name, env, message] of refused) {
  test(`a key that is ${name} is refused, and not repeated`, async (t) => {
    await assert.rejects(loadSeal(temporaryDir(t), env), (error: Error) => {
      assert.equal(error.name, "KeyRefused");
      assert.match(error.message, message);
      assert.doesNotMatch(error.message, /hunter2/);
      return true;
    });
  });
}

test("a damaged key file is refused, and not overwritten", async (t) => {
  const dir = temporaryDir(t);
  writeFileSync(keyFile(dir), "{");
  chmodSync(keyFile(dir), 0o600);
  await assert.rejects(loadSeal(dir, {}), { name: "KeyRefused" });
  assert.equal(readFileSync(keyFile(dir), "utf8"), "{");
});

async function connected(t: TestContext, env = {}) {
  const store = await testStore(t);
  const seal = await loadSeal(store.dir, env);
  const made = await store.write((tx) => createConnection(tx, seal, newConnection(seal)));
  await tokenStore(store, seal).get(made.fingerprint, null, async () => ({
    accessToken: "token",
    expiresAt: 1e15,
    mintedAt: 0,
  }));
  return { store, seal, made, events: await eventKey(store.read, seal, made.id) };
}

/** Credential, event key and token open, and the fingerprint is found, with these keys. */
async function requireReadable(
  { store, made, events }: Awaited<ReturnType<typeof connected>>,
  seal: KeyRing,
): Promise<void> {
  assert.equal((await getCredential(store.read, seal, made.id))?.secret, "secret of acme");
  assert.deepEqual(await eventKey(store.read, seal, made.id), events);
  const now = (await getConnection(store.read, made.id))!;
  const token = await tokenStore(store, seal).get(now.fingerprint, null, () => assert.fail("minted anew"));
  assert.equal(token.accessToken, "token");
}

test("rotating seals everything with a new key, and the old one opens nothing", async (t) => {
  const account = await connected(t);
  const { store, seal, made } = account;
  const old = readKeys(store.dir, {}).keys;
  assert.deepEqual(await rotateKey(store, store.dir, {}, seal), { sealed: 3, unreadable: 0 });
  const fresh = await loadSeal(store.dir, {});
  await requireReadable(account, fresh);
  await requireReadable(account, seal);
  assert.equal(await credentialState(store.read, new KeyRing(old), made.id), "locked");
  assert.equal(await rotationUnfinished(store.read, fresh, store.dir, {}), false);
  const { credential, origins } = newConnection(fresh);
  assert.equal(
    (await getConnection(store.read, made.id))?.fingerprint,
    fingerprintOf(fresh, origins, credential),
  );
});

test("a rotation cut before anything was sealed anew leaves everything readable, and is ended by the next", async (t) => {
  const account = await connected(t);
  const { store } = account;
  const [current] = readKeys(store.dir, {}).keys;
  writeKeyFile(store.dir, current!, key());
  const seal = await loadSeal(store.dir, {});
  await requireReadable(account, seal);
  assert.equal(await rotationUnfinished(store.read, seal, store.dir, {}), true);
  await rotateKey(store, store.dir, {});
  assert.equal(readKeys(store.dir, {}).pending, null);
  await requireReadable(account, await loadSeal(store.dir, {}));
});

test("a rotation cut after everything was sealed anew leaves everything readable, and is ended by the next", async (t) => {
  const account = await connected(t);
  const { store } = account;
  const [current] = readKeys(store.dir, {}).keys;
  await rotateKey(store, store.dir, {});
  const [next] = readKeys(store.dir, {}).keys;
  writeKeyFile(store.dir, current!, next!);
  const seal = await loadSeal(store.dir, {});
  await requireReadable(account, seal);
  assert.equal(await rotationUnfinished(store.read, seal, store.dir, {}), true);
  await rotateKey(store, store.dir, {});
  assert.deepEqual(readKeys(store.dir, {}).keys, [next]);
  await requireReadable(account, await loadSeal(store.dir, {}));
});

test("in the environment, a new key before the old one rotates to it", async (t) => {
  const [old, fresh] = [key().toString("base64"), key().toString("base64")];
  const account = await connected(t, { GLASSHOUSE_SECRET_KEY: old });
  const { store } = account;
  const env = { GLASSHOUSE_SECRET_KEY: `${fresh},${old}` };
  assert.equal(await rotationUnfinished(store.read, await loadSeal(store.dir, env), store.dir, env), true);
  assert.deepEqual(await rotateKey(store, store.dir, env), { sealed: 3, unreadable: 0 });
  await requireReadable(account, await loadSeal(store.dir, { GLASSHOUSE_SECRET_KEY: fresh }));
  assert.ok(!existsSync(keyFile(store.dir)));
});

test("what another installation's key has sealed is counted, and left as it is", async (t) => {
  const { store, made, seal } = await connected(t);
  writeKeyFile(store.dir, key(), null);
  assert.deepEqual(await rotateKey(store, store.dir, {}), { sealed: 0, unreadable: 3 });
  assert.equal((await getCredential(store.read, seal, made.id))?.secret, "secret of acme");
});
