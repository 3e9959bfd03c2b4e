import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import type { Traffic } from "../../connectors/connector.ts";
import { DEFAULT_SETTINGS, GREENHOUSE_ORIGINS } from "../../model/connection.ts";
import { addTrail } from "../members/trail.ts";
import { loadSeal } from "../secrets/seal.ts";
import { newConnection, testStore } from "../testing.ts";
import {
  createConnection,
  credentialState,
  deleteConnectionBatch,
  eventKey,
  fingerprintOf,
  freezeConnection,
  getConnection,
  getCredential,
  listConnections,
  replaceCredential,
  setOrganization,
  updateClockSkew,
  updateConnection,
} from "./connections.ts";
import { tokenStore } from "./tokens.ts";
import { ownTraffic, readTraffic, sharedTraffic } from "./traffic.ts";

async function open(t: TestContext) {
  const store = await testStore(t);
  const seal = await loadSeal(store.dir, {});
  const create = (facts: Parameters<typeof newConnection>[1] = {}) =>
    store.write((tx) => createConnection(tx, seal, newConnection(seal, facts)));
  return { ...store, store, seal, create };
}

test("a connection is what it was made of", async (t) => {
  const { create, read, seal } = await open(t);
  const made = await create({ name: "  Acme Corp ", adminUserId: "9007199254740993", now: 5 });
  assert.deepEqual(made, {
    id: 1,
    name: "Acme Corp",
    vendor: "greenhouse",
    credentialKind: "harvest_v3",
    fingerprint: made.fingerprint,
    permissionType: "read",
    adminUserId: "9007199254740993",
    origins: GREENHOUSE_ORIGINS,
    settings: DEFAULT_SETTINGS,
    paused: false,
    frozenAt: null,
    viewerVersion: 1,
    organizationId: null,
    clockSkewMs: 0,
    createdAt: 5,
  });
  const credential = await getCredential(read, seal, made.id);
  assert.deepEqual(credential, {
    kind: "harvest_v3",
    clientId: "client of   Acme Corp ",
    secret: "secret of   Acme Corp ",
  });
  assert.equal((await eventKey(read, seal, made.id)).byteLength, 32);
});

for (const asked of ["acme", "ACME", " acme ", "1", 1]) {
  test(`a connection is found by ${JSON.stringify(asked)}`, async (t) => {
    const { create, read } = await open(t);
    await create();
    assert.equal((await getConnection(read, asked))?.name, "acme");
  });
}

for (const asked of ["acm", "2", 2, "", "1e0", "99999999999999999999"]) {
  test(`no connection is found by ${JSON.stringify(asked)}`, async (t) => {
    const { create, read } = await open(t);
    await create();
    assert.equal(await getConnection(read, asked), null);
  });
}

test("the number of a deleted connection is no other's: what the trail says of it stays its own", async (t) => {
  const { create, write } = await open(t);
  const { id } = await create();
  await write((tx) =>
    addTrail(tx, {
      ...{ at: 0, by: "machine", member: null, token: null, name: "Command line", ip: null, result: "ok" },
      ...{ action: "connection.disconnected", target: "acme", connection: id, details: null },
    }),
  );
  while (await write((tx) => deleteConnectionBatch(tx, id)));
  assert.notEqual((await create()).id, id);
});

test("a name is taken in any case and spacing, and its holder named", async (t) => {
  const { create } = await open(t);
  await create({ name: "Acme Corp" });
  await assert.rejects(create({ name: "acme  corp", clientId: "other" }), {
    name: "NameTaken",
    other: "Acme Corp",
  });
});

test("a credential is taken, and its holder named", async (t) => {
  const { create } = await open(t);
  await create({ name: "acme", clientId: "one" });
  await assert.rejects(create({ name: "beta", clientId: "one", secret: "rotated" }), {
    name: "FingerprintTaken",
    other: "acme",
    message: /acme/,
  });
});

test("the same client at another origin, and another v1 key, are other credentials", async (t) => {
  const { seal } = await open(t);
  const v3 = { kind: "harvest_v3", clientId: "id", secret: "s" } as const;
  const v1 = { kind: "harvest_v1", clientId: null, secret: "key" } as const;
  const elsewhere = { ...GREENHOUSE_ORIGINS, auth: "http://localhost:1" };
  const prints = [
    fingerprintOf(seal, GREENHOUSE_ORIGINS, v3),
    fingerprintOf(seal, elsewhere, v3),
    fingerprintOf(seal, GREENHOUSE_ORIGINS, v1),
    fingerprintOf(seal, GREENHOUSE_ORIGINS, { ...v1, secret: "other" }),
  ];
  assert.equal(new Set(prints).size, prints.length);
  assert.ok(prints.every((print) => !print.includes("key") && !print.includes("id")));
});

test("changes are kept; another admin user is another viewer", async (t) => {
  const { create, read, write } = await open(t);
  const { id } = await create({ adminUserId: "5" });
  const settings = { ...DEFAULT_SETTINGS, windowDays: 14 };
  await write((tx) => updateConnection(tx, id, { name: "beta", settings, paused: true, adminUserId: "5" }));
  await write((tx) => setOrganization(tx, id, "77"));
  await write((tx) => updateClockSkew(tx, id, -4000));
  const same = await getConnection(read, "beta");
  assert.deepEqual(
    [same?.settings, same?.paused, same?.viewerVersion, same?.organizationId, same?.clockSkewMs],
    [settings, true, 1, "77", -4000],
  );
  await write((tx) => updateConnection(tx, id, { adminUserId: "6" }));
  const other = await getConnection(read, id);
  assert.deepEqual([other?.adminUserId, other?.viewerVersion], ["6", 2]);
});

test("settings that a change doesn't name stay as they are now", async (t) => {
  const { create, read, write } = await open(t);
  const { id } = await create({});
  await write((tx) =>
    updateConnection(tx, id, { settings: { secondApproval: true, everyMinutes: { usage: 20 } } }),
  );
  await write((tx) => updateConnection(tx, id, { settings: { everyMinutes: { grants: 30 } } }));
  const { secondApproval, everyMinutes } = (await getConnection(read, id))!.settings;
  assert.deepEqual(
    [secondApproval, everyMinutes],
    [true, { ...DEFAULT_SETTINGS.everyMinutes, usage: 20, grants: 30 }],
  );
});

test("a connection can keep its name, and can't take another's", async (t) => {
  const { create, write } = await open(t);
  const { id } = await create({ name: "acme" });
  await create({ name: "beta" });
  await write((tx) => updateConnection(tx, id, { name: "ACME" }));
  await assert.rejects(
    write((tx) => updateConnection(tx, id, { name: "Beta" })),
    { name: "NameTaken" },
  );
});

test("freezing destroys credential, token and limits, and frees the credential for another connection", async (t) => {
  const { create, read, write, store, seal } = await open(t);
  const made = await create({ name: "acme", clientId: "one", adminUserId: "4017730022" });
  const key = await eventKey(read, seal, made.id);
  for (const subject of ["", ":4017730022", ":4017730022:audit"])
    await tokenStore(store, seal).get(made.fingerprint + subject, null, async () => token("t"));
  const traffic = ownTraffic(store);
  await traffic.change(made.fingerprint, touch(5));
  await traffic.flush();
  assert.equal((await readTraffic(read, made.fingerprint)).traffic.mintedAt, 5);
  await write((tx) => freezeConnection(tx, made.id, 9));
  assert.equal((await getConnection(read, made.id))?.frozenAt, 9);
  assert.equal(await getCredential(read, seal, made.id), null);
  assert.equal(await credentialState(read, seal, made.id), "destroyed");
  assert.deepEqual(await read.selectFrom("token").selectAll().execute(), []);
  assert.equal((await readTraffic(read, made.fingerprint)).version, null);
  await create({ name: "beta", clientId: "one" });
  // The events that it has keep their identity, should it be connected again.
  assert.deepEqual(await eventKey(read, seal, made.id), key);
});

test("a new credential thaws, is another viewer, and keeps the key of events", async (t) => {
  const { create, read, write, seal } = await open(t);
  const { id } = await create({ name: "acme", clientId: "one" });
  const key = await eventKey(read, seal, id);
  await write((tx) => freezeConnection(tx, id, 9));
  const next = newConnection(seal, { clientId: "two", secret: "s2" });
  await write((tx) => replaceCredential(tx, seal, id, next.credential, next.fingerprint, "8", 0));
  const now = await getConnection(read, id);
  assert.deepEqual(
    [now?.frozenAt, now?.viewerVersion, now?.adminUserId, now?.fingerprint],
    [null, 2, "8", next.fingerprint],
  );
  assert.deepEqual(await getCredential(read, seal, id), next.credential);
  assert.deepEqual(await eventKey(read, seal, id), key);
});

test("a new secret of the same client begins without the tokens of the old one, and takes nobody else's", async (t) => {
  const { create, read, write, store, seal } = await open(t);
  const { id, fingerprint } = await create({ adminUserId: "8" });
  const tokens = tokenStore(store, seal);
  const others = `${fingerprint}0:8`;
  for (const key of [`${fingerprint}:8`, others]) await tokens.get(key, null, async () => token("t"));
  const { credential } = newConnection(seal, { secret: "s2" });
  await write((tx) => replaceCredential(tx, seal, id, credential, fingerprint, "8", 0));
  assert.deepEqual(await read.selectFrom("token").select("fingerprint").execute(), [{ fingerprint: others }]);
});

test("connections are listed by name", async (t) => {
  const { create, read } = await open(t);
  for (const name of ["beta", "Acme", "zeta"]) await create({ name });
  assert.deepEqual(
    (await listConnections(read)).map((each) => each.name),
    ["Acme", "beta", "zeta"],
  );
});

const token = (accessToken: string, expiresAt = 1e15) => ({ accessToken, expiresAt, mintedAt: 0 });

test("two runs that ask at once mint once", async (t) => {
  const { store, seal } = await open(t);
  let minted = 0;
  const mint = async () => token(`t${++minted}`);
  const [one, two] = [tokenStore(store, seal), tokenStore(store, seal)];
  const got = await Promise.all([
    one.get("f", null, mint),
    two.get("f", null, mint),
    one.get("f", null, mint),
  ]);
  assert.deepEqual(
    got.map((each) => each.accessToken),
    ["t1", "t1", "t1"],
  );
});

test("a token that was refused is minted anew once, however many runs were refused with it", async (t) => {
  const { store, seal } = await open(t);
  let minted = 0;
  const mint = async () => token(`t${++minted}`);
  const tokens = tokenStore(store, seal);
  await tokens.get("f", null, mint);
  const got = await Promise.all([tokens.get("f", "t1", mint), tokens.get("f", "t1", mint)]);
  assert.deepEqual(
    got.map((each) => each.accessToken),
    ["t2", "t2"],
  );
});

test("a token about to expire is not handed out", async (t) => {
  const { store, seal } = await open(t);
  const tokens = tokenStore(store, seal, () => 1_000_000);
  await tokens.get("f", null, async () => token("old", 1_010_000));
  const got = await tokens.get("f", null, async () => token("new", 2_000_000));
  assert.equal(got.accessToken, "new");
});

test("a token that lives for seconds is shared all the same", async (t) => {
  const { store, seal } = await open(t);
  const tokens = tokenStore(store, seal, () => 1_000_000);
  const short = (accessToken: string) => ({ accessToken, mintedAt: 998_000, expiresAt: 1_003_000 });
  await tokens.get("f", null, async () => short("one"));
  assert.equal((await tokens.get("f", null, async () => short("two"))).accessToken, "one");
});

test("a token that ended long ago is not kept", async (t) => {
  const { store, seal, read } = await open(t);
  const tokens = tokenStore(store, seal, () => 1e9);
  for (const [key, end] of [
    ["of a former admin user", 1e9 - 86_400_001],
    ["of the last hour", 1e9 - 1],
    ["f", 2e9],
  ] as const)
    await tokens.get(key, null, async () => token("t", end));
  const kept = await read.selectFrom("token").select("fingerprint").orderBy("fingerprint").execute();
  assert.deepEqual(
    kept.map(({ fingerprint }) => fingerprint),
    ["f", "of the last hour"],
  );
});

test("a failed mint fails its caller alone, and the next one tries", async (t) => {
  const { store, seal } = await open(t);
  const tokens = tokenStore(store, seal);
  const failed = tokens.get("f", null, async () => {
    throw new Error("refused");
  });
  const next = tokens.get("f", null, async () => token("t"));
  await assert.rejects(failed, /refused/);
  assert.equal((await next).accessToken, "t");
});

test("whoever stops waits for nobody's mint, in this process or another", async (t) => {
  const { store, seal } = await open(t);
  const [tokens, elsewhere] = [tokenStore(store, seal), tokenStore(store, seal)];
  const minting = Promise.withResolvers<void>();
  const slow = tokens.get("f", null, async () => {
    await minting.promise;
    return token("t");
  });
  for (const each of [tokens, elsewhere]) {
    const stop = new AbortController();
    const waiting = each.get("f", null, () => assert.fail("minted too"), stop.signal);
    stop.abort(new Error("stopped"));
    await assert.rejects(waiting, /stopped/);
  }
  minting.resolve();
  assert.equal((await slow).accessToken, "t");
});

test("a token is encrypted at rest, and is no other credential's", async (t) => {
  const { store, seal, read, write } = await open(t);
  await tokenStore(store, seal).get("f", null, async () => token("eyJ-secret"));
  const row = await read.selectFrom("token").selectAll().executeTakeFirstOrThrow();
  assert.ok(!Buffer.from(row.value).includes("eyJ"));
  await write((tx) => tx.updateTable("token").set({ fingerprint: "g" }).execute());
  const got = await tokenStore(store, seal).get("g", null, async () => token("its own"));
  assert.equal(got.accessToken, "its own");
});

test("traffic changed in a burst is written few times, and the last of it stays", async (t) => {
  const { store } = await open(t);
  let writes = 0;
  const counted: typeof store = {
    ...store,
    write(work) {
      writes++;
      return store.write(work);
    },
  };
  const traffic = ownTraffic(counted);
  for (let n = 1; n <= 100; n++) await traffic.change("f", touch(n));
  await traffic.flush();
  assert.ok(writes < 50, `${writes} writes`);
  assert.equal((await readTraffic(store.read, "f")).traffic.mintedAt, 100);
  assert.equal(
    await ownTraffic(store).change("f", (known) => known.mintedAt),
    100,
    "the next process goes on",
  );
  assert.equal((await readTraffic(store.read, "g")).version, null);
});

test("traffic that several processes change at once loses no change", async (t) => {
  const { store } = await open(t);
  const processes = [sharedTraffic(store), sharedTraffic(store), sharedTraffic(store)];
  const turns = Array.from({ length: 30 }, (_, n) => processes[n % 3]!);
  await Promise.all(turns.map((each) => each.change("f", mintOnceMore)));
  const { traffic, version } = await readTraffic(store.read, "f");
  assert.deepEqual([traffic.mintedAt, version], [30, 30]);
});

test("a worker that was overtaken while it minted takes the other's token", async (t) => {
  const { store, seal } = await open(t);
  const [slow, quick] = [tokenStore(store, seal), tokenStore(store, seal)];
  const overtaken = await slow.get("f", null, async () => {
    await store.write((tx) => tx.updateTable("lease").set({ until_at: 0 }).execute());
    await quick.get("f", null, async () => token("quick"));
    return token("slow");
  });
  assert.equal(overtaken.accessToken, "quick");
});

test("a lease that was given back is not renewed", async (t) => {
  t.mock.timers.enable({ apis: ["setInterval"] });
  const { store, seal, read, write } = await open(t);
  let minted = false;
  const ticking: typeof store = {
    ...store,
    write(work) {
      const done = store.write(work);
      if (minted) t.mock.timers.tick(60_000);
      return done;
    },
  };
  await tokenStore(ticking, seal).get("f", null, async () => {
    minted = true;
    return token("t");
  });
  await write(async () => {});
  assert.deepEqual(await read.selectFrom("lease").selectAll().execute(), []);
});

const touch = (mintedAt: number) => (known: Traffic) => {
  known.mintedAt = mintedAt;
};
const mintOnceMore = (known: Traffic) => {
  known.mintedAt += 1;
};
