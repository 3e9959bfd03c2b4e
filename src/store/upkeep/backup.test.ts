import assert from "node:assert/strict";
import { existsSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import Database from "better-sqlite3";
import { ALERT_TOPICS, type AlertTopic, type Topics } from "../../model/alerts/alert.ts";
import { changeTargets, listTargets } from "../actions/action-targets.ts";
import { addPreview, getAction, moveAction } from "../actions/actions.ts";
import { addDelivery } from "../alerts/deliveries.ts";
import { addDestination, listDestinations } from "../alerts/destinations.ts";
import {
  createConnection,
  credentialState,
  getConnection,
  getCredential,
} from "../connections/connections.ts";
import { addCredentialLink, credentialLink } from "../connections/credential-links.ts";
import { DatabaseRefused } from "../engine/errors.ts";
import { saveBegun, spendBegun } from "../members/begun.ts";
import { invitationByHash, saveInvitation, saveSetupCode, setupCode } from "../members/codes.ts";
import { createMember, memberByEmail } from "../members/members.ts";
import { createSession, sessionByHash } from "../members/sessions.ts";
import { databaseFile, openStore } from "../open.ts";
import { keyFile } from "../secrets/keys.ts";
import { loadSeal } from "../secrets/seal.ts";
import type { Tx } from "../store.ts";
import { newConnection, temporaryDir, testStore } from "../testing.ts";
import { backup, restore } from "./backup.ts";

const SECRET = "s3cret-that-must-not-leak";

async function connected(t: Parameters<typeof testStore>[0]) {
  const store = await testStore(t);
  const seal = await loadSeal(store.dir, {});
  const connection = await store.write((tx) =>
    createConnection(tx, seal, newConnection(seal, { name: "acme", secret: SECRET })),
  );
  return { store, seal, connection };
}

test("a backup made while running holds everything written before it, and no key", async (t) => {
  const { store, seal, connection } = await connected(t);
  const file = join(store.dir, "backup.sqlite");
  await backup(store, file);
  assert.equal(statSync(file).mode & 0o777, 0o600);
  const bytes = readFileSync(file);
  assert.ok(!bytes.includes(SECRET));
  const key = Buffer.from(JSON.parse(readFileSync(keyFile(store.dir), "utf8")).current, "base64");
  assert.ok(!bytes.includes(key) && !bytes.includes(key.toString("base64")));

  const copy = await openStore({ file });
  t.after(() => copy.close());
  assert.deepEqual(await getConnection(copy.read, connection.id), connection);
  assert.equal((await getCredential(copy.read, seal, connection.id))?.secret, SECRET);
});

test("writes go on during a backup, and the backup is of one moment", async (t) => {
  const { store } = await connected(t);
  const role = (n: number) =>
    store.write(async (tx) => {
      for (const id of [n, n + 1_000_000]) {
        const row = { connection: 1, role_id: String(id), state: "present", first_seen_at: 0 } as const;
        await tx.insertInto("role").values(row).execute();
      }
    });
  const file = join(store.dir, "backup.sqlite");
  let done = false;
  const copying = backup(store, file).finally(() => (done = true));
  let n = 0;
  for (; !done; n++) await role(n);
  await copying;
  assert.ok(n > 1);
  const copy = new Database(file, { readonly: true });
  t.after(() => copy.close());
  const odd = copy.prepare("select count(*) % 2 as odd from role").get();
  assert.deepEqual(odd, { odd: 0 });
});

test("a backup doesn't overwrite a file unless told", async (t) => {
  const { store } = await connected(t);
  const file = join(store.dir, "precious");
  writeFileSync(file, "precious");
  await assert.rejects(backup(store, file), { name: "DatabaseRefused", reason: "exists" });
  assert.equal(readFileSync(file, "utf8"), "precious");
  await backup(store, file, { overwrite: true });
  assert.ok(!existsSync(`${file}.partial`));
  assert.ok(statSync(file).size > 1000);
});

test("a restore brings the data back, and with the key the credentials", async (t) => {
  const { store, connection, seal } = await connected(t);
  const file = join(store.dir, "backup.sqlite");
  await backup(store, file);
  const dir = join(temporaryDir(t), "data");
  await restore(file, dir);
  assert.equal(statSync(databaseFile(dir)).mode & 0o777, 0o600);
  const restored = await openStore({ file: databaseFile(dir) });
  t.after(() => restored.close());
  assert.deepEqual(await getConnection(restored.read, "acme"), connection);
  assert.equal((await getCredential(restored.read, seal, connection.id))?.secret, SECRET);
});

test("a restore without the key keeps the data and asks for credentials anew", async (t) => {
  const { store, connection } = await connected(t);
  const file = join(store.dir, "backup.sqlite");
  await backup(store, file);
  const dir = temporaryDir(t);
  await restore(file, dir);
  const restored = await openStore({ file: databaseFile(dir) });
  t.after(() => restored.close());
  const otherKey = await loadSeal(dir, {});
  assert.equal((await getConnection(restored.read, "acme"))?.id, connection.id);
  assert.equal(await getCredential(restored.read, otherKey, connection.id), null);
  assert.equal(await credentialState(restored.read, otherKey, connection.id), "locked");
});

test("a restore replaces a database only when told, and none of its log survives", async (t) => {
  const { store } = await connected(t);
  const file = join(store.dir, "backup.sqlite");
  await backup(store, file);
  const other = await testStore(t);
  await other.write((tx) => tx.insertInto("setting").values({ name: "old", value_json: "1" }).execute());
  await assert.rejects(restore(file, other.dir), { name: "DatabaseRefused", reason: "exists" });
  await other.close();
  writeFileSync(databaseFile(other.dir) + "-wal", "left by a kill");
  await restore(file, other.dir, { overwrite: true });
  const restored = await openStore({ file: databaseFile(other.dir) });
  t.after(() => restored.close());
  assert.equal((await getConnection(restored.read, "acme"))?.name, "acme");
  assert.deepEqual(await restored.read.selectFrom("setting").selectAll().execute(), []);
});

const broken: [string, DatabaseRefused["reason"], (file: string) => void][] = [
  ["is missing", "missing", (file) => rmSync(file)],
  ["is no database", "not_a_database", (file) => writeFileSync(file, "x".repeat(5000))],
  ["is cut short", "damaged", (file) => truncateSync(file, 40_960)],
  [
    "is of another program",
    "other_program",
    (file) => {
      rmSync(file);
      new Database(file).exec("create table t (a)").close();
    },
  ],
  [
    "is of a newer Glasshouse",
    "newer",
    (file) => {
      new Database(file).exec("insert into kysely_migration values ('9999-later', '')").close();
    },
  ],
];

for (const [name, reason, spoil] of broken) {
  test(`a backup that ${name} is refused, and nothing is restored`, async (t) => {
    const { store } = await connected(t);
    const file = join(store.dir, "backup.sqlite");
    await backup(store, file);
    spoil(file);
    const dir = join(temporaryDir(t), "data");
    await assert.rejects(restore(file, dir), (error) => {
      assert.ok(error instanceof DatabaseRefused, String(error));
      assert.equal(error.reason, reason);
      return true;
    });
    assert.ok(!existsSync(databaseFile(dir)));
  });
}

test("nobody who was signed in, invited or given a link when a backup was made comes back with it", async (t) => {
  const { store, connection } = await connected(t);
  const now = 1_000;
  const hash = new Uint8Array(32);
  const actions = await store.write((tx) => openActions(tx, connection.id));
  await store.write(waitingMessage);
  await store.write(async (tx) => {
    const member = await createMember(tx, {
      ...{ email: "m.ito@aldermoor.example", name: "M. Ito", role: "viewer", password: null },
      now,
    });
    await createSession(tx, { member, hash, now, endsAt: 9e12, ip: null, agent: null });
    await saveInvitation(tx, { member, kind: "join", hash, now, endsAt: 9e12 });
    await saveSetupCode(tx, hash, 9e12);
    await saveBegun(tx, { kind: "sso", hash, member: null, back: null, endsAt: 9e12 }, now);
    const draft = {
      name: "b",
      credentialKind: "harvest_v3",
      permissionType: "read",
      usage: false,
      settings: {},
    } as const;
    await addCredentialLink(tx, {
      hash,
      connection: null,
      draft,
      madeBy: "Ada",
      member: null,
      createdAt: now,
      endsAt: 9e12,
    });
  });
  const file = join(store.dir, "backup.sqlite");
  await backup(store, file);
  const elsewhere = temporaryDir(t);
  await restore(file, elsewhere);
  const copy = await openStore({ file: databaseFile(elsewhere) });
  t.after(() => copy.close());
  assert.equal(await sessionByHash(copy.read, hash, { now, idleMs: 9e12 }), null);
  assert.equal(await invitationByHash(copy.read, hash, now), null);
  assert.equal(await setupCode(copy.read), null);
  assert.equal(await credentialLink(copy.read, hash, now), null);
  assert.equal(await copy.write((tx) => spendBegun(tx, "sso", hash, now)), null);
  assert.ok(await memberByEmail(copy.read, "m.ito@aldermoor.example"));
  // What was told since is not told again.
  const [speaks] = await listDestinations(copy.read);
  assert.equal(speaks!.on, false);
  assert.match(speaks!.offReason!, /copy/);
  const states = await copy.read.selectFrom("delivery").select("state").execute();
  assert.deepEqual(states, [{ state: "dropped" }]);
  // Greenhouse is changed once, by the installation where it was asked for.
  for (const [state, id, ended, target] of [
    ["running", actions[0], "done", "unknown"],
    ["approved", actions[1], "cancelled", "waiting"],
  ] as const) {
    assert.equal((await getAction(copy.read, connection.id, id!))?.state, ended, state);
    const [found] = await listTargets(copy.read, connection.id, id!, { after: 0, limit: 1 });
    assert.equal(found!.state, target, state);
  }
});

async function waitingMessage(tx: Tx): Promise<void> {
  const topics = Object.fromEntries(ALERT_TOPICS.map((topic) => [topic, "never"])) as Topics;
  const heard = Object.fromEntries(ALERT_TOPICS.map((topic) => [topic, 0])) as Record<AlertTopic, number>;
  const destination = await addDestination(tx, {
    ...{
      channel: "slack",
      name: "Ops",
      ownerId: null,
      address: null,
      told: "hooks.slack.com",
      topics,
      heard,
    },
    ...{ connections: null, schedule: { zone: "UTC", hour: 8, quiet: null }, on: true, offReason: null },
    ...{ oldSecretEndsAt: null, madeAt: 1 },
  });
  await addDelivery(tx, {
    ...{ destination, kind: "alerts", messageId: "msg_1", subject: "One alert", lines: [], more: 0 },
    ...{ report: null, saidAt: 1, madeAt: 1, about: [] },
  });
}

/** One that runs, with somebody asked for, and one that waits for its turn. */
async function openActions(tx: Tx, connection: number): Promise<number[]> {
  const by = { member: null, name: "the command line" };
  const facts = { kind: "deactivate", actingUserId: null, serviceAccounts: false, undoes: null } as const;
  const more = { needsApproval: false, notTold: [], madeBy: by, madeAt: 1, endsAt: 9e12 };
  const user = { name: "Mara", email: null, status: "active", level: "basic", siteAdmin: false } as const;
  const counts = { serviceAccount: false, jobGrants: 0, futureJobGrants: 0 };
  const target = { userId: "7", user: { ...user, ...counts }, grant: null, refusal: null, duties: null };
  const ids: number[] = [];
  for (const state of ["running", "approved"] as const) {
    const id = await addPreview(tx, { connection, ...facts, ...more }, [target]);
    await moveAction(tx, { connection, id }, ["previewed"], { state }, 2);
    if (state === "running") {
      await changeTargets(tx, { connection, action: id }, [{ n: 1, state: "sent", sentAt: 3 }]);
    }
    ids.push(id);
  }
  return ids;
}
