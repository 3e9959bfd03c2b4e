/** Which lanes are ready, and who takes them. */
import { type RawBuilder, sql } from "kysely";
import type { Lane } from "../../model/stream.ts";
import { jsonField, leaseClock, skipLocked } from "../engine/engine.ts";
import type { Db, Tx } from "../store.ts";
import { streamsIn } from "./lane-requests.ts";
import { type LaneClaim, oneOf } from "./lanes.ts";

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
    leaseMs,
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

/** Of a lane's connection. */
export const mayRun = sql`connection.paused = 0 and connection.frozen_at is null and connection.deleting = 0`;
const isFree = (now: number) => sql`(l.lease_until_at is null or l.lease_until_at <= ${leaseClock(now)})`;
const waitingSince = sql`case when l.requested_at < l.due_at then l.requested_at else l.due_at end`;
/** Of one moment: directory before grants before usage, as what a lane builds on comes first. */
const rank = sql`case l.lane when 'directory' then 0 when 'grants' then 1 when 'usage' then 2 else 3 end`;

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
