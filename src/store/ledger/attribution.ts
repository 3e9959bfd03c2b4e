import { sql } from "kysely";
import { dataChanged } from "../connections/data-version.ts";
import { updateRows } from "../engine/bulk.ts";
import { jsonIsTrue } from "../engine/engine.ts";
import type { Db, Store, Tx } from "../store.ts";
import { attachEvents } from "./ledger.ts";

/** How many changes are looked at together, and how much of the log: little is held meanwhile, whatever happened at once. */
const CHANGES_AT_ONCE = 5_000;
const LOG_AT_ONCE_MS = 3_600_000;

export interface Attributing {
  /** Only changes seen since then (ms). */
  since: number;
  /** Greenhouse's clock minus ours: events carry its time, changes ours. */
  skewMs: number;
  /** Asked between two questions: what is left then is found by the next run. */
  stopped?: () => boolean;
  changesAtOnce?: number;
}

/**
 * Finds the audit events behind changes that have none yet: a data change whose target is the row or its user, within
 * the interval in which the change happened. Several that fit leave the change without one: we never guess.
 *
 * Greenhouse's labels for such events aren't published (api.md §3.5), so the type is matched loosely.
 *
 * Nobody who writes waits for it: it looks for them in no transaction, and the log is read once for many changes.
 *
 * @returns how many changes were attributed
 */
export async function attributeChanges(
  store: Pick<Store, "read" | "write">,
  connection: number,
  { since, skewMs, stopped = () => false, changesAtOnce = CHANGES_AT_ONCE }: Attributing,
): Promise<number> {
  const types = await dataChangeTypes(store.read);
  if (types.length === 0) return 0;
  let attributed = 0;
  let changes: Open[] = [];
  do {
    changes = await openChanges(store.read, connection, changes.at(-1) ?? since, changesAtOnce);
    const found = await onlyEvents(store.read, { connection, types, skewMs, stopped }, changes);
    if (found.length > 0) {
      await store.write(async (tx) => {
        await attachEvents(tx, connection, found);
        await dataChanged(tx, connection, "listed");
      });
    }
    attributed += found.length;
  } while (changes.length === changesAtOnce && !stopped());
  return attributed;
}

/** A change without an event. */
interface Open {
  seq: number;
  seen_at: number;
  stream: string;
  kind: string;
  after_at: number;
  row: string | null;
  user: string | null;
}

/** In the order of an index, those after this one; or seen since then. */
async function openChanges(db: Db, connection: number, after: Open | number, limit: number): Promise<Open[]> {
  const next =
    typeof after === "number"
      ? sql`seen_at > ${after}`
      : sql`(seen_at, stream, kind, seq) > (${after.seen_at}, ${after.stream}, ${after.kind}, ${after.seq})`;
  const { rows } = await sql<Open>`
    select seq, seen_at, stream, kind, after_at, cast(row_id as text) as "row", cast(user_id as text) as "user"
    from change where connection = ${connection} and ${next} and event_at is null and after_at is not null
      and kind <> 'baseline'
    order by seen_at, stream, kind, seq limit ${limit}`.execute(db);
  return rows;
}

interface DataChange {
  at: number;
  hash: Uint8Array;
  n: number;
  target: string;
  by: string | null;
}

/** Events about one target within one interval: all changes that share both share these. */
interface About {
  from: number;
  to: number;
  events: number;
  first: DataChange | null;
}

interface Looking {
  connection: number;
  types: number[];
  skewMs: number;
  stopped: () => boolean;
}

/** Of each change the event that is the only one to fit it. */
async function onlyEvents(db: Db, looking: Looking, changes: readonly Open[]) {
  const targets = new Map<string, Map<string, About>>();
  const ofChange = changes.map((change) => {
    const [from, to] = [change.after_at + looking.skewMs, change.seen_at + looking.skewMs];
    const named = new Set([change.row, change.user].filter((id) => id !== null));
    return [...named].map((target) => {
      const intervals = targets.get(target) ?? new Map<string, About>();
      targets.set(target, intervals);
      const about = intervals.get(`${from} ${to}`) ?? { from, to, events: 0, first: null };
      intervals.set(`${from} ${to}`, about);
      return about;
    });
  });
  const all = ofChange.flat();
  const end = all.reduce((latest, { to }) => Math.max(latest, to), -Infinity);
  const begin = all.reduce((earliest, { from }) => Math.min(earliest, from), Infinity);
  for (let from = begin; from < end; from += LOG_AT_ONCE_MS) {
    // What is left of the log could hold a second event of any change.
    if (looking.stopped()) return [];
    const to = Math.min(from + LOG_AT_ONCE_MS, end);
    for (const event of await dataChanges(db, looking, from, to)) {
      for (const about of targets.get(event.target)?.values() ?? []) {
        if (event.at <= about.from || event.at > about.to) continue;
        about.events++;
        about.first ??= event;
      }
    }
  }
  return changes.flatMap(({ seq }, i) => {
    const [only, ...more] = ofChange[i]!.filter(({ events }) => events > 0);
    if (!only?.first || only.events > 1 || more.length > 0) return [];
    const { at, hash, n, by } = only.first;
    return [{ seq, at, hash, n, byName: by }];
  });
}

async function dataChangeTypes(db: Db): Promise<number[]> {
  const { rows } = await sql<{ word: number }>`
    select word from word where text like 'data_change%'`.execute(db);
  return rows.map(({ word }) => word);
}

/** After `from`, up to and with `to`. */
async function dataChanges(
  db: Db,
  { connection, types }: Looking,
  from: number,
  to: number,
): Promise<DataChange[]> {
  const { rows } = await sql<DataChange>`
    select e.at, e.hash, e.n, e.target,
      case p.text when 'user' then u.name when 'api_key' then 'API key ' || coalesce(e.performer, '')
        when 'greenhouse_internal' then 'Greenhouse staff' else p.text end as "by"
    from event e
    left join word p on p.word = e.performer_type
    left join "user" u on u.connection = e.connection and u.user_id = e.user_id
    where e.connection = ${connection} and e.at > ${from} and e.at <= ${to} and e.type in (${sql.join(types)})
      and e.target is not null`.execute(db);
  return rows;
}

/** A listing may have read the row before it was changed: its end is later than that by so much at most. */
const LISTED_WITHIN_MS = 3_600_000;

/**
 * Changes that follow from our own actions name them, and who asked for it; what an action has changed it has changed once.
 *
 * @param since only changes seen since then (ms)
 */
export async function nameActions(tx: Tx, connection: number, since: number): Promise<void> {
  const grants = sql`c.stream in ('job_grants', 'future_job_grants') and c.kind = 'removed'`;
  const user = sql`c.stream = 'users' and c.kind = 'changed'`;
  const { rows } = await sql<{ seq: number; action: number; made_by: string }>`
    select found.seq, found.action, made.made_by from (
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
      group by c.seq) as found
    join action made on made.action = found.action`.execute(tx);
  if (rows.length === 0) return;
  await updateRows(tx, "change", ["connection", "seq"], ["action = $action", "by_name = $by_name"], {
    names: ["connection", "seq", "action", "by_name"],
    rows: rows.map(({ seq, action, made_by }) => [connection, seq, action, `Glasshouse, ${made_by}`]),
  });
  await dataChanged(tx, connection, "listed");
}
