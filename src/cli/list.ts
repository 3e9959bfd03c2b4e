/** Prints lists: every row that fits the filter, as they come, as a table, JSON or CSV. */
import type { Stamp } from "../api/contract/kit.ts";
import type { Client } from "./client.ts";
import { type Context, formatOf, type ListOptions } from "./context.ts";
import { type CsvColumn, csvHead, csvRows } from "./csv.ts";
import { type Column, TableWriter } from "./table.ts";
import { isClosed, paint, type Terminal, write } from "./terminal.ts";
import { clock, count, exactTime, harmless, harmlessJson, widthOf, wrap } from "./text.ts";

interface PageOf<T> {
  items: T[];
  total?: number | null;
  stamp?: Stamp;
}

export interface Listing<T> {
  pages: AsyncIterable<PageOf<T>>;
  columns: readonly Column<T>[];
  csv: readonly CsvColumn<T>[];
  /** `users`, `grants`: what the rows are. */
  what: string;
  /** The filter in words, such as `active people, unused`. */
  scope: string;
  /** Said when there is no row. */
  empty: string;
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
  if (format === "json") return printJson(context.terminal, listing.pages);
  if (format === "csv") return printCsv(context.terminal, listing);
  return printTable(context, listing, options.limit ?? null);
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
  for await (const page of listing.pages) {
    if (!first && terminal.columns !== null && listing.dataLine) {
      await write(terminal.out, `${await listing.dataLine()}\n\n`);
    }
    first ??= page;
    if (page.items.length > 0) await table.write(page.items);
    printed += page.items.length;
    if (isClosed(terminal.out)) return printed;
  }
  if (printed === 0) await write(terminal.out, `${listing.empty}\n`);
  const total = first?.total ?? (limit === null || printed < limit ? printed : null);
  const rows =
    total === null
      ? `first ${count(printed)}`
      : total === printed
        ? count(printed)
        : `${count(printed)} of ${count(total)}`;
  const parts = [`${rows} ${listing.what}`, listing.scope, ...(first?.stamp ? stampParts(first.stamp) : [])];
  await foot(terminal, parts.filter(Boolean).join(" · "));
  if (table.leftOut.length > 0 && printed > 0) {
    await foot(
      terminal,
      `No room for: ${table.leftOut.join(", ")}. Widen the terminal, or use --csv.`,
      false,
    );
  }
  if (first?.stamp) await foot(terminal, first.stamp.sentence, false);
  return printed;
}

/** Closes a table: source, completeness and time, so that a screenshot says what it shows. */
export async function foot(terminal: Terminal, text: string, apart = true): Promise<void> {
  const lines = terminal.columns === null ? [harmless(text)] : wrap(harmless(text), terminal.columns);
  const gap = apart ? "\n" : "";
  await write(terminal.out, `${gap}${lines.map((line) => paint(terminal, "gray", line)).join("\n")}\n`);
}

export function stampParts(stamp: Stamp): string[] {
  const { listing } = stamp;
  return [
    stamp.connection,
    listing
      ? `sync run ${listing.run}, complete listing, ${exactTime(listing.completedAt)}`
      : "never listed completely",
    ...(stamp.asOf === null ? [] : [`as of ${exactTime(stamp.asOf)}`]),
    `shown ${stamp.at.slice(11, 16)} UTC`,
  ];
}

/** Can I believe it: how fresh each part is, and what isn't well. */
export async function dataLine({ terminal }: Context, client: Client, c: string): Promise<string> {
  const connection = await client.call("getConnection", { params: { c } });
  const now = terminal.now();
  const part = (stream: string, label: string, fresh: string) => {
    const found = connection.streams.find((each) => each.stream === stream);
    if (!found) return [];
    const at = found.lastSuccessAt === null ? null : clock(found.lastSuccessAt, now);
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
    ...part("audit_log", "use", "up to"),
    ...(connection.nextSyncAt === null ? [] : [`next sync ${clock(connection.nextSyncAt, now)}`]),
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
