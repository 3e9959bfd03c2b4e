/** Changes to a user of SCIM (RFC 7644, 3.5.2), as identity providers really write them. Pure. */
import { filter as fits } from "scim2-parse-filter";
import { keyOf } from "../employees/employee.ts";
import {
  ENTERPRISE_SCHEMA,
  emailOf,
  emailsOf,
  field,
  flagOf,
  isNotKept,
  isObject,
  MOST_EMAILS,
  managerOf,
  PATCH_SCHEMA,
  type ScimEmail,
  ScimRefused,
  type ScimUser,
  single,
  textOf,
  USER_SCHEMA,
  userNameOf,
} from "./scim.ts";
import { parsed } from "./scim-filter.ts";

const MOST_OPERATIONS = 200;

type Op = "add" | "replace" | "remove";

interface Operation {
  op: Op;
  path: string | null;
  value: unknown;
}

/** @throws ScimRefused. Nothing of a request with a wrong operation is applied. */
export function patchUser(user: ScimUser, body: unknown): ScimUser {
  const next = structuredClone(user);
  for (const { op, path, value } of operationsOf(body)) {
    if (path !== null) {
      change(next, op, path, value);
      continue;
    }
    // Without a path the value holds the attributes, nested or by their paths: Entra ID and Okta do either.
    if (!isObject(value))
      throw new ScimRefused(
        400,
        "invalidValue",
        "Without a path the value of an operation must be an object.",
      );
    for (const [name, part] of Object.entries(value)) change(next, op, name, part);
  }
  return next;
}

function operationsOf(body: unknown): Operation[] {
  if (!isObject(body)) throw new ScimRefused(400, "invalidSyntax", "The body must be a JSON object.");
  const schemas = field(body, "schemas");
  if (!Array.isArray(schemas) || !schemas.includes(PATCH_SCHEMA))
    throw new ScimRefused(400, "invalidSyntax", `schemas must hold ${PATCH_SCHEMA}.`);
  const operations = field(body, "Operations");
  if (!Array.isArray(operations) || operations.length === 0)
    throw new ScimRefused(400, "invalidSyntax", "Operations must hold at least one operation.");
  if (operations.length > MOST_OPERATIONS)
    throw new ScimRefused(400, "invalidValue", `At most ${MOST_OPERATIONS} operations go into one request.`);
  return operations.map((each: unknown) => {
    if (!isObject(each)) throw new ScimRefused(400, "invalidSyntax", "An operation must be an object.");
    const said = field(each, "op");
    // Entra ID writes Add, Replace, Remove.
    const op = (["add", "replace", "remove"] as const).find(
      (known) => typeof said === "string" && said.toLowerCase() === known,
    );
    if (!op) throw new ScimRefused(400, "invalidSyntax", `There is no operation ${JSON.stringify(said)}.`);
    const path = field(each, "path");
    if (path !== undefined && path !== null && typeof path !== "string")
      throw new ScimRefused(400, "invalidPath", "A path must be a text.");
    if (op === "remove" && !path)
      throw new ScimRefused(400, "noTarget", "Without a path nothing can be removed.");
    return { op, path: path || null, value: field(each, "value") };
  });
}

interface Path {
  /** In small letters, `enterprise` for the extension as a whole. */
  attribute: string;
  filter: string | null;
  sub: string | null;
}

function pathOf(text: string): Path {
  let rest = text.trim();
  const small = rest.toLowerCase();
  if (small === USER_SCHEMA.toLowerCase())
    throw new ScimRefused(400, "invalidPath", `${text} names no attribute.`);
  if (small === ENTERPRISE_SCHEMA.toLowerCase()) return { attribute: "enterprise", filter: null, sub: null };
  for (const schema of [USER_SCHEMA, ENTERPRISE_SCHEMA]) {
    if (small.startsWith(`${schema.toLowerCase()}:`) || small.startsWith(`${schema.toLowerCase()}.`))
      rest = rest.slice(schema.length + 1);
  }
  if (rest.toLowerCase().startsWith("urn:"))
    return { attribute: rest.toLowerCase(), filter: null, sub: null };
  const [, attribute, filter, sub] = /^([\w$-]+)(?:\[(.*)\])?(?:\.([\w$-]+))?$/s.exec(rest) ?? [];
  if (attribute === undefined)
    throw new ScimRefused(400, "invalidPath", `The path ${text.slice(0, 200)} can't be read.`);
  return { attribute: attribute.toLowerCase(), filter: filter ?? null, sub: sub?.toLowerCase() ?? null };
}

function change(user: ScimUser, op: Op, text: string, given: unknown): void {
  const { attribute, filter, sub } = pathOf(text);
  const whole = op === "remove" ? undefined : given;
  const value = LISTS.has(attribute) ? whole : single(whole);
  if (filter !== null && attribute !== "emails" && !isNotKept(attribute))
    throw new ScimRefused(400, "invalidPath", `${attribute} has no values to look into.`);
  switch (attribute) {
    case "username":
      if (op === "remove") throw new ScimRefused(400, "mutability", "userName can't be removed.");
      user.userName = userNameOf(value);
      return;
    case "externalid":
      user.externalId = textOf(value, "externalId");
      return;
    case "displayname":
      user.displayName = textOf(value, "displayName");
      return;
    case "active":
      user.active = op === "remove" ? true : flagOf(value, "active");
      return;
    case "name":
      changeName(user, op, sub, value);
      return;
    case "emails":
      user.emails = changedEmails(user.emails, op, { filter, sub }, given);
      if (user.emails.length > MOST_EMAILS)
        throw new ScimRefused(400, "invalidValue", `A user has at most ${MOST_EMAILS} e-mails.`);
      return;
    case "enterprise":
      for (const [name, part] of Object.entries(isObject(value) ? value : NO_ENTERPRISE))
        change(user, op, `${ENTERPRISE_SCHEMA}:${name}`, part);
      return;
    case "employeenumber":
      user.employeeNumber = textOf(value, "employeeNumber");
      return;
    case "department":
      user.department = textOf(value, "department");
      return;
    case "manager":
      if (sub === null) user.manager = managerOf(whole);
      else if (sub === "value") user.manager.value = textOf(value, "manager.value");
      else if (sub === "displayname") user.manager.displayName = textOf(value, "manager.displayName");
      return;
    default:
      if (!isNotKept(attribute))
        throw new ScimRefused(400, "invalidPath", `A user has no attribute ${text.slice(0, 200)}.`);
  }
}

const LISTS: ReadonlySet<string> = new Set(["emails", "name", "enterprise"]);
const NO_ENTERPRISE = { employeeNumber: undefined, department: undefined, manager: undefined };
const NAMES: ReadonlyMap<string, keyof ScimUser["name"]> = new Map([
  ["formatted", "formatted"],
  ["givenname", "givenName"],
  ["familyname", "familyName"],
]);

function changeName(user: ScimUser, op: Op, sub: string | null, value: unknown): void {
  if (sub !== null) {
    const part = NAMES.get(sub);
    if (part) user.name[part] = textOf(value, `name.${part}`);
    return;
  }
  if (op === "remove") {
    user.name = { formatted: null, givenName: null, familyName: null };
    return;
  }
  if (!isObject(value)) throw new ScimRefused(400, "invalidValue", "name must be an object.");
  for (const [name, part] of Object.entries(value)) changeName(user, op, name.toLowerCase(), part);
}

function changedEmails(
  emails: readonly ScimEmail[],
  op: Op,
  { filter, sub }: Pick<Path, "filter" | "sub">,
  value: unknown,
): ScimEmail[] {
  if (filter === null && sub === null) return wholeEmails(emails, op, value);
  const chosen =
    filter === null ? emails : emails.filter(fits(parsed(filter)) as (email: ScimEmail) => boolean);
  if (op === "remove") {
    if (sub === "value" || sub === null) return emails.filter((email) => !chosen.includes(email));
    return emails.map((email) => (chosen.includes(email) ? without(email, sub) : email));
  }
  const part = sub === null ? value : { [sub]: value };
  // Entra ID replaces emails[type eq "work"].value of a user who has none yet, and means that it is added.
  if (chosen.length === 0) {
    const made = emailOf({ ...wantedBy(filter), ...(isObject(part) ? part : { value: part }) });
    return made ? onePrimary([...emails, made], made) : [...emails];
  }
  let primary: ScimEmail | null = null;
  const next = emails.flatMap((email) => {
    if (!chosen.includes(email)) return [email];
    const merged = emailOf({ ...email, ...(isObject(part) ? part : { value: part }) });
    if (merged?.primary && !email.primary) primary = merged;
    return merged ? [merged] : [];
  });
  return primary ? onePrimary(next, primary) : next;
}

function wholeEmails(emails: readonly ScimEmail[], op: Op, value: unknown): ScimEmail[] {
  if (op === "replace") return emailsOf(value);
  const given = emailsOf(value);
  const keys = new Set(given.map((email) => keyOf(email.value)));
  if (op === "remove")
    return given.length === 0 ? [] : emails.filter((email) => !keys.has(keyOf(email.value)));
  const all = [...emails.filter((email) => !keys.has(keyOf(email.value))), ...given];
  const primary = given.find((email) => email.primary);
  return primary ? onePrimary(all, primary) : all;
}

function onePrimary(emails: readonly ScimEmail[], primary: ScimEmail): ScimEmail[] {
  return emails.map((email) =>
    email !== primary && primary.primary && email.primary ? { ...email, primary: false } : email,
  );
}

const without = (email: ScimEmail, sub: string): ScimEmail =>
  sub === "type" ? { ...email, type: null } : sub === "primary" ? { ...email, primary: false } : email;

/** What an e-mail must have that the filter would find: `type eq "work" and primary eq true`. */
function wantedBy(text: string | null): Record<string, unknown> {
  if (text === null) return {};
  const filter = parsed(text);
  const all = filter.op === "and" ? filter.filters : [filter];
  return Object.fromEntries(
    all.flatMap((each) => (each.op === "eq" ? [[each.attrPath.toLowerCase(), each.compValue]] : [])),
  );
}
