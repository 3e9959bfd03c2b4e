/** The ledger: every difference in who has what, once, in order. */
import { isDeepStrictEqual } from "node:util";
import { sql } from "kysely";
import { LIST_STREAMS, type ListStream } from "../../model/stream.ts";
import { insertRows, updateRows } from "../engine/bulk.ts";
import type { Tx } from "../store.ts";

/**
 * - `baseline`: the first complete listing of a stream, as one entry
 * - `added`, `removed`, `not_visible`: `after` or `before` is the whole record
 * - `changed`: only the fields that differ
 * - `returned`: it was removed or not visible; both are whole records
 * - `level`: what follows from flag and grants differs; `{ level }`
 */
export const CHANGE_KINDS = [
  "baseline",
  "added",
  "changed",
  "removed",
  "not_visible",
  "returned",
  "level",
] as const;
export type ChangeKind = (typeof CHANGE_KINDS)[number];

export interface LedgerEntry {
  stream: ListStream;
  kind: ChangeKind;
  rowId: string | null;
  userId: string | null;
  before: object | null;
  after: object | null;
}

/** When it was seen: between the end of the complete listing before (`after`) and `now`. */
export interface Sighting {
  connection: number;
  run: number;
  after: number | null;
  now: number;
}

/** The next number in the order of changes and complete listings of a connection. */
export async function nextSeq(tx: Tx, connection: number): Promise<number> {
  const last = [
    sql`select max(seq) as last from change where connection = ${connection}`,
    // By stream, which the key has before seq.
    ...LIST_STREAMS.map(
      (stream) =>
        sql`select max(seq) as last from listing where connection = ${connection} and stream = ${stream}`,
    ),
  ];
  const { rows } = await sql<{ next: number }>`
    select coalesce(max(last), 0) + 1 as next from (${sql.join(last, sql` union all `)}) as ends`.execute(tx);
  return rows[0]!.next;
}

export async function addChanges(tx: Tx, seen: Sighting, entries: readonly LedgerEntry[]): Promise<void> {
  if (entries.length === 0) return;
  const first = await nextSeq(tx, seen.connection);
  await insertRows(
    tx,
    "change",
    [
      "connection",
      "seq",
      "stream",
      "kind",
      "row_id",
      "user_id",
      "before_json",
      "after_json",
      "run",
      "after_at",
      "seen_at",
    ],
    entries.map((entry, i) => [
      seen.connection,
      first + i,
      entry.stream,
      entry.kind,
      entry.rowId,
      entry.userId,
      entry.before && JSON.stringify(entry.before),
      entry.after && JSON.stringify(entry.after),
      seen.run,
      seen.after,
      seen.now,
    ]),
  );
}

/** A change, by its seq, and the audit event that tells when it happened, and by whom. */
export interface Attributed {
  seq: number;
  at: number;
  hash: Uint8Array;
  n: number;
  byName: string | null;
}

export async function attachEvents(
  tx: Tx,
  connection: number,
  attributed: readonly Attributed[],
): Promise<void> {
  const set = [
    "event_at = $event_at",
    "event_hash = $event_hash",
    "event_n = $event_n",
    // Of our own actions the log may name the admin user: who asked for it is known better.
    "by_name = case when t.action is null then $by_name else t.by_name end",
  ];
  await updateRows(tx, "change", ["connection", "seq"], set, {
    names: ["connection", "seq", "event_at", "event_hash", "event_n", "by_name"],
    rows: attributed.map(({ seq, at, hash, n, byName }) => [connection, seq, at, hash, n, byName]),
  });
}

/** Only the fields that differ, of two records of one stream; when Greenhouse last touched them is no difference. */
export function difference<R extends object>(before: R, after: R): { before: Partial<R>; after: Partial<R> } {
  const found: { before: Partial<R>; after: Partial<R> } = { before: {}, after: {} };
  for (const field of Object.keys(after) as (keyof R)[]) {
    if (field === "updatedAt" || isDeepStrictEqual(before[field], after[field])) continue;
    found.before[field] = before[field];
    found.after[field] = after[field];
  }
  return found;
}
