import { sql } from "kysely";
import { type WatchedThing, watchedThing } from "../model/watched.ts";
import { insertRows } from "./bulk.ts";
import { dataChanged } from "./data-version.ts";
import type { PreparedEvent } from "./roll-up.ts";
import type { Db, Tx } from "./store.ts";

/** Of the events that were just inserted, those about API keys and webhooks: few, and kept when their events are gone. */
export async function keepWatched(
  tx: Tx,
  connection: number,
  events: readonly PreparedEvent[],
): Promise<void> {
  const rows = events.flatMap(({ record, userId, said }) => {
    const thing = watchedThing(record.targetType);
    if (thing === null) return [];
    const { at, hash, n, targetId, targetType } = record;
    const bytes = new Uint8Array(Buffer.from(hash, "hex"));
    return [[connection, at, bytes, n, thing, targetId ?? "", targetType, userId, said]];
  });
  if (rows.length === 0) return;
  await insertRows(tx, "watched_event", COLUMNS, rows, "do nothing");
  await dataChanged(tx, connection, "watched");
}

const COLUMNS = ["connection", "at", "hash", "n", "thing", "target", "label", "user_id", "performer"];

export interface WatchedEvent {
  at: number;
  thing: WatchedThing;
  /** Greenhouse's id of the key or webhook; null: not told. */
  target: string | null;
  label: string;
  /** Who did it, where a user did. */
  user: { id: string; name: string | null; status: string } | null;
  /** Greenhouse's word for who did it, where no user we know did. */
  performer: string | null;
}

/** The latest of them, oldest first. */
export async function watchedEvents(db: Db, connection: number, limit: number): Promise<WatchedEvent[]> {
  const { rows } = await sql<{
    at: number;
    thing: WatchedThing;
    target: string;
    label: string;
    user_id: string | null;
    user_name: string | null;
    status: string | null;
    performer: string | null;
  }>`
    select w.at, w.thing, w.target, w.label, u.user_id, u.name as user_name, u.status,
      coalesce(w.performer, cast(w.user_id as text)) as performer
    from watched_event w left join "user" u on u.connection = w.connection and u.user_id = w.user_id
    where w.connection = ${connection} order by w.at desc, w.hash desc, w.n desc limit ${limit}`.execute(db);
  return rows.reverse().map((row) => ({
    at: row.at,
    thing: row.thing,
    target: row.target === "" ? null : row.target,
    label: row.label,
    user: row.user_id === null ? null : { id: row.user_id, name: row.user_name, status: row.status! },
    performer: row.performer,
  }));
}
