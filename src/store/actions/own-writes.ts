/**
 * Our own writes in the audit log: Greenhouse may tell of them as done by the admin user in whose name we ask. They are
 * found again by time, target and performer, and are nobody's use.
 */
import { type RawBuilder, sql } from "kysely";
import type { EventRecord } from "../../model/records.ts";
import type { Tx } from "../store.ts";

/** A write may be carried out some time after it was asked for; clocks differ by little once their skew is known. */
const BEFORE_MS = 60_000;
const AFTER_MS = 10 * 60_000;
/** What a revocation takes away besides has targets of its own: it is known by our request alone. */
const REVOCATIONS = [
  "/v3/users/#/revoke_permissions",
  "/v3/users/revoke_permissions/bulk",
  "/v1/users/permission_level",
];

interface Sent {
  from: number;
  to: number;
  acting: string;
  user: string;
  grant: string | null;
  revokes: boolean;
}

/** Which of these events tell of our own writes. */
export async function ownWritesAmong(
  tx: Tx,
  connection: number,
  events: readonly Pick<EventRecord, "at">[],
): Promise<(event: EventRecord, userId: string | null) => boolean> {
  const times = events.map(({ at }) => at);
  if (times.length === 0) return () => false;
  const [first, last] = times.reduce(
    ([a, b], at) => [Math.min(a, at), Math.max(b, at)],
    [times[0]!, times[0]!],
  );
  const { rows } = await sql<{ sent_at: number; ended_at: number | null; skew: number } & Who>`
    select t.sent_at, t.ended_at, c.clock_skew_ms as skew, a.acting_user_id, t.user_id, t.grant_id, a.kind
    from action a join action_target t on t.connection = a.connection and t.action = a.action
      join connection c on c.connection = a.connection
    where a.connection = ${connection} and a.acting_user_id is not null and a.started_at is not null
      and t.sent_at is not null and t.state <> 'refused' and t.sent_at + c.clock_skew_ms <= ${last! + BEFORE_MS}
      and coalesce(t.ended_at, t.sent_at) + c.clock_skew_ms >= ${first! - AFTER_MS}`.execute(tx);
  const sent = rows.map(
    (row): Sent => ({
      from: row.sent_at + row.skew - BEFORE_MS,
      to: (row.ended_at ?? row.sent_at) + row.skew + AFTER_MS,
      acting: row.acting_user_id,
      user: row.user_id,
      grant: row.grant_id,
      revokes: row.kind === "revoke_to_basic",
    }),
  );
  return (event, userId) => sent.some((each) => isOf(each, event, userId));
}
interface Who {
  acting_user_id: string;
  user_id: string;
  grant_id: string | null;
  kind: string;
}

function isOf(sent: Sent, { at, type, targetId, requestType }: EventRecord, userId: string | null): boolean {
  if (userId !== sent.acting || at < sent.from || at > sent.to || !type?.startsWith("data_change"))
    return false;
  if (targetId !== null && (targetId === sent.user || targetId === sent.grant)) return true;
  return sent.revokes && REVOCATIONS.includes(requestType ?? "");
}

/** The same as a condition over `e` (event), for a day that is counted anew. */
export const isOwnWrite: RawBuilder<unknown> = sql`exists (
  select 1 from action a join action_target t on t.connection = a.connection and t.action = a.action
    join connection c on c.connection = a.connection
  where a.connection = e.connection and a.acting_user_id = e.user_id and a.started_at is not null
    and t.sent_at is not null and t.state <> 'refused' and e.at >= t.sent_at + c.clock_skew_ms - ${BEFORE_MS}
    and e.at <= coalesce(t.ended_at, t.sent_at) + c.clock_skew_ms + ${AFTER_MS}
    and exists (select 1 from word w where w.word = e.type and w.text like 'data_change%')
    and (e.target in (cast(t.user_id as text), cast(t.grant_id as text))
      or (a.kind = 'revoke_to_basic' and exists (select 1 from word w where w.word = e.request_type
        and w.text in (${sql.join(REVOCATIONS)})))))`;
