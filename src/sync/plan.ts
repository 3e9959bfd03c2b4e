import { isDeepStrictEqual } from "node:util";
import type { UnreadableRecord } from "../model/records.ts";
import type { RowChange, StoredRow } from "../model/row-change.ts";

/**
 * What a page changes, decided from the rows stored for the range that it covers. Pure.
 *
 * - A record that differs from its row, or has none, is stored.
 * - A row in the range that the page lacks is *absent*: a candidate, judged when the listing is complete.
 * - A row whose record could not be read keeps its last good values and is never absent.
 */
export function plan<R extends { id: string }>(
  stored: readonly StoredRow<R>[],
  page: { records: readonly R[]; unreadable: readonly UnreadableRecord[] },
): RowChange<R>[] {
  const before = new Map(stored.map((row) => [row.record.id, row]));
  const seen = new Set(page.unreadable.map((each) => each.id));
  const changes: RowChange<R>[] = [];
  for (const after of page.records) {
    if (seen.has(after.id)) continue; // a duplicate row of the same page: the first one counts
    seen.add(after.id);
    const row = before.get(after.id);
    if (!row) changes.push({ kind: "add", id: after.id, before: null, after });
    else if (row.state !== "present")
      changes.push({ kind: "return", id: after.id, before: row.record, after });
    else if (!isDeepStrictEqual(row.record, after)) {
      changes.push({ kind: "update", id: after.id, before: row.record, after });
    }
  }
  // An unreadable record without an id could be any row of the range: then absence says nothing.
  if (page.unreadable.some((each) => each.id === null)) return changes;
  for (const { record, state } of stored) {
    if (state === "present" && !seen.has(record.id)) {
      changes.push({ kind: "absent", id: record.id, before: record, after: null });
    }
  }
  return changes;
}
