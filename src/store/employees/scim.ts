/** Employees as resources of SCIM: found, added, changed. What a client deletes has left, and stays in the directory. */
import { type RawBuilder, sql } from "kysely";
import { employeeState, isEmail, keyOf, utcDay } from "../../model/employees/employee.ts";
import { planEmployee, type StoredEmployee, type ToldEmployee } from "../../model/employees/employee-plan.ts";
import { addressesOf, idOf, nameOfUser, ScimRefused, type ScimUser } from "../../model/scim/scim.ts";
import type { ScimAttribute, ScimFilter } from "../../model/scim/scim-filter.ts";
import { jsonField, jsonMembers, perEngine } from "../engine/engine.ts";
import type { Db, Tx } from "../store.ts";
import { foldCase } from "./employee-sql.ts";
import { addEmployees, employeesByIds, idsByKeys, saveEmployees } from "./employees.ts";

export interface ScimRow {
  id: number;
  user: ScimUser;
  version: number;
  createdAt: number;
  updatedAt: number;
}

interface RawScim {
  employee: number;
  scim_json: string;
  version: number;
  created_at: number;
  updated_at: number;
}

const LIVE = sql`e.scim_json is not null and e.scim_gone = 0`;

export async function scimUsers(
  db: Db,
  filter: ScimFilter | null,
  page: { startIndex: number; count: number },
): Promise<{ total: number; rows: ScimRow[] }> {
  const where = filter ? sql`${LIVE} and ${condition(filter)}` : LIVE;
  const { rows: counted } = await sql<{
    n: number;
  }>`select count(*) as n from employee e where ${where}`.execute(db);
  const total = counted[0]!.n;
  if (page.count === 0) return { total, rows: [] };
  const { rows } = await sql<RawScim>`
    select employee, scim_json, version, created_at, updated_at from employee e where ${where}
    order by employee limit ${page.count} offset ${page.startIndex - 1}`.execute(db);
  return { total, rows: rows.map(toRow) };
}

export async function scimUser(db: Db | Tx, id: number): Promise<ScimRow | null> {
  const { rows } = await sql<RawScim>`
    select employee, scim_json, version, created_at, updated_at from employee e
    where e.employee = ${id} and ${LIVE}`.execute(db);
  return rows[0] ? toRow(rows[0]) : null;
}

function toRow(row: RawScim): ScimRow {
  const { mails: _, ...user } = JSON.parse(row.scim_json) as ScimUser & { mails: string[] };
  return {
    id: row.employee,
    user,
    version: row.version,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}

/** Flat, so that filters find each part, with each e-mail as `type|address`. */
function jsonOf(user: ScimUser): string {
  return JSON.stringify({
    ...user,
    givenName: user.name.givenName,
    familyName: user.name.familyName,
    formatted: user.name.formatted,
    managerValue: user.manager.value,
    managerName: user.manager.displayName,
    mails: user.emails.map(({ type, value }) => `${keyOf(type ?? "")}|${keyOf(value)}`),
  });
}

/** Call `lockEmployees` before any of these. @returns the resource; somebody the directory knows already by ID or address is taken up. @throws ScimRefused */
export async function addScimUser(tx: Tx, user: ScimUser, now: number): Promise<ScimRow> {
  await refuseTaken(tx, user, null);
  const known = await knownAs(tx, user);
  // A client that makes somebody inactive has not seen them leave.
  const told = toldBy(user, known, { said: true, now, moment: false, manager: await managerName(tx, user) });
  const { next } = planEmployee(known, told, "scim", now, true);
  let id: number;
  if (known) {
    id = known.id;
    await saveEmployees(tx, [{ id, facts: next }], now);
  } else {
    id = (await addEmployees(tx, [next], now))[0]!;
  }
  await saveResource(tx, id, user);
  return (await scimUser(tx, id))!;
}

/** @throws ScimRefused */
export async function changeScimUser(tx: Tx, before: ScimRow, user: ScimUser, now: number): Promise<ScimRow> {
  await refuseTaken(tx, user, before.id);
  if (jsonOf(before.user) === jsonOf(user)) return before;
  const [stored] = await employeesByIds(tx, [before.id]);
  const said = before.user.active !== user.active;
  const told = toldBy(user, stored!, { said, now, moment: true, manager: await managerName(tx, user) });
  const { next } = planEmployee(stored!, told, "scim", now, true);
  await saveEmployees(tx, [{ id: before.id, facts: next }], now);
  await saveResource(tx, before.id, user);
  return (await scimUser(tx, before.id))!;
}

/** They have left; the client sees them no more. */
export async function removeScimUser(tx: Tx, before: ScimRow, now: number): Promise<void> {
  const user = { ...before.user, active: false };
  await changeScimUser(tx, before, user, now);
  await tx
    .updateTable("employee")
    .set({ scim_gone: 1, scim_user_key: null })
    .where("employee", "=", before.id)
    .execute();
}

async function saveResource(tx: Tx, id: number, user: ScimUser): Promise<void> {
  await tx
    .updateTable("employee")
    .set({
      scim_json: jsonOf(user),
      scim_user_key: keyOf(user.userName),
      scim_external: user.externalId,
      scim_gone: 0,
    })
    .where("employee", "=", id)
    .execute();
}

/** @throws ScimRefused `uniqueness` */
async function refuseTaken(tx: Tx, user: ScimUser, self: number | null): Promise<void> {
  const other = await tx
    .selectFrom("employee")
    .select("employee")
    .where("scim_user_key", "=", keyOf(user.userName))
    .where("employee", "!=", self ?? 0)
    .executeTakeFirst();
  if (other) throw new ScimRefused(409, "uniqueness", "Another user has this userName.");
  if (user.employeeNumber === null) return;
  const numbered = await tx
    .selectFrom("employee")
    .select(["employee", "scim_json", "scim_gone"])
    .where("number_key", "=", keyOf(user.employeeNumber))
    .where("employee", "!=", self ?? 0)
    .executeTakeFirst();
  const live = numbered !== undefined && numbered.scim_json !== null && numbered.scim_gone === 0;
  if (live || (numbered && self !== null))
    throw new ScimRefused(409, "uniqueness", "Another employee has this employeeNumber.");
}

/** Somebody of the directory whom no client has: by employee ID, else by an address of nobody with another ID. */
async function knownAs(tx: Tx, user: ScimUser): Promise<StoredEmployee | null> {
  const { employeeNumber } = user;
  const keys = addressesOf(user).map(keyOf);
  const { byNumber, byEmail } = await idsByKeys(tx, employeeNumber ? [keyOf(employeeNumber)] : [], keys);
  const numbered = employeeNumber ? byNumber.get(keyOf(employeeNumber)) : undefined;
  const ids =
    numbered === undefined ? [...new Set(keys.flatMap((key) => byEmail.get(key) ?? []))] : [numbered];
  const free: StoredEmployee[] = [];
  for (const each of await employeesByIds(tx, ids)) {
    const otherNumber = employeeNumber !== null && each.number !== null && each.id !== numbered;
    if (!otherNumber && (await scimUser(tx, each.id)) === null) free.push(each);
  }
  return free.length === 1 ? free[0]! : null;
}

/** As the client gives it; else of whom the client means, by our id (Entra ID) or by its own (Okta). */
async function managerName(tx: Tx, { manager: { value, displayName } }: ScimUser): Promise<string | null> {
  if (displayName !== null || value === null) return displayName;
  const { rows } = await sql<{ name: string | null }>`
    select name from employee e where ${LIVE} and (e.employee = ${idOf(value) ?? 0} or e.scim_external = ${value})
    limit 2`.execute(tx);
  const name = rows.length === 1 ? rows[0]!.name : null;
  return name ?? (isEmail(value) ? value : null);
}

/**
 * What a resource tells of an employee. What it doesn't hold is not told: another source may know.
 * @param how.said whether it tells of the state anew; `moment`: and of its change, so that now is when it happened
 */
function toldBy(
  user: ScimUser,
  known: StoredEmployee | null,
  { said, now, moment, manager }: { said: boolean; now: number; moment: boolean; manager: string | null },
): ToldEmployee {
  const { employeeNumber, department } = user;
  const name = nameOfUser(user);
  return {
    ...(employeeNumber === null ? {} : { number: employeeNumber }),
    emails: addressesOf(user),
    ...(name === null ? {} : { name }),
    ...(department === null ? {} : { department }),
    ...(manager === null ? {} : { manager }),
    ...(said ? stateTold(user.active, known, now, moment) : {}),
  };
}

/** A leave date that is known already stays, unless it lies ahead. */
function stateTold(
  active: boolean,
  known: StoredEmployee | null,
  now: number,
  moment: boolean,
): Pick<ToldEmployee, "told" | "leftDay" | "leftAt"> {
  if (active) return { told: "employed" };
  const today = utcDay(now);
  const gone = known !== null && employeeState(known, today) === "left";
  const dated = known !== null && known.leftDay !== null && known.leftDay <= today;
  if (gone || dated || !moment) return { told: "left" };
  return { told: "left", leftDay: today, leftAt: now };
}

type Fragment = RawBuilder<unknown>;

/** As SQL over `e`. Texts compare without case, as the standard wants it of these attributes. */
function condition(filter: ScimFilter, mail: Fragment | null = null): Fragment {
  switch (filter.op) {
    case "and":
      return sql`(${sql.join(
        filter.of.map((each) => condition(each, mail)),
        sql` and `,
      )})`;
    case "or":
      return sql`(${sql.join(
        filter.of.map((each) => condition(each, mail)),
        sql` or `,
      )})`;
    case "not":
      return sql`(not coalesce(${condition(filter.of, mail)}, false))`;
    case "email":
      return anyMail(condition(filter.of, sql`j.value`));
    case "present": {
      const { attribute } = filter;
      if (attribute === "emails.value" || attribute === "emails.type")
        return mail
          ? sql`(${mailPart(attribute, mail)} <> '')`
          : anyMail(sql`${mailPart(attribute, sql`j.value`)} <> ''`);
      return sql`(${columnOf(attribute)} is not null)`;
    }
    default: {
      const { attribute, op, value } = filter;
      if (attribute === "emails.value" || attribute === "emails.type") {
        const compared = (of: Fragment) => compare(mailPart(attribute, of), op, lower(value));
        return mail ? compared(mail) : anyMail(compared(sql`j.value`));
      }
      return compareAttribute(attribute, op, value);
    }
  }
}

const anyMail = (fits: Fragment): Fragment =>
  sql`exists (select 1 from ${jsonMembers(sql`coalesce(${jsonField(sql`e.scim_json`, "mails")}, '[]')`)} j where ${fits})`;

const mailPart = (attribute: "emails.value" | "emails.type", mail: Fragment): Fragment =>
  attribute === "emails.type"
    ? perEngine({
        sqlite: sql`substr(${mail}, 1, instr(${mail}, '|') - 1)`,
        postgres: sql`split_part(${mail}, '|', 1)`,
      })
    : perEngine({
        sqlite: sql`substr(${mail}, instr(${mail}, '|') + 1)`,
        postgres: sql`substr(${mail}, strpos(${mail}, '|') + 1)`,
      });

const FIELDS: Partial<Record<ScimAttribute, string>> = {
  displayname: "displayName",
  "name.formatted": "formatted",
  "name.givenname": "givenName",
  "name.familyname": "familyName",
  employeenumber: "employeeNumber",
  department: "department",
  "manager.value": "managerValue",
  "manager.displayname": "managerName",
};

function columnOf(attribute: ScimAttribute): Fragment {
  switch (attribute) {
    case "id":
      return sql`cast(e.employee as text)`;
    case "externalid":
      return sql`e.scim_external`;
    case "username":
      return sql`e.scim_user_key`;
    case "meta.created":
      return sql`e.created_at`;
    case "meta.lastmodified":
      return sql`e.updated_at`;
    case "active":
      return jsonField(sql`e.scim_json`, "active");
    default:
      return foldCase(jsonField(sql`e.scim_json`, FIELDS[attribute]!));
  }
}

type Compared = Extract<ScimFilter, { attribute: ScimAttribute; value: unknown }>;

function compareAttribute(attribute: ScimAttribute, op: Compared["op"], value: Compared["value"]): Fragment {
  const column = columnOf(attribute);
  if (attribute === "active") {
    const wanted = value === true || (typeof value === "string" && value.toLowerCase() === "true");
    const is = perEngine({
      sqlite: sql`${column} = ${sql.lit(wanted ? 1 : 0)}`,
      postgres: sql`${column} = ${sql.lit(String(wanted))}`,
    });
    if (op === "eq") return sql`(${is})`;
    if (op === "ne") return sql`(not ${is})`;
    throw new ScimRefused(400, "invalidFilter", `active is compared by eq and ne, not by ${op}.`);
  }
  if (attribute === "meta.created" || attribute === "meta.lastmodified") {
    const at = typeof value === "string" ? Date.parse(value) : Number.NaN;
    if (Number.isNaN(at))
      throw new ScimRefused(400, "invalidFilter", `${attribute} is compared with a time.`);
    if (op === "co" || op === "sw" || op === "ew")
      throw new ScimRefused(400, "invalidFilter", `${attribute} is a time, and is not compared by ${op}.`);
    return compare(column, op, at);
  }
  const exact = attribute === "id" || attribute === "externalid";
  return compare(column, op, exact && typeof value === "string" ? value : lower(value));
}

function lower(value: Compared["value"]): string | null {
  return value === null ? null : keyOf(String(value));
}

const SIGNS = { gt: sql`>`, lt: sql`<`, ge: sql`>=`, le: sql`<=` } as const;

function compare(column: Fragment, op: Compared["op"], value: string | number | null): Fragment {
  if (value === null) {
    if (op === "eq") return sql`(${column} is null)`;
    if (op === "ne") return sql`(${column} is not null)`;
    throw new ScimRefused(400, "invalidFilter", `null is compared by eq and ne, not by ${op}.`);
  }
  const like = (pattern: string) => sql`(${column} like ${pattern} escape '\\')`;
  const text = String(value).replace(/[\\%_]/g, (c) => `\\${c}`);
  switch (op) {
    case "eq":
      return sql`(${column} = ${value})`;
    case "ne":
      return sql`(${column} is distinct from ${value})`;
    case "co":
      return like(`%${text}%`);
    case "sw":
      return like(`${text}%`);
    case "ew":
      return like(`%${text}`);
    default:
      return sql`(${column} ${SIGNS[op]} ${value})`;
  }
}
