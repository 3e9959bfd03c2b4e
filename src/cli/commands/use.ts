/** licenses, usage, events, changes: who uses it, and what happened. */
import type { Command } from "commander";
import type { ChangeView, EventView } from "../../api/contract/changes.ts";
import { CHANGE_CSV, EVENT_CSV, LICENSE_CSV } from "../../api/contract/columns.ts";
import type { LicensesView, UsageView } from "../../api/contract/usage.ts";
import { type CsvColumn, csvHead, csvRows } from "../../model/csv.ts";
import { LIST_STREAMS } from "../../model/stream.ts";
import { shellName } from "../../model/text.ts";
import { KINDS_OF_USE } from "../../model/usage.ts";
import type { CauseCode } from "../../model/verdict.ts";
import {
  type Context,
  choiceOf,
  examples,
  type FormatOptions,
  formatOf,
  type ListOptions,
  output,
  several,
} from "../context.ts";
import { dataLine, foot, leftOut, printList, stampParts } from "../list.ts";
import { type Column, TableWriter } from "../table.ts";
import { paint, write } from "../terminal.ts";
import { clock, count, countOf, exactTime, harmless, harmlessJson, pad, wrap } from "../text.ts";
import { cureLines } from "../verdicts.ts";
import { LEVEL_WORD, named, SOURCE_LABEL } from "../words.ts";
import { scopeOf } from "./people.ts";
import { windowLines } from "./windows.ts";

export function useCommands(root: Command, context: Context): void {
  licenses(root, context);
  usage(root, context);
  events(root, context);
  changes(root, context);
}

type TypeLine = LicensesView["total"] & Partial<LicensesView["types"][number]> & { type: string };

function licenses(root: Command, context: Context): void {
  const command = root
    .command("licenses <connection>")
    .description("Licenses by type and state, counted by your rules, and what could be freed.");
  examples(output(command, { list: false, csv: true }), [
    "licenses Aldermoor",
    "licenses Aldermoor --json",
    "users Aldermoor --license unused,never_used   # the people behind the numbers",
  ]).action((c: string, given: FormatOptions) =>
    context.withClient("licenses", async (client) => {
      const { terminal } = context;
      const view = await client.call("licenses", { params: { c } });
      const lines: TypeLine[] = [...view.types, { ...view.total, type: "All" }];
      const format = formatOf(given);
      if (format === "json") return write(terminal.out, `${harmlessJson(view, 2)}\n`);
      if (format === "csv")
        return write(terminal.out, csvHead(LICENSE_CSV) + csvRows(LICENSE_CSV, view.types));
      if (terminal.columns !== null) await write(terminal.out, `${await dataLine(context, client, c)}\n\n`);
      const table = new TableWriter(terminal, LICENSE_COLUMNS);
      await table.write(lines);
      const { window } = view;
      const never =
        view.neverUsedSince === null ? "" : ` Never used: none since ${exactTime(view.neverUsedSince)}.`;
      await foot(
        terminal,
        `Unused: no recorded use in ${window.days} days (${window.from} to ${window.to}, ${window.coveredDays} of ` +
          `${window.days} covered, ${window.timeZone}).${never}`,
      );
      for (const line of windowLines(view.window)) await foot(terminal, line, false);
      await leftOut(terminal, table);
      await foot(terminal, view.sentence, false);
      if (view.types.some(({ purchased, price }) => purchased === null || price === null)) {
        await foot(
          terminal,
          `Counts and prices are typed in: glasshouse license-rules ${shellName(view.stamp.connection)} --help`,
          false,
        );
      }
      await foot(terminal, stampParts(view.stamp).join(" · "), false);
    }),
  );
}

const range = ({ low, high }: { low: number; high: number }) =>
  low === high ? count(low) : `${count(low)} to ${count(high)}`;
const moneyText = ({ couldBeFreedMoney: money }: TypeLine) =>
  money ? `${money.currency} ${range(money)}` : "No price";

const whenRead = (n: number | null | undefined) => (n === null || n === undefined ? "Unknown" : count(n));

const LICENSE_COLUMNS: Column<TypeLine>[] = [
  { name: "Type", value: (l) => l.type, min: 10, tone: (l) => (l.type === "All" ? "strong" : "none") },
  {
    name: "Purchased",
    value: (l) => (l.type === "All" ? "" : l.purchased == null ? "Not typed" : count(l.purchased)),
    right: true,
    rank: 2,
  },
  { name: "Assigned", value: (l) => count(l.assigned), right: true },
  { name: "In use", value: (l) => whenRead(l.inUse), right: true },
  { name: "Unused", value: (l) => whenRead(l.unused), right: true },
  { name: "Never used", value: (l) => whenRead(l.neverUsed), right: true },
  { name: "Unknown", value: (l) => count(l.unknown), right: true },
  { name: "Deactivated", value: (l) => count(l.heldByDeactivated), right: true, rank: 3 },
  { name: "Could be freed", value: (l) => range(l.couldBeFreed), right: true },
  { name: "A year", value: (l) => (l.type === "All" ? "" : moneyText(l)), right: true, rank: 4 },
];

type Day = UsageView["days"][number];

function usage(root: Command, context: Context): void {
  const command = root
    .command("usage <connection>")
    .description(
      "Who really uses Greenhouse: active people by day, kind, level, role, department and office.",
    )
    .option("--from <day>", "first day, such as 2026-10-01")
    .option("--to <day>", "last day");
  examples(output(command, { list: false, csv: true }), [
    "usage Aldermoor",
    "usage Aldermoor --from 2026-09-01 --to 2026-11-22 --csv > days.csv",
  ]).action((c: string, given: FormatOptions & { from?: string; to?: string }) =>
    context.withClient("usage", async (client) => {
      const { terminal } = context;
      const view = await client.call("usage", { params: { c }, query: { from: given.from, to: given.to } });
      const format = formatOf(given);
      if (format === "json") return write(terminal.out, `${harmlessJson(view, 2)}\n`);
      if (format === "csv") return write(terminal.out, csvHead(DAY_CSV) + csvRows(DAY_CSV, view.days));
      if (terminal.columns !== null) await write(terminal.out, `${await dataLine(context, client, c)}\n\n`);
      await printUsage(context, view);
    }),
  );
}

async function printUsage({ terminal }: Context, view: UsageView): Promise<void> {
  const say = (text: string) => write(terminal.out, `${text}\n`);
  const { source, people, range } = view;
  if (source.state !== "well" && source.state !== "reading" && source.text) {
    const room = terminal.columns ?? Number.POSITIVE_INFINITY;
    const shown = wrap(harmless(source.text), room).map((line) => paint(terminal, "attention", line));
    const trouble = {
      stream: "audit_log" as const,
      cause: source.cause as CauseCode | null,
      cure: source.cure,
    };
    await say(
      `${[...shown, ...cureLines(terminal, trouble, { name: view.stamp.connection }, "")].join("\n")}\n`,
    );
  }
  const of = (n: number | null) => (n === null ? "Unknown" : `${count(n)} of ${count(people.of)}`);
  await say(
    `${range.coveredDays} of ${range.days} days covered: ${range.from} to ${range.to} (${range.timeZone})`,
  );
  const beside = (label: string, text: string) => {
    const lines = wrap(text, Math.max(20, (terminal.columns ?? Number.POSITIVE_INFINITY) - 16));
    return say(pad(label, 16) + lines.join(`\n${" ".repeat(16)}`));
  };
  await beside(
    "Active people",
    `these days ${of(people.range)} · last day ${of(people.lastDay)} · 7 days ${of(people.last7Days)} · 28 days ${of(people.last28Days)}`,
  );
  await beside("Who stopped", view.stopped === null ? `Unknown: ${view.stoppedReason}` : count(view.stopped));
  await say("");
  if (range.coveredDays > 0 || view.days.some(({ people }) => people !== null)) {
    await new TableWriter(terminal, DAY_COLUMNS).write(view.days);
  }
  for (const [by, parts] of Object.entries(view.by ?? {})) {
    if (parts.length === 0) continue;
    await say("");
    await new TableWriter<(typeof parts)[number]>(terminal, [
      { name: `By ${by}`, value: (p) => partName(by, p), min: 16 },
      {
        name: "People",
        value: (p) => (p.of === null ? count(p.people) : `${count(p.people)} of ${count(p.of)}`),
        right: true,
      },
    ]).write(parts);
  }
  if (view.recruiting) await printRecruiting(terminal, view.recruiting, range.days);
  if (view.notCounted.length > 0) {
    const parts = view.notCounted.map(
      ({ performerType, events }) => `${performerType.replaceAll("_", " ")} ${count(events)}`,
    );
    await foot(terminal, `Not counted (events): ${parts.join(", ")}.`);
  }
  for (const hole of view.stamp.holes) {
    const cause = hole.cause.replaceAll("_", " ");
    await foot(terminal, `Never read: ${exactTime(hole.from)} to ${exactTime(hole.to)} (${cause}).`, false);
  }
  await foot(terminal, view.note);
  await foot(terminal, stampParts(view.stamp, "log").join(" · "), false);
}

type Recruiting = NonNullable<UsageView["recruiting"]>;

async function printRecruiting(terminal: Context["terminal"], view: Recruiting, days: number): Promise<void> {
  await write(
    terminal.out,
    `\nRecruiting activity: ${view.people === null ? "not read" : countOf(view.people, "people")}\n`,
  );
  await new TableWriter<Recruiting["sources"][number]>(terminal, [
    { name: "What they did", value: (s) => SOURCE_LABEL[s.source], min: 20 },
    { name: "People", value: (s) => whenRead(s.people), right: true },
    { name: "Times", value: (s) => whenRead(s.deeds), right: true, rank: 1 },
    { name: "What it shows", value: (s) => `${s.shows} ${s.limits}`, min: 20, rank: 2 },
  ]).write(view.sources);
  for (const { label, from, until, coveredDays, state, text } of view.kinds) {
    const read =
      from === null || until === null ? "never read" : `read from ${exactTime(from)} to ${exactTime(until)}`;
    const why = state === "well" || state === "reading" || text === null ? "" : ` ${text}`;
    await foot(terminal, `${label}: ${read}, ${coveredDays} of ${days} days.${harmless(why)}`, false);
  }
  await foot(terminal, view.note, false);
}

function partName(by: string, part: { id: string; name: string | null }): string {
  if (by === "kind") return part.id;
  if (by === "level") return LEVEL_WORD[part.id as keyof typeof LEVEL_WORD] ?? part.id;
  return named(
    part,
    by.replace(/^./, (c) => c.toUpperCase()),
  );
}

const COVERED_WORD = { all: "", part: "read in part", none: "not known" } as const;
const DAY_COLUMNS: Column<Day>[] = [
  { name: "Day", value: (d) => d.day, min: 10 },
  { name: "People", value: (d) => whenRead(d.people), right: true },
  { name: "Viewed", value: (d) => whenRead(d.kinds?.viewed), right: true, rank: 2 },
  { name: "Changed", value: (d) => whenRead(d.kinds?.changed), right: true, rank: 3 },
  { name: "Acted", value: (d) => whenRead(d.kinds?.acted), right: true, rank: 4 },
  { name: "Other", value: (d) => whenRead(d.kinds?.other), right: true, rank: 5 },
  { name: "Deeds", value: (d) => whenRead(d.deeds), right: true, rank: 1 },
  { name: "Read", value: (d) => COVERED_WORD[d.covered], rank: 6, tone: () => "gray" },
];
const DAY_CSV: CsvColumn<Day>[] = [
  { name: "day", value: (d) => d.day },
  { name: "covered", value: (d) => d.covered },
  { name: "people", value: (d) => d.people ?? "Unknown" },
  { name: "deeds", value: (d) => d.deeds ?? "Unknown" },
  ...(["viewed", "changed", "acted", "other"] as const).map((kind) => ({
    name: kind,
    value: (d: Day) => d.kinds?.[kind] ?? "Unknown",
  })),
  { name: "recruiting_people", value: (d) => d.recruiting ?? "Unknown" },
];

function events(root: Command, context: Context): void {
  const command = root
    .command("events <connection>")
    .description("Events of the audit log, newest first.")
    .option("--user <id>", "only of this user")
    .option("--type <words>", "only these types, in Greenhouse's words", several)
    .addOption(choiceOf("--kind <words>", "only of these kinds, counted as use or not", KINDS_OF_USE))
    .option("--performer-type <words>", "only of these: user, api_key, greenhouse_internal …", several)
    .option("--target-type <words>", "only on these, in Greenhouse's words", several)
    .option("--request-type <word>", "only of this request type")
    .option("--request-id <id>", "all events of one request")
    .option("--counts", "only deeds that count as use")
    .option("--day <day>", "only of this day, in the connection's time zone")
    .option("--from <time>", "from this time on")
    .option("--to <time>", "before this time");
  examples(output(command, { list: true }), [
    "events Aldermoor --limit 50",
    "events Aldermoor --user 4017730022 --from 2026-11-01 --csv",
    "events Aldermoor --kind changed --counts   # what people changed",
  ]).action(async (c: string, given: ListOptions & Record<string, unknown>) => {
    const { json: _json, csv: _csv, limit: _limit, ...query } = given;
    await context.withClient("events", (client) =>
      printList(
        context,
        {
          pages: client.pages("listEvents", { params: { c }, query }, given.limit ?? null),
          columns: eventColumns(context.terminal.now()),
          csv: EVENT_CSV,
          what: "events",
          source: "log",
          times: true,
          scope: scopeOf(query),
          empty: "No event fits.",
          dataLine: () => dataLine(context, client, c),
        },
        given,
      ),
    );
  });
}

/** `Mara Quill`, `api key 833004`. */
function who(e: EventView): string {
  if (e.user) return named(e.user, "User");
  return [e.performerType?.replaceAll("_", " "), e.performer].filter(Boolean).join(" ") || "nobody";
}

const eventColumns = (now: number): Column<EventView>[] => [
  { name: "Time", value: (e) => clock(e.at, now), min: 12 },
  { name: "Who", value: who, min: 12 },
  { name: "What", value: (e) => e.targetType ?? e.type ?? "Not told", min: 12 },
  {
    name: "Kind",
    value: (e) => (e.counts ? e.kind : "not counted"),
    min: 7,
    rank: 1,
    tone: (e) => (e.counts ? "none" : "gray"),
  },
  { name: "Target", value: (e) => e.targetId ?? "", min: 8, rank: 3 },
  { name: "Request", value: (e) => e.requestType ?? "", min: 10, rank: 4 },
  { name: "From", value: (e) => e.ip ?? "", min: 8, rank: 5 },
];

const KINDS = [
  "baseline",
  "added",
  "changed",
  "removed",
  "not_visible",
  "returned",
  "level",
  "deactivated",
] as const;

function changes(root: Command, context: Context): void {
  const command = root
    .command("changes <connection>")
    .description("Who got or lost what, and when: the ledger, newest first.")
    .option("--user <id>", "only of this user")
    .addOption(choiceOf("--stream <words>", "only of these", LIST_STREAMS))
    .addOption(choiceOf("--kind <words>", "only these", KINDS))
    .option("--run <id>", "only what this sync run found")
    .option("--from <time>", "seen from this time on")
    .option("--to <time>", "seen before this time");
  examples(output(command, { list: true }), [
    "changes Aldermoor --from 2026-11-16",
    "changes Aldermoor --stream job_grants --kind removed --json",
  ]).action(async (c: string, given: ListOptions & Record<string, unknown>) => {
    const { json: _json, csv: _csv, limit: _limit, ...query } = given;
    await context.withClient("changes", (client) =>
      printList(
        context,
        {
          pages: client.pages("listChanges", { params: { c }, query }, given.limit ?? null),
          columns: changeColumns(context.terminal.now()),
          csv: CHANGE_CSV,
          what: "changes",
          times: true,
          scope: scopeOf(query),
          empty: "No change fits.",
          dataLine: () => dataLine(context, client, c),
        },
        given,
      ),
    );
  });
}

function whenText(change: ChangeView, now: number): string {
  if (change.happenedAt) return clock(change.happenedAt, now);
  const { from, to } = change.between;
  return from === null ? `before ${clock(to, now)}` : `between ${clock(from, now)} and ${clock(to, now)}`;
}

export const changeColumns = (now: number): Column<ChangeView>[] => [
  { name: "When", value: (e) => whenText(e, now), min: 23 },
  { name: "User", value: (e) => (e.user ? named(e.user, "User") : ""), min: 12 },
  { name: "What", value: (e) => e.what, min: 20 },
  { name: "By", value: (e) => e.by ?? "not told", min: 8, rank: 1 },
  { name: "Run", value: (e) => String(e.runId), right: true, rank: 2 },
];
