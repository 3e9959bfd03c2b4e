/** Where lanes stand, for whoever looks on. */
import { sql } from "kysely";
import { LANE_NAMES, type Lane } from "../../model/stream.ts";
import { leaseClock } from "../engine/engine.ts";
import type { Db, Tx } from "../store.ts";
import { mayRun } from "./lane-claims.ts";
import type { StopWhy } from "./lane-requests.ts";

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

export async function laneState(db: Db | Tx, connection: number): Promise<LaneState[]> {
  return (await lanesByConnection(db, [connection])).get(connection) ?? [];
}

/** The lanes of several connections, in one read. */
export async function lanesByConnection(
  db: Db | Tx,
  connections: readonly number[],
): Promise<Map<number, LaneState[]>> {
  const rows = await db
    .selectFrom("lane")
    .select(STATE)
    .where("connection", "in", [...connections])
    .execute();
  const lanes = LANE_NAMES.flatMap((lane) => rows.filter((row) => row.lane === lane)).map((row) => ({
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
  return Map.groupBy(lanes, ({ connection }) => connection);
}

/** What a lane remembers between its runs; null: nothing yet. */
export async function laneMemory(db: Db | Tx, connection: number, lane: Lane): Promise<unknown> {
  const row = await db
    .selectFrom("lane")
    .select("checkpoint_json")
    .where("connection", "=", connection)
    .where("lane", "=", lane)
    .executeTakeFirst();
  return row?.checkpoint_json == null ? null : JSON.parse(row.checkpoint_json);
}
