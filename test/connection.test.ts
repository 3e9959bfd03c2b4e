/** What may be done to a connection, and what it never loses by it. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { ApiError } from "../src/api/errors.ts";
import type { Draft, TestStep } from "../src/api/services.ts";
import type { Connection } from "../src/model/connection.ts";
import { getConnection } from "../src/store/connections/connections.ts";
import { testServer } from "../src/store/testing.ts";
import { restore } from "../src/store/upkeep/backup.ts";
import {
  causes,
  connect,
  draftFor,
  open,
  simulate,
  sync,
  temporaryFolder,
  WITHOUT_RECRUITING,
} from "./harness.ts";

async function drain(steps: AsyncGenerator<TestStep, unknown, void>): Promise<void> {
  for (let next = await steps.next(); !next.done; next = await steps.next());
}

async function refusal(work: Promise<unknown>): Promise<string> {
  const error = await work.then(
    () => null,
    (thrown: unknown) => thrown,
  );
  assert.ok(error instanceof ApiError, `refused, not ${error}`);
  return error.code;
}

const embedded = { skip: testServer() !== null && "PostgreSQL makes its backups itself" };

test(
  "a backup restored without its key keeps all data and asks for the credential anew, at once",
  embedded,
  async (t) => {
    const sim = await simulate(t, { users: 20, eventsPerDay: 20 });
    const house = await open(t);
    const { connection } = await connect(house, draftFor(sim, "harvest_v3"));
    await sync(house, connection);
    const file = join(temporaryFolder(t), "backup.sqlite");
    await house.services.backup(file);

    const dataDir = temporaryFolder(t);
    await restore(file, dataDir);
    const elsewhere = await open(t, { dataDir });
    const restored = (await getConnection(elsewhere.store.read, "Aldermoor"))!;
    assert.equal((await causes(elsewhere, restored)).users, "credential_wrong");
    await sync(elsewhere, restored);
    assert.deepEqual(
      [(await causes(elsewhere, restored)).users, (await causes(elsewhere, restored)).audit_log],
      ["credential_wrong", "waiting_for_users"],
    );
    const { credential, adminUserId } = draftFor(sim, "harvest_v3");
    await drain(
      elsewhere.services.replaceCredential(
        restored,
        { credential, adminUserId },
        AbortSignal.timeout(30_000),
      ),
    );
    await sync(elsewhere, restored);
    assert.equal((await causes(elsewhere, restored)).users, null);
  },
);

test("usage that is switched on again is not well before it was read", async (t) => {
  const sim = await simulate(t, { users: 20, eventsPerDay: 20 });
  const house = await open(t);
  const { connection } = await connect(house, draftFor(sim, "harvest_v3"));
  await sync(house, connection);
  const set = async (off: Connection["settings"]["off"]) => {
    const current = (await getConnection(house.store.read, connection.id))!;
    await house.services.updateConnection(current, {
      settings: { ...current.settings, off: [...WITHOUT_RECRUITING.off, ...off] },
    });
  };
  await set(["audit_log"]);
  assert.equal((await causes(house, connection)).audit_log, "switched_off");
  await set([]);
  for await (const _ of house.services.progress(connection, AbortSignal.timeout(30_000)));
  assert.equal((await causes(house, connection)).audit_log, null, "switching it on asks for a run");
});

test("a credential or admin user replaces the old one only once it has passed the test", async (t) => {
  const sim = await simulate(t, { users: 20, eventsPerDay: 20 });
  const house = await open(t);
  const { connection } = await connect(house, draftFor(sim, "harvest_v1"));
  await sync(house, connection);
  const replace = (adminUserId: number, secret: string | null = null) =>
    drain(
      house.services.replaceCredential(
        connection,
        {
          credential: secret === null ? null : { kind: "harvest_v1", clientId: null, secret },
          adminUserId: String(adminUserId),
        },
        AbortSignal.timeout(30_000),
      ),
    );
  assert.equal(await refusal(replace(sim.deactivatedAdminId)), "test_failed");
  assert.equal(await refusal(replace(sim.siteAdminId, "a-key-of-nobody")), "test_failed");
  sim.control.mutate({ op: "otherAccount", account: 3 });
  const otherAdmin = (await sim.control.dump({ parts: ["users"] })).users.find(
    (user) => user.site_admin && !user.deactivated,
  )!;
  assert.equal(await refusal(replace(otherAdmin.id as number)), "other_account");
  sim.control.mutate({ op: "otherAccount", account: 0 });
  const kept = await getConnection(house.store.read, connection.id);
  assert.equal(kept!.adminUserId, String(sim.siteAdminId));
});

test("an account is connected once: neither its credential nor its name a second time", async (t) => {
  const sim = await simulate(t, { users: 20, eventsPerDay: 20 });
  const house = await open(t);
  await connect(house, draftFor(sim, "harvest_v3"));
  assert.equal(
    await refusal(connect(house, draftFor(sim, "harvest_v3", { name: "Again" }))),
    "account_taken",
  );
  assert.equal(
    await refusal(connect(house, draftFor(sim, "harvest_v1", { name: "aldermoor" }))),
    "name_taken",
  );
});

test("a disconnected account: its data stays readable, or goes whole", async (t) => {
  const sim = await simulate(t, { users: 20, eventsPerDay: 20 });
  const house = await open(t);
  const { connection } = await connect(house, draftFor(sim, "harvest_v3"));
  await sync(house, connection);
  await house.services.disconnect(connection, "keep");
  const frozen = (await getConnection(house.store.read, connection.id))!;
  assert.ok(frozen.frozenAt);
  assert.equal(
    await refusal(house.services.startSync(frozen, { lanes: ["directory"], streams: null, full: false })),
    "connection_frozen",
  );
  await house.services.disconnect(frozen, "delete");
  assert.equal(await getConnection(house.store.read, connection.id), null);
});

test("a paused connection is not synced", async (t) => {
  const sim = await simulate(t, { users: 20, eventsPerDay: 20 });
  const house = await open(t, { scheduled: true });
  const { connection } = await connect(house, draftFor(sim, "harvest_v3"));
  await house.services.updateConnection(connection, { paused: true });
  const paused = (await getConnection(house.store.read, connection.id))!;
  assert.equal(
    await refusal(house.services.startSync(paused, { lanes: ["grants"], streams: null, full: false })),
    "connection_paused",
  );
  assert.deepEqual(house.worker.running(), []);
});

test("a test says when the account is connected already, under whatever credential", async (t) => {
  const sim = await simulate(t, { users: 20, eventsPerDay: 20 });
  const house = await open(t);
  const tested = async (kind: "harvest_v3" | "harvest_v1", changes: Partial<Draft> = {}) => {
    const draft = draftFor(sim, kind, changes);
    const steps = house.services.testDraft(draft, AbortSignal.timeout(30_000));
    for (;;) {
      const next = await steps.next();
      if (next.done) return next.value?.name ?? null;
    }
  };
  assert.equal(await tested("harvest_v3"), null, "nothing is connected");
  const { connection } = await connect(house, draftFor(sim, "harvest_v3"));
  await sync(house, connection);
  assert.equal(await tested("harvest_v3"), "Aldermoor");
  assert.equal(await tested("harvest_v1"), "Aldermoor");
  const wrong = { kind: "harvest_v3", clientId: "nobody-1", secret: "wrong" } as const;
  assert.equal(await tested("harvest_v3", { credential: wrong }), null, "it can't be read");
  sim.control.patchScenario({ "credentials.v3": { "other-9": { secret: "other-secret" } } });
  sim.control.mutate({ op: "otherAccount", account: 1 });
  const other = { kind: "harvest_v3", clientId: "other-9", secret: "other-secret" } as const;
  assert.equal(await tested("harvest_v3", { credential: other, adminUserId: null }), null);
});
