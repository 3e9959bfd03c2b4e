import { parseTime } from "../clock.ts";

/** How a parameter of the v3 API is written (api.md §2.2 and the published contract). */
export type ParameterKind = "integer" | "boolean" | "string" | "ids" | "strings" | "date";
export interface DateRange {
  gte?: number;
  gt?: number;
  lte?: number;
  lt?: number;
}
export type ParameterValue =
  | number
  | boolean
  | string
  | ReadonlySet<number>
  | ReadonlySet<string>
  | DateRange;

export class Unprocessable extends Error {
  readonly details: (string | Record<string, string>)[];
  constructor(...details: (string | Record<string, string>)[]) {
    super("Unprocessable Content");
    this.details = details;
  }
}

const maxList = 50;
const bad = (name: string, text: string): Unprocessable => new Unprocessable({ [name]: text });

function list(name: string, text: string): string[] {
  const items = text
    .split(",")
    .map((item) => item.trim())
    .filter((item) => item !== "");
  if (items.length === 0) throw bad(name, "is empty");
  if (items.length > maxList) throw bad(name, `has ${items.length} values; the most is ${maxList}`);
  return items;
}

function integer(name: string, text: string): number {
  if (!/^-?\d{1,16}$/.test(text.trim())) throw bad(name, `\`${text}\` is not a valid integer`);
  return Number(text);
}

/** What of dates is taken (api.md §2.2). */
export interface DateRules {
  twoSided: "accept" | "refuse" | "first only" | "last only";
  format: "any" | "seconds";
}

/** Reads `gte|A` or `gte|A|lte|B` (api.md §2.2). */
function parseDateRange(name: string, text: string, { twoSided, format }: DateRules): DateRange {
  let parts = text.split("|");
  if (parts.length % 2 !== 0 || parts.length > 4) throw bad(name, `\`${text}\` is not operator|time`);
  if (parts.length === 4 && twoSided === "refuse") throw bad(name, "takes one operator");
  if (twoSided === "first only") parts = parts.slice(0, 2);
  if (twoSided === "last only") parts = parts.slice(-2);
  const range: DateRange = {};
  for (let i = 0; i < parts.length; i += 2) {
    const [operator, value] = [parts[i] as string, parseTime(parts[i + 1] as string)];
    if (operator !== "gte" && operator !== "gt" && operator !== "lte" && operator !== "lt")
      throw bad(name, `\`${operator}\` is not one of gte, lte, gt, lt`);
    if (value === null || (format === "seconds" && !/T\d\d:\d\d:\d\dZ$/.test(parts[i + 1] as string)))
      throw bad(name, `\`${parts[i + 1]}\` is not a valid date-time`);
    range[operator] = value;
  }
  return range;
}

/** Whether a time lies in a range; an absent time doesn't. */
export function inRange(time: number | null, range: DateRange): boolean {
  return (
    time !== null &&
    !(range.gte !== undefined && time < range.gte) &&
    !(range.gt !== undefined && time <= range.gt) &&
    !(range.lte !== undefined && time > range.lte) &&
    !(range.lt !== undefined && time >= range.lt)
  );
}

/** Reads one parameter's value. Throws {@link Unprocessable} for a value of the wrong kind. */
export function parseParameter(
  kind: ParameterKind,
  name: string,
  text: string,
  dates: DateRules,
): ParameterValue {
  switch (kind) {
    case "integer":
      return integer(name, text);
    case "boolean":
      if (text !== "true" && text !== "false") throw bad(name, `\`${text}\` is not a valid boolean`);
      return text === "true";
    case "ids":
      return new Set(list(name, text).map((item) => integer(name, item)));
    case "strings":
      return new Set(list(name, text));
    case "date":
      return parseDateRange(name, text, dates);
    case "string":
      return text;
  }
}

/** Reads per_page: 1–500, 100 when left out (api.md §2.2). */
export function parsePerPage(text: string | null): number {
  if (text === null) return 100;
  const value = integer("per_page", text);
  if (value > 500) throw bad("per_page", `\`${value}\` number is greater than: 500`);
  if (value < 1) throw bad("per_page", `\`${value}\` number is less than: 1`);
  return value;
}
