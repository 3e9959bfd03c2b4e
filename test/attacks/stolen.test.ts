/** Somebody has the database file, or a backup of it: nothing in it opens anything. And who guesses learns nothing. */
import assert from "node:assert/strict";
import crypto from "node:crypto";
import { readFileSync } from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import { join } from "node:path";
import { test } from "node:test";
import { sql } from "kysely";
import { hashPassword } from "../../src/access/password.ts";
import { hashOf, newApiToken, newToken } from "../../src/access/secrets.ts";
import { signIn } from "../../src/access/sign-in.ts";
import { office, PASSWORD } from "../../src/api/office-testing.ts";
import { getCredential } from "../../src/store/connections/connections.ts";
import { saveBegun } from "../../src/store/members/begun.ts";
import { memberByEmail, setPassword } from "../../src/store/members/members.ts";
import { keyFile, writeKeyFile } from "../../src/store/secrets/keys.ts";
import { KeyRing, loadSeal } from "../../src/store/secrets/seal.ts";
import type { Store } from "../../src/store/store.ts";
import { backup } from "../../src/store/upkeep/backup.ts";
import { rotateKey, rotationUnfinished } from "../../src/store/upkeep/rotate.ts";

test("what is stored of a session, token, code or link is none that opens, however it is written", async (t) => {
  const { store, ask, somebody, machine, clock } = await office(t);
  const admin = await somebody("admin");
  const { body: token } = await ask(admin.headers, "POST /tokens", { name: "reports", role: "admin" }, 201);
  const { body: made } = await ask(
    admin.headers,
    "POST /members",
    { name: "Ben", email: "ben@aldermoor.example", role: "viewer" },
    201,
  );
  const { body: link } = await ask(
    admin.headers,
    "POST /connections/credential-links",
    { name: "Elsewhere" },
    201,
  );
  const begun = newToken();
  await store.write((tx) =>
    saveBegun(
      tx,
      { kind: "sso", hash: hashOf(begun), member: null, back: null, endsAt: clock.now + 1 },
      clock.now,
    ),
  );
  const session = admin.headers.cookie!.split("=")[1]!;
  const bytes = await stolen(store);
  assert.ok(bytes.includes("ben@aldermoor.example"), "what isn't secret is there to be found");
  for (const secret of [session, token.secret, made.code, link.link, begun]) {
    for (const written of [
      secret,
      secret.replaceAll("-", ""),
      Buffer.from(secret, "base64url"),
      Buffer.from(secret).toString("hex"),
    ]) {
      assert.ok(!bytes.includes(written), String(secret));
    }
  }
  // Every 32 bytes that are stored as a hash, tried as what they are the hash of.
  const db = store.read;
  const hashes = [
    ...(await db.selectFrom("session").select("hash").execute()),
    ...(await db.selectFrom("api_token").select("hash").execute()),
    ...(await db.selectFrom("invitation").select("hash").execute()),
    ...(await db.selectFrom("credential_link").select("hash").execute()),
  ].map(({ hash }) => Buffer.from(hash));
  assert.equal(hashes.length, 4);
  for (const hash of hashes) {
    for (const written of [
      hash.toString("hex"),
      hash.toString("base64url"),
      hash.toString("latin1").replaceAll(/[^\x21-\x7e]/g, ""),
    ]) {
      assert.equal((await ask({ cookie: `glasshouse_session=${written}` }, "GET /connections")).status, 401);
      assert.equal(
        (await ask({ authorization: `Bearer ${written || "x"}` }, "GET /connections")).status,
        401,
      );
      assert.equal(
        (await ask({ authorization: `Bearer glasshouse_${written}` }, "GET /connections")).status,
        401,
      );
      assert.notEqual(
        (await ask({}, "POST /credential-links/open", { link: written.padEnd(20, "x") })).status,
        200,
      );
    }
  }
  assert.equal((await ask(admin.headers, "GET /connections")).status, 200);
  assert.equal((await machine("GET /connections")).status, 200);
});

/** The file of a backup; of PostgreSQL every value of every row. */
async function stolen(store: Store & { dir: string }): Promise<Buffer> {
  if (store.engine === "sqlite") {
    const file = join(store.dir, "stolen.sqlite");
    await backup(store, file);
    return readFileSync(file);
  }
  const parts: Uint8Array[] = [];
  for (const { name } of await store.read.introspection.getTables()) {
    const { rows } = await sql<Record<string, unknown>>`select * from ${sql.table(name)}`.execute(store.read);
    for (const value of rows.flatMap((row) => Object.values(row)))
      parts.push(value instanceof Uint8Array ? value : Buffer.from(String(value)));
  }
  return Buffer.concat(parts);
}

test("for an unknown address, one without a password and a wrong password the same is computed", async (t) => {
  const { store, clock, somebody } = await office(t);
  const known = await somebody("viewer");
  const without = await somebody("viewer");
  const password = await hashPassword(PASSWORD);
  await store.write((tx) => setPassword(tx, known.id, password));
  assert.ok(await memberByEmail(store.read, known.email));
  const real = crypto.scrypt;
  const work: string[] = [];
  Object.assign(crypto, {
    scrypt: (...args: Parameters<typeof real>) => {
      const [given, salt, bytes, options] = args as unknown as [string, Buffer, number, object];
      work.push(JSON.stringify([given.length, salt.length, bytes, options]));
      return real(...args);
    },
  });
  syncBuiltinESMExports();
  t.after(() => {
    Object.assign(crypto, { scrypt: real });
    syncBuiltinESMExports();
  });
  const seal = await loadSeal(store.dir, {});
  const refusals = [];
  for (const email of [known.email, without.email, "nobody@aldermoor.example"]) {
    const given = { email, password: "a wrong password" };
    refusals.push(
      await signIn({ store, seal }, given, { ip: "192.0.2.9", agent: null }, clock.now).catch(
        (error: Error) => error.message,
      ),
    );
  }
  assert.equal(new Set(refusals).size, 1, "said the same");
  assert.equal(work.length, 3);
  assert.equal(new Set(work).size, 1, "and computed the same");
});

test("a rotation that is cut at any of its steps leaves every secret readable, and the next one ends it", async (t) => {
  for (const step of [
    "before anything",
    "after the new key is on the disk",
    "in the middle of sealing",
    "before the old key goes",
  ]) {
    await t.test(step, async (t) => {
      const { store, connect } = await office(t);
      const id = await connect("Aldermoor");
      const before = await loadSeal(store.dir, {});
      const next = crypto.randomBytes(32);
      const current = Buffer.from(JSON.parse(readFileSync(keyFile(store.dir), "utf8")).current, "base64");
      const cut = new Error("cut");
      if (step !== "before anything") writeKeyFile(store.dir, current, next);
      if (step === "in the middle of sealing") {
        // The transaction is given up after its first row, as the death of the process does.
        const ring = new KeyRing([current, next]);
        ring.sealWith(next);
        await assert.rejects(
          store.write(async (tx) => {
            await tx.updateTable("secret").set({ key_version: ring.keyVersion }).execute();
            throw cut;
          }),
          /cut/,
        );
      }
      if (step === "before the old key goes") {
        await rotateKey(store, store.dir, {});
        const { current: sealing } = JSON.parse(readFileSync(keyFile(store.dir), "utf8"));
        writeKeyFile(store.dir, current, Buffer.from(sealing, "base64"));
      }
      const seal = await loadSeal(store.dir, {});
      assert.equal((await getCredential(store.read, seal, id))?.secret, "s", "readable as it lies there");
      assert.equal(await rotationUnfinished(store.read, seal, store.dir, {}), step !== "before anything");
      assert.equal((await rotateKey(store, store.dir, {})).unreadable, 0);
      const after = await loadSeal(store.dir, {});
      assert.equal((await getCredential(store.read, after, id))?.secret, "s");
      assert.equal(await getCredential(store.read, before, id), null, "the old key opens nothing any more");
      assert.equal(await rotationUnfinished(store.read, after, store.dir, {}), false);
    });
  }
});

test("API tokens and cookies are made of 256 bits that nothing repeats", () => {
  const made = Array.from({ length: 1000 }, () => [newToken(), newApiToken()]).flat();
  assert.equal(new Set(made).size, made.length);
  for (const each of made) assert.match(each, /^(glasshouse_)?[\w-]{43}$/);
});
