/** Which tests run on PostgreSQL too, and on which versions. Every test runs on the embedded database. */

interface OnPostgres {
  /** null: the newest there is. */
  major: number | null;
  of: string[];
}

/** Of the embedded database alone: its file, its planner, its backups. */
const STORE = ["src/{store,insights,findings}/**/!(open-embedded|backup|plans).test.ts"];

/** The same with another server: what a version could make different. */
const SOME = ["src/store/*/{postgres,events,lanes,listings}.test.ts", "src/insights/users.test.ts"];

/** A whole installation: connect, sync, verdicts; several workers; a move; what a thief finds. */
const WHOLE = [
  "src/jobs/alerts/alerts.test.ts",
  "test/{connection,workers,sharing,move}.test.ts",
  "test/attacks/stolen.test.ts",
];

/**
 * Of the long run: what is done, said and counted rests on what the others try; odd queries, of which PostgreSQL refuses
 * more; several processes and a browser.
 */
const LONG = [
  "src/api/*/{scim,employees,alerts}.test.ts",
  "test/{actions,agreement,usage}.test.ts",
  "test/fuzz/queries.test.ts",
  "test/web/several.test.ts",
];

export function onPostgres(long: boolean): OnPostgres[] {
  return [
    { major: null, of: [...STORE, ...WHOLE, ...(long ? LONG : [])] },
    { major: 15, of: long ? STORE : SOME },
  ];
}

export const HOW_TO_GET = (major: number | null): string =>
  major === null
    ? "there is no package of it for this system. Install PostgreSQL 15 or newer (Debian: apt-get install postgresql)."
    : `version ${major} isn't on this machine. Install it (Debian 12: apt-get install postgresql-${major}).`;
