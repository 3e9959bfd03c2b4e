/** Our own audit trail: who did what, when, from where. */
import { sql } from "kysely";
import type { Db, Tx } from "../store.ts";

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

export interface TrailRow extends TrailEntry {
  id: number;
  /** As the connection is called today; null: none, or deleted since. */
  connectionName: string | null;
}

export interface TrailFilter {
  by?: readonly TrailEntry["by"][] | undefined;
  member?: number | undefined;
  token?: number | undefined;
  action?: readonly string[] | undefined;
  /** `refused`: whatever isn't ok. */
  result?: readonly string[] | undefined;
  connection?: number | undefined;
  target?: string | undefined;
  from?: number | undefined;
  to?: number | undefined;
}

/** Newest first, from before this id. */
export async function listTrail(
  db: Db,
  { before, limit, ...filter }: { before: number | null; limit: number } & TrailFilter,
): Promise<TrailRow[]> {
  let query = matching(db, filter)
    .leftJoin("connection as c", "c.connection", "t.of_connection")
    .selectAll("t")
    .select("c.name as connection_name")
    .orderBy("t.trail", "desc")
    .limit(limit);
  if (before !== null) query = query.where("t.trail", "<", before);
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
    connectionName: row.connection_name,
    result: row.result,
    details: row.details_json === null ? null : JSON.parse(row.details_json),
  }));
}

export async function countTrail(db: Db, filter: TrailFilter): Promise<number> {
  const { n } = await matching(db, filter)
    .select((eb) => eb.fn.countAll<number>().as("n"))
    .executeTakeFirstOrThrow();
  return n;
}

/** The ends of the trail; null: it is empty. */
export async function trailEnds(db: Db): Promise<{ since: number; last: number } | null> {
  const end = (order: "asc" | "desc") =>
    db.selectFrom("trail").select(["trail", "at"]).orderBy("trail", order).limit(1).executeTakeFirst();
  const [first, last] = await Promise.all([end("asc"), end("desc")]);
  return first && last ? { since: first.at, last: last.trail } : null;
}

function matching(db: Db, filter: TrailFilter) {
  const { by, member, token, action, result, connection, target, from, to } = filter;
  let query = db.selectFrom("trail as t");
  if (by) query = query.where("t.by_", "in", [...by]);
  if (member !== undefined) query = query.where("t.member", "=", member);
  if (token !== undefined) query = query.where("t.api_token", "=", token);
  if (action) query = query.where("t.action", "in", [...action]);
  if (result) {
    query = query.where((eb) =>
      eb.or([
        eb("t.result", "in", [...result]),
        ...(result.includes("refused") ? [eb("t.result", "!=", "ok")] : []),
      ]),
    );
  }
  if (connection !== undefined) query = query.where("t.of_connection", "=", connection);
  if (target !== undefined && target !== "") {
    query = query.where(
      sql<boolean>`lower(t.target) like ${`%${target.toLowerCase().replace(/[\\%_]/g, "\\$&")}%`} escape '\\'`,
    );
  }
  if (from !== undefined) query = query.where("t.at", ">=", from);
  if (to !== undefined) query = query.where("t.at", "<", to);
  return query;
}
