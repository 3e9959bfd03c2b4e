/**
 * What the questions answer, ready to be sent as JSON. Times are ISO-8601 in UTC, days `YYYY-MM-DD` in the
 * connection's zone, ids exact strings. `null` in place of a number means *not known*, never none.
 */

import type { ActionKind, ActionState, Refusal, TargetState } from "../model/action.ts";
import type { Severity } from "../model/finding.ts";
import type { LicenseState, LicenseType, UseState } from "../model/license.ts";
import type { ChangeKind, Made, UserFilter } from "../model/query.ts";
import type { Level, Status } from "../model/records.ts";
import type { DeedSource, UseSource } from "../model/recruiting.ts";
import type { RecruitingStream, Stream } from "../model/stream.ts";
import type { KindOfUse } from "../model/usage.ts";
import type { Ask, StreamState } from "../model/verdict.ts";
import type { UserEmployee } from "./employee-view.ts";

export type {
  ChangeKind,
  ChangeQuery,
  EventQuery,
  GrantQuery,
  JobQuery,
  Made,
  Paged,
  RoleQuery,
  UsageQuery,
  UserFilter,
  UserQuery,
} from "../model/query.ts";

export type { Level, Status } from "../model/records.ts";

export interface SpanView {
  from: string;
  to: string;
}

/** A span that was never read, or can't be. `cause`: `not_read`, `silent`, or the reader's word. */
export interface HoleView extends SpanView {
  cause: string;
}

/** Source, scope, completeness and time of an answer: what an auditor asks for. */
export interface Stamp {
  /** The connection's name. */
  connection: string;
  /** The complete listing that the answer rests on; null: none yet. */
  listing: { run: number; completedAt: string; complete: true } | null;
  /** When the grants were last listed completely; null: never. */
  grantsListing: { run: number; completedAt: string; complete: true } | null;
  /** Spans for which use has been read completely. */
  coverage: SpanView[];
  holes: HoleView[];
  /** What Greenhouse doesn't tell. */
  sentence: string;
  asOf: string | null;
  at: string;
  /** A made-up organization: nobody in it exists. */
  sample: boolean;
}

export interface Listed<T> {
  items: T[];
  nextCursor: string | null;
  /** Rows that fit the filter; told with the first page, null on later ones. */
  total: number | null;
  stamp: Stamp;
}

export interface Named {
  id: string;
  /** null: Greenhouse's list doesn't have it, or gives no name. */
  name: string | null;
}

export interface RoleHeld extends Named {
  grants: number;
}

/** The newest counted event behind a "last used". */
export interface EventRef {
  /** Opens the event: `getEvent`, `events?event=`. */
  id: string;
  kind: KindOfUse;
  /** Greenhouse's label, such as `PII Page Accessed`; null where it gives none. */
  what: string | null;
  requestType: string | null;
}

export interface LastUsed {
  at: string;
  source: UseSource;
  /** null: a row of a recruiting list tells it, not an event. */
  event: EventRef | null;
}

export interface LicenseView {
  /** null: takes up no license by the rules. */
  type: LicenseType | null;
  /** null exactly when `type` is. */
  state: LicenseState | null;
  reason: string;
}

export interface UseView {
  state: UseState;
  reason: string;
  /** Days of the window with counted use; null: no day is covered. */
  activeDays: number | null;
  coveredDays: number;
  windowDays: number;
  /** Since when every use would be known: start of unbroken coverage, or creation if later. null: not known now. */
  since: string | null;
}

export interface UserView {
  id: string;
  name: string | null;
  email: string | null;
  emails: string[];
  /** At least one address is; null: not told, as by v1, or there is none. */
  emailConfirmed: boolean | null;
  employeeId: string | null;
  jobTitle: string | null;
  status: Status;
  /** By Greenhouse's own mark, or marked here. */
  serviceAccount: boolean;
  level: Level;
  /** Roles in grants, most grants first; null: grants were not read. */
  roles: RoleHeld[] | null;
  departments: Named[];
  offices: Named[];
  license: LicenseView;
  lastUsed: LastUsed | null;
  usage: UseView;
  createdAt: string | null;
  updatedAt: string | null;
  firstSeenAt: string;
  /** End of the last complete listing that had this user. */
  lastSeenAt: string | null;
  agency: boolean;
  /** `all jobs`: a Site Admin sees every job that isn't confidential. A null count: that list was not read. */
  grants: "all jobs" | { jobs: number | null; futureJobs: number | null };
  /** v1 reads grants user by user: when this user's were read. null: with everybody's. */
  grantsReadAt: string | null;
}

export interface GrantUser extends Named {
  email: string | null;
  status: Status;
  level: Level;
  agency: boolean;
  serviceAccount: boolean;
  /** Of whatever they do: that nothing of it is recorded says something only if all of the time was read. */
  usage: HolderUse;
}

export type HolderUse = Pick<UseView, "state" | "reason" | "since">;

/**
 * `job`: a role on one job. `future_job`: a role on every future job of a department and office.
 * `site_admin`: no grant, but a Site Admin, who sees every job that isn't confidential (only in "who can see this job").
 */
export interface GrantView {
  kind: "job" | "future_job" | "site_admin";
  /** null for a Site Admin, who needs none. */
  id: string | null;
  user: GrantUser;
  role: Named | null;
  job: JobRef | null;
  /** Of a future-job rule; `every` where it names none. */
  department: Named | "every" | null;
  office: Named | "every" | null;
  made: Made;
  /** When Greenhouse says it was made; v1 doesn't tell. */
  since: string | null;
  /** First listing that had it. */
  seenSince: string | null;
  lastUsed: string | null;
  lastUsedBy: UseSource | null;
}

export interface JobRef extends Named {
  status: string | null;
  confidential: boolean | null;
}

export interface JobView extends JobRef {
  id: string;
  /** false: grants name it or it was listed once; Greenhouse's list doesn't have it now. */
  inList: boolean;
}

export interface RoleView extends Named {
  /** `job_admin`, `site_admin`, … raw; null: not told. */
  type: string | null;
  /** false: grants name it, Greenhouse's list of roles doesn't. */
  inList: boolean;
  /** Of Greenhouse's own role for Site Admins: how many are active. null: grants were not read. */
  users: number | null;
  /** `all jobs`: of Site Admins, who need none. */
  grants: number | "all jobs" | null;
  firstSeenAt: string | null;
}

/** Users holding each license state, of one license type. */
export interface LicenseCounts {
  assigned: number;
  inUse: number;
  /** null: no day of any window was read, so nothing shows who did not use it. */
  unused: number | null;
  neverUsed: number | null;
  unknown: number;
  heldByDeactivated: number;
  /** low = unused + never used + held by deactivated users; high = low + unknown. */
  couldBeFreed: { low: number; high: number };
}

export interface LicenseTypeView extends LicenseCounts {
  type: LicenseType;
  /** Typed in; null: not typed. */
  purchased: number | null;
  price: { amount: number; currency: string } | null;
  /** In money a year; null without a price. */
  couldBeFreedMoney: { low: number; high: number; currency: string } | null;
}

export interface LicenseRule {
  /** A level, or `any`. */
  level: Level | "any";
  status: Status | "any";
  /** null: takes up no license. */
  type: LicenseType | null;
}

export interface LicensesView {
  sentence: string;
  window: WindowView;
  types: LicenseTypeView[];
  total: LicenseCounts;
  /** Start of unbroken coverage: "never used" means none since then. */
  neverUsedSince: string | null;
  rules: LicenseRule[];
  stamp: Stamp;
}

export interface LicensePreview {
  rules: LicenseRule[];
  before: Record<string, number>;
  after: Record<string, number>;
  moves: { level: Level; status: Status; people: number; from: LicenseType | null; to: LicenseType | null }[];
}

/** The days that decide: whole days in the connection's zone, both included. */
export interface WindowView extends WindowDays {
  timeZone: string;
  /** Windows of their own for a level or a role, longest first: the first that fits a person is theirs. */
  others: (WindowDays & { level: Level | null; role: Named | null })[];
}

export interface WindowDays {
  from: string;
  to: string;
  days: number;
  coveredDays: number;
  /** Why it isn't covered, and from when it will be; null: it is. */
  reason: string | null;
}

export interface WindowsPreview {
  window: WindowView;
  /** Active people by state. */
  before: Record<UseState, number>;
  after: Record<UseState, number>;
  moves: { level: Level; people: number; from: UseState; to: UseState }[];
}

/** How much of a day was read: `all`, `part`, or `none`. */
export type Covered = "all" | "part" | "none";

export interface DayUse {
  day: string;
  covered: Covered;
  /** null: nothing of the day was read. */
  people: number | null;
  deeds: number | null;
  kinds: Record<KindOfUse, number> | null;
  /** People with recruiting activity; null: no list of it was read for that day. */
  recruiting: number | null;
}

/** Use without the audit log. Numbers are null where the list behind them was not read. */
export interface RecruitingView {
  kinds: {
    stream: RecruitingStream;
    label: string;
    state: StreamState;
    text: string | null;
    cure: string | null;
    /** Read without a gap from here, until there: by when a row was last changed. null: never. */
    from: string | null;
    until: string | null;
    coveredDays: number;
  }[];
  /** Distinct active people with any of it in the range. */
  people: number | null;
  sources: {
    source: DeedSource;
    stream: RecruitingStream;
    people: number | null;
    deeds: number | null;
    shows: string;
    limits: string;
  }[];
  days: {
    day: string;
    covered: Covered;
    people: number | null;
    deeds: number | null;
    sources: Record<DeedSource, number> | null;
  }[];
  note: string;
}

export type UseDimension = "kind" | "level" | "role" | "department" | "office";

export interface UsePart {
  /** Id of a role, department or office; else the level or kind. */
  id: string;
  name: string | null;
  /** Distinct people with counted use in the range. */
  people: number;
  /** Active people of that level, role, department or office now; null for kinds, and where not known. */
  of: number | null;
}

export interface UsageView {
  /** The audit log: can use be known at all? */
  source: { state: StreamState; cause: string | null; text: string | null; cure: string | null };
  range: {
    from: string;
    to: string;
    days: number;
    coveredDays: number;
    timeZone: string;
    /** Its first moment, and the one after its last. */
    startsAt: string;
    endsAt: string;
  };
  window: WindowView;
  days: DayUse[];
  /** Distinct people; null: nothing of that span was read. */
  people: {
    range: number | null;
    lastDay: number | null;
    last7Days: number | null;
    last28Days: number | null;
    /** Active people with an account, the whole of each. */
    of: number;
  };
  by: Record<UseDimension, UsePart[]> | null;
  /** People who were active in the 28 days before the window and not in it; null: not both are covered. */
  stopped: number | null;
  /** Why `stopped` is not known; null where it is. */
  stoppedReason: string | null;
  whatCounts: RequestTypeView[];
  notCounted: { performerType: string; events: number }[];
  /** null: this kind of credential can't read it. */
  recruiting: RecruitingView | null;
  /** Days before this one were counted under an older rule or time zone, and their events are gone. */
  olderDays: { before: string; cause: "time_zone" | "request_types"; timeZone: string }[];
  note: string;
  stamp: Stamp;
}

export interface RequestTypeView {
  /** null: events that name no request. */
  requestType: string | null;
  events: number;
  counts: boolean;
}

export interface EventView {
  id: string;
  at: string;
  /** `user`, `api_key`, `greenhouse_internal`, another word of Greenhouse's, or null: nobody. */
  performerType: string | null;
  user: Named | null;
  /** Name or id of an API key and the like. */
  performer: string | null;
  kind: KindOfUse;
  /** Is it a person's deed that counts as use? */
  counts: boolean;
  type: string | null;
  targetType: string | null;
  /** Candidates' ids are cut: `2218…003`. */
  targetId: string | null;
  requestId: string | null;
  requestType: string | null;
  /** Not for viewers. */
  ip: string | null;
}

export interface EventsView extends Listed<EventView> {
  /** Set when the time budget ended the search: older events were not looked at; `nextCursor` goes on. */
  searchedBackTo: string | null;
  /** Oldest raw event that is kept; null: none. */
  keptSince: string | null;
}

export interface ChangeView {
  id: string;
  stream: Stream;
  kind: ChangeKind;
  /** Greenhouse's id of the row that changed; null for a baseline. */
  rowId: string | null;
  /** What it was about, in words: `grant added: Standard on Data Analyst`. */
  what: string;
  user: Named | null;
  before: Record<string, unknown> | null;
  after: Record<string, unknown> | null;
  /** The moment, where an audit event tells it. */
  happenedAt: string | null;
  /** Otherwise it lies between two listings; `from` null: before the first one. */
  between: { from: string | null; to: string };
  /** null: not told. */
  by: string | null;
  /** The action of ours that it follows from. */
  action: number | null;
  eventId: string | null;
  runId: number;
}

export interface UserDetail extends UserView {
  levelReason: string;
  statusSince: string | null;
  /** All of them; `confirmed` null: not told, as by v1. */
  addresses: { email: string; confirmed: boolean | null }[];
  /** The first 500; `listGrants` has the rest. */
  grantList: GrantView[];
  /** Use by day over the last 92 days, oldest first. */
  useByDay: DayUse[];
  /** Recruiting activity of each kind: the newest, and on how many of those days. Newest first. */
  recruiting: { source: DeedSource; lastAt: string; days: number }[];
  changes: ChangeView[];
  /** Others with the same address or employee id. */
  sharing: { user: Named; what: "email" | "employeeId" }[];
  /** An admin marked this user as a service account here. */
  markedServiceAccount: boolean;
  /** Who this is by the directory of employees, and why; null: no directory was given. */
  employee: UserEmployee | null;
  stamp: Stamp;
}

export interface PersonLine extends Named {
  lastUsed: LastUsed | null;
  usage: UseView;
}

export interface LeaverLine extends Named {
  /** Greenhouse lists the user no longer: whether they are active isn't known. */
  missing: boolean;
  /** The last day of work; null: not given. */
  leftOn: string | null;
  /** Since leaving, or since we were told of it. */
  daysSince: number;
  /** Days with use after it; null: nothing of the time was read. */
  daysUsed: number | null;
}

export interface Overview {
  listing: Stamp["listing"];
  grantsAsOf: string | null;
  usageUpTo: string | null;
  people: {
    active: number;
    byLevel: Record<Level, number>;
    deactivated: number;
    missing: number;
    serviceAccounts: number;
  };
  window: WindowView;
  use: {
    inUse: number;
    unused: number;
    neverUsed: number;
    neverUsedSince: string | null;
    unknown: number;
    /** The commonest reason for unknown, in words; null where none is unknown. */
    unknownReason: string | null;
    /** Entered "unused" in the last 7 days; null: not known. */
    newlyUnused: number | null;
    of: number;
  };
  licenses: { sentence: string; assigned: number; couldBeFreed: { low: number; high: number } };
  siteAdmins: { total: number; items: PersonLine[] };
  /**
   * People who have left and aren't known to be deactivated, the longest ago first; null: no directory of employees was given.
   * `missing`: so many of them Greenhouse lists no longer.
   */
  leftButActive: { total: number; missing: number; items: LeaverLine[] } | null;
  changes7Days: {
    usersAdded: number;
    deactivated: number;
    levelChanged: number;
    grantsAdded: number;
    grantsRemoved: number;
  } | null;
  days: DayUse[];
  /** null: this kind of credential can't read it. */
  recruiting: {
    /** Since when all lists that are read have been read; null: none is, or not lately. */
    since: string | null;
    /** Active people in use for whom such a list tells the newest use. */
    inUse: number;
    /** Each list with the time for which it was read without a gap up to the newest. */
    read: { stream: RecruitingStream; label: string; from: string | null; until: string | null }[];
  } | null;
  needsYou: NeedsYou[];
  /** Open ones. */
  findings: Record<Severity, number>;
  stamp: Stamp;
}

/** Something to look at; `filter` opens the list that it counts. */
export interface NeedsYou {
  code:
    | "left_but_active"
    | "actions_to_approve"
    | "deactivated_with_grants"
    | "site_admins_without_use"
    | "missing_users"
    | "users_without_email"
    | "verdict";
  count: number;
  text: string;
  filter: UserFilter | null;
  stream: Stream | null;
}

/** An action: what is to be done, who said so, and how far it is. */
export interface ActionView {
  id: number;
  kind: ActionKind;
  state: ActionState;
  targets: number;
  counts: Record<TargetState, number>;
  serviceAccounts: boolean;
  needsApproval: boolean;
  /** The action that this one takes back. */
  undoes: number | null;
  undoneBy: number | null;
  /** What would take this one back; null: nothing would, or there is nothing. */
  undo: ActionKind | null;
  undoText: string;
  /** What Greenhouse doesn't tell of the effect. */
  notTold: string[];
  madeBy: string;
  madeByMember: number | null;
  madeAt: string;
  endsAt: string;
  appliedAt: string | null;
  approvedBy: string | null;
  approvedAt: string | null;
  stoppedBy: string | null;
  startedAt: string | null;
  endedAt: string | null;
}

/** One of whom an action is aimed at. The user is as the preview showed them. */
export interface TargetView {
  n: number;
  user: {
    id: string;
    name: string | null;
    email: string | null;
    status: Status;
    level: Level;
    serviceAccount: boolean;
  };
  grant: {
    kind: "job" | "future_job";
    id: string;
    role: Named | null;
    job: JobRef | null;
    department: Named | "every" | null;
    office: Named | "every" | null;
  } | null;
  state: TargetState;
  effect: string[];
  /** Why it was refused, or isn't known. */
  reason: { code: Refusal | "unknown"; text: string } | null;
  /** As read back; null: not seen done. */
  after: { status: Status | null; level: Level | null } | null;
  ask: (Omit<Ask, "at"> & { at: string }) | null;
  sentAt: string | null;
  endedAt: string | null;
}
