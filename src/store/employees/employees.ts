/** The directory of employees: it belongs to the installation. Who is which user: employee-matches.ts. */
import { sql } from "kysely";
import { keyOf } from "../../model/employees/employee.ts";
import { type EmployeeFacts, type StoredEmployee, searchTexts } from "../../model/employees/employee-plan.ts";
import { searchable } from "../../model/text.ts";
import { deleteRows, idList, insertRows, textList, updateRows } from "../engine/bulk.ts";
import { lockInstallation } from "../engine/engine.ts";
import type { Db, Tx } from "../store.ts";
import { allMatchesStale } from "./employee-matches.ts";

interface Row {
  employee: number;
  number: string | null;
  name: string | null;
  department: string | null;
  manager: string | null;
  started_day: number | null;
  left_day: number | null;
  left_at: number | null;
  told: EmployeeFacts["told"];
  told_at: number;
  source: EmployeeFacts["source"];
  back_at: number | null;
  was_left_day: number | null;
}

const ids = (numbers: readonly number[]) => idList(numbers.map(String));

/** In the order of the ids; those that nobody has are left out. */
export async function employeesByIds(
  db: Db | Tx,
  wanted: readonly number[],
): Promise<(StoredEmployee & { updatedAt: number })[]> {
  if (wanted.length === 0) return [];
  const { rows } = await sql<Row & { updated_at: number }>`
    select employee, number, name, department, manager, started_day, left_day, left_at, told, told_at, source, back_at,
      was_left_day, updated_at from employee where employee in ${ids(wanted)}`.execute(db);
  const emails = await emailsOf(db, wanted);
  const byId = new Map(rows.map((row) => [row.employee, row]));
  return wanted.flatMap((id) => {
    const row = byId.get(id);
    return row ? [{ ...toEmployee(row, emails.get(id) ?? []), updatedAt: row.updated_at }] : [];
  });
}

function toEmployee(row: Row, emails: string[]): StoredEmployee {
  return {
    id: row.employee,
    number: row.number,
    emails,
    name: row.name,
    department: row.department,
    manager: row.manager,
    startedDay: row.started_day,
    leftDay: row.left_day,
    leftAt: row.left_at,
    told: row.told,
    toldAt: row.told_at,
    source: row.source,
    backAt: row.back_at,
    wasLeftDay: row.was_left_day,
  };
}

async function emailsOf(db: Db | Tx, of: readonly number[]): Promise<Map<number, string[]>> {
  const { rows } = await sql<{ employee: number; email: string }>`
    select employee, email from employee_email where employee in ${ids(of)} order by employee, position`.execute(
    db,
  );
  const emails = new Map<number, string[]>();
  for (const { employee, email } of rows) {
    const all = emails.get(employee);
    if (all) all.push(email);
    else emails.set(employee, [email]);
  }
  return emails;
}

/** Ids by the keys that they have: a number has one employee, an address may have several. */
export async function idsByKeys(
  db: Db | Tx,
  numbers: readonly string[],
  emails: readonly string[],
): Promise<{ byNumber: Map<string, number>; byEmail: Map<string, number[]> }> {
  const { rows: numbered } = await sql<{ key: string; employee: number }>`
    select number_key as key, employee from employee where number_key in ${textList(numbers)}`.execute(db);
  const { rows: addressed } = await sql<{ key: string; employee: number }>`
    select email_key as key, employee from employee_email where email_key in ${textList(emails)}
    order by employee`.execute(db);
  const byEmail = new Map<string, number[]>();
  for (const { key, employee } of addressed) byEmail.set(key, [...(byEmail.get(key) ?? []), employee]);
  return { byNumber: new Map(numbered.map(({ key, employee }) => [key, employee])), byEmail };
}

/** What only a resource of SCIM has besides (scim.ts). */
const CELLS = [
  "number",
  "number_key",
  "name",
  "department",
  "manager",
  "started_day",
  "left_day",
  "left_at",
  "told",
  "told_at",
  "source",
  "back_at",
  "was_left_day",
  "updated_at",
  "sort_name",
  "search",
] as const;

function cells(facts: EmployeeFacts, now: number): unknown[] {
  const { sortName, search } = searchTexts(facts);
  return [
    facts.number,
    facts.number === null ? null : keyOf(facts.number),
    facts.name,
    facts.department,
    facts.manager,
    facts.startedDay,
    facts.leftDay,
    facts.leftAt,
    facts.told,
    facts.toldAt,
    facts.source,
    facts.backAt,
    facts.wasLeftDay,
    now,
    sortName,
    search,
  ];
}

/** One transaction at a time changes the directory. */
export async function lockEmployees(tx: Tx): Promise<void> {
  await lockInstallation(tx, "employees");
}

/** Call `lockEmployees` before. @returns their ids, in the order given */
export async function addEmployees(tx: Tx, facts: readonly EmployeeFacts[], now: number): Promise<number[]> {
  if (facts.length === 0) return [];
  const { rows } = await sql<{ next: number }>`
    select coalesce(max(employee), 0) + 1 as next from employee`.execute(tx);
  const first = rows[0]!.next;
  await insertRows(
    tx,
    "employee",
    ["employee", "version", "created_at", ...CELLS],
    facts.map((each, i) => [first + i, 1, now, ...cells(each, now)]),
  );
  const added = facts.map((_, i) => first + i);
  await addEmails(
    tx,
    facts.map((each, i) => ({ id: added[i]!, emails: each.emails })),
  );
  await allMatchesStale(tx);
  return added;
}

export async function saveEmployees(
  tx: Tx,
  changed: readonly { id: number; facts: EmployeeFacts }[],
  now: number,
): Promise<void> {
  if (changed.length === 0) return;
  await updateRows(
    tx,
    "employee",
    ["employee"],
    [...CELLS.map((name) => `${name} = $${name}`), "version = t.version + 1"],
    {
      names: [...CELLS, "employee"],
      rows: changed.map(({ id, facts }) => [...cells(facts, now), id]),
    },
  );
  await deleteRows(
    tx,
    "employee_email",
    ["employee"],
    changed.map(({ id }) => [id]),
  );
  await addEmails(
    tx,
    changed.map(({ id, facts }) => ({ id, emails: facts.emails })),
  );
  await allMatchesStale(tx);
}

async function addEmails(tx: Tx, of: readonly { id: number; emails: readonly string[] }[]): Promise<void> {
  await insertRows(
    tx,
    "employee_email",
    ["employee", "email_key", "email", "position"],
    of.flatMap(({ id, emails }) => emails.map((email, i) => [id, keyOf(email), email, i])),
  );
}

/** Said again: dates count from now on. */
export async function tellAgain(tx: Tx, unchanged: readonly number[], now: number): Promise<void> {
  if (unchanged.length === 0) return;
  await sql`update employee set told_at = ${now} where employee in ${ids(unchanged)} and told is not null`.execute(
    tx,
  );
}

/** How they compare: two words that differ in upper and lower case are the same. */
export async function ownDomains(db: Db | Tx): Promise<string[]> {
  const rows = await db.selectFrom("own_domain").select("domain").orderBy("domain").execute();
  return rows.map(({ domain }) => domain);
}

export async function setOwnDomains(tx: Tx, domains: readonly string[]): Promise<void> {
  await tx.deleteFrom("own_domain").execute();
  await insertRows(
    tx,
    "own_domain",
    ["domain"],
    domains.map((domain) => [domain]),
  );
}

export interface DirectoryImport {
  at: number;
  kind: "paste" | "csv";
  by: string;
  /** It was said to hold everybody. */
  whole: boolean;
  rows: number;
  added: number;
  changed: number;
  /** Absent from a whole one, and so taken to have left. */
  gone: number;
}

export async function noteImport(tx: Tx, { by, whole, ...rest }: DirectoryImport): Promise<void> {
  await tx
    .insertInto("employee_import")
    .values({ ...rest, by_name: by, whole: whole ? 1 : 0 })
    .execute();
}

export async function lastImport(db: Db): Promise<DirectoryImport | null> {
  const row = await db
    .selectFrom("employee_import")
    .selectAll()
    .orderBy("employee_import", "desc")
    .limit(1)
    .executeTakeFirst();
  if (!row) return null;
  const { at, kind, by_name, whole, rows, added, changed, gone } = row;
  return { at, kind, by: by_name, whole: whole === 1, rows, added, changed, gone };
}

/** By name. */
export async function searchEmployees(db: Db, text: string, limit: number): Promise<number[]> {
  const like = `%${searchable(text).replace(/[\\%_]/g, (c) => `\\${c}`)}%`;
  const { rows } = await sql<{ employee: number }>`
    select employee from employee where search like ${like} escape '\\'
    order by sort_name, employee limit ${limit}`.execute(db);
  return rows.map(({ employee }) => employee);
}

export async function hasEmployees(db: Db): Promise<boolean> {
  return (await db.selectFrom("employee").select("employee").limit(1).executeTakeFirst()) !== undefined;
}
