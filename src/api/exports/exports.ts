/** Exports: the handlers of contract/exports.ts. Rows are read through the lists' own handlers, page by page. */
import { Readable } from "node:stream";
import { directoryView } from "../../insights/employee-summary.ts";
import { grantOrder } from "../../insights/grants.ts";
import type { CsvColumn } from "../../model/csv.ts";
import { utcDay } from "../../model/employees/employee.ts";
import { type Actor, allows } from "../../model/member.ts";
import { EXPORT_COLUMNS, type ExportedList, type ExportStamp } from "../contract/exports.ts";
import type { FileAnswer, Stamp } from "../contract/kit.ts";
import { employeeHandlers, seesEverybody } from "../employees/employees.ts";
import { type Asking, connectionOf, type Handlers, iso } from "../handler.ts";
import { actionHandlers } from "../insights/actions.ts";
import { findingHandlers } from "../insights/findings.ts";
import { historyHandlers } from "../insights/history.ts";
import { peopleHandlers } from "../insights/people.ts";
import { useHandlers } from "../insights/use.ts";
import { jsonOf, zipOf } from "./export-file.ts";
import { changedMeanwhile, exporter, stampText, timesIn, trailDetails } from "./export-stamp.ts";

type Names =
  | "exportUsers"
  | "exportRoles"
  | "exportGrants"
  | "exportLicenses"
  | "exportEvents"
  | "exportChanges"
  | "exportEmployees"
  | "exportFindings"
  | "exportActions"
  | "exportTargets";

/** Each page is one short read: the store is never held for the whole of an export. */
const ROWS_AT_ONCE = 500;

interface Page {
  items: readonly unknown[];
  nextCursor: string | null;
  total: number | null;
  stamp: Stamp;
}
interface Asked {
  params: { c: string };
  query: { format: "csv" | "json"; columns?: string[] } & Record<string, unknown>;
}
/** Narrowed by the asked filter, or by nothing. */
type Read = (filter: Record<string, unknown>, page: { limit: number; cursor?: string }) => Promise<Page>;

export const exportHandlers: Pick<Handlers, Names> = {
  exportUsers: (asked, asking) =>
    exported(
      "users",
      asked,
      asking,
      (at) => (filter, page) => peopleHandlers.listUsers({ ...asked, query: { ...filter, ...page } }, at),
    ),
  exportRoles: (asked, asking) =>
    exported(
      "roles",
      asked,
      asking,
      (at) => (filter, page) => peopleHandlers.listRoles({ ...asked, query: { ...filter, ...page } }, at),
    ),
  exportGrants: (asked, asking) =>
    exported(
      "grants",
      asked,
      asking,
      (at) => (filter, page) => peopleHandlers.listGrants({ ...asked, query: { ...filter, ...page } }, at),
    ),
  exportLicenses: (asked, asking) =>
    exported("licenses", asked, asking, (at) => async () => {
      const { types, stamp } = await useHandlers.licenses({ ...asked, query: undefined as never }, at);
      return { items: types, nextCursor: null, total: types.length, stamp };
    }),
  exportEvents: (asked, asking) =>
    exported(
      "events",
      asked,
      asking,
      (at) => (filter, page) => historyHandlers.listEvents({ ...asked, query: { ...filter, ...page } }, at),
    ),
  exportChanges: (asked, asking) =>
    exported(
      "changes",
      asked,
      asking,
      (at) => (filter, page) => historyHandlers.listChanges({ ...asked, query: { ...filter, ...page } }, at),
    ),
  exportEmployees: (asked, asking) =>
    exported(
      "employees",
      asked,
      asking,
      (at) => (filter, page) =>
        employeeHandlers.listEmployees(
          { ...asked, query: { ...asked.query, ...EMPTY, ...filter, ...page } },
          at,
        ),
    ),
  exportFindings: (asked, asking) =>
    exported(
      "findings",
      asked,
      asking,
      (at) => (filter, page) => findingHandlers.listFindings({ ...asked, query: { ...filter, ...page } }, at),
    ),
  exportActions: (asked, asking) =>
    exported(
      "actions",
      asked,
      asking,
      (at) => (filter, page) => actionHandlers.listActions({ ...asked, query: { ...filter, ...page } }, at),
    ),
  exportTargets: (asked, asking) =>
    exported(
      "targets",
      asked,
      asking,
      (at) => (filter, page) => actionHandlers.listTargets({ ...asked, query: { ...filter, ...page } }, at),
    ),
};

/** Of the asked filter only which list it is stays. */
const EMPTY = { search: undefined, state: undefined, kind: undefined, domain: undefined } as const;

/** In words; users are asked for in an order, unless it is as of a time. */
const SORT: Record<ExportedList, (query: Record<string, unknown>) => string> = {
  users: ({ sort, descending, asOf }) =>
    asOf === undefined ? `${sort ?? "name"}${descending ? ", descending" : ""}` : "ID",
  roles: () => "name",
  grants: grantOrder,
  licenses: () => "the rules' order",
  events: () => "time, newest first",
  changes: () => "time seen, newest first",
  employees: ({ list }) =>
    list === "left_active"
      ? "leave date, the longest ago first"
      : list === "removed"
        ? "leave date, newest first"
        : "name",
  actions: () => "newest first",
  targets: () => "as they were chosen",
  findings: () => "severity, then first seen, newest first",
};

async function exported(
  list: ExportedList,
  { params, query }: Asked,
  asking: Asking,
  reader: (asking: Asking) => Read,
): Promise<FileAnswer> {
  const { format, columns: names, ...filter } = query;
  const connection = await connectionOf(asking, params.c);
  const startedAt = asking.now();
  // Use is judged at one moment, however long the file takes.
  const read = reader({ ...asking, now: () => startedAt });
  const columns = columnsOf(list, names).filter((column) => maySee(asking.who, column.name));
  // Read before anything is sent: a refusal is still a plain answer.
  const first = await read(filter, { limit: ROWS_AT_ONCE });
  const of = await totalOf(read, filter, first);
  let last = first;
  async function* pages(): AsyncGenerator<readonly unknown[], void, void> {
    yield first.items;
    while (last.nextCursor !== null && !asking.signal.aborted) {
      last = await read(filter, { limit: ROWS_AT_ONCE, cursor: last.nextCursor });
      yield last.items;
    }
    asking.signal.throwIfAborted();
  }
  const file = `${list}.${format}`;
  const stamp = async ({ rows, sha256 }: { rows: number; sha256: string }) => {
    const { at: _, ...listing } = first.stamp;
    const { sort: __, descending: ___, asOf: ____, ...narrowed } = filter;
    const json: ExportStamp = {
      ...listing,
      list,
      filter: timesIn(narrowed),
      sort: SORT[list](filter),
      columns: columns.map(({ name }) => name),
      rows,
      of,
      directory: list === "employees" ? await directoryOf(asking) : null,
      changedMeanwhile: changedMeanwhile(first.stamp, last.stamp),
      member: exporter(asking.who),
      version: asking.version,
      startedAt: iso(startedAt),
      endedAt: iso(asking.now()),
      file,
      sha256,
    };
    asking.trail.details = trailDetails(json, names !== undefined);
    return { json, text: stampText(json) };
  };
  const at = new Date(startedAt);
  const source = { name: list, columns, pages: pages(), stamp, at, signal: asking.signal };
  const name = `glasshouse-${fileName(connection.name)}-${list}-${iso(startedAt).slice(0, 16).replace(/[-:]/g, "")}Z`;
  if (format === "json") {
    const body = Readable.from(jsonOf(source), { objectMode: false });
    return { name: `${name}.json`, type: "application/json; charset=utf-8", body };
  }
  return { name: `${name}.zip`, type: "application/zip", body: zipOf(source) };
}

function columnsOf(list: ExportedList, names: readonly string[] | undefined): CsvColumn<unknown>[] {
  const all = EXPORT_COLUMNS[list] as unknown as CsvColumn<unknown>[];
  if (!names) return all;
  return [...new Set(names)].map((name) => all.find((column) => column.name === name)!);
}

/** Where somebody was is not for viewers. */
const maySee = (who: Actor, column: string): boolean => column !== "ip" || allows(who, "operator");

/** Rows of the list without the filter; with it they are counted as they come. */
async function totalOf(read: Read, filter: Record<string, unknown>, first: Page): Promise<number | null> {
  const { asOf, sort: _, descending: __, list: ___, ...narrowing } = filter;
  // Who can see a job is another list than that of grants.
  if (narrowing.job !== undefined) return first.total;
  if (Object.values(narrowing).every((value) => value === undefined)) return first.total;
  return (await read(asOf === undefined ? {} : { asOf }, { limit: 1 })).total;
}

/** What the directory of employees rests on; of those alone whom the reader may know of all of. */
async function directoryOf({ db, who, now }: Asking): Promise<ExportStamp["directory"]> {
  if (!seesEverybody(who)) return null;
  const { employees, lastImport, scimAt } = await directoryView(db, utcDay(now()));
  return { employees, importedAt: lastImport?.at ?? null, scimAt };
}

/** What every file system and every header takes. */
function fileName(text: string): string {
  return (
    text
      .normalize("NFKD")
      .replace(/[^A-Za-z0-9]+/g, "-")
      .replace(/^-+|-+$/g, "")
      .toLowerCase()
      .slice(0, 60) || "connection"
  );
}
