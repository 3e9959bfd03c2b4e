import { type Selectable, sql } from "kysely";
import type { GrantStream, ListStream } from "../../model/stream.ts";
import { idList } from "../engine/bulk.ts";
import type { Schema } from "../schema.ts";
import type { Db, Tx } from "../store.ts";
import { layoutOf } from "./rows.ts";

/** A complete listing that was applied: the proof of what was there when it ended. */
export interface Listing {
  /** Its place in the order of changes. */
  seq: number;
  run: number;
  startedAt: number;
  endedAt: number;
  /** Present rows when it had been applied. */
  rows: number;
  viewerVersion: number;
}

/** A complete listing whose losses were not applied. */
export interface HeldListing {
  stream: ListStream;
  run: number;
  /** When the first listing that lacked these rows ended. */
  since: number;
  rowsBefore: number;
  rowsAbsent: number;
  listed: number;
  /** When the latest listing that agreed ended. */
  lastSeenAt: number;
  needsPerson: boolean;
}

/** `at`: the last one that had ended by then. null: there was none. */
export async function lastListing(
  db: Db | Tx,
  connection: number,
  stream: ListStream,
  at?: number,
): Promise<Listing | null> {
  const row = await db
    .selectFrom("listing")
    .selectAll()
    .where("connection", "=", connection)
    .where("stream", "=", stream)
    .$if(at !== undefined, (query) => query.where("ended_at", "<=", at!))
    .orderBy("seq", "desc")
    .limit(1)
    .executeTakeFirst();
  return row ? toListing(row) : null;
}

/** The last one of each of these streams, in one look. */
export async function lastListings<S extends ListStream>(
  db: Db | Tx,
  connection: number,
  streams: readonly S[],
  at?: number,
): Promise<Record<S, Listing | null>> {
  const until = at === undefined ? sql`` : sql`and ended_at <= ${at}`;
  const each = streams.map(
    (stream) => sql`select * from (select * from listing where connection = ${connection}
      and stream = ${stream} ${until} order by seq desc limit 1) as ${sql.ref(stream)}`,
  );
  const { rows } = await sql<Selectable<Schema["listing"]>>`${sql.join(each, sql` union all `)}`.execute(db);
  const found = new Map(rows.map((row) => [row.stream, toListing(row)]));
  return Object.fromEntries(streams.map((stream) => [stream, found.get(stream) ?? null])) as Record<
    S,
    Listing | null
  >;
}

export async function firstListing(
  db: Db | Tx,
  connection: number,
  stream: ListStream,
): Promise<Listing | null> {
  const row = await db
    .selectFrom("listing")
    .selectAll()
    .where("connection", "=", connection)
    .where("stream", "=", stream)
    .orderBy("seq")
    .limit(1)
    .executeTakeFirst();
  return row ? toListing(row) : null;
}

export async function heldListing(
  db: Db | Tx,
  connection: number,
  stream: ListStream,
): Promise<HeldListing | null> {
  return (await heldListings(db, connection)).find((each) => each.stream === stream) ?? null;
}

export async function heldListings(db: Db | Tx, connection: number): Promise<HeldListing[]> {
  const rows = await db.selectFrom("held").selectAll().where("connection", "=", connection).execute();
  return rows.map((row) => ({
    stream: row.stream as ListStream,
    run: row.run,
    since: row.since_at,
    rowsBefore: row.rows_before,
    rowsAbsent: row.rows_absent,
    listed: row.listed,
    lastSeenAt: row.last_seen_at,
    needsPerson: row.needs_person === 1,
  }));
}

/** The first ids, ascending, of the rows that a held listing lacked. */
export async function heldIds(
  db: Db | Tx,
  connection: number,
  stream: ListStream,
  limit: number,
): Promise<string[]> {
  const rows = await db
    .selectFrom("held_row")
    .select("row_id")
    .where("connection", "=", connection)
    .where("stream", "=", stream)
    .orderBy("row_id")
    .limit(limit)
    .execute();
  return rows.map((row) => row.row_id);
}

/** Present rows of a stream. Grants are summed over users: millions needn't be counted. */
export async function countPresent(db: Db | Tx, connection: number, stream: ListStream): Promise<number> {
  if (stream === "job_grants" || stream === "future_job_grants") {
    const { rows } = await sql<{ n: number }>`
      select coalesce(sum(${sql.ref(stream)}), 0) as n from "user" where connection = ${connection}`.execute(
      db,
    );
    return rows[0]!.n + (await countUnlisted(db, connection, stream));
  }
  const { table } = layoutOf(stream);
  const { rows } = await sql<{ n: number }>`
    select count(*) as n from ${sql.table(table)} where connection = ${connection} and state = 'present'`.execute(
    db,
  );
  return rows[0]!.n;
}

/** Present grants whose holder no list of users has (yet). It looks at each holder: remember it where it is asked for often. */
export async function countUnlisted(db: Db | Tx, connection: number, stream: GrantStream): Promise<number> {
  const { rows: holders } = await sql<{ user_id: string }>`
    with holder as materialized (select distinct user_id from user_role where connection = ${connection})
    select user_id from holder h where not exists (
      select 1 from "user" u where u.connection = ${connection} and u.user_id = h.user_id)`.execute(db);
  if (holders.length === 0) return 0;
  const { rows } = await sql<{ n: number }>`
    select count(*) as n from ${sql.table(layoutOf(stream).table)} where connection = ${connection}
      and state = 'present' and user_id in ${idList(holders.map(({ user_id }) => user_id))}`.execute(db);
  return rows[0]!.n;
}

function toListing(row: {
  seq: number;
  run: number;
  started_at: number;
  ended_at: number;
  rows: number;
  viewer_version: number;
}): Listing {
  return {
    seq: row.seq,
    run: row.run,
    startedAt: row.started_at,
    endedAt: row.ended_at,
    rows: row.rows,
    viewerVersion: row.viewer_version,
  };
}
