/** The report's sections on use and on licenses. Pure. */

import { RECRUITING_NOTE } from "../../insights/recruiting.ts";
import { LEVEL_WORD } from "../../model/words.ts";
import { dayOf, daysText } from "../days.ts";
import type { WeekFacts, WeekUse } from "./report-facts.ts";
import {
  listOf,
  partOf,
  type ReportRow,
  type ReportSection,
  rangeOf,
  reasonOf,
  row,
  type Saying,
  useIsUnproven,
  useIsUnread,
} from "./report-kit.ts";

export function useSection(saying: Saying): ReportSection {
  const { facts } = saying;
  const { use, window } = facts.overview;
  const unread = useIsUnread(facts);
  const { inUse, unused, neverUsed, unknown } = use;
  return {
    title: "Who uses Greenhouse",
    basis: `${daysText(window.from, window.to)}, ${window.days} whole days, and today so far. Source: ${sourceOf(facts)}.`,
    bar: unread ? null : { inUse, unused, neverUsed, unknown },
    rows: [...stateRows(saying), weekRow(facts)],
    notes: notesOf(facts),
  };
}

function stateRows({ facts, date }: Saying): ReportRow[] {
  const { use, window, recruiting } = facts.overview;
  const unread = useIsUnread(facts);
  const unproven = unread || useIsUnproven(facts);
  const value = (people: number, known: boolean) => (known ? partOf(people, use.of) : null);
  const told = recruiting?.inUse ?? 0;
  const start = dayOf(window.from);
  const cantTell = unread ? null : "What was read shows who came, not who didn't";
  return [
    row(
      "In use",
      value(use.inUse, !unread),
      unread
        ? null
        : `Active people with recorded use${told > 0 ? `; ${told} of them by recruiting activity` : ""}`,
      "inUse",
    ),
    row("Unused", value(use.unused, !unproven), unproven ? cantTell : `Last used before ${start}`, "unused"),
    row(
      "Never used",
      value(use.neverUsed, !unproven),
      unproven
        ? cantTell
        : use.neverUsedSince === null
          ? "No recorded use in any day that was read"
          : `No recorded use since ${date(use.neverUsedSince)}`,
      "neverUsed",
    ),
    row(
      "Unknown",
      partOf(use.unknown, use.of),
      use.unknown === 0 ? "Of everybody it can be told" : `Can't be told: ${reasonOf(facts)}`,
      "unknown",
    ),
    ...(unproven
      ? []
      : [
          row(
            "Newly unused",
            use.newlyUnused === null ? null : partOf(use.newlyUnused, use.of),
            use.newlyUnused === null
              ? "The days a week before were not all read"
              : "Unused now, and still in use a week ago; counted in Unused",
          ),
        ]),
  ];
}

/** Distinct people of the week itself, beside those of the week before where both can be compared. */
function weekRow({ week, used, overview: { use } }: WeekFacts): ReportRow {
  const label = `In the week ${daysText(week.from, week.to)}`;
  const { people } = used.week;
  if (people === null) return row(label, null, "None of these days was read");
  const whole = wasRead(used.week);
  const value = `${whole ? "" : "at least "}${partOf(people, use.of)}`;
  const read = whole
    ? null
    : `The audit log was read for ${partOf(used.week.coveredDays, used.week.days)} days`;
  const before =
    whole && wasRead(used.before) && used.before.people !== null
      ? `The week before: ${partOf(used.before.people, use.of)}`
      : null;
  return row(label, value, ["Used it on at least one day", read, before].filter(Boolean).join(". "));
}

const wasRead = ({ coveredDays, days }: WeekUse) => coveredDays === days;

/** `Greenhouse's audit log, read for all of these days, and recruiting activity (scorecards)`. */
function sourceOf({ overview: { window, recruiting } }: WeekFacts): string {
  const { coveredDays, days } = window;
  const lists = (recruiting?.read ?? []).filter(({ from }) => from !== null);
  const activity =
    lists.length > 0 && `recruiting activity (${listOf(lists.map(({ label }) => label.toLowerCase()))})`;
  const log =
    coveredDays === days
      ? "Greenhouse's audit log, read for all of these days"
      : coveredDays > 0 && `Greenhouse's audit log, read for ${partOf(coveredDays, days)} days`;
  if (log) return activity ? `${log}, and ${activity}` : log;
  if (activity) return `${activity}; no audit log was read for these days`;
  return "none; nothing that tells of use was read for these days";
}

function notesOf({ overview: { window, recruiting } }: WeekFacts): string[] {
  const lists = recruiting?.read.some(({ from }) => from !== null) ?? false;
  const others = window.others.map(
    ({ level, role, days }) =>
      `${level ? LEVEL_WORD[level] : (role?.name ?? `role ${role?.id}`)} ${days} days`,
  );
  return [
    ...(lists && window.coveredDays < window.days ? [RECRUITING_NOTE] : []),
    ...(others.length > 0 ? [`Judged by longer or shorter spans of their own: ${listOf(others)}.`] : []),
  ];
}

export function licensesSection({ facts, time }: Saying): ReportSection {
  const { total, types, sentence } = facts.licenses;
  const { listing } = facts.overview.stamp;
  const section = {
    title: "Licenses that could be freed",
    basis: `As of ${time(listing!.completedAt)}. Source: Greenhouse's list of users, and the use above. ${sentence}`,
    bar: null,
  };
  if (useIsUnproven(facts)) {
    const why = "Who didn't use it can't be told, so no license can be called free";
    return { ...section, rows: [row("All types", null, why)], notes: [] };
  }
  const { heldByDeactivated, unknown } = total;
  // The days of the window were read: both are numbers.
  const [unused, neverUsed] = [total.unused ?? 0, total.neverUsed ?? 0];
  const parts = [
    `${unused} unused`,
    `${neverUsed} never used`,
    ...(heldByDeactivated > 0 ? [`${heldByDeactivated} held by deactivated users`] : []),
  ];
  const most = unknown > 0 ? `; the higher number adds ${unknown} whose use is unknown` : "";
  return {
    ...section,
    rows: [
      row("All types", `${rangeOf(total.couldBeFreed)} of ${total.assigned}`, `${listOf(parts)}${most}`),
      ...types
        .filter(({ assigned }) => assigned > 0)
        .map(({ type, assigned, couldBeFreed, couldBeFreedMoney: money }) =>
          row(
            type,
            `${rangeOf(couldBeFreed)} of ${assigned}`,
            money &&
              `${money.currency} ${rangeOf({ low: whole(money.low), high: whole(money.high) })} a year, at the price typed in`,
          ),
        ),
    ],
    notes: [],
  };
}

const whole = (amount: number) => Math.round(amount);
