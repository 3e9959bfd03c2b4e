/** Words of Roles and grants. */
import { type Grant, nameOf } from "./words.ts";

export const grantWords = {
  title: "Roles and grants",
  views: { user: "By user", role: "By role", job: "By job" },
  viewsLabel: "Ways to look at grants",
  presetsLabel: "Shortcuts",
  presets: {
    all: "All grants",
    closed: "On closed jobs",
    deactivated: "Held by deactivated users",
    agency: "Agency",
    role: (name: string) => `Role: ${name}`,
  },
  columns: {
    user: "User",
    level: "Level",
    status: "Status",
    role: "Role",
    job: "Job",
    made: "Made",
    since: "Since",
    lastUsed: "Last used",
  },
  roleColumns: {
    name: "Role",
    type: "Type",
    users: "Users",
    grants: "Grants",
    firstSeen: "First seen",
    id: "Role ID",
  },
  filters: {
    made: "Made",
    kind: "On",
    jobStatus: "State of the job",
    userStatus: "Status of the user",
    role: "Role",
    user: "Person",
    job: "Who can see",
    agency: "Agency recruiters only",
    everyFutureJob: "Every future job",
    inList: "In Greenhouse's list",
    asOf: "As of",
    search: "Search roles",
  },
  kinds: { job: "Jobs", future_job: "Future jobs" } as Record<string, string>,
  jobStates: { open: "Open", closed: "Closed", draft: "Draft" } as Record<string, string>,
  confidential: "confidential",
  stateNotTold: "state not told",
  siteAdmin: "Site Admin",
  everyJob: "every job but confidential ones",
  seenSince: "seen since",
  agency: "agency",
  serviceAccount: "service account",
  roleNotTold: "Not told",
  notKnown: "Unknown",
  siteAdmins: "Site Admins",
  needNone: "all jobs",
  needNoneWhy:
    "Site Admins see every job without a grant, so Greenhouse lists no grants of this role. Who they are stands with the users, by their level.",
  siteAdminsThen: "Site Admins are told by their level, not by grants: see the users of that day.",
  grantsNotRead: "Grants were not read completely yet, so how many hold this role is not known.",
  notThen: "Who holds a role is not told as of an earlier time: see the users or the grants of that day.",
  firstSeenThen: "When it was first seen is not told as of an earlier time.",
  neverListed: "Greenhouse's list of roles never had it: grants alone name it.",
  siteAdminsNeedNone: "none needed",
  parts: {
    site_admin: "Site Admins: they see every job but confidential ones",
    job: "Grants on this job",
    future_job: "Rules for future jobs that cover this one",
  },
  rows: {
    grants: { one: "grant", many: "grants" },
    ways: { one: "way to see this job", many: "ways to see this job" },
    roles: { one: "role", many: "roles" },
    jobs: { one: "job", many: "jobs" },
  },
  exports: {
    note: "Every row of this filter, not only those loaded.",
    formats: { csv: "CSV, with its stamp beside it (zip)", json: "JSON, with its stamp inside" },
  },
  roleTypes: { job_admin: "Job Admin", site_admin: "Site Admin", interviewer: "Interviewer" } as Record<
    string,
    string
  >,
  notKnownThen: {
    title: "Not known",
    first: (time: string, asked: string | null) =>
      `First read on ${time}.${asked === null ? "" : ` You asked for ${asked}.`}`,
    never: "Nothing was read completely yet.",
  },
  job: (id: string) => `job ${id}`,
  empty: "No grants. Site Admins need none and Basic users have none.",
  emptyOfFilter: "No grant fits.",
  emptyClosed: "No grants on closed jobs.",
  emptyDeactivated: "No deactivated user holds a grant.",
  emptyAgency: "No recruiter of an agency holds a grant.",
  nobodySees:
    "Nobody can see this job, as far as Greenhouse tells. Grants on confidential jobs may be missing.",
  noRoles: "No role was read yet.",
  noRoleFits: "No role fits.",
  pickJob: {
    title: "Who can see this job?",
    search: "Search name, ID, address",
    columns: { name: "Job", state: "State", id: "Job ID" },
    notInList: "not in Greenhouse's list",
    noneFits: "No job fits.",
    byId: "Search for a part of its name, its whole ID, or paste the address of its page in Greenhouse.",
    none: "No job was read yet.",
  },
  confidentialJob: "This job is confidential: Site Admins see it only where they were added to it.",
  notTold:
    "Not in Greenhouse's API: last sign-in, invitations not accepted, user-specific permissions (private candidates, salaries, offers), developer permissions, who holds API keys, licenses. Grants on confidential jobs may be missing.",
  openUser: (name: string) => `Open ${name}`,
  openRole: (name: string) => `Grants of the role ${name}`,
  openJob: (name: string) => `Who can see ${name}`,
  clearAsOf: "Show today",
};

/** `every future job in Engineering, Zurich` */
export function futureJobs({ department, office }: Grant): string {
  const part = (each: Grant["department"], what: string) =>
    each === null || each === "every" ? `every ${what.toLowerCase()}` : nameOf(each, what);
  return `every future job in ${part(department, "Department")}, ${part(office, "Office")}`;
}

/** `open`, `closed, confidential` */
export function jobState(job: NonNullable<Grant["job"]>): string {
  const state = job.status ?? grantWords.stateNotTold;
  return job.confidential ? `${state}, ${grantWords.confidential}` : state;
}
