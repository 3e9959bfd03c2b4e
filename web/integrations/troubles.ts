/** What is wrong in a connection: streams that say the same together, each with the one step that mends it. */
import type { Answer } from "../api/client.ts";
import type { NEXT_STEP } from "../text/integrations.ts";

export type Connection = Answer<"getConnection">;
export type Verdict = Connection["streams"][number];

/** Streams with one cause and one cure are one trouble: a network that is down is one, not nine, whenever each was asked. */
export function troubles(streams: readonly Verdict[]): [Verdict, ...Verdict[]][] {
  const groups = new Map<string, [Verdict, ...Verdict[]]>();
  for (const verdict of streams) {
    if (verdict.cause === null || verdict.cause === "waiting_for_users") continue;
    const key = isOptionalUse(verdict)
      ? `${verdict.lane} ${verdict.cause}`
      : JSON.stringify([verdict.state, verdict.cause, causeOf(verdict), verdict.cure]);
    const group = groups.get(key);
    if (group) group.push(verdict);
    else groups.set(key, [verdict]);
  }
  // What stopped stands before what is off.
  return [...groups.values()].sort(
    ([a], [b]) => Number(b.state === "stopped") - Number(a.state === "stopped"),
  );
}

/** Lists of recruiting that are off: five of the same kind are told as one. */
export const isOptionalUse = ({ lane, state }: Verdict): boolean =>
  lane === "recruiting_activity" && state === "off";

/** Those that need a person: what is off leaves the check mark green. */
export const needing = (streams: readonly Verdict[]) =>
  troubles(streams).filter(([v]) => v.state === "stopped");

export type Step = keyof typeof NEXT_STEP;

const STEP: Partial<Record<NonNullable<Verdict["cause"]>, Step>> = {
  credential_wrong: "credential",
  credential_malformed: "credential",
  credential_shared: "credential",
  credential_retired: "credential",
  other_account: "credential",
  permission_missing: "test",
  lists_refused: "adminUser",
  users_empty: "adminUser",
  admin_user_missing: "adminUser",
  admin_user_malformed: "adminUser",
  admin_user_unknown: "adminUser",
  admin_user_deactivated: "adminUser",
  admin_user_not_site_admin: "adminUser",
  admin_user_refused: "adminUser",
  audit_log_refused: "test",
  audit_log_off: "withoutUsage",
  audit_log_empty: "check",
  listing_held: "accept",
  behind: "sync",
};

/** The button that does what the cure says first; null: there is nothing to click, only to wait or to look. */
export function stepOf({ cause, cure, stream }: Verdict): Step | null {
  if (cause === "audit_log_refused" && /No admin user/.test(cure ?? "")) return "adminUser";
  if (cause === "switched_off" && stream === "audit_log") return "usageOn";
  return cause === null ? null : (STEP[cause] ?? null);
}

/** What else its cure names, second to the first step. */
export function furtherSteps(verdict: Verdict): Step[] {
  if (verdict.cause !== "audit_log_refused") return [];
  return (["test", "withoutUsage"] as const).filter((step) => step !== stepOf(verdict));
}

/** A cure is written for pages and terminals alike: here its commands are buttons. */
export function cureOf(cure: string | null): string | null {
  if (cure === null || /^glasshouse /.test(cure)) return null;
  return cure.replaceAll("`", "");
}

export const streamOf = (connection: Connection, stream: Verdict["stream"]): Verdict | undefined =>
  connection.streams.find((each) => each.stream === stream);

/**
 * Job grants and future job grants stand in one list, and levels rest on both: how many in all, how the less well of both is,
 * and how old the older. A kind that is off leaves the other as it is.
 */
export function grantsOf(connection: Connection): Verdict | undefined {
  const jobs = streamOf(connection, "job_grants");
  const future = streamOf(connection, "future_job_grants");
  if (!jobs || !future || future.state === "off") return jobs;
  const waits = ({ state }: Verdict) => state === "stopped" || state === "waiting_for_users";
  const { state, cause, text, since } = waits(future) && jobs.state !== "stopped" ? future : jobs;
  const both = jobs.lastSuccessAt !== null && future.lastSuccessAt !== null;
  return {
    ...jobs,
    ...{ state, cause, text, since },
    rows: jobs.rows === null ? null : jobs.rows + (future.rows ?? 0),
    lastSuccessAt: both ? [jobs.lastSuccessAt!, future.lastSuccessAt!].sort()[0]! : null,
  };
}

/** Whose users were read the longest ago. Of frozen ones nothing is read any more: they count only where all are frozen. */
export function oldestOf(connections: readonly Connection[]): Connection | null {
  const living = connections.filter(({ frozenAt }) => frozenAt === null);
  const at = (each: Connection) => streamOf(each, "users")?.lastSuccessAt ?? "";
  return (living.length > 0 ? living : connections).toSorted((a, b) => at(a).localeCompare(at(b)))[0] ?? null;
}

/** A stream that is off because somebody chose so. */
export const isOffByChoice = (connection: Connection, stream: Verdict["stream"]): boolean =>
  connection.settings.off.includes(stream);

/** Of a verdict: the cause without its evidence, its first sentence. The name that may begin it can have dots of its own. */
export function causeOf({ text, facts }: Pick<Verdict, "text" | "facts">): string | null {
  if (text === null) return null;
  const { name } = facts;
  const begin = typeof name === "string" && text.startsWith(name) ? name.length : 0;
  const end = /[.?](?=\s|$)/.exec(text.slice(begin));
  return end ? text.slice(0, begin + end.index + 1) : text;
}
