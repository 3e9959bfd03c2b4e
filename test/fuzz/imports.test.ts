/** What people upload and paste: read or refused by name, and nothing in it is taken for what it isn't. */
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { dayText } from "../../src/model/day.ts";
import { isEmail } from "../../src/model/employees/employee.ts";
import { DATE_ORDERS, readDay } from "../../src/model/employees/import-dates.ts";
import { PASTE_COLUMNS, readPaste } from "../../src/model/employees/import-paste.ts";
import { IMPORT_MEANINGS, readRows } from "../../src/model/employees/import-rows.ts";
import { DELIMITERS, ENCODINGS, FileRefused, readTable } from "../../src/model/employees/import-table.ts";
import { runs } from "./runs.ts";

const PIECES = [
  ...[
    "ann@a.example",
    "bob@",
    "@",
    "a",
    "é",
    "Ines Okafor",
    "E-42",
    "left",
    "active",
    "Employee ID",
    "Email",
  ],
  ...["Status", "Termination Date", "12.11.2026", "11/23/2026", "Nov 12, 2026", "20261123", "46349", "sep=;"],
  ...[
    ",",
    ";",
    "\t",
    "|",
    '"',
    '""',
    "'",
    "<",
    ">",
    "(",
    "-",
    "•",
    " ",
    "\n",
    "\r\n",
    "\r",
    "\u0000",
    "\u200b",
  ],
];
const anyText = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.array(fc.constantFrom(...PIECES), { maxLength: 40 }).map((all) => all.join("")),
  },
  { weight: 1, arbitrary: fc.string({ unit: "binary" }) },
);
const maybe = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });

/** Of every row that can be used each address is one; of every other it is said where it is wrong. */
function assertRead({ rows, problems }: ReturnType<typeof readRows>): void {
  for (const { emails, number } of rows) {
    assert.ok(emails.every(isEmail));
    assert.ok(emails.length > 0 || number, "somebody can be found by it");
  }
  for (const { line, text } of problems) assert.ok(line >= 1 && text !== "");
}

test("any bytes are a table of rows, or refused as a file", async () => {
  const bytes = fc.oneof(
    { weight: 3, arbitrary: anyText.map((text) => Buffer.from(text)) },
    { weight: 1, arbitrary: anyText.map((text) => Buffer.from(text, "utf16le")) },
    { weight: 1, arbitrary: fc.uint8Array({ maxLength: 300 }) },
  );
  const given = fc.record({
    encoding: maybe(fc.constantFrom(...ENCODINGS)),
    delimiter: maybe(fc.constantFrom(...DELIMITERS)),
  });
  const choices = fc.record({
    means: maybe(fc.constantFrom(...IMPORT_MEANINGS)),
    header: maybe(fc.boolean()),
    dateOrder: maybe(fc.constantFrom(...DATE_ORDERS)),
  });
  await fc.assert(
    fc.asyncProperty(bytes, given, choices, async (file, how, chosen) => {
      try {
        const table = await readTable(file, how);
        for (const { line, cells } of table.rows) assert.ok(line >= 1 && cells.some((cell) => cell !== ""));
        assertRead(readRows(table, chosen));
      } catch (error) {
        assert.ok(error instanceof FileRefused, String((error as Error).stack));
      }
    }),
    runs(200),
  );
});

test("cells come back as they were written, whatever parts them and whatever is in them", async () => {
  const cell = fc
    .array(fc.constantFrom("a", "é", "漢", '"', "'", ",", ";", "\t", "|", "\n", "1"), { maxLength: 8 })
    .map((all) => all.join(""));
  const table = fc
    .integer({ min: 1, max: 4 })
    .chain((columns) =>
      fc.array(fc.array(cell, { minLength: columns, maxLength: columns }), { minLength: 1, maxLength: 5 }),
    );
  await fc.assert(
    fc.asyncProperty(table, fc.constantFrom(...DELIMITERS), async (rows, delimiter) => {
      // A row of nothing is none.
      const written = rows.map((cells) => ["x", ...cells]);
      const quoted = (text: string) => `"${text.replaceAll('"', '""')}"`;
      const text = written.map((cells) => `${cells.map(quoted).join(delimiter)}\n`).join("");
      const read = await readTable(Buffer.from(text), { delimiter });
      assert.deepEqual(
        read.rows.map(({ cells }) => cells),
        written,
      );
    }),
    runs(200),
  );
});

test("any text is a day that its cells can mean, no day, or not a date; each way of writing a day is read as it", () => {
  fc.assert(
    fc.property(anyText, fc.constantFrom(...DATE_ORDERS), (text, order) => {
      const day = readDay(text, order);
      if (typeof day === "number") assert.match(dayText(day), /^(19[3-9]\d|20\d\d|21\d\d|2200)-\d\d-\d\d$/);
      else assert.ok(day === null || day === undefined);
    }),
    runs(500),
  );
  const days = fc.date({ min: new Date("1950-01-01"), max: new Date("2150-12-31"), noInvalidDate: true });
  fc.assert(
    fc.property(days, (date) => {
      const iso = date.toISOString().slice(0, 10);
      const [year, month, day] = iso.split("-") as [string, string, string];
      const word = date.toLocaleString("en-US", { month: "short", timeZone: "UTC" });
      for (const [text, order] of [
        [iso, "mdy"],
        [`${iso}T08:15:00Z`, "dmy"],
        [`${day}.${month}.${year}`, "dmy"],
        [`${Number(day)}/${Number(month)}/${year}`, "dmy"],
        [`${month}/${day}/${year}`, "mdy"],
        [`${year}${month}${day}`, "mdy"],
        [`${Number(day)}-${word}-${year}`, "mdy"],
        [`${word} ${Number(day)}, ${year}`, "dmy"],
      ] as const) {
        const read = readDay(text, order);
        assert.equal(typeof read === "number" ? dayText(read) : read, iso, `${text} as ${order}`);
      }
    }),
    runs(200),
  );
});

/** As it is written down what an address may look like within a line; far too slow for a long one. */
const ADDRESS = /[^\s@<>"(),:;[\]|]+@[^\s@<>"(),:;[\]|]+/g;

test("of a pasted list each line is people or a problem, and every address in it is seen", () => {
  fc.assert(
    fc.property(anyText, (text) => {
      const { table, problems } = readPaste(text);
      const lines = text.replace(/[\u200b-\u200d\u2060\ufeff]|mailto:/gi, "").split(/\r\n|\n|\r/);
      for (const [i, line] of lines.entries()) {
        const seen = line.match(ADDRESS)?.length ?? 0;
        const people = table.rows.filter((row) => row.line === i + 1);
        const wrong = problems.filter((problem) => problem.line === i + 1);
        assert.ok(people.length === 0 || (people.length === seen && wrong.length === 0), line);
        if (seen > 0) assert.equal(wrong.length, people.length > 0 ? 0 : 1, line);
      }
      assert.ok(table.rows.every(({ cells }) => isEmail(cells[0]!)));
      assertRead(readRows(table, { means: "left", header: false, columns: PASTE_COLUMNS }));
    }),
    runs(500),
  );
});
