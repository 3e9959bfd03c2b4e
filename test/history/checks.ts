/** What must hold after a sync, and at a history's end. */
import assert from "node:assert/strict";
import { sql } from "kysely";
import { listUsers } from "../../src/insights/users.ts";
import { type Span, subtract, union } from "../../src/model/span.ts";
import { LIST_STREAMS, type ListStream } from "../../src/model/stream.ts";
import { getConnection } from "../../src/store/connections/connections.ts";
import { listVerdicts } from "../../src/store/connections/verdicts.ts";
import { type AsOf, grantsAsOf, rolesAsOf, usersAsOf } from "../../src/store/ledger/as-of.ts";
import { columnsToRead, type Layout, layoutOf } from "../../src/store/listings/rows.ts";
import { coverageSpans } from "../../src/store/usage/coverage.ts";
import { comparable, type Rows, type Truth } from "./truth.ts";
import type { World } from "./world.ts";

type Json = Record<string, unknown>;
const DAY = 86_400_000;
const MINUTE = 60_000;
const ALL = { after: null, limit: 10_000 };

/** A complete listing, and what the organization was when it was read; null: more than one thing, or none can tell. */
export interface Proof {
  stream: ListStream;
  seq: number;
  endedAt: number;
  truth: Rows | null;
}

/** Everything stored for a stream that is there now. */
export async function storedNow({ house, connection }: World, stream: ListStream): Promise<Rows> {
  const layout = layoutOf(stream) as unknown as Layout<ListStream>;
  const { rows } = await sql<Json>`
    select ${sql.raw(columnsToRead(layout))} from ${sql.table(layout.table)}
    where connection = ${connection.id} and state = 'present'`.execute(house.store.read);
  return byId(rows.map((row) => layout.toRecord(row)));
}

export function byId(records: readonly { id: string }[]): Rows {
  return new Map(records.map((record) => [record.id, comparable(record as unknown as Json)]));
}

/** The listings recorded since `seq`, oldest first. */
export async function listingsSince({ house, connection }: World, seq: number) {
  return house.store.read
    .selectFrom("listing")
    .select(["stream", "seq", "started_at", "ended_at"])
    .where("connection", "=", connection.id)
    .where("seq", ">", seq)
    .orderBy("seq")
    .execute();
}

/** The store holds what the organization is: every row and no other, and what follows from them. */
export async function assertEqualsNow(world: World, truth: Truth): Promise<void> {
  for (const stream of LIST_STREAMS) assertSame(await storedNow(world, stream), truth[stream], stream);
  const { house, connection } = world;
  const users = await house.store.read
    .selectFrom("user")
    .select(["user_id", "level", "status", "state", "job_grants", "future_job_grants"])
    .where("connection", "=", connection.id)
    .execute();
  const held = (rows: Rows, user: string) => [...rows.values()].filter((row) => row.userId === user).length;
  for (const user of users) {
    const record = truth.users.get(user.user_id);
    const status = record ? (record.deactivated ? "deactivated" : "active") : "missing";
    assert.equal(user.status, status, `status of ${user.user_id} (${user.state})`);
    const grants = {
      jobs: held(truth.job_grants, user.user_id),
      rules: held(truth.future_job_grants, user.user_id),
    };
    assert.deepEqual(
      { jobs: user.job_grants, rules: user.future_job_grants },
      grants,
      `grants of ${user.user_id}`,
    );
    if (status !== "active") continue;
    const level = record!.siteAdmin ? "site_admin" : grants.jobs + grants.rules > 0 ? "job_admin" : "basic";
    assert.equal(user.level, level, `level of ${user.user_id}`);
  }
}

/** Every stream that is listed is well. */
export async function assertWell({ house, connection }: World): Promise<void> {
  const verdicts = await listVerdicts(house.store.read, connection.id);
  const ill = verdicts
    .map(({ verdict }) => verdict)
    .filter(({ stream, cause }) => stream !== "audit_log" && cause !== null);
  assert.deepEqual(
    ill.map(({ stream, cause, text }) => `${stream}: ${cause}: ${text}`),
    [],
  );
}

/** From each stream's first listing on, the ledger leads to what every later listing found, and to what is stored now. */
export async function assertReplays(world: World, proofs: readonly Proof[]): Promise<number> {
  let compared = 0;
  const { house, connection } = world;
  for (const stream of LIST_STREAMS) {
    const [first, ...later] = proofs.filter((proof) => proof.stream === stream);
    if (!first?.truth) continue;
    const state: Rows = new Map(first.truth);
    const changes = await house.store.read
      .selectFrom("change")
      .select(["seq", "kind", "row_id", "before_json", "after_json"])
      .where("connection", "=", connection.id)
      .where("stream", "=", stream)
      .where("seq", ">", first.seq)
      .where("kind", "not in", ["level", "baseline"])
      .orderBy("seq")
      .execute();
    for (const proof of [...later, null]) {
      while (changes.length > 0 && changes[0]!.seq < (proof?.seq ?? Number.POSITIVE_INFINITY)) {
        apply(state, changes.shift()!);
      }
      if (proof && !proof.truth) continue;
      const expected = proof ? proof.truth! : await storedNow(world, stream);
      assertSame(state, expected, `${stream} as the ledger tells${proof ? ` by ${iso(proof.endedAt)}` : ""}`);
      compared += 1;
    }
  }
  return compared;
}

function apply(
  state: Rows,
  change: { kind: string; row_id: string | null; before_json: string | null; after_json: string | null },
): void {
  const id = change.row_id!;
  const after = change.after_json && comparable(JSON.parse(change.after_json));
  if (change.kind === "removed" || change.kind === "not_visible") {
    assert.ok(state.delete(id), `${id} is ${change.kind}, and was not there`);
    return;
  }
  const known = state.get(id);
  assert.equal(known !== undefined, change.kind === "changed", `${id} is ${change.kind}`);
  for (const [field, value] of Object.entries(comparable(JSON.parse(change.before_json ?? "{}")))) {
    if (change.kind === "changed") assert.deepEqual(known![field], value, `${field} of ${id} before`);
  }
  state.set(id, { ...known, ...(after as Json) });
}

/** As of each listing, the store answers what the organization was then. */
export async function assertAsOf(world: World, proofs: readonly Proof[]): Promise<void> {
  const { house, connection } = world;
  const db = house.store.read;
  type Records = Promise<AsOf<{ id: string }>>;
  const ask: Partial<Record<ListStream, (at: number) => Records>> = {
    users: async (at) => {
      const found = await usersAsOf(db, connection.id, at, ALL);
      return {
        ...found,
        items: found.items.filter(({ state }) => state === "present").map(({ record }) => record),
      };
    },
    roles: (at) => rolesAsOf(db, connection.id, at, ALL),
    job_grants: (at) => grantsAsOf(db, connection.id, "job_grants", at, ALL),
    future_job_grants: (at) => grantsAsOf(db, connection.id, "future_job_grants", at, ALL),
  };
  for (const { stream, seq, endedAt, truth } of proofs) {
    if (!truth || !ask[stream]) continue;
    const found = await ask[stream](endedAt);
    // Our clock was set back since: another listing ended at what was taken for an earlier time.
    if (found.listing?.seq !== seq) continue;
    assertSame(byId(found.items), truth, `${stream} as of ${iso(endedAt)}`);
  }
}

/** Every event within what is claimed is stored, once, and nothing is claimed that could not be read. */
export async function assertCoverage(world: World, readable: readonly Span[]): Promise<void> {
  const { sim, house, connection } = world;
  const claimed = await coverageSpans(house.store.read, connection.id, "audit_log");
  assert.deepEqual(claimed, union(claimed), "spans of coverage are apart");
  assert.deepEqual(
    subtract(claimed, readable).map(({ from, to }) => `${iso(from)} to ${iso(to)}`),
    [],
    "claimed, though never in reach",
  );
  if (sim.control.scenario().audit === undefined) return;
  const known = { from: world.simNow() - 30 * DAY, to: Number.POSITIVE_INFINITY };
  for (const span of claimed) {
    const [from, to] = [Math.max(span.from, known.from), span.to];
    if (from >= to) continue;
    const truth = await sim.control.truth({ after: iso(from), before: iso(to - 1) });
    assert.equal(await countEvents(world, from, to), truth.events, `events of ${iso(from)} to ${iso(to)}`);
  }
}

/** All events that can be read are stored, whoever did them is known to have, and nobody who acted is called unused. */
export async function assertUse(world: World): Promise<void> {
  const { sim, house } = world;
  const now = world.simNow();
  const from = Math.ceil((now - 30 * DAY + 11 * MINUTE) / 1000) * 1000;
  const truth = await sim.control.truth({ after: iso(from) });
  assert.equal(await countEvents(world, from, now + DAY), truth.events, "events in reach");
  const connection = (await getConnection(house.store.read, world.connection.id))!;
  const { items } = await listUsers(house.store.read, connection, { limit: 1000 }, now);
  for (const user of items) {
    const acted = truth.users[user.id]?.lastCounted ?? null;
    if (user.serviceAccount) continue;
    if (acted !== null)
      assert.equal(user.lastUsed && iso(Date.parse(user.lastUsed.at)), acted, `last use of ${user.id}`);
    // 28 days end with the last whole day: whoever acted within 26 did so within the window.
    if (acted === null || Date.parse(acted) < now - 26 * DAY) continue;
    assert.ok(
      !["unused", "never_used"].includes(user.usage.state),
      `${user.id} acted, and is ${user.usage.state}`,
    );
  }
}

async function countEvents({ house, connection }: World, from: number, to: number): Promise<number> {
  const { n } = await house.store.read
    .selectFrom("event")
    .select((eb) => eb.fn.countAll<number>().as("n"))
    .where("connection", "=", connection.id)
    .where("at", ">=", from)
    .where("at", "<", to)
    .executeTakeFirstOrThrow();
  return n;
}

function assertSame(actual: Rows, expected: Rows, what: string): void {
  const lines = (rows: Rows) =>
    Object.fromEntries([...rows].sort(([a], [b]) => a.length - b.length || (a < b ? -1 : 1)));
  assert.deepEqual(lines(actual), lines(expected), what);
}

const iso = (at: number) => new Date(at).toISOString();
