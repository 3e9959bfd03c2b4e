/** The dashboard. */
import type { Severity } from "../../model/finding.ts";
import type { UserFilter } from "../../model/query.ts";
import type { Level } from "../../model/records.ts";
import type { RecruitingStream, Stream } from "../../model/stream.ts";
import type { Named, Stamp } from "./common.ts";
import type { DayUse, LastUsed, UseView } from "./usage.ts";
import type { UserView } from "./users.ts";
import type { WindowView } from "./windows.ts";

export interface PersonLine extends Named {
  lastUsed: LastUsed | null;
  usage: UseView;
}

export interface LeaverLine extends Named {
  level: Level;
  grants: UserView["grants"];
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
