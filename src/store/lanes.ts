import { type RawBuilder, sql } from "kysely";
import { LANE_NAMES, type Lane } from "../model/stream.ts";
import { leaseClock, lockConnection, skipLocked } from "./engine.ts";
import type { Db, Tx } from "./store.ts";

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
  claimedAt: number;
  checkpoint: unknown;
  /** The run under way when the lane was last given up without an end; null: none. */
  run: number | null;
  failures: number;
  requestedAt: number | null;
  requestedFull: boolean;
}

export interface LaneState {
  connection: number;
  lane: Lane;
  owner: string | null;
  leaseUntil: number | null;
  dueAt: number;
  requestedAt: number | null;
  requestedFull: boolean;
  failures: number;
  run: number | null;
}

/** The lanes of a new connection, all due at once. */
export async function createLanes(tx: Tx, connection: number, now: number): Promise<void> {
  await tx
    .insertInto("lane")
    .values(LANE_NAMES.map((lane) => ({ connection, lane, fence: 0, due_at: now, failures: 0 })))
    .execute();
}

/**
 * Takes the lane and returns where its work stands, in one statement.
 * @returns null when a living lease holds it, or its connection is paused, frozen, being deleted or gone
 */
export async function claimLane(
  tx: Tx,
  connection: number,
  lane: Lane,
  owner: string,
  leaseMs: number,
  now: number,
): Promise<LaneClaim | null> {
  const row = await tx
    .updateTable("lane")
    .set((eb) => ({
      fence: eb("fence", "+", 1),
      owner,
      lease_until_at: sql<number>`${leaseClock(now)} + ${leaseMs}`,
    }))
    .where("connection", "=", connection)
    .where("lane", "=", lane)
    .where(
      sql<boolean>`(lane.connection, lane.lane) in (select l.connection, l.lane from lane l
        where l.connection = ${connection} and l.lane = ${lane}
          and (l.lease_until_at is null or l.lease_until_at <= ${leaseClock(now)}) ${skipLocked})`,
    )
    .where((eb) =>
      eb.exists(
        eb
          .selectFrom("connection")
          .select("connection.connection")
          .whereRef("connection.connection", "=", "lane.connection")
          .where("paused", "=", 0)
          .where("frozen_at", "is", null)
          .where("deleting", "=", 0),
      ),
    )
    .returning(["fence", "checkpoint_json", "run", "failures", "requested_at", "requested_full"])
    .executeTakeFirst();
  if (!row) return null;
  return {
    connection,
    lane,
    fence: row.fence,
    claimedAt: now,
    checkpoint: row.checkpoint_json === null ? null : JSON.parse(row.checkpoint_json),
    run: row.run,
    failures: row.failures,
    requestedAt: row.requested_at,
    requestedFull: row.requested_full === 1,
  };
}

/** @throws FenceLost */
export async function renewLane(tx: Tx, claim: LaneClaim, leaseMs: number, now: number): Promise<void> {
  await fenced(tx, claim, { lease_until_at: sql<number>`${leaseClock(now)} + ${leaseMs}` });
}

/** The first statement of every page's transaction: aborts it unless the claim still holds. @throws FenceLost */
export async function saveCheckpoint(tx: Tx, claim: LaneClaim, checkpoint: unknown): Promise<void> {
  await fenced(tx, claim, { checkpoint_json: checkpoint === null ? null : JSON.stringify(checkpoint) });
}

/** Remembers the run that a later claim resumes; null once it has ended. @throws FenceLost */
export async function setLaneRun(tx: Tx, claim: LaneClaim, run: number | null): Promise<void> {
  await fenced(tx, claim, { run });
}

/**
 * Gives the lane back. A request made up to `servedUntil` (the claim's time unless told) has been answered by this run;
 * a later one stays. @throws FenceLost
 */
export async function releaseLane(
  tx: Tx,
  claim: LaneClaim,
  next: { dueAt: number; failures: number; servedUntil?: number },
): Promise<void> {
  await fenced(tx, claim, { owner: null, lease_until_at: null, due_at: next.dueAt, failures: next.failures });
  await tx
    .updateTable("lane")
    .set({ requested_at: null, requested_full: 0 })
    .where("connection", "=", claim.connection)
    .where("lane", "=", claim.lane)
    .where("requested_at", "<=", next.servedUntil ?? claim.claimedAt)
    .execute();
}

async function fenced(
  tx: Tx,
  claim: LaneClaim,
  values: Partial<{
    lease_until_at: RawBuilder<number> | null;
    owner: null;
    due_at: number;
    failures: number;
    run: number | null;
    checkpoint_json: string | null;
  }>,
): Promise<void> {
  await lockConnection(tx, claim.connection);
  const { numUpdatedRows } = await tx
    .updateTable("lane")
    .set(values)
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
    .set((eb) => ({ fence: eb("fence", "+", 1), owner: null, lease_until_at: null }))
    .where("connection", "=", connection)
    .where("lane", "in", lanes)
    .execute();
}

/** At the start of an embedded installation: owning its lock proves that no other worker lives. */
export async function freeAllLeases(tx: Tx): Promise<void> {
  await tx
    .updateTable("lane")
    .set({ owner: null, lease_until_at: null })
    .where("lease_until_at", "is not", null)
    .execute();
}

/** Asks for a run as soon as may be; `full`: everything in reach is read again. */
export async function requestLane(
  tx: Tx,
  connection: number,
  lane: Lane,
  full: boolean,
  now: number,
): Promise<void> {
  await tx
    .updateTable("lane")
    .set({ requested_at: now, ...(full ? { requested_full: 1 } : {}) })
    .where("connection", "=", connection)
    .where("lane", "=", lane)
    .execute();
}

/** What was asked for is taken back, and a lane that is due becomes so only after its interval. */
export async function putOffLanes(
  tx: Tx,
  connection: number,
  everyMinutes: Record<Lane, number>,
  now: number,
): Promise<void> {
  const lanes = tx.updateTable("lane").where("connection", "=", connection);
  await lanes.set({ requested_at: null, requested_full: 0 }).execute();
  for (const lane of LANE_NAMES) {
    await lanes
      .set({ due_at: now + everyMinutes[lane] * 60_000 })
      .where("lane", "=", lane)
      .where("due_at", "<=", now)
      .execute();
  }
}

/** Free lanes that are due or asked for, longest waiting first. */
export async function dueLanes(db: Db | Tx, now: number): Promise<LaneState[]> {
  const rows = await db
    .selectFrom("lane")
    .innerJoin("connection", "connection.connection", "lane.connection")
    .selectAll("lane")
    .where("paused", "=", 0)
    .where("frozen_at", "is", null)
    .where("deleting", "=", 0)
    .where(sql<boolean>`(lease_until_at is null or lease_until_at <= ${leaseClock(now)})`)
    .where((eb) => eb.or([eb("due_at", "<=", now), eb("requested_at", "is not", null)]))
    .orderBy("due_at")
    .execute();
  return rows.map(toState);
}

export async function laneState(db: Db | Tx, connection: number): Promise<LaneState[]> {
  const rows = await db.selectFrom("lane").selectAll().where("connection", "=", connection).execute();
  return LANE_NAMES.flatMap((lane) => rows.filter((row) => row.lane === lane)).map(toState);
}

function toState(row: {
  connection: number;
  lane: string;
  owner: string | null;
  lease_until_at: number | null;
  due_at: number;
  requested_at: number | null;
  requested_full: number;
  failures: number;
  run: number | null;
}): LaneState {
  return {
    connection: row.connection,
    lane: row.lane as Lane,
    owner: row.owner,
    leaseUntil: row.lease_until_at,
    dueAt: row.due_at,
    requestedAt: row.requested_at,
    requestedFull: row.requested_full === 1,
    failures: row.failures,
    run: row.run,
  };
}
