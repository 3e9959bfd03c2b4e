/** The rows of an import as what they tell of people, with everything that was guessed and everything that is wrong. */
import { isDeepStrictEqual } from "node:util";
import { bareAddress, type EmployeeState, isEmail, keyOf } from "./employee.ts";
import type { ToldEmployee } from "./employee-plan.ts";
import {
  guessColumns,
  guessState,
  headingKey,
  type ImportField,
  isAccountSwitch,
  isProgramsKey,
  statusKey,
} from "./import-columns.ts";
import { type DateOrder, type GuessedOrder, guessOrder, readDay, saysNoDate } from "./import-dates.ts";
import type { Table } from "./import-table.ts";

/** What the rows say of those in them: that they have left, that they work here, or what status and dates tell. */
export const IMPORT_MEANINGS = ["told", "left", "works_here"] as const;
export type ImportMeaning = (typeof IMPORT_MEANINGS)[number];

export interface ImportChoices {
  means?: ImportMeaning | undefined;
  /** By column; null: not kept. */
  columns?: readonly (ImportField | null)[] | undefined;
  header?: boolean | undefined;
  dateOrder?: DateOrder | undefined;
  /** What words of the status column mean. */
  states?: Readonly<Record<string, EmployeeState>> | undefined;
}

export interface ImportRow extends ToldEmployee {
  line: number;
  emails: string[];
}

export interface ImportProblem {
  line: number;
  /** Its heading; null: the row as a whole. */
  column: string | null;
  text: string;
}

export interface ImportColumn {
  heading: string;
  field: ImportField | null;
  /** The first that are not empty. */
  examples: string[];
}

export interface ImportReading {
  means: ImportMeaning;
  header: boolean;
  columns: ImportColumn[];
  /** null: no date is in it. */
  dates: GuessedOrder | null;
  /** Words of the status column, most rows first; null: not known what it means. */
  states: { word: string; state: EmployeeState | null; rows: number }[];
  rows: ImportRow[];
  problems: ImportProblem[];
}

const EXAMPLES = 3;
const TITLES_AT_MOST = 20;
const LONGEST = { employee_id: 100, name: 200, department: 200, manager: 200 } as const;

export function readRows(table: Pick<Table, "rows">, choices: ImportChoices): ImportReading {
  const header = choices.header ?? hasHeader(table.rows[0]?.cells ?? []);
  const at0 = header ? headingsAt(table.rows) : 0;
  const first = header ? (table.rows[at0]?.cells ?? []) : [];
  const body = header ? table.rows.slice(at0 + 1) : table.rows;
  const width = Math.max(first.length, ...body.slice(0, 1000).map(({ cells }) => cells.length), 0);
  const headings = Array.from({ length: width }, (_, i) => first[i] || `Column ${i + 1}`);
  const guessed = header ? guessByHeadings(headings, body) : guessByCells(body, width);
  const fields = headings.map((_, i) => (choices.columns ? (choices.columns[i] ?? null) : guessed[i]!));
  const at = (field: ImportField) => fields.indexOf(field);
  const texts = function* (...of: ImportField[]) {
    for (const { cells } of body) for (const field of of) if (at(field) >= 0) yield cells[at(field)] ?? "";
  };
  const dated = at("start_date") >= 0 || at("leave_date") >= 0;
  const guess = dated ? guessOrder(texts("start_date", "leave_date")) : null;
  const dates = guess && choices.dateOrder ? { order: choices.dateOrder, sure: true } : guess;
  const states = statesIn(texts("status"), choices.states ?? {});
  const account = isAccountSwitch(headings[at("status")] ?? "") && choices.states === undefined;
  const tells = at("status") >= 0 || at("leave_date") >= 0;
  const means = choices.means ?? (tells ? "told" : "works_here");
  const reader = new Reader({ headings, fields, order: dates?.order ?? "ymd", states, account, means });
  for (const row of body) reader.read(row);
  if (means === "told" && !tells)
    reader.problem(
      1,
      null,
      "Nothing in it says who has left: it has no column of a status or a leave date. Say what its rows mean",
    );
  if (at("employee_id") < 0 && at("email") < 0)
    reader.problem(1, null, "No column holds an employee ID or an e-mail address: choose one");
  return {
    means,
    header,
    columns: headings.map((heading, i) => ({ heading, field: fields[i]!, examples: examplesOf(body, i) })),
    dates,
    states,
    rows: reader.rows,
    problems: reader.problems,
  };
}

/** A row that holds an address is no heading. */
const hasHeader = (cells: readonly string[]): boolean => cells.length > 0 && !cells.some(isEmail);

/** Reports have a title above their headings, a date, a filter: shorter rows, without an address. */
function headingsAt(rows: Table["rows"]): number {
  const cellsOf = (i: number) => rows[i]!.cells.filter((cell) => cell !== "").length;
  const looked = rows.slice(0, TITLES_AT_MOST + 1);
  const found = looked.findIndex(({ cells }, i) => {
    if (cells.some(isEmail) || looked.slice(0, i).some((_, above) => cellsOf(above) >= cellsOf(i)))
      return false;
    return guessColumns(cells).some((field) => field === "employee_id" || field === "email");
  });
  return Math.max(0, found);
}

/** By headings; a mere `ID` is that of people only where it is none of a program. */
function guessByHeadings(headings: readonly string[], body: Table["rows"]): (ImportField | null)[] {
  const guessed = guessColumns(headings);
  const at = guessed.indexOf("employee_id");
  if (at < 0 || headingKey(headings[at]!) !== "id") return guessed;
  const isKey = body.slice(0, 50).some(({ cells }) => isProgramsKey(cells[at] ?? ""));
  return isKey ? guessed.with(at, null) : guessed;
}

/** Without headings: the column of addresses, and beside it one of dates. */
function guessByCells(body: Table["rows"], width: number): (ImportField | null)[] {
  const sample = body.slice(0, 50);
  const fields: (ImportField | null)[] = Array.from({ length: width }, () => null);
  const share = (i: number, fits: (cell: string) => boolean) =>
    sample.filter(({ cells }) => fits(cells[i] ?? "")).length / Math.max(1, sample.length);
  for (let i = 0; i < width; i++) {
    if (share(i, isEmail) > 0.5) fields[i] = fields.includes("email") ? "other_email" : "email";
  }
  const isDay = (cell: string) =>
    typeof readDay(cell, "dmy") === "number" || typeof readDay(cell, "mdy") === "number";
  const day = fields.findIndex((field, i) => field === null && share(i, isDay) > 0.3);
  if (day >= 0) fields[day] = "leave_date";
  return fields;
}

function examplesOf(body: Table["rows"], i: number): string[] {
  const found = new Set<string>();
  for (const { cells } of body) {
    if (cells[i]) found.add(cells[i].slice(0, 60));
    if (found.size === EXAMPLES) break;
  }
  return [...found];
}

function statesIn(
  words: Iterable<string>,
  said: Readonly<Record<string, EmployeeState>>,
): ImportReading["states"] {
  const known = new Map(Object.entries(said).map(([word, state]) => [statusKey(word), state]));
  const counts = new Map<string, { word: string; rows: number }>();
  for (const word of words) {
    if (word === "") continue;
    const key = statusKey(word);
    const count = counts.get(key) ?? { word, rows: 0 };
    count.rows++;
    counts.set(key, count);
  }
  return [...counts.entries()]
    .map(([key, { word, rows }]) => ({ word, state: known.get(key) ?? guessState(word), rows }))
    .sort((a, b) => b.rows - a.rows);
}

interface Reading {
  headings: readonly string[];
  fields: readonly (ImportField | null)[];
  order: DateOrder;
  states: ImportReading["states"];
  /** The status is that of an account. */
  account: boolean;
  means: ImportMeaning;
}

class Reader {
  readonly rows: ImportRow[] = [];
  readonly problems: ImportProblem[] = [];
  readonly #reading: Reading;
  readonly #states: Map<string, EmployeeState | null>;
  readonly #numbers = new Map<string, ImportRow>();
  readonly #addresses = new Map<string, ImportRow>();

  constructor(reading: Reading) {
    this.#reading = reading;
    this.#states = new Map(reading.states.map(({ word, state }) => [statusKey(word), state]));
  }

  problem(line: number, column: string | null, text: string): void {
    this.problems.push({ line, column, text });
  }

  read({ line, cells }: Table["rows"][number]): void {
    const { means, fields } = this.#reading;
    const before = this.problems.length;
    const cell = (field: ImportField) => cells[fields.indexOf(field)] ?? "";
    const has = (field: ImportField) => fields.includes(field);
    const number = this.#text(line, "employee_id", cell("employee_id"));
    const name = cell("name") || [cell("first_name"), cell("last_name")].filter(Boolean).join(" ") || null;
    const row: ImportRow = {
      line,
      emails: this.#emails(line, cells),
      ...(number === null ? {} : { number }),
      ...(name === null ? {} : { name: name.slice(0, LONGEST.name) }),
      ...(has("department") ? { department: this.#text(line, "department", cell("department")) } : {}),
      ...(has("manager") ? { manager: this.#text(line, "manager", cell("manager")) } : {}),
      ...(has("start_date") ? { startedDay: this.#day(line, "start_date", cell("start_date")) } : {}),
      ...this.#leaving(
        line,
        has("leave_date") ? cell("leave_date") : null,
        has("status") ? cell("status") : null,
      ),
    };
    if (number === null && row.emails.length === 0 && this.problems.length === before)
      this.problem(
        line,
        null,
        "It has neither an employee ID nor an e-mail address, so nobody can be found by it",
      );
    if (means === "left" && row.leftDay === null) delete row.leftDay;
    if (this.#once(row) && this.problems.length === before) this.rows.push(row);
  }

  #leaving(line: number, date: string | null, status: string | null): Pick<ToldEmployee, "told" | "leftDay"> {
    const { means } = this.#reading;
    const leftDay = date === null ? {} : { leftDay: this.#day(line, "leave_date", date) };
    if (means === "left") return { told: "left", ...leftDay };
    if (means === "works_here") return { told: "employed" };
    const empty = typeof leftDay.leftDay !== "number";
    // Two empty cells say nothing, and one date all.
    if (status === null || status === "") return empty ? leftDay : { told: null, ...leftDay };
    const state = this.#states.get(statusKey(status)) ?? null;
    if (this.#reading.account && state === "employed" && !empty) return { told: null, ...leftDay };
    if (state === null) {
      this.problem(
        line,
        this.#heading("status"),
        `"${status.slice(0, 60)}" is not a status that is known: say what it means`,
      );
    }
    return { told: state, ...leftDay };
  }

  #emails(line: number, cells: readonly string[]): string[] {
    const emails = new Map<string, string>();
    const { fields, headings } = this.#reading;
    for (const wanted of ["email", "other_email"] as const) {
      fields.forEach((field, i) => {
        if (field !== wanted) return;
        // Several in a cell, as directories write aliases: `SMTP:a@b;smtp:c@d`.
        for (const part of (cells[i] ?? "").split(/[;,\s]+/)) {
          const email = bareAddress(part);
          if (email === "" || saysNoDate(part)) continue;
          if (isEmail(email)) emails.set(keyOf(email), email);
          // A login needs be none.
          else if (field === "email" && part.includes("@"))
            this.problem(line, headings[i]!, `"${part.slice(0, 60)}" is not an e-mail address`);
        }
      });
    }
    return [...emails.values()];
  }

  #day(line: number, field: ImportField, text: string): number | null {
    const day = readDay(text, this.#reading.order);
    if (day !== undefined) return day;
    this.problem(line, this.#heading(field), `"${text.slice(0, 60)}" is not a date that can be read`);
    return null;
  }

  #text(line: number, field: "employee_id" | "department" | "manager", text: string): string | null {
    if (text.length > LONGEST[field])
      this.problem(line, this.#heading(field), `It is longer than ${LONGEST[field]} characters`);
    return text === "" ? null : text;
  }

  /**
   * Two rows of one person could say two things, and which of them came last would decide. Where both say the same, one
   * is enough: a report may have a row for each position that somebody holds.
   *
   * @returns whether it is new
   */
  #once(row: ImportRow): boolean {
    const { line, emails } = row;
    const number = row.number ?? undefined;
    const numbered = number === undefined ? undefined : this.#numbers.get(keyOf(number));
    // Two with an ID each may share an address: they are told apart.
    const shared = emails.find((email) => {
      const first = this.#addresses.get(keyOf(email));
      return first !== undefined && (!first.number || !number);
    });
    const first = numbered ?? (shared === undefined ? undefined : this.#addresses.get(keyOf(shared)));
    if (!first) {
      if (number !== undefined) this.#numbers.set(keyOf(number), row);
      for (const email of emails) this.#addresses.set(keyOf(email), row);
      return true;
    }
    if (!isDeepStrictEqual(compared(row), compared(first))) {
      const key = numbered ? number! : shared!;
      this.problem(
        line,
        null,
        `${key.slice(0, 100)} stands in line ${first.line} already, and says something else`,
      );
    }
    return false;
  }

  #heading(field: ImportField): string | null {
    return this.#reading.headings[this.#reading.fields.indexOf(field)] ?? null;
  }
}

const compared = ({ line: _, number, emails, ...facts }: ImportRow) => ({
  ...facts,
  number: number && keyOf(number),
  emails: emails.map(keyOf),
});
