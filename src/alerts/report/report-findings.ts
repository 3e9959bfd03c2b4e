/** The report's sections on findings, and on what could not be read. Pure. */
import { parseDay } from "../../model/day.ts";
import { FINDING_TEXT, SEVERITIES, type Severity } from "../../model/finding.ts";
import { isRecruiting } from "../../model/stream.ts";
import type { Unread, WeekFacts } from "./report-facts.ts";
import {
  countOf,
  listOf,
  partOf,
  type ReportRow,
  type ReportSection,
  row,
  type Saying,
} from "./report-kit.ts";

const HOLES_SHOWN = 3;
const SEVERITY_WORD: Record<Severity, string> = { high: "High", medium: "Medium", low: "Low" };

export function findingsSection({ facts, time }: Saying): ReportSection {
  const { byRule, open, rules } = facts.findings;
  const judged = rules.filter(({ on, check }) => on && check !== null);
  const not = judged.filter(({ check }) => check!.reason !== null);
  const none = judged.length === 0;
  const source = none
    ? "none; nothing was checked yet"
    : `${countOf(judged.length, "check")} of what was read`;
  return {
    title: "Open findings",
    basis: `As of ${time(facts.overview.stamp.at)}. Source: ${source}.`,
    bar: null,
    rows: [
      ...SEVERITIES.map((severity) => row(SEVERITY_WORD[severity], none ? null : open[severity])),
      ...byRule.map(({ rule, severity, open, text }) =>
        row(FINDING_TEXT[rule].label, open, `${SEVERITY_WORD[severity]}${text === null ? "" : `. ${text}`}`),
      ),
    ],
    notes:
      not.length === 0
        ? []
        : [
            `${partOf(not.length, judged.length)} checks can't be made now: ` +
              `${listOf(not.map(({ rule, check }) => `${FINDING_TEXT[rule].label} (${check!.reason})`))}.`,
          ],
  };
}

export function unreadSection(saying: Saying): ReportSection {
  const { facts, time } = saying;
  const { unread, overview, connection } = facts;
  const of = (state: Unread["state"]) => unread.filter((each) => each.state === state);
  const rows = [
    ...of("odd").map(({ label, text }) => row(label, "in doubt", text)),
    ...of("stopped").map(({ label, readAt }) =>
      row(label, `since ${time(readAt!)}`, "What is newer is missing; what was read by then is counted"),
    ),
    ...holeRows(saying),
    ...neverRows(of("never")),
    ...offRows(of("off")),
  ];
  const ages = [
    overview.listing && `users as of ${time(overview.listing.completedAt)}`,
    overview.grantsAsOf && `grants as of ${time(overview.grantsAsOf)}`,
    overview.usageUpTo && `the audit log up to ${time(overview.usageUpTo)}`,
  ].filter((age) => age !== null);
  const read = ages.length > 0 ? `Read: ${listOf(ages)}.` : "Nothing was read completely yet.";
  return {
    title: "What could not be read",
    basis: `As of ${time(overview.stamp.at)}. ${read}`,
    bar: null,
    rows: rows.length > 0 ? rows : [row("Everything that is switched on", "read")],
    notes: standing(connection),
  };
}

/** Recruiting lists share a row: what each of them tells is the same kind of thing. */
function neverRows(unread: readonly Unread[]): ReportRow[] {
  const lists = unread.filter(({ stream }) => isRecruiting(stream));
  const others = unread.filter(({ stream }) => !isRecruiting(stream));
  return [
    ...others.map(({ label, lost }) => row(label, "never read", `Missing: ${lost}`)),
    ...(lists.length > 0 ? [row("Recruiting activity", "never read", labelsOf(lists))] : []),
  ];
}

function offRows(unread: readonly Unread[]): ReportRow[] {
  if (unread.length === 0) return [];
  return [
    row("Off", String(unread.length), `By choice, or never allowed: ${labelsOf(unread).toLowerCase()}`),
  ];
}

const labelsOf = (unread: readonly Unread[]) => listOf(unread.map(({ label }) => label));

/** Times of the window whose use was never read. */
function holeRows({ facts, zone, time }: Saying): ReportRow[] {
  const { stamp, window } = facts.overview;
  const [from, until] = [zone.start(parseDay(window.from)!), zone.end(parseDay(window.to)!)];
  const holes = stamp.holes.filter((hole) => Date.parse(hole.to) > from && Date.parse(hole.from) < until);
  const rows = holes.slice(0, HOLES_SHOWN).map(({ from, to, cause }) => {
    const [value, what] =
      cause === "silent" ? ["nothing told", "told nothing"] : ["not read", "was not read"];
    return row("Audit log", value, `Between ${time(from)} and ${time(to)} it ${what}`);
  });
  const more = holes.length - rows.length;
  if (more === 0) return rows;
  return [...rows, row("Audit log", countOf(more, "more hole"), "Within the days that use is counted for")];
}

function standing({ paused, frozenAt }: WeekFacts["connection"]): string[] {
  if (frozenAt !== null)
    return ["Reading has ended: the credential was destroyed, and the data kept as it was."];
  return paused ? ["Reading is paused: nothing newer comes in until somebody switches it on again."] : [];
}
