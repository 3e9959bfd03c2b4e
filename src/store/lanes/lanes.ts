/** A lane of a connection: who runs it, and that nobody else writes meanwhile. */
import { type RawBuilder, sql } from "kysely";
import type { AskedFor, Asker } from "../../model/asked.ts";
import { LANE_NAMES, type Lane, type Stream } from "../../model/stream.ts";
import { freeActions } from "../actions/action-leases.ts";
import { freeDeliveries } from "../alerts/delivery-leases.ts";
import { updateRows } from "../engine/bulk.ts";
import { leaseClock, lockConnection, renewedLease, skipLocked } from "../engine/engine.ts";
import type { Tx } from "../store.ts";
import { NOTHING_ASKED, type StopWhy } from "./lane-requests.ts";

/** Another worker has taken the lane over: it owns the run from then on, and nothing of ours may be written. */
export class FenceLost extends Error {
  override name = "FenceLost";

  constructor(connection: number, lane: Lane) {
    super(`the ${lane} lane of connection ${connection} was taken over by another worker`);
  }
}

export interface LaneClaim {
  connection: number;
  lane: Lane;
  /** Goes up with each claim: whoever holds an older one can't write. */
  fence: number;
  /** How long a sign of life keeps the lane. */
  leaseMs: number;
  claimedAt: number;
  checkpoint: unknown;
  /** The run under way when the lane was last given up without an end; null: none. */
  run: number | null;
  failures: number;
  requestedAt: number | null;
  requestedFull: boolean;
  /** Only these streams were asked for; null: all, or nothing was asked for. */
  requestedOnly: readonly Stream[] | null;
  /** Why it runs; null: because it is due. */
  asked: AskedFor | null;
}

/** The lanes of a new connection, all due at once. */
export async function createLanes(tx: Tx, connection: number, now: number, who: Asker | null): Promise<void> {
  const asked_json = JSON.stringify({ trigger: "connect", who } satisfies AskedFor);
  await tx
    .insertInto("lane")
    .values(LANE_NAMES.map((lane) => ({ connection, lane, fence: 0, due_at: now, failures: 0, asked_json })))
    .execute();
}

/**
 * Renews the leases of one worker and tells how far its runs are, in one go. A lane in the middle of a transaction is
 * left for the next time: it lives.
 *
 * @param claims `progress` null or left out: as told before
 * @returns lanes that another has taken over, and those that somebody asks to stop, with why
 */
export async function renewLanes(
  tx: Tx,
  claims: readonly { claim: LaneClaim; progress: unknown }[],
  leaseMs: number,
  now: number,
): Promise<{ lost: LaneClaim[]; toStop: Map<LaneClaim, StopWhy> }> {
  const lost: LaneClaim[] = [];
  const toStop = new Map<LaneClaim, StopWhy>();
  const renewed: unknown[][] = [];
  const found = await lookAt(
    tx,
    claims.map(({ claim }) => claim),
    now,
  );
  for (const { claim, progress } of claims) {
    const row = found.find((each) => each.connection === claim.connection && each.lane === claim.lane);
    if (!row) continue;
    if (row.fence !== claim.fence) {
      lost.push(claim);
      continue;
    }
    if (row.stop !== null) toStop.set(claim, row.stop);
    const told = progress == null ? null : JSON.stringify(progress);
    renewed.push([claim.connection, claim.lane, row.at + leaseMs, told]);
  }
  await updateRows(tx, "lane", ["connection", "lane"], RENEWED, {
    names: ["connection", "lane", "lease_until_at", "progress_json"],
    rows: renewed,
  });
  return { lost, toStop };
}

const RENEWED = [
  "lease_until_at = $lease_until_at",
  "progress_json = coalesce($progress_json, t.progress_json)",
];

interface Looked {
  connection: number;
  lane: Lane;
  fence: number;
  stop: StopWhy | null;
  /** By the clock of leases. */
  at: number;
}

/** These lanes, kept from others until the transaction ends; but for those that one is at work on, or that were given back. */
async function lookAt(tx: Tx, claims: readonly LaneClaim[], now: number): Promise<Looked[]> {
  const { rows } = await sql<Looked>`
    select connection, lane, fence, stop, ${leaseClock(now)} as at from lane l where ${oneOf(claims)} and l.lease_until_at is not null
    order by connection, lane ${skipLocked("l")}`.execute(tx);
  return rows;
}

/** Lanes of a table that is called `l`. */
export function oneOf(lanes: readonly { connection: number; lane: Lane }[]): RawBuilder<unknown> {
  const each = lanes.map(({ connection, lane }) => sql`(l.connection = ${connection} and l.lane = ${lane})`);
  return sql`(${sql.join([sql`1 = 0`, ...each], sql` or `)})`;
}

/**
 * The first statement of every transaction of a run: aborts it unless the claim still holds. And the last one of a transaction that may
 * last longer than a lease: whoever waits for its commit finds a lease that lives. @throws FenceLost
 */
export async function holdLane(tx: Tx, claim: LaneClaim): Promise<void> {
  await lockConnection(tx, claim.connection);
  await fenced(tx, claim, { fence: claim.fence });
}

/** Begins a transaction as `holdLane` does, and says with it how far the work is. @throws FenceLost */
export async function saveCheckpoint(tx: Tx, claim: LaneClaim, checkpoint: unknown): Promise<void> {
  await lockConnection(tx, claim.connection);
  await fenced(tx, claim, { checkpoint_json: checkpoint === null ? null : JSON.stringify(checkpoint) });
}

/** Remembers the run that a later claim resumes; null once it has ended. @throws FenceLost */
export async function setLaneRun(tx: Tx, claim: LaneClaim, run: number | null): Promise<void> {
  await fenced(tx, claim, { run });
}

/**
 * Gives the lane back. What was asked for up to the claim has been answered by this run, unless it is `kept` for the
 * next; what was asked for later stays. @throws FenceLost
 */
export async function releaseLane(
  tx: Tx,
  claim: LaneClaim,
  next: { dueAt: number; failures: number; kept?: boolean },
): Promise<void> {
  const free = { owner: null, lease_until_at: null, claimed_at: null, stop: null, progress_json: null };
  await fenced(tx, claim, { ...free, due_at: next.dueAt, failures: next.failures });
  if (next.kept) return;
  await tx
    .updateTable("lane")
    .set(NOTHING_ASKED)
    .where("connection", "=", claim.connection)
    .where("lane", "=", claim.lane)
    .where((eb) => eb.or([eb("requested_at", "is", null), eb("requested_at", "<=", claim.claimedAt)]))
    .execute();
}

/**
 * On PostgreSQL each of these is a sign of life: `renewLanes` passes a lane over in the middle of a transaction, and a run
 * that writes without a pause may be so whenever it looks.
 */
async function fenced(
  tx: Tx,
  claim: LaneClaim,
  values: Partial<{
    fence: number;
    lease_until_at: null;
    owner: null;
    claimed_at: null;
    stop: null;
    progress_json: string | null;
    due_at: number;
    failures: number;
    run: number | null;
    checkpoint_json: string | null;
  }>,
): Promise<void> {
  const { numUpdatedRows } = await tx
    .updateTable("lane")
    .set({ lease_until_at: renewedLease(sql.ref("lease_until_at"), claim.leaseMs), ...values })
    .where("connection", "=", claim.connection)
    .where("lane", "=", claim.lane)
    .where("fence", "=", claim.fence)
    .executeTakeFirst();
  if (numUpdatedRows !== 1n) throw new FenceLost(claim.connection, claim.lane);
}

/** Takes the lanes of a connection from whoever works on them: their next write fails. */
export async function fenceOff(
  tx: Tx,
  connection: number,
  lanes: readonly Lane[] = LANE_NAMES,
): Promise<void> {
  await lockConnection(tx, connection);
  await tx
    .updateTable("lane")
    .set((eb) => ({ ...FREE, fence: eb("fence", "+", 1) }))
    .where("connection", "=", connection)
    .where("lane", "in", lanes)
    .execute();
}
const FREE = { owner: null, lease_until_at: null, claimed_at: null, stop: null, progress_json: null };

/** At the start of the only process there is: whoever had a lease has died. */
export async function freeAllLeases(tx: Tx): Promise<void> {
  await tx.updateTable("lane").set(FREE).where("lease_until_at", "is not", null).execute();
  await freeActions(tx);
  await freeDeliveries(tx);
  await tx.deleteFrom("lease").execute();
}
