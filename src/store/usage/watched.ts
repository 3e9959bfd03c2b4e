import { sql } from "kysely";
import { makesSiteAdmin, type WatchedThing, watchedThing } from "../../model/watched.ts";
import { dataChanged } from "../connections/data-version.ts";
import { insertRows, textList } from "../engine/bulk.ts";
import { asId } from "../ledger/performers.ts";
import type { Db, Tx } from "../store.ts";
import type { PreparedEvent } from "./roll-up.ts";

const SITE_ADMIN = "site_admin";

/** Of the events that were just inserted, those that are watched: few, and kept when their events are gone. */
export async function keepWatched(
  tx: Tx,
  connection: number,
  events: readonly PreparedEvent[],
): Promise<void> {
  const rows = events.flatMap((event) => {
    const { record, userId, said } = event;
    const { at, hash, n, targetType } = record;
    const bytes = new Uint8Array(Buffer.from(hash, "hex"));
    const admin = makesSiteAdmin(record) ? asId(record.targetId!) : null;
    if (admin !== null)
      return [[connection, at, bytes, n, SITE_ADMIN, admin, targetType ?? "", userId, doerOf(event)]];
    const thing = watchedThing(targetType);
    if (thing === null) return [];
    return [[connection, at, bytes, n, thing, record.targetId ?? "", targetType, userId, said]];
  });
  if (rows.length === 0) return;
  await insertRows(tx, "watched_event", COLUMNS, rows, "do nothing");
  await dataChanged(tx, connection, "watched");
}

/** Who made somebody a Site Admin, where no user did; null: not told. The same words as in store/ledger/attribution.ts. */
function doerOf({ record: { performerType }, said }: PreparedEvent): string | null {
  if (performerType === "user") return said;
  if (performerType === "api_key") return `API key ${said ?? ""}`.trim();
  return performerType === "greenhouse_internal" ? "Greenhouse staff" : performerType;
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

/** The latest of those about keys and webhooks, oldest first. */
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
    where w.connection = ${connection} and w.thing <> ${SITE_ADMIN} order by w.at desc, w.hash desc, w.n desc limit ${limit}`.execute(
    db,
  );
  return rows.reverse().map((row) => ({
    at: row.at,
    thing: row.thing,
    target: row.target === "" ? null : row.target,
    label: row.label,
    user: row.user_id === null ? null : { id: row.user_id, name: row.user_name, status: row.status! },
    performer: row.performer,
  }));
}

/** Somebody became a Site Admin, as the log tells. */
export interface MadeSiteAdmin {
  /** By Greenhouse's clock. */
  at: number;
  by: string | null;
}

/** The latest event of each user who was made a Site Admin since then, and of these whenever that was. */
export async function siteAdminsMade(
  db: Db,
  connection: number,
  since: number,
  also: readonly string[],
): Promise<Map<string, MadeSiteAdmin>> {
  const { rows } = await sql<{ target: string; at: number; by: string | null }>`
    select w.target, w.at, coalesce(d.name, w.performer, 'User ' || cast(w.user_id as text)) as "by"
    from watched_event w left join "user" d on d.connection = w.connection and d.user_id = w.user_id
    where w.connection = ${connection} and w.thing = ${SITE_ADMIN}
      and (w.at >= ${since} or w.target in ${textList(also)})
    order by w.at, w.hash, w.n`.execute(db);
  return new Map(rows.map(({ target, at, by }) => [target, { at, by }]));
}
