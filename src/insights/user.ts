import type { Connection } from "../model/connection.ts";
import { utcDay } from "../model/employees/employee.ts";
import { levelReason as levelReasonOf } from "../model/words.ts";
import { hasEmployees } from "../store/employees/employees.ts";
import { selectChanges } from "../store/ledger/changes.ts";
import type { Db } from "../store/store.ts";
import { userDays } from "../store/usage/active-people.ts";
import { type BySource, lastDeedsOf, recruitingDaysOf } from "../store/usage/recruiting-use.ts";
import { addressesOf } from "../store/users/confirmed.ts";
import { sharingUsers, type UserRow } from "../store/users/users.ts";
import { changeViews } from "./changes.ts";
import { personDays } from "./days.ts";
import { employeesOfUsers } from "./employee-view.ts";
import { listGrants } from "./grants.ts";
import { iso, isoOrNull, type Question, question } from "./question.ts";
import type { UserDetail } from "./types.ts";
import { rowsOf, userViews } from "./user-view.ts";

const DAYS_SHOWN = 92;
const GRANTS_SHOWN = 500;
const CHANGES_SHOWN = 100;

/** One user: who, what they may do and why, whether they use it, what changed. null: no such user. */
export async function getUser(
  db: Db,
  connection: Connection,
  id: string,
  now: number,
): Promise<UserDetail | null> {
  if (!/^\d{1,18}$/.test(id)) return null;
  const asked = await question(db, connection, now);
  const [row] = await rowsOf(asked, [id]);
  if (!row) return null;
  const { today } = asked.judge.known;
  const fromDay = today - DAYS_SHOWN + 1;
  const [[view], grants, days, deeds, last, changes, sharing, addresses, employee] = await Promise.all([
    userViews(asked, [row]),
    listGrants(db, connection, { user: id, limit: GRANTS_SHOWN }, now),
    userDays(db, connection.id, id, fromDay, today),
    // A service account's deeds are an integration's.
    row.serviceAccount
      ? new Map<number, BySource>()
      : recruitingDaysOf(db, connection.id, id, fromDay, today),
    row.serviceAccount ? [] : lastDeedsOf(db, connection.id, id),
    selectChanges(db, connection.id, { user: id }, { before: null, limit: CHANGES_SHOWN }),
    sharingUsers(db, connection.id, row),
    addressesOf(db, connection.id, row),
    whoIs(asked, id, now),
  ]);
  return {
    ...view!,
    levelReason: levelReason(row, asked),
    statusSince: isoOrNull(row.statusSince),
    addresses,
    grantList: grants.items,
    useByDay: personDays(asked, fromDay, today, days, deeds),
    recruiting: last.map(({ source, at }) => ({
      source,
      lastAt: iso(at),
      days: [...deeds.values()].filter((counts) => counts[source] > 0).length,
    })),
    changes: await changeViews(db, connection.id, changes),
    sharing: sharing.map(({ id, name, what }) => ({ user: { id, name }, what })),
    markedServiceAccount: row.markedServiceAccount,
    employee,
    stamp: asked.stamp,
  };
}

/** Matches must be fresh. */
async function whoIs(asked: Question, id: string, now: number): Promise<UserDetail["employee"]> {
  if (!(await hasEmployees(asked.db))) return null;
  return (await employeesOfUsers(asked, [id], utcDay(now))).get(id) ?? null;
}

function levelReason(row: UserRow, { listings }: Question): string {
  const grants = row.jobGrants + row.futureJobGrants;
  if (row.level !== "unknown") return levelReasonOf(row.level, { status: row.status, grants });
  const was = row.status === "active" ? "" : ` The user is ${row.status}.`;
  const missing = [
    ...(listings.jobGrants ? [] : ["job grants"]),
    ...(listings.futureJobGrants ? [] : ["future job grants"]),
  ].join(" and ");
  const why = missing ? `${missing} were not read completely yet` : "grants are being read";
  return `Unknown: ${why}, and without them Basic and Job Admin look alike.${was}`;
}
