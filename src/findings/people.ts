import type { Evidence } from "../model/finding.ts";
import { EVIDENCE_KEPT } from "../model/finding.ts";
import type { UserFilter, UserSort } from "../model/query.ts";
import { countUsers, selectUserIds, type UserRow, usersAmong, usersByIds } from "../store/users/users.ts";
import type { Asked } from "./kit.ts";

/** How many users fit, and the first of them: as many as evidence keeps, or all where each is a finding of its own. */
export async function people(
  { db, connection, judge }: Asked,
  filter: UserFilter,
  { sort, limit = EVIDENCE_KEPT }: { sort: UserSort; limit?: number },
): Promise<{ count: number; first: UserRow[] }> {
  const count = await countUsers(db, connection.id, filter, judge);
  if (count === 0) return { count, first: [] };
  const order = { sort, descending: false };
  const { places } = await selectUserIds(db, connection.id, filter, judge, order, { after: null, limit });
  const ids = places.map(({ id }) => id);
  return { count, first: await usersByIds(db, connection.id, ids, judge) };
}

/** Those of these users that fit. */
export function among(
  { db, connection, judge }: Asked,
  ids: readonly string[],
  filter: UserFilter,
): Promise<string[]> {
  return usersAmong(db, connection.id, ids, filter, judge);
}

/** Of a user whom Greenhouse lists no longer nothing is known, and not that it is fixed. */
export const missingAmong = (asked: Asked, ids: readonly string[]): Promise<string[]> =>
  among(asked, ids, { status: ["missing"] });

export function evidenceOf<P extends { id: string }>(
  rows: readonly P[],
  text: (row: P) => string,
  at: (row: P) => number | null,
): Evidence[] {
  return rows.slice(0, EVIDENCE_KEPT).map((row) => ({ text: text(row), userId: row.id, at: at(row) }));
}
