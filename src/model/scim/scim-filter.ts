/** Filters of SCIM (RFC 7644, 3.4.2.2), over the attributes that the directory keeps. */
import { type Filter, parse } from "scim2-parse-filter";
import { ENTERPRISE_SCHEMA, ScimRefused, USER_SCHEMA } from "./scim.ts";

export const FILTER_OPERATORS = ["eq", "ne", "co", "sw", "ew", "gt", "lt", "ge", "le"] as const;
export type FilterOperator = (typeof FILTER_OPERATORS)[number];

/** What may be compared. */
export const SCIM_ATTRIBUTES = [
  "id",
  "externalid",
  "username",
  "displayname",
  "name.formatted",
  "name.givenname",
  "name.familyname",
  "active",
  "emails.value",
  "emails.type",
  "employeenumber",
  "department",
  "manager.value",
  "manager.displayname",
  "meta.created",
  "meta.lastmodified",
] as const;
export type ScimAttribute = (typeof SCIM_ATTRIBUTES)[number];

export type ScimFilter =
  | { op: "and" | "or"; of: ScimFilter[] }
  | { op: "not"; of: ScimFilter }
  | { op: "present"; attribute: ScimAttribute }
  | { op: FilterOperator; attribute: ScimAttribute; value: string | number | boolean | null }
  /** One e-mail that fits all of it. */
  | { op: "email"; of: ScimFilter };

const DEEPEST = 8;
const LONGEST = 2_000;
/** No text of a filter holds one as it is, and the parser takes twice as long for each line feed of a text that doesn't end. */
const CONTROL = /[\u0000-\u001f\u007f]/;

/** @throws ScimRefused `invalidFilter` */
export function parseFilter(text: string): ScimFilter {
  return typed(parsed(text), "", 0);
}

/** @throws ScimRefused `invalidFilter` */
export function parsed(text: string): Filter {
  if (text.length > LONGEST)
    throw new ScimRefused(400, "invalidFilter", `The filter is longer than ${LONGEST} characters.`);
  if (CONTROL.test(text))
    throw new ScimRefused(400, "invalidFilter", "The filter holds a line feed or another control character.");
  try {
    return parse(text);
  } catch (error) {
    throw new ScimRefused(400, "invalidFilter", `The filter can't be read: ${(error as Error).message}`);
  }
}

function typed(filter: Filter, within: string, depth: number): ScimFilter {
  if (depth > DEEPEST) throw new ScimRefused(400, "invalidFilter", "The filter is nested too deeply.");
  switch (filter.op) {
    case "and":
    case "or":
      return { op: filter.op, of: filter.filters.map((each) => typed(each, within, depth + 1)) };
    case "not":
      return { op: "not", of: typed(filter.filter, within, depth + 1) };
    case "[]": {
      if (attributeText(filter.attrPath) !== "emails")
        throw new ScimRefused(400, "invalidFilter", `${filter.attrPath} has no values to look into.`);
      return { op: "email", of: typed(filter.valFilter, "emails.", depth + 1) };
    }
    case "pr":
      return { op: "present", attribute: attributeOf(within, filter.attrPath) };
    default: {
      const op = FILTER_OPERATORS.find((each) => each === filter.op.toLowerCase());
      if (!op) throw new ScimRefused(400, "invalidFilter", `There is no operator ${filter.op}.`);
      const value = filter.compValue as string | number | boolean | null;
      return { op, attribute: attributeOf(within, filter.attrPath), value };
    }
  }
}

/** Without the schema that may lead it, in small letters. */
export function attributeText(path: string): string {
  const small = path.toLowerCase();
  for (const schema of [USER_SCHEMA, ENTERPRISE_SCHEMA]) {
    const lead = `${schema.toLowerCase()}:`;
    if (small.startsWith(lead)) return small.slice(lead.length);
  }
  return small;
}

function attributeOf(within: string, path: string): ScimAttribute {
  const text = within + attributeText(path);
  // The value is what a list of values is compared by.
  const whole = text === "emails" ? "emails.value" : text === "manager" ? "manager.value" : text;
  const found = SCIM_ATTRIBUTES.find((attribute) => attribute === whole);
  if (found) return found;
  throw new ScimRefused(400, "invalidFilter", `Users can't be looked for by ${path}.`);
}
