/** Imports into the directory: the handlers of contract/employee-import.ts. */
import { dayText } from "../../model/day.ts";
import { PASTE_COLUMNS, readPaste } from "../../model/employees/import-paste.ts";
import { type ImportReading, readRows } from "../../model/employees/import-rows.ts";
import { MAX_FILE_BYTES, readTable, type Table } from "../../model/employees/import-table.ts";
import { grouped } from "../../model/text.ts";
import {
  type ImportOutcome,
  type ImportTerms,
  importEmployees,
} from "../../store/employees/employee-import.ts";
import { lockEmployees, noteImport } from "../../store/employees/employees.ts";
import { askerName } from "../connections/asker.ts";
import type { ImportBody, ImportPreview } from "../contract/employee-import.ts";
import { ApiError } from "../errors.ts";
import type { Handlers } from "../handler.ts";

/** Of those who work here. More than that is asked for twice. */
const MANY = 0.1;
const PROBLEMS_SHOWN = 200;

interface Read {
  reading: ImportReading;
  table: Pick<Table, "rows"> & Partial<Table>;
}

export const employeeImportHandlers: Pick<Handlers, "previewImport" | "importEmployees"> = {
  async previewImport({ body }, { db, now }) {
    const { reading, table } = await readBody(body);
    const outcome = await importEmployees(db, reading.rows, termsOf(body, now()), null);
    return preview(reading, table, outcome);
  },

  async importEmployees({ body }, { services, who, now, trail }) {
    const { reading } = await readBody(body);
    const terms = termsOf(body, now());
    const { kind, everybody } = body;
    trail.target = kind;
    const outcome = await services.store.write(async (tx) => {
      await lockEmployees(tx);
      const foreseen = await importEmployees(tx, reading.rows, terms, null);
      refuseWrong([...reading.problems, ...foreseen.problems]);
      if (everybody) refuseUnconfirmed(foreseen, body.marksLeft);
      const done = await importEmployees(tx, reading.rows, terms, tx);
      const { rows, added, changed, absent } = done;
      await noteImport(tx, {
        at: terms.now,
        kind,
        by: askerName(who),
        whole: everybody,
        rows,
        added,
        changed,
        gone: absent,
      });
      return done;
    });
    const { rows, added, changed, unchanged, sameAddress, dateOver, leave, comeBack, absent } = outcome;
    const counts = { rows, added, changed, unchanged, sameAddress, dateOver, leave, comeBack, absent };
    trail.details = { means: reading.means, everybody, ...counts };
    return counts;
  },
};

function termsOf({ kind, everybody }: ImportBody, now: number): ImportTerms {
  return { source: kind, now, everybody };
}

async function readBody(body: ImportBody): Promise<Read> {
  const { means, everybody, dateOrder } = body;
  if (means === "left" && everybody) {
    throw new ApiError(
      "invalid_request",
      "body: everybody: a list of people who have left holds nobody who works here.",
    );
  }
  if (body.kind === "paste") {
    if (means === undefined || means === "told") {
      throw new ApiError("invalid_request", "body: means: say what the list means: left, or works_here.");
    }
    const { table, problems } = readPaste(body.text);
    const reading = readRows(table, { means, dateOrder, header: false, columns: PASTE_COLUMNS });
    const none = table.rows.length === 0 && problems.length === 0;
    if (none) throw new ApiError("file_unreadable", "Nothing is in the list.");
    return { table, reading: { ...reading, problems: [...problems, ...reading.problems] } };
  }
  const bytes = Buffer.from(body.file, "base64");
  if (bytes.length > MAX_FILE_BYTES) throw new ApiError("body_too_large", "The file is larger than 16 MB.");
  const table = await readTable(bytes, body);
  if (table.rows.length === 0) throw new ApiError("file_unreadable", "The file is empty.");
  const { columns, header, states } = body;
  return { table, reading: readRows(table, { means, columns, header, dateOrder, states }) };
}

/** @throws ApiError `rows_wrong` */
function refuseWrong(problems: ImportReading["problems"]): void {
  const [first] = problems;
  if (!first) return;
  const where = first.column === null ? `Line ${first.line}` : `Line ${first.line}, ${first.column}`;
  const more = problems.length > 1 ? ` And ${grouped(problems.length - 1)} more.` : "";
  throw new ApiError(
    "rows_wrong",
    `${where}: ${first.text}.${more} Nothing was imported.`,
    "The preview lists them all. Correct them, then import again.",
  );
}

/** @throws ApiError `confirmation_needed` */
function refuseUnconfirmed({ absent }: ImportOutcome, marksLeft: number | undefined): void {
  if (absent === 0 || marksLeft === absent) return;
  throw new ApiError(
    "confirmation_needed",
    marksLeft === undefined
      ? `It would mark ${grouped(absent)} employees as left, because they are absent from it.`
      : `It would mark ${grouped(absent)} employees as left, not ${grouped(marksLeft)}: something has changed since.`,
    `Look at the preview, then confirm with the number ${absent}.`,
  );
}

function preview(reading: ImportReading, table: Read["table"], outcome: ImportOutcome): ImportPreview {
  const { means, header, columns, dates, states } = reading;
  const problems = [...reading.problems, ...outcome.problems].sort((a, b) => a.line - b.line);
  const { rows, added, changed, unchanged, sameAddress, dateOver, leave, comeBack, absent, working } =
    outcome;
  return {
    means,
    encoding: table.encoding ?? null,
    delimiter: table.delimiter ?? null,
    header,
    columns,
    dates,
    states,
    outcome: { rows, added, changed, unchanged, sameAddress, dateOver, leave, comeBack, absent },
    working,
    mustType: absent > working * MANY ? absent : null,
    problems: problems.slice(0, PROBLEMS_SHOWN),
    problemCount: problems.length,
    shown: outcome.shown.map(({ number, leftDay, ...row }) => ({
      ...row,
      employeeId: number,
      leaveDate: leftDay === null ? null : dayText(leftDay),
    })),
  };
}
