import { type RawBuilder, sql } from "kysely";
import type { ChangeKind, ChangeQuery } from "../../model/query.ts";
import type { ListStream } from "../../model/stream.ts";
import { hexOf, jsonIsTrue } from "../engine/engine.ts";
import type { Db } from "../store.ts";

export interface ChangeRow {
  seq: number;
  stream: ListStream;
  kind: ChangeKind;
  rowId: string | null;
  userId: string | null;
  userName: string | null;
  before: Record<string, unknown> | null;
  after: Record<string, unknown> | null;
  run: number;
  /** End of the complete listing before; null: there was none. */
  afterAt: number | null;
  seenAt: number;
  event: { at: number; hash: string; n: number } | null;
  by: string | null;
  /** The action of ours that it follows from. */
  action: number | null;
}

export type ChangeFilter = Pick<ChangeQuery, "user" | "stream" | "kind" | "run" | "from" | "to">;

/** Entries of the ledger, newest first. */
export async function selectChanges(
  db: Db,
  connection: number,
  filter: ChangeFilter,
  page: { before: number | null; limit: number },
): Promise<ChangeRow[]> {
  const older = page.before === null ? sql`true` : sql`c.seq < ${page.before}`;
  const { rows } = await sql<RawChange>`
    select c.seq, c.stream, c.kind, c.row_id, c.user_id, c.before_json, c.after_json, c.run, c.after_at, c.seen_at,
      c.event_at, ${hexOf(sql`c.event_hash`)} as event_hash, c.event_n, c.by_name, c.action, u.name as user_name
    from change c left join "user" u on u.connection = c.connection and u.user_id = c.user_id
    where ${whereChanges(connection, filter)} and ${older} order by c.seq desc limit ${page.limit}`.execute(
    db,
  );
  return rows.map(toChange);
}

export async function countChanges(db: Db, connection: number, filter: ChangeFilter): Promise<number> {
  const { rows } = await sql<{ n: number }>`
    select count(*) as n from change c where ${whereChanges(connection, filter)}`.execute(db);
  return rows[0]!.n;
}

/** What the dashboard says of the changes seen since then. */
export interface ChangeSums {
  usersAdded: number;
  deactivated: number;
  levelChanged: number;
  grantsAdded: number;
  grantsRemoved: number;
}

export async function sumChanges(db: Db, connection: number, since: number): Promise<ChangeSums> {
  const grants = sql`c.stream in ('job_grants', 'future_job_grants')`;
  const sum = (condition: RawBuilder<unknown>) => sql`count(*) filter (where ${condition})`;
  const { rows } = await sql<ChangeSums>`
    select ${sum(sql`c.stream = 'users' and c.kind = 'added'`)} as "usersAdded",
      ${sum(sql`c.kind = 'level'`)} as "levelChanged",
      ${sum(sql`${grants} and c.kind in ('added', 'returned')`)} as "grantsAdded",
      ${sum(sql`${grants} and c.kind = 'removed'`)} as "grantsRemoved",
      (select count(*) from change c where c.connection = ${connection} and c.seen_at >= ${since}
        and ${becameDeactivated}) as deactivated
    from change c where c.connection = ${connection} and c.seen_at >= ${since}`.execute(db);
  return rows[0]!;
}

const becameDeactivated = sql`(c.stream = 'users' and c.kind = 'changed'
  and ${jsonIsTrue(sql`c.after_json`, "deactivated")})`;

function whereChanges(
  connection: number,
  { user, stream, kind, run, from, to }: ChangeFilter,
): RawBuilder<unknown> {
  const all: RawBuilder<unknown>[] = [sql`c.connection = ${connection}`];
  if (user !== undefined) all.push(sql`c.user_id = ${user}`);
  if (stream) all.push(sql`c.stream in (${sql.join([...stream, ""])})`);
  if (kind) {
    const kinds = sql`c.kind in (${sql.join([...kind, ""])})`;
    all.push(kind.includes("deactivated") ? sql`(${kinds} or ${becameDeactivated})` : kinds);
  }
  if (run !== undefined) all.push(sql`c.run = ${run}`);
  // Entries are numbered in the order in which they were seen, so times become numbers, which lead the key.
  const time = (condition: RawBuilder<unknown>) =>
    sql`(select seq from change where connection = ${connection} and ${condition})`;
  if (from !== undefined)
    all.push(sql`c.seq >= ${time(sql`seen_at >= ${from} order by seen_at, seq limit 1`)}`);
  if (to !== undefined)
    all.push(sql`c.seq <= ${time(sql`seen_at < ${to} order by seen_at desc, seq desc limit 1`)}`);
  return sql.join(all, sql` and `);
}

interface RawChange {
  seq: number;
  stream: ListStream;
  kind: ChangeKind;
  row_id: string | null;
  user_id: string | null;
  before_json: string | null;
  after_json: string | null;
  run: number;
  after_at: number | null;
  seen_at: number;
  event_at: number | null;
  event_hash: string;
  event_n: number | null;
  by_name: string | null;
  action: number | null;
  user_name: string | null;
}

function toChange(row: RawChange): ChangeRow {
  const parse = (json: string | null) =>
    json === null ? null : (JSON.parse(json) as Record<string, unknown>);
  return {
    seq: row.seq,
    stream: row.stream,
    kind: row.kind,
    rowId: row.row_id,
    userId: row.user_id,
    userName: row.user_name,
    before: parse(row.before_json),
    after: parse(row.after_json),
    run: row.run,
    afterAt: row.after_at,
    seenAt: row.seen_at,
    event:
      row.event_at === null || row.event_n === null
        ? null
        : { at: row.event_at, hash: row.event_hash, n: row.event_n },
    by: row.by_name,
    action: row.action,
  };
}
