/** A user of SCIM 2.0 (RFC 7643), of the attributes that the directory keeps, and what a client may do to them. Pure. */
import { isEmail, keyOf } from "../employees/employee.ts";

export const USER_SCHEMA = "urn:ietf:params:scim:schemas:core:2.0:User";
export const ENTERPRISE_SCHEMA = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
export const PATCH_SCHEMA = "urn:ietf:params:scim:api:messages:2.0:PatchOp";

export interface ScimEmail {
  value: string;
  type: string | null;
  primary: boolean;
}

export interface ScimUser {
  userName: string;
  externalId: string | null;
  displayName: string | null;
  name: { formatted: string | null; givenName: string | null; familyName: string | null };
  active: boolean;
  emails: ScimEmail[];
  employeeNumber: string | null;
  department: string | null;
  manager: { value: string | null; displayName: string | null };
}

/** RFC 7644, 3.12. */
export type ScimType =
  | "invalidFilter"
  | "invalidPath"
  | "invalidSyntax"
  | "invalidValue"
  | "mutability"
  | "noTarget"
  | "uniqueness";

/** Refused in the words of the protocol. */
export class ScimRefused extends Error {
  override name = "ScimRefused";
  readonly status: number;
  readonly scimType: ScimType | null;

  constructor(status: number, scimType: ScimType | null, message: string) {
    super(message);
    this.status = status;
    this.scimType = scimType;
  }
}

/** What an index can hold has its limit. */
const LONGEST = 800;
/** An employee's number, as far as both engines count. */
export const MOST_ID = 2_147_483_647;

/** null: nobody has such an id. */
export const idOf = (text: string): number | null =>
  /^\d{1,10}$/.test(text) && Number(text) <= MOST_ID ? Number(text) : null;

export const MOST_EMAILS = 50;

/** Attributes of the standard that the directory doesn't keep: read over, whoever sends them. */
const NOT_KEPT = new Set(
  [
    "id meta schemas password nickName profileUrl title userType preferredLanguage locale timezone phoneNumbers ims",
    "photos addresses groups entitlements roles x509Certificates costCenter organization division",
  ]
    .join(" ")
    .toLowerCase()
    .split(" "),
);
export const isNotKept = (attribute: string): boolean =>
  NOT_KEPT.has(attribute) || attribute.startsWith("urn:");

type Json = Record<string, unknown>;

export function isObject(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Names of attributes have no case (RFC 7643, 2.1). */
export function field(object: Json, name: string): unknown {
  if (name in object) return object[name];
  const key = Object.keys(object).find((each) => each.toLowerCase() === name.toLowerCase());
  return key === undefined ? undefined : object[key];
}

/** A text, or null where it is empty. @throws ScimRefused */
export function textOf(value: unknown, what: string): string | null {
  if (value === undefined || value === null) return null;
  if (typeof value === "number") return String(value);
  if (typeof value !== "string") throw new ScimRefused(400, "invalidValue", `${what} must be a text.`);
  // Within JSON neither can be kept by PostgreSQL, which then reads nothing of it.
  if (value.includes("\u0000") || !value.isWellFormed())
    throw new ScimRefused(400, "invalidValue", `${what} holds a character that is none.`);
  const text = value.trim();
  if (text.length > LONGEST)
    throw new ScimRefused(400, "invalidValue", `${what} is longer than ${LONGEST} characters.`);
  return text === "" ? null : text;
}

/** Entra ID sends "True" and "False". @throws ScimRefused */
export function flagOf(value: unknown, what: string): boolean {
  if (typeof value === "boolean") return value;
  if (typeof value === "string" && /^(true|false)$/i.test(value)) return value.toLowerCase() === "true";
  throw new ScimRefused(400, "invalidValue", `${what} must be true or false.`);
}

export function userNameOf(value: unknown): string {
  const text = textOf(value, "userName");
  if (text === null) throw new ScimRefused(400, "invalidValue", "userName is required.");
  return text;
}

/** @throws ScimRefused */
export function emailOf(value: unknown): ScimEmail | null {
  if (typeof value === "string") return emailOf({ value });
  if (!isObject(value))
    throw new ScimRefused(400, "invalidValue", "An e-mail must be an object with a value.");
  const address = textOf(field(value, "value"), "The value of an e-mail");
  if (address === null) return null;
  const primary = field(value, "primary");
  return {
    value: address,
    type: textOf(field(value, "type"), "The type of an e-mail"),
    primary: primary === undefined || primary === null ? false : flagOf(primary, "primary"),
  };
}

/** @throws ScimRefused */
export function emailsOf(value: unknown): ScimEmail[] {
  if (value === undefined || value === null) return [];
  const all = Array.isArray(value) ? value : [value];
  if (all.length > MOST_EMAILS)
    throw new ScimRefused(400, "invalidValue", `A user has at most ${MOST_EMAILS} e-mails.`);
  return all.flatMap((each) => emailOf(each) ?? []);
}

/** Entra ID may send what has one value as a list of one: `[{ "$ref": null, "value": "False" }]`. */
export function single(value: unknown): unknown {
  if (!Array.isArray(value) || value.length !== 1) return value;
  return isObject(value[0]) ? field(value[0], "value") : value[0];
}

export function managerOf(given: unknown): ScimUser["manager"] {
  const value = Array.isArray(given) ? given[0] : given;
  if (value === undefined || value === null || value === "") return { value: null, displayName: null };
  // Entra ID sends the manager's ID alone.
  if (!isObject(value)) return { value: textOf(value, "manager"), displayName: null };
  return {
    value: textOf(field(value, "value"), "manager.value"),
    displayName: textOf(field(value, "displayName"), "manager.displayName"),
  };
}

/**
 * A whole user as a client sends it, to create or to replace. What is left out is not kept, but for `active`: silence
 * neither lets go nor brings back (RFC 7644, 3.5.1, leaves it to us).
 *
 * @throws ScimRefused
 */
export function readUser(body: unknown, before: Pick<ScimUser, "active"> = { active: true }): ScimUser {
  if (!isObject(body)) throw new ScimRefused(400, "invalidSyntax", "The body must be a JSON object.");
  const schemas = field(body, "schemas");
  if (!Array.isArray(schemas) || !schemas.includes(USER_SCHEMA))
    throw new ScimRefused(400, "invalidSyntax", `schemas must hold ${USER_SCHEMA}.`);
  const named = field(body, "name");
  const name = isObject(named) ? named : {};
  const extended = field(body, ENTERPRISE_SCHEMA);
  const enterprise = isObject(extended) ? extended : {};
  const active = field(body, "active");
  return {
    userName: userNameOf(field(body, "userName")),
    externalId: textOf(field(body, "externalId"), "externalId"),
    displayName: textOf(field(body, "displayName"), "displayName"),
    name: {
      formatted: textOf(field(name, "formatted"), "name.formatted"),
      givenName: textOf(field(name, "givenName"), "name.givenName"),
      familyName: textOf(field(name, "familyName"), "name.familyName"),
    },
    active: active === undefined || active === null ? before.active : flagOf(active, "active"),
    emails: emailsOf(field(body, "emails")),
    employeeNumber: textOf(field(enterprise, "employeeNumber"), "employeeNumber"),
    department: textOf(field(enterprise, "department"), "department"),
    manager: managerOf(field(enterprise, "manager")),
  };
}

/** As the protocol writes it; what is not given is left out. */
export function userJson(user: ScimUser): Json {
  const { name, manager, emails, employeeNumber, department } = user;
  const given = (object: Json): Json =>
    Object.fromEntries(Object.entries(object).filter(([, value]) => value !== null && value !== undefined));
  const enterprise = given({
    employeeNumber,
    department,
    manager: Object.values(manager).some((part) => part !== null) ? given(manager) : null,
  });
  const whole = Object.keys(enterprise).length > 0;
  return {
    schemas: [USER_SCHEMA, ...(whole ? [ENTERPRISE_SCHEMA] : [])],
    ...given({
      externalId: user.externalId,
      userName: user.userName,
      name: Object.values(name).some((part) => part !== null) ? given({ ...name }) : null,
      displayName: user.displayName,
      emails:
        emails.length > 0
          ? emails.map((email) => given({ ...email, primary: email.primary ? true : null }))
          : null,
      active: user.active,
    }),
    ...(whole ? { [ENTERPRISE_SCHEMA]: enterprise } : {}),
  };
}

/** Addresses somebody may be found by, the main one first. A user name may be one. */
export function addressesOf({ userName, emails }: ScimUser): string[] {
  const sorted = [...emails].sort((a, b) => Number(b.primary) - Number(a.primary));
  const all = [...sorted.map(({ value }) => value), userName].filter(isEmail);
  return [...new Map(all.map((email) => [keyOf(email), email])).values()];
}

export function nameOfUser({ displayName, name }: ScimUser): string | null {
  const parts = [name.givenName, name.familyName].filter(Boolean).join(" ");
  return displayName ?? name.formatted ?? (parts || null);
}
