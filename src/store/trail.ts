/** Our own audit trail: who did what, when, from where. */
import type { Db, Tx } from "./store.ts";

export interface TrailEntry {
  at: number;
  by: "member" | "token" | "machine" | "nobody";
  member: number | null;
  token: number | null;
  /** As the one who acted was called then. */
  name: string;
  ip: string | null;
  action: string;
  target: string | null;
  connection: number | null;
  /** `ok`, or the code of the error. */
  result: string;
  details: Record<string, string | number | boolean | null> | null;
}

export async function addTrail(tx: Tx, entry: TrailEntry): Promise<void> {
  const { at, by, member, token, name, ip, action, target, connection, result, details } = entry;
  await tx
    .insertInto("trail")
    .values({
      at,
      by_: by,
      member,
      api_token: token,
      name,
      ip,
      action,
      target,
      of_connection: connection,
      result,
      details_json: details && JSON.stringify(details),
    })
    .execute();
}

/** Newest first, from before this id. */
export async function listTrail(
  db: Db,
  { before, limit }: { before: number | null; limit: number },
): Promise<(TrailEntry & { id: number })[]> {
  let query = db.selectFrom("trail").selectAll().orderBy("trail", "desc").limit(limit);
  if (before !== null) query = query.where("trail", "<", before);
  return (await query.execute()).map((row) => ({
    id: row.trail,
    at: row.at,
    by: row.by_,
    member: row.member,
    token: row.api_token,
    name: row.name,
    ip: row.ip,
    action: row.action,
    target: row.target,
    connection: row.of_connection,
    result: row.result,
    details: row.details_json === null ? null : JSON.parse(row.details_json),
  }));
}
