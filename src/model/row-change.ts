/** What one page of a listing changes, as sync/plan.ts decides and the store applies. */

/** `removed`: a complete listing lacked it. `not_visible`: it did, but the viewer had changed meanwhile. */
export const ROW_STATES = ["present", "removed", "not_visible"] as const;
export type RowState = (typeof ROW_STATES)[number];

export interface StoredRow<R> {
  record: R;
  state: RowState;
}

/**
 * - `add`: never seen before
 * - `update`: present, with other values
 * - `return`: removed or not visible until now
 * - `absent`: present, but not in the page that speaks for it: a candidate, judged when the listing is complete
 */
export interface RowChange<R> {
  kind: "add" | "update" | "return" | "absent";
  id: string;
  before: R | null;
  after: R | null;
}
