import { type RawBuilder, sql } from "kysely";
import type { AskedFor, Asker } from "../model/asked.ts";
import { LANE_NAMES, type Lane, type Stream } from "../model/stream.ts";
import { updateRows } from "./bulk.ts";
import { jsonField, leaseClock, lockConnection, skipLocked } from "./engine.ts";
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
  /** Only these streams were asked for; null: all, or nothing was asked for. */
  requestedOnly: readonly Stream[] | null;
  /** Why it runs; null: because it is due. */
  asked: AskedFor | null;
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
export async function createLanes(tx: Tx, connection: number, now: number, who: Asker | null): Promise<void> {
  const asked_json = JSON.stringify({ trigger: "connect", who } satisfies AskedFor);
  await tx
    .insertInto("lane")
    .values(LANE_NAMES.map((lane) => ({ connection, lane, fence: 0, due_at: now, failures: 0, asked_json })))
    .execute();
}

/** Whose lanes are to be claimed, and until when. */
export interface Claiming {
  owner: string;
  leaseMs: number;
  now: number;
}

/** Which lanes run. `scheduled`: those that are due as well as those asked for. `of`: only these. */
export interface Which {
  scheduled: boolean;
  of?: readonly { connection: number; lane: Lane }[];
}

/**
 * Takes up to `limit` lanes that are ready, the longest waiting first, and returns where their work stands: one
 * statement, which waits for nobody.
 */
export function claimLanes(
  tx: Tx,
  claiming: Claiming,
  which: Which & { limit: number },
): Promise<LaneClaim[]> {
  const order = sql`order by ${waitingSince}, ${rank}, l.connection limit ${which.limit}`;
  return claim(tx, claiming, sql`${isReady(which, claiming.now)} ${order}`);
}

/**
 * Takes one lane, due or not.
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
  const one = sql`l.connection = ${connection} and l.lane = ${lane}`;
  return (await claim(tx, { owner, leaseMs, now }, one))[0] ?? null;
}

async function claim(
  tx: Tx,
  { owner, leaseMs, now }: Claiming,
  which: RawBuilder<unknown>,
): Promise<LaneClaim[]> {
  const clock = leaseClock(now);
  const { rows } = await sql<ClaimedRow>`
    with next (c, l) as materialized (
      select l.connection, l.lane
      from lane l join connection on connection.connection = l.connection
      where ${mayRun} and ${isFree(now)} and ${which} ${skipLocked("l")})
    update lane set fence = fence + 1, owner = ${owner}, lease_until_at = ${clock} + ${leaseMs},
      claimed_at = case when requested_at > ${clock} then requested_at else ${clock} end,
      stop = null, progress_json = null
    from next where lane.connection = next.c and lane.lane = next.l
    returning lane.connection as connection, lane.lane as lane, fence, claimed_at, checkpoint_json, run, failures,
      requested_at, requested_full, requested_only_json, asked_json`.execute(tx);
  return rows.map((row) => ({
    connection: row.connection,
    lane: row.lane,
    fence: row.fence,
    claimedAt: row.claimed_at,
    checkpoint: row.checkpoint_json === null ? null : JSON.parse(row.checkpoint_json),
    run: row.run,
    failures: row.failures,
    requestedAt: row.requested_at,
    requestedFull: row.requested_full === 1,
    requestedOnly: streamsIn(row.requested_only_json),
    asked: row.asked_json === null ? null : JSON.parse(row.asked_json),
  }));
}

interface ClaimedRow {
  connection: number;
  lane: Lane;
  fence: number;
  claimed_at: number;
  checkpoint_json: string | null;
  run: number | null;
  failures: number;
  requested_at: number | null;
  requested_full: number;
  requested_only_json: string | null;
  asked_json: string | null;
}

const mayRun = sql`connection.paused = 0 and connection.frozen_at is null and connection.deleting = 0`;
const isFree = (now: number) => sql`(l.lease_until_at is null or l.lease_until_at <= ${leaseClock(now)})`;
const waitingSince = sql`case when l.requested_at < l.due_at then l.requested_at else l.due_at end`;
/** Of one moment: directory before grants before usage, as what a lane builds on comes first. */
const rank = sql`case l.lane when 'directory' then 0 when 'grants' then 1 else 2 end`;

function isReady({ scheduled, of }: Which, now: number): RawBuilder<unknown> {
  const wanted = (lane: string) =>
    scheduled
      ? sql`(${sql.ref(`${lane}.requested_at`)} is not null or ${sql.ref(`${lane}.due_at`)} <= ${now})`
      : sql`${sql.ref(`${lane}.requested_at`)} is not null`;
  const named = of ? oneOf(of) : sql`1 = 1`;
  // Grants and use belong to users: while these can't be read, or never were, the directory goes first if it will run.
  return sql`${wanted("l")} and ${named} and not (l.lane <> 'directory'
    and exists (select 1 from lane d where d.connection = l.connection and d.lane = 'directory'
      and (d.lease_until_at > ${leaseClock(now)} or ${wanted("d")}))
    and (not exists (select 1 from listing where listing.connection = l.connection and listing.stream = 'users')
      or exists (select 1 from verdict where verdict.connection = l.connection and verdict.stream = 'users'
        and ${USERS_STOPPED})))`;
}

const USERS_STOPPED = sql`${jsonField(sql.ref("verdict.verdict_json"), "state")} = 'stopped'`;

/** Free lanes that are ready to run, longest waiting first. */
export async function readyLanes(
  db: Db | Tx,
  which: Which & { limit: number },
  now: number,
): Promise<{ connection: number; lane: Lane }[]> {
  const { rows } = await sql<{ connection: number; lane: Lane }>`
    select l.connection as connection, l.lane as lane
    from lane l join connection on connection.connection = l.connection
    where ${mayRun} and ${isFree(now)} and ${isReady(which, now)}
    order by ${waitingSince}, ${rank}, l.connection limit ${which.limit}`.execute(db);
  return rows;
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

/** These lanes, kept from others until the transaction ends; but for those that one is at work on. */
async function lookAt(tx: Tx, claims: readonly LaneClaim[], now: number): Promise<Looked[]> {
  const { rows } = await sql<Looked>`
    select connection, lane, fence, stop, ${leaseClock(now)} as at from lane l where ${oneOf(claims)}
    order by connection, lane ${skipLocked("l")}`.execute(tx);
  return rows;
}

function oneOf(lanes: readonly { connection: number; lane: Lane }[]): RawBuilder<unknown> {
  const each = lanes.map(({ connection, lane }) => sql`(l.connection = ${connection} and l.lane = ${lane})`);
  return sql`(${sql.join([sql`1 = 0`, ...each], sql` or `)})`;
}

/** The first statement of every transaction of a run: aborts it unless the claim still holds. @throws FenceLost */
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

const NOTHING_ASKED = {
  requested_at: null,
  requested_full: 0,
  requested_only_json: null,
  asked_json: null,
} as const;

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
    .set((eb) => ({ ...FREE, fence: eb("fence", "+", 1) }))
    .where("connection", "=", connection)
    .where("lane", "in", lanes)
    .execute();
}
const FREE = { owner: null, lease_until_at: null, claimed_at: null, stop: null, progress_json: null };

/** At the start of the only process there is: whoever had a lease has died. */
export async function freeAllLeases(tx: Tx): Promise<void> {
  await tx.updateTable("lane").set(FREE).where("lease_until_at", "is not", null).execute();
  await tx.deleteFrom("lease").execute();
}

/**
 * Asks for a run as soon as may be. `full`: everything in reach is read again. `only`: these streams are enough; what was
 * asked for before, and isn't being answered yet, is asked for still. Of several who wait for one run, the first is who
 * asked for it.
 */
export async function requestLane(
  tx: Tx,
  connection: number,
  lane: Lane,
  request: { full: boolean; only: readonly Stream[] | null; asked: AskedFor },
  now: number,
): Promise<void> {
  await lockConnection(tx, connection);
  const clock = leaseClock(now);
  const { rows } = await sql<{
    open: number;
    requested: number;
    requested_only_json: string | null;
    asked_json: string | null;
  }>`
    select requested_only_json, asked_json, case when requested_at is null then 0 else 1 end as requested,
      case when coalesce(lease_until_at, 0) > ${clock} and coalesce(requested_at, 0) <= coalesce(claimed_at, 0)
        then 0 else 1 end as open
    from lane where connection = ${connection} and lane = ${lane}`.execute(tx);
  const found = rows[0];
  const open = found?.open === 1;
  const waiting = open && found.requested === 1;
  const before = streamsIn(found?.requested_only_json ?? null);
  const only = waiting ? together(before, request.only) : request.only;
  await tx
    .updateTable("lane")
    .set({
      // Later than the claim, though it be of the same millisecond: that run doesn't answer it.
      requested_at: sql<number>`case when claimed_at >= ${clock} then claimed_at + 1 else ${clock} end`,
      requested_only_json: only === null ? null : JSON.stringify(only),
      ...(open && found.asked_json !== null ? {} : { asked_json: JSON.stringify(request.asked) }),
      ...(request.full ? { requested_full: 1 } : {}),
    })
    .where("connection", "=", connection)
    .where("lane", "=", lane)
    .execute();
}

function together(a: readonly Stream[] | null, b: readonly Stream[] | null): readonly Stream[] | null {
  return a === null || b === null ? null : [...new Set([...a, ...b])];
}

function streamsIn(json: string | null): readonly Stream[] | null {
  return json === null ? null : (JSON.parse(json) as Stream[]);
}

/** What was asked for is taken back, and a lane that is due becomes so only after its interval. */
export async function putOffLanes(
  tx: Tx,
  connection: number,
  everyMinutes: Record<Lane, number>,
  now: number,
): Promise<void> {
  await lockConnection(tx, connection);
  const lanes = tx.updateTable("lane").where("connection", "=", connection);
  await lanes.set(NOTHING_ASKED).execute();
  for (const lane of LANE_NAMES) {
    await lanes
      .set({ due_at: now + everyMinutes[lane] * 60_000 })
      .where("lane", "=", lane)
      .where("due_at", "<=", now)
      .execute();
  }
}

/**
 * Why runs of a connection shall stop: a person has put them off, or they give way to a change of the connection and go
 * on at once.
 */
export type StopWhy = "put_off" | "give_way";

/** Asks whoever runs lanes of the connection to stop at the next safe point. */
export async function askToStop(tx: Tx, connection: number, why: StopWhy, now: number): Promise<void> {
  await tx
    .updateTable("lane")
    .set({ stop: why })
    .where("connection", "=", connection)
    .where("lease_until_at", ">", leaseClock(now))
    .execute();
}

/** What is at work on a connection, or asked for of one that runs. `progress`: as renewLanes was told; null: nothing yet. */
export interface LaneAtWork {
  lane: Lane;
  running: boolean;
  stopping: boolean;
  requested: boolean;
  progress: unknown;
}

export async function lanesAtWork(db: Db | Tx, connection: number, now: number): Promise<LaneAtWork[]> {
  const { rows } = await sql<{
    lane: Lane;
    running: number;
    stop: StopWhy | null;
    requested: number;
    progress_json: string | null;
  }>`
    select l.lane as lane, case when l.lease_until_at > ${leaseClock(now)} then 1 else 0 end as running, l.stop,
      case when l.requested_at is not null and ${mayRun} then 1 else 0 end as requested, l.progress_json
    from lane l join connection on connection.connection = l.connection
    where l.connection = ${connection} and (l.lease_until_at is not null or l.requested_at is not null)`.execute(
    db,
  );
  return rows.map((row) => ({
    lane: row.lane,
    running: row.running === 1,
    stopping: row.stop !== null,
    requested: row.requested === 1,
    progress: row.progress_json === null ? null : JSON.parse(row.progress_json),
  }));
}

const STATE = [
  ...(["connection", "lane", "owner", "lease_until_at", "due_at"] as const),
  ...(["requested_at", "requested_full", "failures", "run"] as const),
] as const;

export async function laneState(db: Db | Tx, connection: number): Promise<LaneState[]> {
  const rows = await db.selectFrom("lane").select(STATE).where("connection", "=", connection).execute();
  return LANE_NAMES.flatMap((lane) => rows.filter((row) => row.lane === lane)).map((row) => ({
    connection: row.connection,
    lane: row.lane as Lane,
    owner: row.owner,
    leaseUntil: row.lease_until_at,
    dueAt: row.due_at,
    requestedAt: row.requested_at,
    requestedFull: row.requested_full === 1,
    failures: row.failures,
    run: row.run,
  }));
}
