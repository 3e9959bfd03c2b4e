import { sql } from "kysely";
import { dataChanged } from "../connections/data-version.ts";
import { nextSeq } from "../ledger/ledger.ts";
import { lastListing } from "../listings/listed.ts";
import type { Db, Tx } from "../store.ts";
import { holdsUnreadGrant } from "./unread-grants.ts";

/**
 * Greenhouse tells no level: it follows from the admin flag and the grants, and without a complete listing of both kinds
 * of grants nobody can be told from a Job Admin; on v1, nor can somebody whose own grants were never read. A grant that can't
 * be read is one all the same. Call it when a listing of users or grants has ended.
 *
 * A deactivated or missing user keeps the level last derived, until we have made a deactivated one Basic. A level that
 * differs from one derived before becomes a `level` entry of the ledger.
 *
 * @returns users whose level has changed
 */
export async function refreshLevels(tx: Tx, connection: number, run: number, now: number): Promise<number> {
  const known = await grantsReadBy(tx, connection);
  const perUser = await readsGrantsPerUser(tx, connection);
  const level = sql`case when site_admin = 1 then 'site_admin'
    when ${known === null ? 1 : 0} then 'unknown'
    when job_grants + future_job_grants > 0 or ${holdsUnreadGrant} then 'job_admin'
    when ${perUser ? 1 : 0} = 1 and grants_read_at is null and level = 'unknown' then 'unknown' else 'basic' end`;
  const differs = sql`connection = ${connection} and level <> ${level}
    and (status = 'active' or level = 'unknown' or (status = 'deactivated' and ${madeBasic}))`;
  const first = await nextSeq(tx, connection);
  await sql`
    insert into change
      (connection, seq, stream, kind, row_id, user_id, before_json, after_json, run, after_at, seen_at)
    select connection, ${first} - 1 + row_number() over (order by user_id), 'users', 'level', user_id, user_id,
      '{"level":"' || level || '"}', '{"level":"' || ${level} || '"}', ${run}, ${await derivedBefore(tx, connection, run)}, ${now}
    from "user"
    where ${differs} and not (level = 'unknown' and ${level} <> 'site_admin')`.execute(tx);
  const { numAffectedRows } = await sql`update "user" set level = ${level} where ${differs}`.execute(tx);
  const changed = Number(numAffectedRows ?? 0n);
  if (changed > 0) await dataChanged(tx, connection, "listed");
  return changed;
}

/** By an action, since they were deactivated; read back. */
const madeBasic = sql`exists (select 1 from action_target t join action a on a.action = t.action and a.kind = 'revoke_to_basic'
  where t.connection = "user".connection and t.user_id = "user".user_id and t.sent_at >= coalesce("user".status_since_at, 0)
    and t.state = 'seen')`;

async function readsGrantsPerUser(tx: Tx, connection: number): Promise<boolean> {
  const row = await tx
    .selectFrom("connection")
    .select("credential_kind")
    .where("connection", "=", connection)
    .executeTakeFirst();
  return row?.credential_kind === "harvest_v1";
}

/** The last moment at which none of this run's differences had been seen. */
async function derivedBefore(tx: Tx, connection: number, run: number): Promise<number | null> {
  const ends: number[] = [];
  for (const stream of ["users", "job_grants", "future_job_grants"] as const) {
    const before = await tx
      .selectFrom("listing")
      .select("ended_at")
      .where("connection", "=", connection)
      .where("stream", "=", stream)
      .where("run", "<>", run)
      .orderBy("seq", "desc")
      .limit(1)
      .executeTakeFirst();
    if (before) ends.push(before.ended_at);
  }
  return ends.length > 0 ? Math.min(...ends) : null;
}

/** When both kinds of grants had been listed completely, last; null: they never were. */
export async function grantsReadBy(db: Db | Tx, connection: number, at?: number): Promise<number | null> {
  const jobs = await lastListing(db, connection, "job_grants", at);
  const future = await lastListing(db, connection, "future_job_grants", at);
  return jobs && future ? Math.min(jobs.endedAt, future.endedAt) : null;
}
