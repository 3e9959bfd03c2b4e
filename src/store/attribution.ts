import { sql } from "kysely";
import { dataChanged } from "./data-version.ts";
import { jsonIsTrue } from "./engine.ts";
import { attachEvent } from "./ledger.ts";
import type { Db, Tx } from "./store.ts";

/** A change that has exactly one event of the audit log to tell when it happened, and by whom. */
interface Attributed {
  seq: number;
  at: number;
  hash: Uint8Array;
  n: number;
  by: string | null;
}

/**
 * Finds the audit events behind changes that have none yet: a data change whose target is the row or its user, within
 * the interval in which the change happened. Several that fit leave the change without one: we never guess.
 *
 * Greenhouse's labels for such events aren't published (api.md §3.5), so the type is matched loosely.
 *
 * @param options.since only changes seen since then (ms)
 * @param options.skewMs Greenhouse's clock minus ours: events carry its time, changes ours
 * @returns how many changes were attributed
 */
export async function attributeChanges(
  tx: Tx,
  connection: number,
  options: { since: number; skewMs: number },
): Promise<number> {
  const named = await nameActions(tx, connection, options.since);
  const found = await candidates(tx, connection, options.since, options.skewMs);
  const single = found.filter((each) => found.filter((other) => other.seq === each.seq).length === 1);
  for (const { seq, at, hash, n, by } of single) {
    await attachEvent(tx, connection, seq, { at, hash: Buffer.from(hash).toString("hex"), n, byName: by });
  }
  if (named + single.length > 0) await dataChanged(tx, connection, "listed");
  return single.length;
}

/** A listing may have read the row before it was changed: its end is later than that by so much at most. */
const LISTED_WITHIN_MS = 3_600_000;

/**
 * Changes that follow from our own actions name them, and who asked for it; what an action has changed it has changed once.
 * Returns how many do from now on.
 */
async function nameActions(tx: Tx, connection: number, since: number): Promise<number> {
  const grants = sql`c.stream in ('job_grants', 'future_job_grants') and c.kind = 'removed'`;
  const user = sql`c.stream = 'users' and c.kind = 'changed'`;
  const { rows } = await sql<{ seq: number; action: number }>`
    select c.seq, max(a.action) as action
    from change c
    join action_target t on t.connection = c.connection and t.user_id = c.user_id and t.sent_at <= c.seen_at
      and t.sent_at > c.after_at - ${LISTED_WITHIN_MS} and t.state in ('sent', 'seen', 'unknown')
    join action a on a.action = t.action
    where c.connection = ${connection} and c.seen_at > ${since} and c.action is null and c.after_at is not null
      and not exists (select 1 from change d where d.connection = c.connection and d.stream = c.stream
        and d.row_id = c.row_id and d.kind = c.kind and d.seq < c.seq and d.action = a.action)
      and case a.kind
        when 'deactivate' then (${user} and ${jsonIsTrue(sql`c.after_json`, "deactivated")}) or (${grants})
        when 'reactivate' then ${user} and ${jsonIsTrue(sql`c.before_json`, "deactivated")}
        when 'revoke_to_basic' then (${user} and ${jsonIsTrue(sql`c.before_json`, "siteAdmin")}) or (${grants})
          or c.kind = 'level'
        else (${grants} and c.row_id = t.grant_id) or c.kind = 'level' end
    group by c.seq`.execute(tx);
  for (const { seq, action } of rows) {
    await tx
      .updateTable("change")
      .set({
        action,
        by_name: sql`(select ${"Glasshouse, "} || made_by from action where action.action = ${action})`,
      })
      .where("connection", "=", connection)
      .where("seq", "=", seq)
      .execute();
  }
  return rows.length;
}

async function candidates(
  db: Db | Tx,
  connection: number,
  since: number,
  skewMs: number,
): Promise<Attributed[]> {
  const { rows } = await sql<Attributed>`
    select c.seq, e.at, e.hash, e.n,
      case p.text when 'user' then u.name when 'api_key' then 'API key ' || coalesce(e.performer, '')
        when 'greenhouse_internal' then 'Greenhouse staff' else p.text end as "by"
    from change c
    join event e on e.connection = c.connection and e.at > c.after_at + ${skewMs} and e.at <= c.seen_at + ${skewMs}
      and e.target in (cast(c.row_id as text), cast(c.user_id as text))
    join word t on t.word = e.type and t.text like 'data_change%'
    left join word p on p.word = e.performer_type
    left join "user" u on u.connection = e.connection and u.user_id = e.user_id
    where c.connection = ${connection} and c.seen_at > ${since} and c.event_at is null and c.after_at is not null
      and c.kind <> 'baseline'`.execute(db);
  return rows;
}
