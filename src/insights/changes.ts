import type { Connection } from "../model/connection.ts";
import { type ChangeRow, countChanges, selectChanges } from "../store/ledger/changes.ts";
import type { Db } from "../store/store.ts";
import { jobsByIds } from "../store/users/grants.ts";
import { namesOf } from "../store/users/names.ts";
import { changeWords, type NameOf } from "./change-words.ts";
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

/** With names of roles and jobs in words, as they are called today. */
export async function changeViews(
  db: Db,
  connection: number,
  rows: readonly ChangeRow[],
): Promise<ChangeView[]> {
  const ids = (...fields: string[]) => {
    const values = rows.flatMap(({ before, after }) =>
      fields.flatMap((field) => [before?.[field], after?.[field]].flat()),
    );
    return [...new Set(values.filter(isId))];
  };
  const [role, jobs, department, office] = await Promise.all([
    namesOf(db, connection, "role", ids("roleId")),
    jobsByIds(db, connection, ids("jobId")),
    namesOf(db, connection, "department", ids("departmentId", "departmentIds")),
    namesOf(db, connection, "office", ids("officeId", "officeIds")),
  ]);
  const names = { role, department, office, job: new Map([...jobs].map(([id, { name }]) => [id, name])) };
  const nameOf: NameOf = (kind, id) => {
    if (!isId(id)) return null;
    return (kind === "agency" ? null : names[kind].get(id)) ?? `${kind} ${id}`;
  };
  return rows.map((row) => ({
    id: String(row.seq),
    stream: row.stream,
    kind: row.kind,
    rowId: row.rowId,
    what: changeWords(row, nameOf),
    user: row.userId === null ? null : { id: row.userId, name: row.userName },
    before: row.before,
    after: row.after,
    happenedAt: isoOrNull(row.event?.at ?? null),
    between: { from: isoOrNull(row.afterAt), to: iso(row.seenAt) },
    by: row.by,
    action: row.action,
    eventId: row.event && eventId(row.event),
    runId: row.run,
  }));
}

function isId(value: unknown): value is string {
  return typeof value === "string" && /^\d{1,19}$/.test(value);
}
