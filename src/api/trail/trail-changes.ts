/** What a row of the audit trail says of a change: each value that is another one now, and what it was. */
import type { TrailEntry } from "../../store/members/trail.ts";

type Told = NonNullable<TrailEntry["details"]>;

/** Longer ones are cut: rows are never deleted, and a list may be of 500. */
const LONGEST = 1000;

/**
 * Of what is given only what differs: `{ windowDays: 60, windowDaysBefore: 28 }`, and a part of a part as
 * `everyMinutes.usage`. null: nothing does.
 */
export function changed(before: object, given: object): Told | null {
  const was = flat(before);
  const entries = Object.entries(flat(given)).filter(([name, value]) => value !== was[name]);
  if (entries.length === 0) return null;
  return Object.fromEntries(
    entries.flatMap(([name, value]) => [
      [name, value],
      [`${name}Before`, was[name] ?? null],
    ]),
  );
}

function flat(value: object, path = ""): Told {
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, each]) => each !== undefined)
      .flatMap(([name, each]): [string, Told[string]][] =>
        isRecord(each) ? Object.entries(flat(each, `${path}${name}.`)) : [[path + name, plain(each)]],
      ),
  );
}

const isRecord = (value: unknown): value is object =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** As one value of a row: a list in words. */
export function plain(value: unknown): Told[string] {
  if (value === null || typeof value === "number" || typeof value === "boolean") return value;
  const text = Array.isArray(value) ? value.map(item).join(", ") || "none" : String(value);
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}… (${text.length} characters)` : text;
}

/** `level basic days 90`, of a window; a plain word as it is. */
function item(value: unknown): string {
  if (!isRecord(value)) return String(value);
  return Object.entries(value)
    .filter(([, part]) => part !== null)
    .map(([name, part]) => `${name} ${part}`)
    .join(" ");
}
