/** What the weekly report is made of: the answers to its questions, as of one moment. */
import { type FindingList, listFindings } from "../../findings/list.ts";
import { listChanges } from "../../insights/changes.ts";
import { licenses } from "../../insights/licenses.ts";
import { overview } from "../../insights/overview.ts";
import { iso, isoOrNull, type Question, question } from "../../insights/question.ts";
import { coveredOfDeeds } from "../../insights/recruiting.ts";
import type { ChangeView, LicensesView, Overview } from "../../insights/types.ts";
import type { Connection } from "../../model/connection.ts";
import { dayText } from "../../model/day.ts";
import { FINDING_RULES, type FindingRule, rulesOn, SEVERITIES, type Severity } from "../../model/finding.ts";
import { coveredDaysIn } from "../../model/license.ts";
import type { ChangeQuery, UserFilter } from "../../model/query.ts";
import { NOT_GIVEN, STREAM_TEXT, STREAMS, type Stream } from "../../model/stream.ts";
import type { CauseCode } from "../../model/verdict.ts";
import { listVerdicts, type StoredVerdict } from "../../store/connections/verdicts.ts";
import { countOpenByRule } from "../../store/findings/findings.ts";
import { firstListing, lastListing } from "../../store/listings/listed.ts";
import type { Db } from "../../store/store.ts";
import { countUsers } from "../../store/users/users.ts";
import { type Week, weekBefore } from "../days.ts";

const NAMES_SHOWN = 10;
/** One of each rule. */
const SHOWN_ALONE = FINDING_RULES.length;
const WEEK_DAYS = 7;

/** Distinct active people with recorded use on the days of a week. */
export interface WeekUse {
  /** null: nothing of these days was read. */
  people: number | null;
  /** Of these days, in the audit log. */
  coveredDays: number;
  days: number;
}

export interface Counted {
  total: number;
  /** The first of them. */
  items: ChangeView[];
}

/** What comparing complete listings showed within a week. */
export interface WeekChanges {
  /** Between these two moments, which lie within the week: what was listed. */
  from: string;
  until: string;
  /** That is the whole week. */
  whole: boolean;
}

/** Open findings of one rule. */
export interface OpenOfRule {
  rule: FindingRule;
  /** The severest of them. */
  severity: Severity;
  open: number;
  /** What it says, where there is one alone. */
  text: string | null;
}

export interface WeekFacts {
  connection: Pick<Connection, "name" | "paused" | "frozenAt">;
  week: { from: string; to: string };
  overview: Overview;
  licenses: LicensesView;
  used: { week: WeekUse; before: WeekUse };
  /** null: users were not listed in the week. */
  people: (WeekChanges & { added: Counted; deactivated: Counted }) | null;
  /** null: grants were not listed in the week. */
  grants: (WeekChanges & { levels: number; added: number; removed: number }) | null;
  findings: Pick<FindingList, "open" | "rules"> & { byRule: OpenOfRule[] };
  unread: Unread[];
}

/** Matches of employees must be fresh. */
export async function weekFacts(db: Db, connection: Connection, now: number): Promise<WeekFacts> {
  const asked = await question(db, connection, now);
  const week = weekBefore(asked.zone, asked.judge.known.today);
  const before = weekBefore(asked.zone, week.fromDay);
  const [whole, counted, usedInWeek, usedBefore, people, grants, findings, verdicts] = await Promise.all([
    overview(db, connection, now),
    licenses(db, connection, now),
    useIn(asked, week),
    useIn(asked, before),
    peopleIn(asked, week, now),
    grantsIn(asked, week, now),
    findingsIn(asked, now),
    listVerdicts(db, connection.id),
  ]);
  return {
    connection,
    week: { from: dayText(week.fromDay), to: dayText(week.toDay) },
    overview: whole,
    licenses: counted,
    used: { week: usedInWeek, before: usedBefore },
    people,
    grants,
    findings,
    unread: unreadOf(verdicts, connection),
  };
}

async function useIn(asked: Question, { fromDay, toDay }: Week): Promise<WeekUse> {
  const { db, connection, coverage, zone, judge } = asked;
  const coveredDays = coveredDaysIn(coverage.effective.spans, zone, fromDay, toDay);
  const days = Array.from({ length: WEEK_DAYS }, (_, i) => fromDay + i);
  const read = coveredDays > 0 || days.some((day) => coveredOfDeeds(asked, day) !== "none");
  const filter: UserFilter = {
    status: ["active"],
    serviceAccounts: "exclude",
    usedFrom: dayText(fromDay),
    usedTo: dayText(toDay),
  };
  return {
    people: read ? await countUsers(db, connection.id, filter, judge) : null,
    coveredDays,
    days: WEEK_DAYS,
  };
}

async function peopleIn(asked: Question, week: Week, now: number): Promise<WeekFacts["people"]> {
  const listed = await listedIn(asked, week, ["users"]);
  if (!listed) return null;
  const of = changesOf(asked, week, now);
  const [added, deactivated] = await Promise.all([
    of({ stream: ["users"], kind: ["added"], limit: NAMES_SHOWN }),
    of({ kind: ["deactivated"], limit: NAMES_SHOWN }),
  ]);
  return { ...listed, added, deactivated };
}

async function grantsIn(asked: Question, week: Week, now: number): Promise<WeekFacts["grants"]> {
  const stream: Stream[] = ["job_grants", "future_job_grants"];
  const listed = await listedIn(asked, week, ["job_grants", "future_job_grants"]);
  if (!listed) return null;
  const of = changesOf(asked, week, now);
  const [levels, added, removed] = await Promise.all([
    of({ kind: ["level"], limit: 1 }),
    of({ stream, kind: ["added", "returned"], limit: 1 }),
    of({ stream, kind: ["removed"], limit: 1 }),
  ]);
  return { ...listed, levels: levels.total, added: added.total, removed: removed.total };
}

async function findingsIn({ db, connection }: Question, now: number): Promise<WeekFacts["findings"]> {
  const on = rulesOn(connection.settings.findings);
  const counted = await countOpenByRule(db, { connection: connection.id, on, now });
  const sums = new Map<FindingRule, OpenOfRule>();
  for (const severity of SEVERITIES) {
    for (const { rule, n } of counted.filter((each) => each.severity === severity)) {
      const before = sums.get(rule) ?? { rule, severity, open: 0, text: null };
      sums.set(rule, { ...before, open: before.open + n });
    }
  }
  const alone = [...sums.values()].filter(({ open }) => open === 1).map(({ rule }) => rule);
  // With no rule it would list all.
  const query = { state: ["open" as const], rule: alone.length > 0 ? alone : [...FINDING_RULES] };
  const { items, open, rules } = await listFindings(db, connection, { ...query, limit: SHOWN_ALONE }, now);
  const textOf = (rule: FindingRule) => items.find((each) => each.rule === rule)?.text ?? null;
  const byRule = [...sums.values()].map((each) =>
    each.open === 1 ? { ...each, text: textOf(each.rule) } : each,
  );
  return { open, rules, byRule };
}

const changesOf =
  ({ db, connection }: Question, { from, until }: Week, now: number) =>
  async (query: ChangeQuery): Promise<Counted> => {
    const { items, total } = await listChanges(db, connection, { ...query, from, to: until }, now);
    return { items, total: total! };
  };

/** What of the week lies between complete listings of all these streams; null: nothing. */
async function listedIn(
  { db, connection }: Question,
  week: Week,
  streams: readonly ("users" | "job_grants" | "future_job_grants")[],
): Promise<WeekChanges | null> {
  const spans = await Promise.all(
    streams.map(async (stream) => {
      const [first, last] = await Promise.all([
        firstListing(db, connection.id, stream),
        lastListing(db, connection.id, stream),
      ]);
      return first && last && { from: first.endedAt, until: last.endedAt };
    }),
  );
  const known = spans.filter((span) => span !== null);
  if (known.length < streams.length) return null;
  const from = Math.max(week.from, ...known.map((span) => span.from));
  const until = Math.min(week.until, ...known.map((span) => span.until));
  if (from >= until) return null;
  return { from: iso(from), until: iso(until), whole: from === week.from && until === week.until };
}

/** A stream that something is missing of. */
export interface Unread {
  stream: Stream;
  label: string;
  /** What a reader does without. */
  lost: string;
  /** `stopped`: it was read before. `never`: it never was. `off`: by choice, or never allowed. `odd`: read, and something is wrong. */
  state: "stopped" | "never" | "off" | "odd";
  /** When it was last read completely. */
  readAt: string | null;
  /** What is odd. */
  text: string | null;
}

/** Read to the end, though something about it is odd. */
const READ_BUT: readonly (CauseCode | null)[] = [
  "listing_held",
  "records_unreadable",
  "clock_wrong",
  "audit_log_empty",
  "audit_log_no_people",
];

/** Of the streams that this kind of credential gives. */
export function unreadOf(
  verdicts: readonly StoredVerdict[],
  { credentialKind, settings }: Pick<Connection, "credentialKind" | "settings">,
): Unread[] {
  const given = STREAMS.filter((stream) => !NOT_GIVEN[credentialKind].includes(stream));
  return given.flatMap((stream): Unread[] => {
    const stored = verdicts.find(({ verdict }) => verdict.stream === stream);
    const { state, cause, text } = stored?.verdict ?? { state: "not_read_yet", cause: null, text: null };
    const readAt = stored?.lastSuccessAt ?? null;
    const { label, lost } = STREAM_TEXT[stream];
    const is = (state: Unread["state"]): Unread[] => [
      { stream, label, lost, state, readAt: isoOrNull(readAt), text: state === "odd" ? text : null },
    ];
    if (state === "off" || settings.off.includes(stream)) return is("off");
    if (state === "well" || (state === "reading" && readAt !== null)) return [];
    if (READ_BUT.includes(cause)) return is("odd");
    return is(readAt === null ? "never" : "stopped");
  });
}
