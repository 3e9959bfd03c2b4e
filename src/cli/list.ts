/** Prints lists: every row that fits the filter, as they come, as a table, JSON or CSV. */
import type { Stamp } from "../api/contract/kit.ts";
import { type CsvColumn, csvHead, csvRows } from "../model/csv.ts";
import type { Client } from "./client.ts";
import { type Context, formatOf, type ListOptions } from "./context.ts";
import { type Column, TableWriter } from "./table.ts";
import { isClosed, paint, type Terminal, write } from "./terminal.ts";
import { clock, count, countOf, exactTime, harmless, harmlessJson, widthOf, wrap } from "./text.ts";

/** More than this are printed as they come, in the order of the API. */
const SORTED_AT_MOST = 20_000;

interface PageOf<T> {
  items: T[];
  total?: number | null;
  stamp?: Stamp;
  /** Of the log: the oldest event that is kept. */
  keptSince?: string | null;
}

export interface Listing<T> {
  /** All of them where `order` is given; otherwise as many as --limit says. */
  pages: AsyncIterable<PageOf<T>>;
  /** An order in which a reader finds things, where the API has only that of ids. */
  order?: (a: T, b: T) => number;
  columns: readonly Column<T>[];
  csv: readonly CsvColumn<T>[];
  /** `users`, `grants`: what the rows are. */
  what: string;
  /** The filter in words, such as `active people, unused`. */
  scope: string;
  /** Said when there is no row. */
  empty: string;
  /** Why there may be more than these rows, or why nobody knows: a list that was never read. Null: it was. */
  unread?: (stamp: Stamp | undefined) => string | null;
  /** Explains marks in the rows, where a row has them. */
  notes?: readonly { column: string; marks: (row: T) => boolean; text: string }[];
  /** What the foot rests on: the last complete listing (as unless said), the log's coverage, or our own records. */
  source?: "listing" | "log" | "records";
  /** Its rows hold times of day: the foot says whose. */
  times?: boolean;
  /** Opens the table on a terminal. */
  dataLine?: () => Promise<string>;
}

/** @returns the rows that were printed */
export async function printList<T>(
  context: Context,
  listing: Listing<T>,
  options: ListOptions,
): Promise<number> {
  const format = formatOf(options);
  const limit = options.limit ?? null;
  const { order, pages } = listing;
  const all = order ? { ...listing, pages: ordered(pages, order, limit) } : listing;
  if (format === "json") return printJson(context.terminal, all.pages);
  if (format === "csv") return printCsv(context.terminal, all);
  return printTable(context, all, limit);
}

/** In order as one page; too many for that, as they come. At most `limit` rows. */
async function* ordered<T>(
  pages: AsyncIterable<PageOf<T>>,
  order: (a: T, b: T) => number,
  limit: number | null,
): AsyncGenerator<PageOf<T>, void, void> {
  let left = limit ?? Number.POSITIVE_INFINITY;
  const cutTo = (page: PageOf<T>): PageOf<T> => {
    const items = page.items.slice(0, left);
    left -= items.length;
    return { ...page, items };
  };
  let held: PageOf<T> | null = null;
  let many = false;
  for await (const page of pages) {
    if (many) yield cutTo(page);
    else if (held) held.items.push(...page.items);
    else held = { ...page, items: [...page.items] };
    if (!many && held && held.items.length > SORTED_AT_MOST) {
      many = true;
      yield cutTo(held);
    }
    if (left === 0) return;
  }
  if (held && !many) yield cutTo({ ...held, items: held.items.sort(order) });
}

async function printJson<T>({ out }: Terminal, pages: AsyncIterable<PageOf<T>>): Promise<number> {
  let printed = 0;
  for await (const { items } of pages) {
    let text = "";
    for (const item of items) text += `${printed++ === 0 ? "[\n" : ",\n"}${harmlessJson(item)}`;
    await write(out, text);
    if (isClosed(out)) break;
  }
  await write(out, printed === 0 ? "[]\n" : "\n]\n");
  return printed;
}

async function printCsv<T>({ out }: Terminal, { pages, csv }: Listing<T>): Promise<number> {
  let printed = 0;
  for await (const { items } of pages) {
    await write(out, (printed === 0 ? csvHead(csv) : "") + csvRows(csv, items));
    printed += items.length;
    if (isClosed(out)) break;
  }
  return printed;
}

async function printTable<T>(context: Context, listing: Listing<T>, limit: number | null): Promise<number> {
  const { terminal } = context;
  const table = new TableWriter(terminal, listing.columns);
  let printed = 0;
  let first: PageOf<T> | null = null;
  const marked = new Set<string>();
  for await (const page of listing.pages) {
    if (!first && terminal.columns !== null && listing.dataLine) {
      await write(terminal.out, `${await listing.dataLine()}\n\n`);
    }
    first ??= page;
    if (page.items.length > 0) await table.write(page.items);
    for (const { column, marks, text } of listing.notes ?? []) {
      if (!table.leftOut.includes(column) && page.items.some(marks)) marked.add(text);
    }
    printed += page.items.length;
    if (isClosed(terminal.out)) return printed;
  }
  const unread = listing.unread?.(first?.stamp) ?? null;
  if (printed === 0) await write(terminal.out, `${unread ?? listing.empty}\n`);
  else if (unread !== null) await foot(terminal, unread);
  const total = first?.total ?? (limit === null || printed < limit ? printed : null);
  const rows =
    total === null
      ? `first ${countOf(printed, listing.what)}`
      : total === printed
        ? countOf(printed, listing.what)
        : `${count(printed)} of ${countOf(total, listing.what)}`;
  const { source = "listing" } = listing;
  const stamped = first?.stamp ? stampParts(first.stamp, source, first.keptSince) : [];
  const zone = listing.times ? ["times in UTC"] : [];
  if (marked.size > 0) await foot(terminal, [...marked].join(" "));
  await foot(
    terminal,
    [unread !== null && printed === 0 ? "" : rows, listing.scope, ...stamped, ...zone]
      .filter(Boolean)
      .join(" · "),
    marked.size === 0,
  );
  if (printed > 0) await leftOut(terminal, table);
  if (first?.stamp) await foot(terminal, first.stamp.sentence, false);
  return printed;
}

/** Names the columns for which there was no room. */
export async function leftOut(
  terminal: Terminal,
  table: { leftOut: string[] },
  all: "--csv" | "--json" = "--csv",
): Promise<void> {
  if (table.leftOut.length === 0) return;
  await foot(terminal, `No room for: ${table.leftOut.join(", ")}. Widen the terminal, or use ${all}.`, false);
}

/** Closes a table: source, completeness and time, so that a screenshot says what it shows. */
export async function foot(terminal: Terminal, text: string, apart = true): Promise<void> {
  const lines = terminal.columns === null ? [harmless(text)] : wrap(harmless(text), terminal.columns);
  const gap = apart ? "\n" : "";
  await write(terminal.out, `${gap}${lines.map((line) => paint(terminal, "gray", line)).join("\n")}\n`);
}

export function stampParts(
  stamp: Stamp,
  source: Listing<unknown>["source"] = "listing",
  keptSince?: string | null,
): string[] {
  const { listing } = stamp;
  const listed = listing
    ? `sync run ${listing.run}, complete listing, ${exactTime(listing.completedAt)}`
    : "never listed completely";
  return [
    stamp.connection,
    ...(source === "log" ? coverageParts(stamp, keptSince) : [listed]),
    ...(stamp.asOf === null ? [] : [`as of ${exactTime(stamp.asOf)}`]),
    `shown ${stamp.at.slice(11, 16)} UTC`,
  ];
}

/** Which times of the log were read: `read completely from … to …, but for 2 holes`. */
function coverageParts({ coverage, holes }: Stamp, keptSince?: string | null): string[] {
  const [first, last] = [coverage[0], coverage.at(-1)];
  const kept = keptSince ? [`events kept since ${exactTime(keptSince)}`] : [];
  if (!first || !last) return ["audit log: never read", ...kept];
  const but = holes.length === 0 ? "completely" : `but for ${countOf(holes.length, "holes")}`;
  return [`audit log read ${but} from ${exactTime(first.from)} to ${exactTime(last.to)}`, ...kept];
}

/** Can I believe it: how fresh each part is, and what isn't well. */
export async function dataLine({ terminal }: Context, client: Client, c: string): Promise<string> {
  const connection = await client.call("getConnection", { params: { c } });
  const now = terminal.now();
  const part = (stream: string, label: string, fresh: string, upTo?: string | null) => {
    const found = connection.streams.find((each) => each.stream === stream);
    if (!found) return [];
    const fromWhen = upTo ?? found.lastSuccessAt;
    const at = fromWhen === null ? null : clock(fromWhen, now);
    if (found.state === "well" || found.state === "reading") return [`${label} ${fresh} ${at ?? "now"}`];
    if (found.state === "off") return [paint(terminal, "gray", `${label}: off`)];
    if (found.state === "not_read_yet") return [paint(terminal, "gray", `${label}: not read yet`)];
    const since = found.since === null ? "" : ` since ${clock(found.since, now)}`;
    const tone = stream === "users" ? "failed" : "attention";
    return [paint(terminal, tone, `${label}: stopped${since}${at === null ? "" : ` (as of ${at})`}`)];
  };
  const parts = [
    paint(terminal, "strong", harmless(connection.name)),
    ...part("users", "users", "as of"),
    ...part("job_grants", "grants", "as of"),
    ...part("audit_log", "use", "up to", connection.usageUpTo),
    ...(connection.nextSyncAt === null ? [] : [`next sync ${clock(connection.nextSyncAt, now)} UTC`]),
    ...(connection.notGreenhouse ? [paint(terminal, "attention", "not Greenhouse")] : []),
  ];
  return joined(parts, terminal.columns ?? Number.POSITIVE_INFINITY);
}

const COLORS = /\u001b\[\d+m/g;

/** Parts with a dot between them, on as many lines as the terminal needs. */
function joined(parts: readonly string[], columns: number): string {
  const lines: string[] = [];
  for (const part of parts) {
    const line = lines.at(-1);
    const longer = line === undefined ? part : `${line} · ${part}`;
    if (line !== undefined && widthOf(longer.replace(COLORS, "")) <= columns)
      lines[lines.length - 1] = longer;
    else lines.push(part);
  }
  return lines.join("\n");
}
