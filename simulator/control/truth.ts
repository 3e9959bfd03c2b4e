import { walk } from "../audit/read.ts";
import { isoTime } from "../clock.ts";
import type { EventLog, Span } from "../events/log.ts";
import type { Org } from "../org/org.ts";
import {
  bulkRow,
  departmentRow,
  emailRow,
  fieldRow,
  futureRow,
  jobRow,
  officeRow,
  permissionText,
  roleRow,
  tagRow,
  userRow,
} from "../org/rows.ts";
import type { RecruitingList } from "../recruiting/recruiting.ts";
import { recruitingLists } from "../recruiting/recruiting.ts";
import type { View } from "../v3/filters.ts";
import { permissionShows, userShows } from "../v3/listings.ts";
import { madeText } from "../v3/recruiting.ts";
import { madeRows } from "./activity.ts";

type Json = Record<string, unknown>;

/** What one person did within a range. Counted = performer.type user and event.type not harvest_access (api.md §7). */
export interface UserTruth {
  events: number;
  counted: number;
  lastCounted: string | null;
  days: Record<string, number>;
}
export interface EventTruth {
  after: string | null;
  before: string | null;
  events: number;
  countedEvents: number;
  countedOfUnknownUsers: number;
  users: Record<string, UserTruth>;
}

/**
 * Counts, one event at a time, what a client could read now: per user and per UTC day.
 * Bounds are inclusive; left out, the range is everything readable.
 */
export async function eventTruth(
  log: EventLog,
  now: number,
  after: number | null,
  before: number | null,
): Promise<EventTruth> {
  const span: Span = [after ?? -Infinity, before ?? Infinity];
  const users = new Map<
    number,
    { events: number; counted: number; last: number; days: Map<number, number> }
  >();
  let [events, countedEvents, strangers] = [0, 0, 0];
  await walk(
    log,
    { span, filter: null, performers: null, paging: false },
    { now, inserted: log.arrivals },
    false,
    null,
    (e) => {
      events++;
      const id = e.userId();
      if (e.counted) countedEvents++;
      if (id === null) {
        if (e.counted) strangers++;
        return true;
      }
      const user = users.get(id) ?? {
        events: 0,
        counted: 0,
        last: -Infinity,
        days: new Map<number, number>(),
      };
      users.set(id, user);
      user.events++;
      if (!e.counted) return true;
      user.counted++;
      user.last = Math.max(user.last, e.ms);
      const day = Math.floor(e.ms / 86_400_000);
      user.days.set(day, (user.days.get(day) ?? 0) + 1);
      return true;
    },
  );
  const dayText = (day: number): string => isoTime(day * 86_400_000).slice(0, 10);
  const shown = [...users]
    .sort(([a], [b]) => a - b)
    .map(([id, u]): [string, UserTruth] => [
      String(id),
      {
        events: u.events,
        counted: u.counted,
        lastCounted: u.counted === 0 ? null : isoTime(u.last),
        days: Object.fromEntries([...u.days].sort(([a], [b]) => a - b).map(([day, n]) => [dayText(day), n])),
      },
    ]);
  return {
    after: after === null ? null : isoTime(after),
    before: before === null ? null : isoTime(before),
    events,
    countedEvents,
    countedOfUnknownUsers: strangers,
    users: Object.fromEntries(shown),
  };
}

/** The whole truth about the organization, in v3's words; every array in ascending id order. */
export interface Dump extends Partial<Record<RecruitingList, Json[]>> {
  organizationId: number;
  now: string;
  users: Json[];
  serviceAccounts: Json[];
  hiddenUsers: Json[];
  userRoles: Json[];
  userJobPermissions: Json[];
  futureJobPermissions: Json[];
  userEmails: Json[];
  departments: Json[];
  offices: Json[];
  jobs: Json[];
  customFieldOptions: Json[];
  customFields: Json[];
  interviewerTags: Json[];
  bulkRequests: Json[];
  events: EventTruth;
}
/** Lists of recruiting are in the dump when they are asked for. */
export type DumpPart = Exclude<keyof Dump, "organizationId" | "now"> | RecruitingList;
/** What is in a dump when nothing is said. */
export const dumpParts: readonly DumpPart[] = [
  "users",
  "serviceAccounts",
  "hiddenUsers",
  "userRoles",
  "userJobPermissions",
  "futureJobPermissions",
  "userEmails",
  "departments",
  "offices",
  "jobs",
  "customFieldOptions",
  "customFields",
  "interviewerTags",
  "bulkRequests",
  "events",
];

/** The JSON texts of one part, a row at a time: five million permissions need not be held at once. */
export function* partTexts(part: Exclude<DumpPart, "events">, view: View): Generator<string> {
  const { org } = view;
  if ((recruitingLists as readonly string[]).includes(part)) {
    for (const row of madeRows(view, part as RecruitingList)) yield madeText(row);
    return;
  }
  if (part === "userJobPermissions") {
    yield* permissionTexts(org, view);
    return;
  }
  for (const row of partRows(part, view)) yield JSON.stringify(row);
}

function* permissionTexts(org: Org, view: View): Generator<string> {
  // Read in the order of the API, newest first, a thousand at a time.
  for (let before = Infinity; ; ) {
    const rows = org.permissions.page(before, 1000, (p) => permissionShows(p, view));
    for (const row of rows) yield permissionText(row);
    const last = rows.at(-1);
    if (!last || rows.length < 1000) return;
    before = last.id;
  }
}

function partRows(part: DumpPart, view: View): Json[] {
  const { org, scenario } = view;
  const users = (keep: (u: Org["users"][number]) => boolean): Json[] =>
    org.users.filter(keep).map((u) => userRow(u, org, scenario));
  switch (part) {
    case "users":
      return users((u) => userShows(u, false));
    case "serviceAccounts":
      return users((u) => u.service && !u.hidden);
    case "hiddenUsers":
      return users((u) => u.hidden);
    case "userRoles":
      return org.roles.map(roleRow);
    case "futureJobPermissions":
      return org.futurePermissions.map(futureRow);
    case "userEmails":
      return org.emails.map(emailRow);
    case "departments":
      return org.departments.map(departmentRow);
    case "offices":
      return org.offices.map(officeRow);
    case "jobs":
      return org.jobs.map(jobRow);
    case "customFieldOptions":
      return [...org.optionIds].map(([value, id]) => ({ id, value }));
    case "customFields":
      return org.customFields.map((field) => fieldRow(field, org));
    case "interviewerTags":
      return org.tags.map(tagRow);
    case "bulkRequests":
      return org.bulkRequests.map(bulkRow);
    default:
      return [];
  }
}
