import { parseTime } from "./clock.ts";
import type { Scenario, Switch, SwitchName } from "./switches.ts";
import { switches } from "./switches.ts";

/** A mistake in what a caller asked for; the text is meant for them. */
export class BadRequest extends Error {}

type Json = Record<string, unknown>;
const isMap = (value: unknown): value is Json =>
  typeof value === "object" && value !== null && !Array.isArray(value);
const isText = (value: unknown): boolean => typeof value === "string";
const isTime = (value: unknown): boolean => typeof value === "string" && parseTime(value) !== null;
const isTexts = (value: unknown): boolean => Array.isArray(value) && value.every(isText);
const isCredential = (value: unknown, needsSecret: boolean): boolean =>
  value === null ||
  (isMap(value) &&
    Object.entries(value).every(([key, v]) =>
      key === "revoked"
        ? typeof v === "boolean"
        : key === "secret"
          ? isText(v)
          : key === "oldSecrets"
            ? isTexts(v)
            : (key === "scopes" || key === "permissions") && (v === null || isTexts(v)),
    ) &&
    (!needsSecret || isText(value.secret)));

const kinds: Record<string, (value: unknown) => boolean> = {
  boolean: (v) => typeof v === "boolean",
  number: (v) => typeof v === "number" && Number.isFinite(v),
  share: (v) => typeof v === "number" && v >= 0 && v <= 1,
  "text?": (v) => v === null || isText(v),
  "time?": (v) => v === null || isTime(v),
  spans: (v) =>
    Array.isArray(v) && v.every((span) => Array.isArray(span) && span.length === 2 && span.every(isTime)),
  cap: (v) => v === null || v === "refuse" || (Number.isInteger(v) && (v as number) > 0),
  refusals: (v) =>
    isMap(v) &&
    Object.entries(v).every(([id, s]) => /^\d+$/.test(id) && [403, 422, 500].includes(s as number)),
  "v3 credentials": (v) => isMap(v) && Object.values(v).every((c) => isCredential(c, true)),
  "v1 credentials": (v) => isMap(v) && Object.values(v).every((c) => isCredential(c, false)),
};

/** A fresh scenario with every switch on its default. */
export function defaultScenario(): Scenario {
  const entries = Object.entries(switches).map(([name, s]) => [name, structuredClone(s.default)]);
  return Object.fromEntries(entries) as Scenario;
}

/** Deep-merges maps; a null in place of a map or a number removes that key; anything else replaces. */
function merged(old: unknown, change: unknown): unknown {
  if (!isMap(old) || !isMap(change)) return change;
  const out: Json = { ...old };
  for (const [key, value] of Object.entries(change)) {
    if (value === null && (isMap(old[key]) || typeof old[key] === "number")) delete out[key];
    else out[key] = merged(old[key], value);
  }
  return out;
}

/** Finds the switches a nested or dotted change names. Throws {@link BadRequest} for a name that is none. */
function flatten(change: Json, prefix = ""): [SwitchName, unknown][] {
  return Object.entries(change).flatMap(([key, value]): [SwitchName, unknown][] => {
    const name = prefix + key;
    if (Object.hasOwn(switches, name)) return [[name as SwitchName, value]];
    const isBranch = Object.keys(switches).some((s) => s.startsWith(`${name}.`));
    if (isBranch && isMap(value)) return flatten(value, `${name}.`);
    throw new BadRequest(`No switch is called "${name}".`);
  });
}

/**
 * Applies a change (nested or with dotted names, or both) to a scenario in place, all of it or nothing.
 * Maps merge deeply; a value of the wrong kind throws {@link BadRequest} that names the switch.
 */
export function patchScenario(scenario: Scenario, change: unknown): void {
  if (!isMap(change)) throw new BadRequest("A scenario is a JSON object.");
  const checked = flatten(change).map(([name, value]): [SwitchName, unknown] => {
    const known: Switch<unknown> = switches[name];
    const next = merged(scenario[name], value);
    const allowed =
      typeof known.values === "string" ? kinds[known.values]?.(next) === true : known.values.includes(next);
    if (allowed) return [name, next];
    const wanted =
      typeof known.values === "string"
        ? known.values
        : known.values.map((v) => JSON.stringify(v)).join(" | ");
    throw new BadRequest(`${name}: ${JSON.stringify(value)} is not ${wanted}.`);
  });
  Object.assign(scenario, Object.fromEntries(checked));
}

/** The scenario as a nested object, as the control endpoint shows it. */
export function nestedScenario(scenario: Scenario): Json {
  const out: Json = {};
  for (const [name, value] of Object.entries(scenario)) {
    const path = name.split(".");
    let at = out;
    for (const step of path.slice(0, -1)) {
      at[step] ??= {};
      at = at[step] as Json;
    }
    at[path.at(-1) as string] = value;
  }
  return out;
}
