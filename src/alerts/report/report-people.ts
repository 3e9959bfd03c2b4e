/** The report's sections on people: who has left, who has access, what changed. Pure. */
import type { ChangeView, LeaverLine } from "../../insights/types.ts";
import { LEVELS } from "../../model/records.ts";
import { LEVEL_WORD } from "../../model/words.ts";
import { dayOf, daysText } from "../days.ts";
import type { Counted, WeekChanges } from "./report-facts.ts";
import {
  countOf,
  nameOf,
  partOf,
  type ReportRow,
  type ReportSection,
  row,
  type Saying,
  someOf,
} from "./report-kit.ts";

export function leaversSection({ facts, time }: Saying): ReportSection {
  const { leftButActive: left, stamp } = facts.overview;
  const section = { title: "Left, but still active", bar: null, notes: [] };
  if (!left) {
    const basis = "Source: none; Glasshouse was given no directory of employees.";
    return { ...section, basis, rows: [row("People", null, "Without it, it can't be told who has left")] };
  }
  const at = time(stamp.listing!.completedAt);
  const more = left.total - left.items.length;
  return {
    ...section,
    basis: `As of ${at}. Source: the directory of employees and Greenhouse's list of users.`,
    rows: [
      row(
        "People",
        left.total - left.missing,
        left.total === 0 ? "Nobody who has left is still active" : null,
      ),
      ...(left.missing > 0
        ? [row("Not known", left.missing, "Have left, and Greenhouse lists the user no longer")]
        : []),
      ...left.items.map(leaverRow),
      ...(more > 0 ? [row("Others", more, "They stand in Glasshouse under Employees")] : []),
    ],
  };
}

function leaverRow({ id, name, missing, leftOn, daysSince, daysUsed }: LeaverLine): ReportRow {
  const last =
    leftOn === null
      ? "No last day of work is given; counted since we know"
      : `Last day of work ${dayOf(leftOn)}`;
  const used =
    daysUsed === null
      ? "use since then is unknown"
      : daysUsed === 0
        ? "no recorded use since then"
        : `used Greenhouse on ${countOf(daysUsed, "day")} since then`;
  return row(
    nameOf({ id, name }),
    daysSince === 0 ? "left today" : `left ${countOf(daysSince, "day")} ago`,
    `${last}; ${used}${missing ? "; whether still active isn't known: no longer in Greenhouse's list" : ""}`,
  );
}

export function accessSection({ facts, time }: Saying): ReportSection {
  const { people, stamp } = facts.overview;
  const { byLevel } = people;
  const levels = LEVELS.filter((level) => level !== "unknown" || byLevel.unknown > 0);
  // Without readable grants nobody can be told to be a Job Admin, nor not to be one.
  const untold = byLevel.unknown > 0 && byLevel.job_admin + byLevel.basic === 0;
  const grants = stamp.grantsListing;
  return {
    title: "Who has access",
    basis:
      `As of ${time(stamp.listing!.completedAt)}. Source: Greenhouse's list of users; ` +
      (grants
        ? `levels from its lists of grants as of ${time(grants.completedAt)}.`
        : "its lists of grants were not read completely."),
    bar: null,
    rows: [
      row("Active people", people.active, "Service accounts are not counted"),
      ...levels.map((level) => {
        const unknown = untold && (level === "job_admin" || level === "basic");
        return row(
          LEVEL_WORD[level] === "Unknown" ? "Level unknown" : LEVEL_WORD[level],
          unknown ? null : partOf(byLevel[level], people.active),
          unknown || level === "unknown" ? "Without the grants Basic and Job Admin look alike" : null,
        );
      }),
      row("Deactivated", people.deactivated),
      row(
        "Missing",
        people.missing,
        people.missing > 0 ? "Greenhouse no longer lists them, though it never deletes users" : null,
      ),
      row("Service accounts", people.serviceAccounts, "Integrations' own users"),
    ],
    notes: [],
  };
}

export function changesSection(saying: Saying): ReportSection {
  const { people, grants, week } = saying.facts;
  const source = "Source: Greenhouse's complete lists of users and grants, compared with one another.";
  const parts = [people, grants].filter((part) => part !== null && !part.whole);
  return {
    title: "What changed in the week",
    basis: `${daysText(week.from, week.to)}. ${source}`,
    bar: null,
    rows: [...peopleRows(saying), ...grantRows(saying)],
    notes: [...new Set(parts.map((part) => partOfWeek(part!, saying.time)))],
  };
}

const NOT_LISTED = "This week has no two complete lists to compare";

function peopleRows({ facts: { people }, date }: Saying): ReportRow[] {
  if (!people) return [row("New people, people deactivated", null, NOT_LISTED)];
  const who = ({ user, rowId }: ChangeView) => nameOf(user ?? { id: String(rowId), name: null });
  const when = (change: ChangeView) => date(change.happenedAt ?? change.between.to);
  const { added, deactivated } = people;
  return [
    row("New people", added.total, names(added, who)),
    row(
      "Deactivated",
      deactivated.total,
      names(deactivated, (change) => `${who(change)} (${when(change)})`),
    ),
  ];
}

function grantRows({ facts: { grants } }: Saying): ReportRow[] {
  if (!grants) return [row("Levels and grants", null, NOT_LISTED)];
  const { levels, added, removed } = grants;
  return [row("Level changed", levels), row("Grants added", added), row("Grants removed", removed)];
}

const names = ({ items, total }: Counted, nameOf: (change: ChangeView) => string): string | null =>
  total === 0 ? null : someOf(items.map(nameOf), total);

const partOfWeek = ({ from, until }: WeekChanges, time: Saying["time"]): string =>
  `Only a part of the week is known: what changed between ${time(from)} and ${time(until)}.`;
