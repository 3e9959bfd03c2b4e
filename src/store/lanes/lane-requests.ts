/** What is asked of lanes: to run soon, to wait, to stop. */
import { sql } from "kysely";
import type { AskedFor } from "../../model/asked.ts";
import { LANE_NAMES, type Lane, type Stream } from "../../model/stream.ts";
import { leaseClock, lockConnection } from "../engine/engine.ts";
import type { Tx } from "../store.ts";

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

/** What was asked for, as it is stored. */
export function streamsIn(json: string | null): readonly Stream[] | null {
  return json === null ? null : (JSON.parse(json) as Stream[]);
}

export const NOTHING_ASKED = {
  requested_at: null,
  requested_full: 0,
  requested_only_json: null,
  asked_json: null,
} as const;

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
