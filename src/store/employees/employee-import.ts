/** An import into the directory: what it would do, and the same done, in one transaction or not at all. */
import { sql } from "kysely";
import {
  type EmployeeSource,
  type EmployeeState,
  employeeState,
  keyOf,
  utcDay,
} from "../../model/employees/employee.ts";
import { type Planned, planEmployee, type StoredEmployee } from "../../model/employees/employee-plan.ts";
import type { ImportProblem, ImportRow } from "../../model/employees/import-rows.ts";
import { idList } from "../engine/bulk.ts";
import type { Db, Tx } from "../store.ts";
import { allMatchesStale } from "./employee-matches.ts";
import { employeeStateOf } from "./employee-sql.ts";
import { addEmployees, employeesByIds, idsByKeys, saveEmployees, tellAgain } from "./employees.ts";

const ROWS_AT_ONCE = 1_000;
const SHOWN = 50;

export interface ImportOutcome {
  rows: number;
  added: number;
  changed: number;
  unchanged: number;
  /** Of those added: somebody with another employee ID has the same address, so that its user is in doubt. */
  sameAddress: number;
  /** Said to work here, beside a last day that has passed: the word is believed. */
  dateOver: number;
  /** Of those in it: have left by it, and had not before. */
  leave: number;
  comeBack: number;
  /** Work here by what is known, and are not in it. */
  absent: number;
  /** All who work here before it. */
  working: number;
  problems: ImportProblem[];
  /** The first rows, and what becomes of them. */
  shown: ShownRow[];
}

export interface ShownRow {
  line: number;
  what: Planned["what"];
  leaves: boolean;
  comesBack: boolean;
  number: string | null;
  name: string | null;
  email: string | null;
  state: EmployeeState;
  leftDay: number | null;
}

export interface ImportTerms {
  source: EmployeeSource;
  now: number;
  /** Those who are not in it have left. */
  everybody: boolean;
}

/** @param apply null: only says what it would do */
export async function importEmployees(
  db: Db | Tx,
  rows: readonly ImportRow[],
  terms: ImportTerms,
  apply: Tx | null,
): Promise<ImportOutcome> {
  const outcome: ImportOutcome = {
    rows: rows.length,
    added: 0,
    changed: 0,
    unchanged: 0,
    sameAddress: 0,
    dateOver: 0,
    leave: 0,
    comeBack: 0,
    absent: 0,
    working: 0,
    problems: [],
    shown: [],
  };
  const touched = new Map<number, number>();
  const today = utcDay(terms.now);
  let here = 0;
  for (let at = 0; at < rows.length; at += ROWS_AT_ONCE) {
    const batch = rows.slice(at, at + ROWS_AT_ONCE);
    const found = await findEmployees(db, batch, touched);
    const added: Planned[] = [];
    const changed: { id: number; facts: Planned["next"] }[] = [];
    const again: number[] = [];
    for (const row of batch) {
      const { stored, besides } = found(row);
      if (stored === "several") {
        const text = `${row.emails[0]} belongs to several employees: give the employee ID as well`;
        outcome.problems.push({ line: row.line, column: null, text });
        continue;
      }
      const first = stored && touched.get(stored.id);
      if (typeof first === "number") {
        const text = `It is the same employee as in line ${first}`;
        outcome.problems.push({ line: row.line, column: null, text });
        continue;
      }
      if (stored) touched.set(stored.id, row.line);
      const planned = planEmployee(stored, row, terms.source, terms.now, row.number !== undefined);
      outcome[planned.what]++;
      if (planned.what === "added" && besides) outcome.sameAddress++;
      if (employeeState(planned.next, today) !== "left") {
        here++;
        if ((row.leftDay ?? today) < today) outcome.dateOver++;
      }
      if (planned.leaves && stored) outcome.leave++;
      if (planned.comesBack) outcome.comeBack++;
      if (planned.what === "added") added.push(planned);
      else if (planned.what === "changed") changed.push({ id: stored!.id, facts: planned.next });
      else if (planned.next.toldAt === terms.now) again.push(stored!.id);
      if (outcome.shown.length < SHOWN) outcome.shown.push(shownRow(row, planned, today));
    }
    if (!apply) continue;
    for (const [i, id] of (
      await addEmployees(
        apply,
        added.map(({ next }) => next),
        terms.now,
      )
    ).entries())
      touched.set(id, -i);
    await saveEmployees(apply, changed, terms.now);
    await tellAgain(apply, again, terms.now);
  }
  if (terms.everybody && here === 0) {
    const text =
      "Nobody in it works here, so it can't be everybody: an export that broke off, or one of leavers";
    outcome.problems.push({ line: 1, column: null, text });
  } else if (terms.everybody) await judgeAbsent(db, outcome, [...touched.keys()], terms, apply);
  return outcome;
}

/** By employee ID, else by an address of somebody who has no ID, and gets none by an earlier row. */
async function findEmployees(
  db: Db | Tx,
  rows: readonly ImportRow[],
  touched: ReadonlyMap<number, number>,
): Promise<(row: ImportRow) => { stored: StoredEmployee | null | "several"; besides: boolean }> {
  const { byNumber, byEmail } = await idsByKeys(
    db,
    rows.flatMap(({ number }) => (number ? [keyOf(number)] : [])),
    rows.flatMap(({ emails }) => emails.map(keyOf)),
  );
  const ids = [...new Set([...byNumber.values(), ...[...byEmail.values()].flat()])];
  const stored = new Map((await employeesByIds(db, ids)).map((each) => [each.id, each]));
  return (row) => {
    const numbered = row.number ? byNumber.get(keyOf(row.number)) : undefined;
    if (numbered !== undefined) return { stored: stored.get(numbered)!, besides: false };
    const all = [...new Set(row.emails.flatMap((email) => byEmail.get(keyOf(email)) ?? []))];
    const addressed = all
      .map((id) => stored.get(id)!)
      .filter(({ id, number }) => !row.number || (number === null && !touched.has(id)));
    if (addressed.length > 1) return { stored: "several", besides: false };
    // Those that this import has added are not there yet when it is only looked at.
    return { stored: addressed[0] ?? null, besides: all.some((id) => (touched.get(id) ?? 1) > 0) };
  };
}

function shownRow(row: ImportRow, { next, what, leaves, comesBack }: Planned, today: number): ShownRow {
  return {
    line: row.line,
    what,
    leaves,
    comesBack,
    number: next.number,
    name: next.name,
    email: next.emails[0] ?? null,
    state: employeeState(next, today),
    leftDay: next.leftDay,
  };
}

/** Those who work here, by what was known before, and are not in a list that is said to hold everybody. */
async function judgeAbsent(
  db: Db | Tx,
  outcome: ImportOutcome,
  touched: readonly number[],
  { now }: ImportTerms,
  apply: Tx | null,
): Promise<void> {
  // Who has not begun yet is in no export of those who work here.
  const working = sql`${employeeStateOf(utcDay(now))} in ('employed', 'on_leave')`;
  const absent = sql`${working} and e.employee not in ${idList(touched.map(String))}`;
  const { rows } = await sql<{ working: number; absent: number }>`
    select count(*) as working, count(*) filter (where ${absent}) as absent from employee e where ${working}`.execute(
    db,
  );
  outcome.absent = rows[0]!.absent;
  outcome.working = rows[0]!.working;
  if (!apply || outcome.absent === 0) return;
  await sql`
    update employee as e set told = 'left', told_at = ${now}, left_day = null, left_at = ${now}, back_at = null,
      version = e.version + 1, updated_at = ${now} where ${absent}`.execute(apply);
  await allMatchesStale(apply);
}
