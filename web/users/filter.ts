/** What the list of users can be narrowed by, and its presets. They stand in the address under the API's names. */
import type { Call } from "../api/client.ts";
import { type Filter, filtersOf, sortOf } from "../components/table-view.ts";
import { day as dayText } from "../format/time.ts";
import type { Search } from "../search.ts";
import { usersWords as words } from "../text/users.ts";
import { WORD } from "../text/words.ts";

type Query = NonNullable<Call<"listUsers">["query"]>;

const { filterName: label } = words;
const options = <W extends Record<string, string>>(all: readonly (keyof W & string)[], word: W) =>
  all.map((value): readonly [string, string] => [value, word[value]!]);

const KINDS_OF_USE = ["viewed", "changed", "acted", "other"] as const;
const SOURCES = [
  "audit_log",
  "scorecard",
  "interview",
  "scheduling",
  "reply",
  "approval",
  "rejection",
] as const;
const USE = ["in_use", "unused", "never_used", "unknown"] as const;

/** @param nameOf words for ids that the reader can't be asked to know: a role's, a department's, an office's name */
export function usersFilters(
  nameOf: (what: "role" | "department" | "office", id: string) => string,
): Filter[] {
  return [
    {
      key: "status",
      label: label.status,
      options: options(["active", "deactivated", "missing"], WORD.status),
    },
    {
      key: "level",
      label: label.level,
      options: options(["site_admin", "job_admin", "basic", "unknown"], WORD.level),
    },
    {
      key: "license",
      label: label.license,
      options: options([...USE, "held_by_deactivated"], WORD.license),
    },
    { key: "use", label: label.use, options: options(USE, WORD.license) },
    {
      key: "serviceAccounts",
      label: label.serviceAccounts,
      one: true,
      options: options(["exclude", "only"], words.serviceAccountsHow),
    },
    {
      key: "licenseType",
      label: label.licenseType,
      input: "text",
      word: (type) => (type === "none" ? words.noLicense : type),
    },
    { key: "role", label: label.role, word: (id) => nameOf("role", id) },
    { key: "department", label: label.department, word: (id) => nameOf("department", id) },
    { key: "office", label: label.office, word: (id) => nameOf("office", id) },
    { key: "agency", label: label.agency, flag: true },
    { key: "noEmail", label: label.noEmail, flag: true },
    { key: "deactivatedWithGrants", label: label.deactivatedWithGrants, flag: true },
    { key: "newlyUnused", label: label.newlyUnused, flag: true },
    { key: "stopped", label: label.stopped, flag: true },
    { key: "usedFrom", label: label.usedFrom, input: "date", word: dayText },
    { key: "usedTo", label: label.usedTo, input: "date", word: dayText },
    { key: "usedKind", label: label.usedKind, one: true, options: options(KINDS_OF_USE, WORD.kind) },
    { key: "usedSource", label: label.usedSource, one: true, options: options(SOURCES, WORD.sourceLabel) },
    { key: "lastUsedBy", label: label.lastUsedBy, options: options(SOURCES, WORD.sourceLabel) },
    { key: "unconfirmed", label: label.unconfirmed, flag: true },
    { key: "asOf", label: label.asOf, input: "date" },
  ];
}

/** What the API is asked. As of a time it has one order of its own. */
export function queryOf(view: Search, filters: readonly Filter[]): Query {
  return {
    ...filtersOf(view, filters),
    ...(view.search ? { search: view.search } : {}),
    ...(view.asOf ? {} : sortOf(view)),
  } as Query;
}

/** An answer's own filter as the address has it: opens the list behind a number. */
export function viewOf(filter: Record<string, unknown>): Search {
  return Object.fromEntries(
    Object.entries(filter).flatMap(([name, value]) =>
      value === undefined || value === null
        ? []
        : [[name, Array.isArray(value) ? value.join(",") : String(value)]],
    ),
  );
}

const active = { status: "active", serviceAccounts: "exclude" } as const;
export const PRESETS = {
  everybody: {},
  activePeople: active,
  siteAdmins: { ...active, level: "site_admin" },
  unused: { ...active, license: "unused" },
  neverUsed: { ...active, license: "never_used" },
  unknownUse: { ...active, use: "unknown" },
  deactivatedWithGrants: { deactivatedWithGrants: "true" },
  agency: { agency: "true" },
  noEmail: { ...active, noEmail: "true" },
  unconfirmed: { ...active, unconfirmed: "true" },
  missing: { status: "missing" },
  serviceAccounts: { serviceAccounts: "only" },
} as const satisfies Record<string, Search>;
export type Preset = keyof typeof PRESETS;

/** The preset that the address shows, if it is one. */
export function presetIn(view: Search, filters: readonly Filter[]): Preset | null {
  if (view.search) return null;
  const set = filters.filter(({ key }) => view[key]);
  const found = Object.entries(PRESETS).find(
    ([, preset]) =>
      set.length === Object.keys(preset).length &&
      set.every(({ key }) => (preset as Search)[key] === view[key]),
  );
  return (found?.[0] as Preset | undefined) ?? null;
}
