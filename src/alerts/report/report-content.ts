/**
 * The weekly report in words: for whoever leads recruiting operations, and forwards it unedited. Pure. Each section says
 * for which time its numbers are and what they come from; what isn't known is said to be, with its reason, and is no 0.
 */
import { dayZone } from "../../model/day.ts";
import { leaversText } from "../../model/employees/leavers.ts";
import { harmless } from "../../model/harmless.ts";
import { grouped } from "../../model/text.ts";
import { dateIn, dayOf, daysText, timeIn } from "../days.ts";
import type { WeekFacts } from "./report-facts.ts";
import { findingsSection, unreadSection } from "./report-findings.ts";
import { countOf, type Report, reasonOf, type Saying, useIsUnproven, useIsUnread } from "./report-kit.ts";
import { accessSection, changesSection, leaversSection } from "./report-people.ts";
import { licensesSection, useSection } from "./report-use.ts";

export function report(facts: WeekFacts): Report {
  const { connection, overview, week } = facts;
  const { stamp } = overview;
  const zone = dayZone(overview.window.timeZone);
  const saying: Saying = { facts, zone, time: (at) => timeIn(zone, at), date: (at) => dateIn(zone, at) };
  const listed = stamp.listing !== null;
  const days = daysText(week.from, week.to);
  const name = harmless(connection.name);
  return {
    subject: `${stamp.sample ? "Sample data: " : ""}Weekly report on Greenhouse, ${name}, ${days}`,
    title: `Greenhouse at ${name}`,
    period: week,
    week: `Weekly report, ${days}`,
    sample: stamp.sample,
    lead: listed ? leadOf(saying) : [NOTHING_LISTED],
    sections: (listed ? SECTIONS : [unreadSection]).map((section) => section(saying)),
    foot: [
      ...(listed ? [UNKNOWN_MEANS, stamp.sentence] : []),
      `Made by Glasshouse on ${saying.time(stamp.at)}, from the connection ${name}. Days and times are those of ${zone.timeZone}.`,
    ],
  };
}

const SECTIONS = [
  useSection,
  leaversSection,
  licensesSection,
  accessSection,
  changesSection,
  findingsSection,
  unreadSection,
];

const NOTHING_LISTED =
  "Greenhouse's list of users has not been read completely yet. Until it is, nothing can be said of who uses Greenhouse.";
const UNKNOWN_MEANS =
  "Unknown means that it can't be told from what was read. It doesn't mean inactive: nobody whose use is unknown is counted as unused.";

/** A list of users that is older than this is said to be old before anything else. */
const OLD_MS = 2 * 86_400_000;

function leadOf({ facts, date }: Saying): string[] {
  const { overview, findings, unread } = facts;
  const { leftButActive: left } = overview;
  const { high } = findings.open;
  const { completedAt } = overview.listing!;
  const old = Date.parse(overview.stamp.at) - Date.parse(completedAt) > OLD_MS;
  return [
    ...(old ? [`Greenhouse's list of users is of ${date(completedAt)}: what is newer is missing.`] : []),
    ...useLead(facts),
    ...(left && left.total > 0 ? [`${leaversText(left.total - left.missing, left.missing)}.`] : []),
    ...(high > 0
      ? [`${countOf(high, "finding of high severity is", "findings of high severity are")} open.`]
      : []),
    ...(unread.some(({ state }) => state !== "off")
      ? ["Not everything could be read: the last section says what is missing."]
      : []),
  ];
}

function useLead(facts: WeekFacts): string[] {
  const { use, window, licenses } = facts.overview;
  const people = countOf(use.of, "active person", "active people");
  if (useIsUnread(facts)) return [`Who of ${people} uses Greenhouse is not known: ${reasonOf(facts)}.`];
  const { low } = licenses.couldBeFreed;
  return [
    `${grouped(use.inUse)} of ${people} ${use.inUse === 1 ? "is" : "are"} known to have used Greenhouse since ${dayOf(window.from)}.`,
    ...(use.unknown > 0 ? [`Of ${grouped(use.unknown)} it can't be told: ${reasonOf(facts)}.`] : []),
    ...(low > 0 && !useIsUnproven(facts) ? [`${countOf(low, "license")} could be freed.`] : []),
  ];
}
