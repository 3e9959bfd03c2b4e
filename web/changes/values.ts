/** Before and after of a change, field by field, in words. */
import type { Row } from "../api/query.ts";
import { number } from "../format/number.ts";
import { changeWords as words } from "../text/changes.ts";

type Change = Row<"listChanges">;
type Facts = Change["before"];

export interface Field {
  name: string;
  value: string;
}

/** Which row it is says *what* already, by name. */
const NAMED = ["id", "userId", "roleId", "jobId", "departmentId", "officeId", "updatedAt"];

/** What of a row is told: of a difference what differs, else what the row held. null: there was none. */
export function fieldsOf(
  facts: Facts,
  { kind }: Pick<Change, "kind">,
  dateText: (ms: number) => string,
): Field[] | null {
  if (facts === null) return null;
  const shown = Object.entries(facts).filter(
    ([name, value]) => kind === "changed" || (!NAMED.includes(name) && !isEmpty(value)),
  );
  return shown.map(([name, value]) => ({
    name: words.fields[name] ?? name,
    value: valueText(name, value, dateText),
  }));
}

const isEmpty = (value: unknown) =>
  value === null || value === undefined || value === "" || (Array.isArray(value) && value.length === 0);

function valueText(name: string, value: unknown, dateText: (ms: number) => string): string {
  if (Array.isArray(value)) {
    return value.length === 0 ? words.none : value.map((v) => valueText(name, v, dateText)).join(", ");
  }
  if (isEmpty(value)) return words.notGiven;
  if (name === "automated") return words.made(value === true);
  if (typeof value === "boolean") return value ? words.yes : words.no;
  if (typeof value === "number") return name.endsWith("At") ? dateText(value) : number(value);
  if (typeof value === "object") return JSON.stringify(value);
  return words.values[String(value)] ?? String(value);
}
