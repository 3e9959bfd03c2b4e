/** The filters of Roles and grants, its shortcuts, and the job that an address names. */
import type { Filter } from "../components/table-view.ts";
import type { Search } from "../search.ts";
import { grantWords as words } from "../text/grants.ts";
import { type Grant, nameOf, userName, WORD } from "../text/words.ts";

const optionsOf = (names: Record<string, string>) => Object.entries(names);

interface Known {
  roles: readonly { id: string; name: string | null }[];
  /** The first of the list: of one user, all of them are. */
  grants: readonly Grant[];
  job: Grant["job"];
}

/** With names for the ids in the address, as far as they are known. */
export function grantFilters({ roles, grants, job }: Known): Filter[] {
  return [
    {
      key: "role",
      label: words.filters.role,
      one: true,
      options: roles.map((role) => [role.id, nameOf(role, words.columns.role)] as const),
      word: (id) => nameOf({ id, name: null }, words.columns.role),
    },
    { key: "userStatus", label: words.filters.userStatus, options: optionsOf(WORD.status) },
    { key: "jobStatus", label: words.filters.jobStatus, options: optionsOf(words.jobStates) },
    { key: "kind", label: words.filters.kind, options: optionsOf(words.kinds) },
    { key: "made", label: words.filters.made, options: optionsOf(WORD.made) },
    { key: "agency", label: words.filters.agency, flag: true },
    { key: "everyFutureJob", label: words.filters.everyFutureJob, flag: true },
    {
      key: "user",
      label: words.filters.user,
      word: (id) => userName(grants.find(({ user }) => user.id === id)?.user ?? { id, name: null }),
    },
    {
      key: "job",
      label: words.filters.job,
      word: (id) => job?.name ?? id,
    },
    { key: "asOf", label: words.filters.asOf, input: "date" },
  ];
}

const NARROWING = [
  "user",
  "role",
  "job",
  "kind",
  "made",
  "jobStatus",
  "userStatus",
  "agency",
  "everyFutureJob",
] as const;

export const isNarrowed = (view: Search): boolean => NARROWING.some((name) => view[name]);

/** All of them taken away: the ground on which a shortcut puts its own. */
export const noFilter: Search = Object.fromEntries(NARROWING.map((name) => [name, undefined]));

export const PRESETS = {
  all: {},
  closed: { jobStatus: "closed" },
  deactivated: { userStatus: "deactivated" },
  agency: { agency: "true" },
} as const satisfies Record<string, Search>;
export type Preset = keyof typeof PRESETS;

/** Whether exactly these filters are set. */
export const isShown = (view: Search, preset: Search): boolean =>
  NARROWING.every((name) => view[name] === preset[name]);

/** The number in `4100055004`, or in the address of a job's page: `…/plans/4100055004`. */
export function jobIdIn(text: string): string | null {
  const typed = text.trim();
  if (/^\d{1,19}$/.test(typed)) return typed;
  if (!/^https?:/i.test(typed)) return null;
  return (
    /(?:plans|jobs|sdash)\/(\d{1,19})|(?:job_id|hiring_plan_id)=(\d{1,19})/
      .exec(typed)
      ?.slice(1)
      .find(Boolean) ?? null
  );
}
