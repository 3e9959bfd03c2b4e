import type { Connection } from "../model/connection.ts";
import { STREAM_TEXT } from "../model/stream.ts";
import { type ChangeRow, countChanges, selectChanges } from "../store/changes.ts";
import { jobsByIds } from "../store/grants.ts";
import { namesOf } from "../store/names.ts";
import type { Db } from "../store/store.ts";
import { cursorOf, placeOf } from "./cursor.ts";
import { InvalidCursor } from "./errors.ts";
import { DEFAULT_LIMIT, iso, isoOrNull, question } from "./question.ts";
import type { ChangeQuery, ChangeView, Listed } from "./types.ts";
import { eventId } from "./user-view.ts";

const LIST = "changes";

/** The ledger, newest first: who had or has what, when it changed, and what proves it. Throws InvalidCursor. */
export async function listChanges(
  db: Db,
  connection: Connection,
  query: ChangeQuery,
  now: number,
): Promise<Listed<ChangeView>> {
  const { limit = DEFAULT_LIMIT, cursor, ...filter } = query;
  const place = placeOf(LIST, cursor, 1);
  if (place && typeof place[0] !== "number") throw new InvalidCursor();
  const before = place ? (place[0] as number) : null;
  const asked = await question(db, connection, now);
  const [rows, total] = await Promise.all([
    selectChanges(db, connection.id, filter, { before, limit: limit + 1 }),
    place ? null : countChanges(db, connection.id, filter),
  ]);
  const page = rows.slice(0, limit);
  return {
    items: await changeViews(db, connection.id, page),
    nextCursor: rows.length > limit ? cursorOf(LIST, [page.at(-1)!.seq]) : null,
    total,
    stamp: asked.stamp,
  };
}

type Facts = Record<string, unknown>;

/** With names of roles and jobs in words, as they are called today. */
export async function changeViews(
  db: Db,
  connection: number,
  rows: readonly ChangeRow[],
): Promise<ChangeView[]> {
  const ids = (field: string) => [
    ...new Set(rows.flatMap(({ before, after }) => [before?.[field], after?.[field]]).filter(isId)),
  ];
  const [roles, jobs, departments, offices] = await Promise.all([
    namesOf(db, connection, "role", ids("roleId")),
    jobsByIds(db, connection, ids("jobId")),
    namesOf(db, connection, "department", ids("departmentId")),
    namesOf(db, connection, "office", ids("officeId")),
  ]);
  const name = (names: Map<string, string | null>, id: unknown, kind: string) =>
    isId(id) ? (names.get(id) ?? `${kind} ${id}`) : null;
  const onWhat = ({ stream }: ChangeRow, facts: Facts) => {
    const role = name(roles, facts.roleId, "role") ?? "no role told";
    if (stream === "job_grants") {
      const job = isId(facts.jobId) ? (jobs.get(facts.jobId)?.name ?? `job ${facts.jobId}`) : "a job";
      return `${role} on ${job}`;
    }
    const department = name(departments, facts.departmentId, "department") ?? "every department";
    return `${role} on every future job in ${department}, ${name(offices, facts.officeId, "office") ?? "every office"}`;
  };
  return rows.map((row) => ({
    id: String(row.seq),
    stream: row.stream,
    kind: row.kind,
    rowId: row.rowId,
    what: whatOf(row, onWhat),
    user: row.userId === null ? null : { id: row.userId, name: row.userName },
    before: row.before,
    after: row.after,
    happenedAt: isoOrNull(row.event?.at ?? null),
    between: { from: isoOrNull(row.afterAt), to: iso(row.seenAt) },
    by: row.by,
    eventId: row.event && eventId(row.event),
    runId: row.run,
  }));
}

function isId(value: unknown): value is string {
  return typeof value === "string" && /^\d{1,19}$/.test(value);
}

const VERBS: Partial<Record<ChangeRow["kind"], string>> = {
  added: "added",
  removed: "removed",
  not_visible: "no longer visible to us",
  returned: "back",
  changed: "changed",
};
const ONE: Record<string, string> = {
  users: "user",
  user_emails: "e-mail address",
  roles: "role",
  departments: "department",
  offices: "office",
  jobs: "job",
  job_grants: "grant",
  future_job_grants: "grant",
};
const LEVEL_WORDS: Record<string, string> = {
  site_admin: "Site Admin",
  job_admin: "Job Admin",
  basic: "Basic",
  unknown: "Unknown",
};

function whatOf(row: ChangeRow, onWhat: (row: ChangeRow, facts: Facts) => string): string {
  const { kind, stream, before, after } = row;
  if (kind === "baseline") return `${STREAM_TEXT[stream].label}: first complete listing`;
  if (kind === "level") return `level: ${levelWord(before)} to ${levelWord(after)}`;
  const one = ONE[stream]!;
  if (stream === "users" && kind === "changed" && typeof after?.deactivated === "boolean") {
    return after.deactivated ? "user deactivated" : "user activated again";
  }
  if (stream === "users" && kind === "removed") return "user missing: no longer listed by Greenhouse";
  if (kind === "changed") return `${one} changed: ${Object.keys(after ?? {}).join(", ")}`;
  if (one === "grant") return `grant ${VERBS[kind]}: ${onWhat(row, { ...before, ...after })}`;
  const name = (after ?? before)?.name ?? (after ?? before)?.email;
  return `${one} ${VERBS[kind]}${typeof name === "string" ? `: ${name}` : ""}`;
}

function levelWord(facts: Facts | null): string {
  return LEVEL_WORDS[String(facts?.level)] ?? "Unknown";
}
