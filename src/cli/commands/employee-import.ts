/** employees import: a file of any HR or directory program, or a list of addresses. */
import { readFileSync, statSync } from "node:fs";
import { type Command, InvalidArgumentError, Option } from "commander";
import type { ImportBody, ImportPreview } from "../../api/contract/employee-import.ts";
import type { Answer } from "../../api/contract.ts";
import { EMPLOYEE_STATES, type EmployeeState } from "../../model/employees/employee.ts";
import { IMPORT_FIELDS, type ImportField } from "../../model/employees/import-columns.ts";
import { DATE_ORDERS, type DateOrder } from "../../model/employees/import-dates.ts";
import { IMPORT_MEANINGS, type ImportMeaning } from "../../model/employees/import-rows.ts";
import {
  DELIMITERS,
  type Delimiter,
  ENCODINGS,
  type Encoding,
  MAX_FILE_BYTES,
} from "../../model/employees/import-table.ts";
import { type Context, EXIT, examples, output, UsageError } from "../context.ts";
import { foot } from "../list.ts";
import { prompt } from "../secret.ts";
import { type Column, TableWriter } from "../table.ts";
import { paint, write } from "../terminal.ts";
import { count, countOf, harmless, harmlessJson } from "../text.ts";
import { EMPLOYEE_STATE_WORD } from "../words.ts";

interface ImportOptions {
  dryRun?: boolean;
  paste?: boolean;
  means?: ImportMeaning;
  everybody?: boolean;
  marksLeft?: number;
  column?: [string, ImportField | null][];
  status?: Record<string, EmployeeState>;
  dates?: DateOrder;
  delimiter?: Delimiter;
  encoding?: Encoding;
  header?: boolean;
  json?: boolean;
}

export function importCommand(employees: Command, context: Context): void {
  const command = employees
    .command("import <file>")
    .description(
      "Import employees: a CSV of any HR or directory program, or a list of addresses; - for standard input.",
    )
    .option("--dry-run", "only say what it would do, with what was guessed and what is wrong")
    .option("--paste", "it is a list of e-mail addresses, a leave date beside each where there is one")
    .addOption(
      new Option(
        "--means <word>",
        "what its rows say: told by their status and leave date, left, works_here",
      ).choices(IMPORT_MEANINGS),
    )
    .option("--everybody", "it holds everybody who works here: whoever is absent from it has left")
    .option(
      "--marks-left <n>",
      "with --everybody: how many that marks as left, as the dry run told",
      numberOf,
    )
    .option(
      "--column <name=field>",
      `what a column holds, by its heading or number: ${IMPORT_FIELDS.join(", ")}, or none`,
      columnOf,
    )
    .option(
      "--status <word=state>",
      `what a word of the status means: ${EMPLOYEE_STATES.join(", ")}`,
      statusOf,
    )
    .addOption(new Option("--dates <order>", "how its dates are written").choices(DATE_ORDERS))
    .addOption(new Option("--delimiter <sign>", "what parts its cells; tab for a tab").argParser(delimiterOf))
    .addOption(new Option("--encoding <name>", "how its letters are written").choices(ENCODINGS))
    .option("--no-header", "its first row is no heading");
  examples(output(command, { list: false }), [
    "employees import workers.csv --dry-run",
    "employees import workers.csv --everybody",
    "pbpaste | glasshouse employees import - --paste --means left",
  ]).action((file: string, given: ImportOptions) =>
    context.withClient("employees import", async (client) => {
      const { terminal } = context;
      const bytes = await bytesOf(context, file);
      const first = bodyOf(bytes, given, undefined);
      let preview = await client.call("previewImport", { body: first });
      const body = given.column ? bodyOf(bytes, given, preview) : first;
      if (body !== first) preview = await client.call("previewImport", { body });
      if (given.dryRun || preview.problemCount > 0) {
        if (given.json) await write(terminal.out, `${harmlessJson(preview, 2)}\n`);
        else await printPreview(context, preview, given.dryRun === true);
        if (preview.problemCount > 0) context.exit = EXIT.failed;
        return;
      }
      const marksLeft = await confirmed(context, preview, given);
      const done = await client.call("importEmployees", {
        body: { ...body, ...(marksLeft === null ? {} : { marksLeft }) },
      });
      if (given.json) return write(terminal.out, `${harmlessJson(done, 2)}\n`);
      await write(terminal.out, `Imported: ${outcomeText(done)}.\n`);
    }),
  );
}

async function bytesOf({ terminal }: Context, file: string): Promise<Buffer> {
  if (file === "-") {
    const chunks: Buffer[] = [];
    let size = 0;
    for await (const chunk of terminal.in) {
      const bytes = Buffer.from(chunk as Buffer);
      size += bytes.length;
      if (size > MAX_FILE_BYTES) throw new UsageError("What was piped in is larger than 16 MB.");
      chunks.push(bytes);
    }
    return Buffer.concat(chunks);
  }
  try {
    if (statSync(file).size > MAX_FILE_BYTES) throw new UsageError(`${file} is larger than 16 MB.`);
    return readFileSync(file);
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw new UsageError(`${file} can't be read: ${(error as Error).message}.`);
  }
}

type Body = Extract<ImportBody, { kind: "paste" }> | Extract<ImportBody, { kind: "csv" }>;

/** @param known the columns as they were guessed, of which some are said otherwise */
function bodyOf(bytes: Buffer, given: ImportOptions, known: ImportPreview | undefined): Body {
  const { means, everybody = false, dates: dateOrder } = given;
  if (given.paste) {
    if (means === undefined || means === "told")
      throw new UsageError("Say what the list means: --means left, or --means works_here.");
    return { kind: "paste", text: bytes.toString("utf8"), means, everybody, dateOrder };
  }
  const { encoding, delimiter, header, status: states } = given;
  return {
    kind: "csv",
    file: bytes.toString("base64"),
    means,
    everybody,
    encoding,
    delimiter,
    dateOrder,
    ...(header === false ? { header } : {}),
    ...(states ? { states } : {}),
    ...(known && given.column ? { columns: columnsWith(known, given.column) } : {}),
  };
}

/** @throws UsageError for a column that is none */
function columnsWith(
  { columns }: ImportPreview,
  said: readonly [string, ImportField | null][],
): (ImportField | null)[] {
  const fields = columns.map(({ field }) => field);
  for (const [name, field] of said) {
    const at = columns.findIndex(({ heading }) => heading.toLowerCase() === name.toLowerCase());
    const index = at >= 0 ? at : /^\d+$/.test(name) ? Number(name) - 1 : -1;
    if (!(index in fields)) {
      throw new UsageError(
        `It has no column ${name}. Its columns: ${columns.map(({ heading }) => heading).join(", ")}.`,
      );
    }
    // A field stands in one column, but for further addresses.
    if (field !== null && field !== "other_email")
      fields.forEach((each, i) => {
        if (each === field) fields[i] = null;
      });
    fields[index] = field;
  }
  return fields;
}

/** How many it may mark as left; null: none. @throws UsageError where nobody has said so */
async function confirmed(
  context: Context,
  preview: ImportPreview,
  given: ImportOptions,
): Promise<number | null> {
  const { absent } = preview.outcome;
  if (!given.everybody || absent === 0) return null;
  if (given.marksLeft !== undefined) return given.marksLeft;
  const { terminal } = context;
  const what = `It marks ${countOf(absent, "employees")} of ${count(preview.working)} as left, because they are absent from it.`;
  if (terminal.in.isTTY !== true || given.json)
    throw new UsageError(`${what} Look at it with --dry-run, then give --marks-left ${absent}.`);
  await printPreview(context, preview, true);
  const typed = await prompt(context, `${what} Type the number to go on: `, false);
  if (typed.trim().replaceAll(",", "") !== String(absent))
    throw new UsageError("Another number. Nothing was imported.");
  return absent;
}

async function printPreview(context: Context, preview: ImportPreview, dry: boolean): Promise<void> {
  const { terminal } = context;
  const { encoding, delimiter, dates, states, problems, problemCount } = preview;
  if (encoding !== null) {
    await new TableWriter(terminal, COLUMNS).write(preview.columns);
    const parts = [
      encoding,
      `cells parted by ${delimiter === "\t" ? "tabs" : `"${delimiter}"`}`,
      dates && `dates as ${ORDER_WORD[dates.order]}${dates.sure ? "" : ", which is a guess: see --dates"}`,
    ];
    await foot(terminal, parts.filter(Boolean).join(" · "));
  }
  for (const { word, state, rows } of states) {
    const means =
      state === null ? paint(terminal, "attention", "not known: see --status") : EMPLOYEE_STATE_WORD[state];
    await write(terminal.out, `Status "${harmless(word)}" (${countOf(rows, "rows")}): ${means}\n`);
  }
  for (const { line, column, text } of problems) {
    const where = column === null ? `line ${line}` : `line ${line}, ${column}`;
    await write(terminal.out, `${paint(terminal, "failed", "✕")} ${harmless(where)}: ${harmless(text)}\n`);
  }
  if (problemCount > problems.length)
    await write(terminal.out, `And ${count(problemCount - problems.length)} more.\n`);
  await write(terminal.out, `\nIt would do: ${outcomeText(preview.outcome)}.\n`);
  const end = problemCount > 0 ? "Rows are wrong, so nothing was imported." : "Nothing was imported.";
  if (dry || problemCount > 0) await write(terminal.out, `${end}\n`);
}

const ORDER_WORD = { dmy: "day month year", mdy: "month day year", ymd: "year month day" } as const;

const COLUMNS: Column<ImportPreview["columns"][number]>[] = [
  { name: "Column", value: (c) => c.heading, min: 12 },
  { name: "Holds", value: (c) => c.field?.replaceAll("_", " ") ?? "not kept", min: 10 },
  { name: "Such as", value: (c) => c.examples.join(", "), min: 12, rank: 1 },
];

function outcomeText(outcome: Answer<"importEmployees">): string {
  const { rows, added, changed, unchanged, sameAddress, dateOver, leave, comeBack, absent } = outcome;
  return [
    countOf(rows, "rows"),
    `${count(added)} added`,
    `${count(changed)} changed`,
    `${count(unchanged)} unchanged`,
    ...(sameAddress > 0
      ? [`${count(sameAddress)} of the added with the address of somebody who has another employee ID`]
      : []),
    ...(dateOver > 0
      ? [`${count(dateOver)} still here by the status, beside a last day that has passed`]
      : []),
    ...(leave > 0 ? [`${count(leave)} now left`] : []),
    ...(comeBack > 0 ? [`${count(comeBack)} came back`] : []),
    ...(absent > 0 ? [`${count(absent)} left for being absent`] : []),
  ].join(", ");
}

function numberOf(text: string): number {
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw new InvalidArgumentError("Give a whole number.");
}

function columnOf(text: string, before: [string, ImportField | null][] = []): [string, ImportField | null][] {
  const [, name, field] = /^(.+)=(\w+)$/.exec(text) ?? [];
  const known = IMPORT_FIELDS.find((each) => each === field) ?? null;
  if (name === undefined || (known === null && field !== "none"))
    throw new InvalidArgumentError(
      `Write it as "Worker ID=employee_id". Fields: ${IMPORT_FIELDS.join(", ")}, none.`,
    );
  return [...before, [name.trim(), known]];
}

function statusOf(text: string, before: Record<string, EmployeeState> = {}): Record<string, EmployeeState> {
  const [, word, said] = /^(.+)=(\w+)$/.exec(text) ?? [];
  const state = EMPLOYEE_STATES.find((each) => each === said);
  if (word === undefined || !state)
    throw new InvalidArgumentError(`Write it as "Suspended=left". States: ${EMPLOYEE_STATES.join(", ")}.`);
  return { ...before, [word.trim()]: state };
}

function delimiterOf(text: string): Delimiter {
  const found = DELIMITERS.find((each) => each === (text === "tab" || text === "\\t" ? "\t" : text));
  if (found) return found;
  throw new InvalidArgumentError('Give one of "," ";" "|" or tab.');
}
