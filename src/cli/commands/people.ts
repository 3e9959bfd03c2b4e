/** users, roles, grants: who has access. */
import type { Command } from "commander";
import { GRANT_CSV, jobState, onWhat, ROLE_CSV, USER_CSV } from "../../api/contract/columns.ts";
import type { GrantView } from "../../api/contract/grants.ts";
import { LEVELS, STATUSES } from "../../api/contract/kit.ts";
import type { RoleView, UserView } from "../../api/contract/users.ts";
import { LICENSE_STATES, USE_STATES } from "../../model/license.ts";
import { USE_SOURCES } from "../../model/recruiting.ts";
import {
  type Context,
  choiceOf,
  examples,
  type ListOptions,
  output,
  several,
  UsageError,
} from "../context.ts";
import { dataLine, printList } from "../list.ts";
import type { Column } from "../table.ts";
import { count, date } from "../text.ts";
import {
  daysText,
  grantsText,
  lastUsedText,
  levelText,
  licenseText,
  MADE_WORD,
  named,
  rolesText,
  SOURCE_WORD,
  STATUS_WORD,
  seesAllJobs,
} from "../words.ts";

const AS_OF = ["--as-of <time>", "the list as it stood then: 2026-11-01, or 2026-11-01T09:00Z"] as const;

export function peopleCommands(root: Command, context: Context): void {
  users(root, context);
  roles(root, context);
  grants(root, context);
}

function users(root: Command, context: Context): void {
  const command = root
    .command("users <connection>")
    .description("Users with status, level, roles, license and use.")
    .addOption(choiceOf("--status <words>", "only these", STATUSES))
    .addOption(choiceOf("--level <words>", "only these", LEVELS))
    .addOption(choiceOf("--license <states>", "only licenses in these states", LICENSE_STATES))
    .option("--license-type <names>", "only these types of license; none: people who take up none", several)
    .addOption(choiceOf("--use <states>", "only these", USE_STATES))
    .option("--role <id>", "only who holds this role")
    .option("--department <id>", "only of this department")
    .option("--office <id>", "only of this office")
    .option("--agency", "only recruiters of agencies")
    .addOption(choiceOf("--service-accounts <how>", "service accounts", ["include", "exclude", "only"]))
    .option("--search <text>", "part of the name, an e-mail address or employee ID; or the user ID")
    .option("--without-email", "only users without an e-mail address")
    .option("--deactivated-with-grants", "only deactivated users who still hold grants")
    .option("--newly-unused", "only who became unused in the last 7 days")
    .option("--stopped", "only who stopped: used it in the window before this one, and not since")
    .option("--unconfirmed", "only users none of whose e-mail addresses is confirmed")
    .addOption(choiceOf("--last-used-by <sources>", "only whose newest use one of these tells", USE_SOURCES))
    .addOption(choiceOf("--sort <by>", "order", ["name", "last-used", "created", "grants"]))
    .option("--descending", "the other way round")
    .option(...AS_OF);
  examples(output(command, { list: true }), [
    "users Aldermoor --level site_admin",
    "users Aldermoor --license unused,never_used --csv > unused.csv",
    "users Aldermoor --unconfirmed",
    "users Aldermoor --as-of 2026-11-01 --json",
  ]).action(async (c: string, given: ListOptions & Record<string, unknown>) => {
    const { json: _json, csv: _csv, limit: _limit, withoutEmail, ...filter } = given;
    if (filter.asOf && (filter.sort || filter.descending)) {
      throw new UsageError("With --as-of the list is ordered by name. Leave --sort and --descending out.");
    }
    const one = (name: string) => (filter[name] as string[] | undefined)?.[0];
    const query = {
      ...filter,
      ...(withoutEmail ? { noEmail: true } : {}),
      ...(filter.sort ? { sort: SORTS[one("sort") as keyof typeof SORTS] } : {}),
      ...(filter.serviceAccounts ? { serviceAccounts: one("serviceAccounts") as "only" } : {}),
    };
    await context.withClient("users", (client) =>
      printList(
        context,
        {
          ...(filter.asOf
            ? { pages: client.pages("listUsers", { params: { c }, query }, null), order: byName }
            : { pages: client.pages("listUsers", { params: { c }, query }, given.limit ?? null) }),
          notes: [{ column: "Grants", marks: seesAllJobs, text: "* All jobs but confidential ones." }],
          columns: userColumns(context.terminal.now()),
          csv: USER_CSV,
          what: "users",
          scope: scopeOf(filter),
          empty: "No user fits.",
          dataLine: () => dataLine(context, client, c),
        },
        given,
      ),
    );
  });
}

const SORTS = { name: "name", "last-used": "lastUsed", created: "created", grants: "grants" } as const;

const byText = new Intl.Collator("en").compare;
/** Who has no name comes last. */
const LAST = "\uffff";
const byName = (a: UserView, b: UserView) => byText(a.name ?? LAST, b.name ?? LAST);

/** The filter in words, for the foot of the table. */
export function scopeOf(filter: Record<string, unknown>): string {
  const words = (value: unknown) => String(value).replaceAll("_", " ").replaceAll(",", ", ");
  return Object.entries(filter)
    .filter(([name, value]) => value !== undefined && !["sort", "descending", "asOf"].includes(name))
    .map(([name, value]) => {
      const label = name.replace(/[A-Z]/g, (c) => ` ${c.toLowerCase()}`);
      return value === true ? label : `${label} ${words(value)}`;
    })
    .join(", ");
}

const userColumns = (now: number): Column<UserView>[] => [
  {
    name: "Name",
    value: (u) => (u.name ?? `Not given (${u.id})`) + (u.serviceAccount ? " (service account)" : ""),
    min: 14,
  },
  { name: "E-mail", value: (u) => u.email ?? "Not given", min: 16, rank: 9 },
  {
    name: "Status",
    value: (u) => STATUS_WORD[u.status],
    min: 6,
    rank: 1,
    tone: (u) => (u.status === "missing" ? "attention" : u.status === "active" ? "none" : "gray"),
  },
  {
    name: "Level",
    value: levelText,
    min: 9,
    rank: 2,
  },
  { name: "Roles", value: rolesText, min: 8, rank: 6 },
  { name: "License", value: licenseText, min: 10, rank: 3 },
  { name: "Last used", value: (u) => lastUsedText(u, now), min: 18, rank: 4 },
  { name: "Days", value: daysText, right: true, rank: 7 },
  { name: "Grants", value: grantsText, right: true, rank: 8 },
];

function roles(root: Command, context: Context): void {
  const command = root
    .command("roles <connection>")
    .description("Roles, and how many hold them.")
    .option("--search <text>", "part of the name")
    .option(...AS_OF);
  examples(output(command, { list: true }), [
    "roles Aldermoor",
    "roles Aldermoor --search private --json",
  ]).action(async (c: string, given: ListOptions & { search?: string; asOf?: string }) => {
    const { search, asOf } = given;
    await context.withClient("roles", (client) =>
      printList(
        context,
        {
          pages: client.pages("listRoles", { params: { c }, query: { search, asOf } }, given.limit ?? null),
          columns: ROLE_COLUMNS,
          csv: ROLE_CSV,
          what: "roles",
          scope: scopeOf({ search }),
          empty: "No role fits.",
          unread: (stamp) =>
            stamp?.listing === null ? "Unknown: Greenhouse's list of roles was never read." : null,
          dataLine: () => dataLine(context, client, c),
        },
        given,
      ),
    );
  });
}

const known = (n: number | null) => (n === null ? "Unknown" : count(n));

const ROLE_COLUMNS: Column<RoleView>[] = [
  { name: "Name", value: (r) => named(r, "Role") + (r.inList ? "" : ", not in Greenhouse's list"), min: 16 },
  { name: "Type", value: (r) => r.type ?? "Not told", rank: 2 },
  { name: "Users", value: (r) => known(r.users), right: true },
  { name: "Grants", value: (r) => (r.grants === "all jobs" ? r.grants : known(r.grants)), right: true },
  { name: "ID", value: (r) => r.id, rank: 1 },
];

function grants(root: Command, context: Context): void {
  const command = root
    .command("grants <connection>")
    .description("Who may see which job; with --job, everybody who can see that job and why.")
    .option("--job <id>", "who can see this job: Site Admins and future-job rules included")
    .option("--user <id>", "only of this user")
    .option("--role <id>", "only of this role")
    .addOption(choiceOf("--kind <words>", "only these", ["job", "future_job"]))
    .addOption(choiceOf("--made <words>", "only these", ["by_rule", "by_hand", "not_told"]))
    .option("--job-status <words>", "only on jobs in these states: open, closed, draft …", several)
    .addOption(choiceOf("--user-status <words>", "only of users in these states", STATUSES))
    .option("--agency", "only of recruiters of agencies")
    .option("--every-future-job", "only rules for every future job, in every department and office")
    .option(...AS_OF);
  examples(output(command, { list: true }), [
    "grants Aldermoor --job 4100055004",
    "grants Aldermoor --user-status deactivated",
    "grants Aldermoor --job-status closed --csv > closed.csv",
  ]).action(async (c: string, given: ListOptions & Record<string, unknown>) => {
    const { json: _json, csv: _csv, limit: _limit, ...query } = given;
    await context.withClient("grants", (client) =>
      printList(
        context,
        {
          pages: client.pages("listGrants", { params: { c }, query }, null),
          order: byUserAndJob,
          columns: GRANT_COLUMNS,
          csv: GRANT_CSV,
          what: query.job ? "ways to see the job" : "grants",
          scope: scopeOf(query),
          empty: "No grants. Site Admins need none and Basic users have none.",
          unread: (stamp) =>
            stamp?.grantsListing === null
              ? "Who holds grants is unknown: they were never read completely."
              : null,
          dataLine: () => dataLine(context, client, c),
        },
        given,
      ),
    );
  });
}

const PARTS = ["site_admin", "job", "future_job"] as const;
/** Site Admins, then grants by user and job, then the rules for future jobs. */
function byUserAndJob(a: GrantView, b: GrantView): number {
  return (
    PARTS.indexOf(a.kind) - PARTS.indexOf(b.kind) ||
    byText(a.user.name ?? LAST, b.user.name ?? LAST) ||
    byText(a.user.id, b.user.id) ||
    byText(onWhat(a), onWhat(b))
  );
}

const sinceText = (g: GrantView) => {
  if (g.since) return date(g.since);
  return g.seenSince ? `seen since ${date(g.seenSince)}` : "";
};

const usedText = ({ lastUsed, lastUsedBy, user: { usage } }: GrantView) => {
  if (lastUsed) return [date(lastUsed), lastUsedBy && SOURCE_WORD[lastUsedBy]].filter(Boolean).join(" · ");
  return usage.state === "never_used" && usage.since !== null ? `none since ${date(usage.since)}` : "Unknown";
};

export const GRANT_COLUMNS: Column<GrantView>[] = [
  { name: "User", value: (g) => g.user.name ?? `Not given (${g.user.id})`, min: 14 },
  { name: "Level", value: (g) => levelText(g.user), min: 9, rank: 3 },
  { name: "Status", value: (g) => STATUS_WORD[g.user.status], min: 6, rank: 4 },
  {
    name: "Role",
    value: (g) => (g.role ? named(g.role, "Role") : g.kind === "site_admin" ? "Site Admin" : "Not told"),
    min: 8,
  },
  { name: "On", value: onWhat, min: 14 },
  { name: "Job", value: jobState, min: 6, rank: 5 },
  { name: "Made", value: (g) => (g.kind === "site_admin" ? "" : MADE_WORD[g.made]), min: 7, rank: 6 },
  { name: "Since", value: sinceText, min: 11, rank: 7 },
  { name: "Last used", value: usedText, min: 11, rank: 8 },
];
