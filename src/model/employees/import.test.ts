/** Files as HR and directory programs export them, and lists as people paste them. All people are invented. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { dayText } from "../day.ts";
import { bareAddress } from "./employee.ts";
import { guessColumns } from "./import-columns.ts";
import { guessOrder, readDay } from "./import-dates.ts";
import { PASTE_COLUMNS, readPaste } from "./import-paste.ts";
import { type ImportChoices, readRows } from "./import-rows.ts";
import { FileRefused, readTable } from "./import-table.ts";

async function read(text: string | Uint8Array, choices: ImportChoices = {}) {
  const table = await readTable(typeof text === "string" ? Buffer.from(text) : text, {});
  return { ...readRows(table, choices), table };
}
const fields = (reading: { columns: { field: string | null }[] }) =>
  reading.columns.map(({ field }) => field);

const EXPORTS: readonly [program: string, head: string, row: string, fields: (string | null)[]][] = [
  [
    "Workday",
    "Employee ID,Worker,Email - Primary Work,Supervisory Organization,Worker's Manager,Hire Date,Termination Date,Worker Status",
    "E-0042,Mara Quill,mara@aldermoor.example,Talent,Ines Okafor,02/14/2022,11/12/2026,Terminated",
    ["employee_id", "name", "email", "department", "manager", "start_date", "leave_date", "status"],
  ],
  [
    "BambooHR",
    '"Employee #","First Name","Last Name","Work Email","Home Email","Hire Date","Termination Date","Department","Reporting to","Status"',
    '"42","Mara","Quill","mara@aldermoor.example","mq@mail.example","2022-02-14","","Talent","Ines Okafor","Active"',
    [
      "employee_id",
      "first_name",
      "last_name",
      "email",
      "other_email",
      "start_date",
      "leave_date",
      "department",
      "manager",
      "status",
    ],
  ],
  [
    "Personio",
    "ID;First name;Last name;Email;Department;Supervisor;Hire date;Termination date;Status",
    "42;Mara;Quill;mara@aldermoor.example;Talent;Ines Okafor;14.02.2022;30.11.2026;active",
    [
      "employee_id",
      "first_name",
      "last_name",
      "email",
      "department",
      "manager",
      "start_date",
      "leave_date",
      "status",
    ],
  ],
  [
    "Rippling",
    "Employee number,Full name,Work email,Personal email,Department,Manager,Start date,End date,Employment status",
    "42,Mara Quill,mara@aldermoor.example,mq@mail.example,Talent,Ines Okafor,2022-02-14,2026-11-12,Terminated",
    [
      "employee_id",
      "name",
      "email",
      "other_email",
      "department",
      "manager",
      "start_date",
      "leave_date",
      "status",
    ],
  ],
  [
    "ADP",
    "Associate ID,Legal First Name,Legal Last Name,Work Contact: Work Email,Home Department Description,Reports To Legal Name,Hire Date,Termination Date,Position Status",
    "ABC1,Mara,Quill,mara@aldermoor.example,Talent,Ines Okafor,2/14/2022,11/12/2026,Leave",
    [
      "employee_id",
      "first_name",
      "last_name",
      "email",
      "department",
      "manager",
      "start_date",
      "leave_date",
      "status",
    ],
  ],
  [
    "Okta",
    "login,email,firstName,lastName,employeeNumber,department,manager,status",
    "mara@aldermoor.example,mara@aldermoor.example,Mara,Quill,42,Talent,Ines Okafor,DEPROVISIONED",
    ["other_email", "email", "first_name", "last_name", "employee_id", "department", "manager", "status"],
  ],
  [
    "Entra ID",
    "userPrincipalName,displayName,surname,givenName,mail,employeeId,department,accountEnabled,employeeHireDate,employeeLeaveDateTime",
    "mara@aldermoor.example,Mara Quill,Quill,Mara,mara.quill@aldermoor.example,42,Talent,False,2022-02-14T00:00:00Z,2026-11-12T17:00:00Z",
    [
      "other_email",
      "name",
      "last_name",
      "first_name",
      "email",
      "employee_id",
      "department",
      "status",
      "start_date",
      "leave_date",
    ],
  ],
  [
    "HiBob",
    "Display name,Email,Employee ID in company,ID,Start date,Termination date,Department,Reports to,Lifecycle status,Status",
    "Mara Quill,mara@aldermoor.example,42,3332883884017713938,14/02/2022,12/11/2026,Talent,Ines Okafor,Terminated,Inactive",
    [
      "name",
      "email",
      "employee_id",
      null,
      "start_date",
      "leave_date",
      "department",
      "manager",
      "status",
      null,
    ],
  ],
  [
    "Google Workspace",
    "First Name [Required],Last Name [Required],Email Address [Required],Org Unit Path [Required],Status [READ ONLY],Last Sign In [READ ONLY],Recovery Email,Employee ID,Manager Email,Department",
    "Mara,Quill,mara@aldermoor.example,/Talent,Active,2026/11/20 08:00:00,mq@mail.example,42,ines@aldermoor.example,Talent",
    [
      "first_name",
      "last_name",
      "email",
      null,
      "status",
      null,
      "other_email",
      "employee_id",
      "manager",
      "department",
    ],
  ],
];

for (const [program, head, row, expected] of EXPORTS) {
  test(`an export of ${program} is read without a question`, async () => {
    const reading = await read(`${head}\n${row}\n`);
    assert.deepEqual(fields(reading), expected);
    assert.deepEqual(reading.problems, []);
    const [person] = reading.rows;
    assert.match(person!.number!, /42$|ABC1/);
    assert.match(person!.name!, /^Mara Quill$/);
    assert.match(person!.emails[0]!, /^mara/);
    assert.notEqual(person!.told, undefined);
    assert.equal(reading.means, "told");
  });
}

test("what a program calls somebody by is no employee ID, and a column of names is none", async () => {
  const entra = await read(
    "userPrincipalName,displayName,mail,id,accountEnabled\nm@a.example,Mara,m@a.example,0a21f0f2-8d2a-4f8e-bf98-7363c4aed4ef,True\n",
  );
  assert.deepEqual(fields(entra), ["other_email", "name", "email", null, "status"]);
  assert.deepEqual([entra.rows[0]!.number, entra.problems], [undefined, []]);
  const personio = await read("ID,Email,Status\n42,m@a.example,Active\n");
  assert.equal(personio.rows[0]!.number, "42");
  const named = await read("Employee,Contact email,Status\nMara Quill,m@a.example,Active\n");
  assert.deepEqual(fields(named), ["name", "email", "status"], "one address is the address");
});

test("an account that is switched on says nothing against a leave date, nor do empty cells say anything", async () => {
  const { rows } = await read(
    "mail,accountEnabled,employeeLeaveDateTime\na@a.example,True,2026-11-12T17:00:00Z\nb@a.example,True,\nc@a.example,False,\n",
  );
  assert.deepEqual(
    rows.map(({ told, leftDay }) => [told, typeof leftDay]),
    [
      [null, "number"],
      ["employed", "object"],
      ["left", "object"],
    ],
  );
  const told = (await read("Email,Status,Last day\na@a.example,,\nb@a.example,,2026-11-12\n")).rows;
  assert.deepEqual(
    told.map((row) => ["told" in row, row.told]),
    [
      [false, undefined],
      [true, null],
    ],
  );
});

test("titles above the headings are passed over, and rows that say the same are one", async () => {
  const { rows, problems } = await read(
    [
      "All workers,,,",
      "Effective,26.11.2026,,",
      "Employee ID,Worker,Email,Position",
      "E-1,Ann,ann@a.example,Recruiter",
      "e-1,Ann,Ann@a.example,Interviewer",
      "E-2,Bob,bob@a.example,Recruiter",
      "E-2,Bobby,bob@a.example,Recruiter",
    ].join("\n"),
  );
  assert.deepEqual(
    rows.map(({ line, number }) => [line, number]),
    [
      [4, "E-1"],
      [6, "E-2"],
    ],
  );
  assert.deepEqual(
    problems.map(({ line, text }) => [line, text]),
    [[7, "E-2 stands in line 6 already, and says something else"]],
  );
});

test("states and dates of an export", async () => {
  const text = `Email;Status;Termination date
ann@a.example;Active;
bob@a.example;Inactive;30.11.2026
cy@a.example;On leave;
dee@a.example;Onboarding;
eve@a.example;Suspended;
`;
  const reading = await read(text);
  assert.deepEqual(
    reading.rows.map(({ told, leftDay }) => [
      told,
      leftDay === null || leftDay === undefined ? null : dayText(leftDay),
    ]),
    [
      ["employed", null],
      ["left", "2026-11-30"],
      ["on_leave", null],
      ["not_started", null],
    ],
  );
  assert.deepEqual(
    reading.problems.map(({ line, column, text }) => [line, column, text]),
    [[6, "Status", '"Suspended" is not a status that is known: say what it means']],
  );
  assert.equal(reading.states.find(({ word }) => word === "Suspended")!.state, null);
  const said = await read(text, { states: { suspended: "left" } });
  assert.deepEqual(said.problems, []);
  assert.equal(said.rows[4]!.told, "left");
});

const SAME = "Employee ID,Name,Email\nE1,Søren Ådeyemi,soren@a.example\n";
for (const [name, bytes, encoding] of [
  ["UTF-8", Buffer.from(SAME), "utf-8"],
  ["UTF-8 with a mark", Buffer.from(`\ufeff${SAME}`), "utf-8"],
  ["UTF-16 with a mark", Buffer.from(`\ufeff${SAME}`, "utf16le"), "utf-16le"],
  ["UTF-16 without one", Buffer.from(SAME, "utf16le"), "utf-16le"],
  ["UTF-16, the other end first", Buffer.from(`\ufeff${SAME}`, "utf16le").swap16(), "utf-16be"],
  ["Latin-1", Buffer.from(SAME, "latin1"), "windows-1252"],
] as const) {
  test(`a file in ${name}`, async () => {
    const { table, rows } = await read(bytes);
    assert.equal(table.encoding, encoding);
    assert.equal(rows[0]!.name, "Søren Ådeyemi");
  });
}

for (const [name, text, delimiter] of [
  ["commas", 'Name,Email\n"Quill, Mara",m@a.example\n', ","],
  ["semicolons, with commas in names", "Name;Email\nQuill, Mara;m@a.example\n", ";"],
  ["tabs", "Name\tEmail\nQuill, Mara\tm@a.example\n", "\t"],
  ["what Excel says", "sep=|\nName|Email\nQuill, Mara|m@a.example\n", "|"],
  [
    "Windows' line ends and a line break in quotes",
    'Name,Email,Note\r\n"Quill, Mara",m@a.example,"two\r\nlines"\r\n',
    ",",
  ],
] as const) {
  test(`cells parted by ${name}`, async () => {
    const { table, rows } = await read(text);
    assert.equal(table.delimiter, delimiter);
    assert.deepEqual([rows.length, rows[0]!.name, rows[0]!.emails], [1, "Quill, Mara", ["m@a.example"]]);
  });
}

for (const [name, bytes, why] of [
  ["a workbook", Buffer.from([0x50, 0x4b, 3, 4, 0, 0, 0, 0, 8]), /workbook/],
  ["no text", Buffer.from([0xff, 0xd8, 0, 0, 1, 2, 0, 0]), /no text/],
  ["a quote that never ends", Buffer.from('Email,Name\na@a.example,"Quill\n'), /quote/i],
  ["more rows than are taken", Buffer.from("a@a.example\n".repeat(100_002)), /100,000 rows/],
  ["a quote within a cell", Buffer.from('Email,Name\na@a.example,Mara "Mo" Quill\n'), /quote.*line 2/i],
] as const) {
  test(`${name} is refused, and told why`, async () => {
    await assert.rejects(
      () => read(bytes),
      (error) => error instanceof FileRefused && why.test(error.message),
    );
  });
}

for (const [text, order, expected] of [
  ["2026-11-23", "dmy", "2026-11-23"],
  ["2026-11-23T08:15:00Z", "dmy", "2026-11-23"],
  ["2026/11/23", "mdy", "2026-11-23"],
  ["23.11.2026", "dmy", "2026-11-23"],
  ["03/04/2026", "mdy", "2026-03-04"],
  ["03/04/2026", "dmy", "2026-04-03"],
  ["3/4/26 00:00", "mdy", "2026-03-04"],
  ["23-Nov-2026", "mdy", "2026-11-23"],
  ["23 November 2026", "mdy", "2026-11-23"],
  ["Nov 23, 2026", "dmy", "2026-11-23"],
  ["20261123", "dmy", "2026-11-23"],
  ["46349", "dmy", "2026-11-23"],
  ["", "dmy", null],
  ["n/a", "dmy", null],
  ["31/12/9999", "dmy", null],
  ["1/1/1900", "dmy", null],
  ["0001-01-01T00:00:00", "dmy", null],
  ["01/02/0202", "dmy", undefined],
  ["30.02.2026", "dmy", undefined],
  ["23/11/2026", "mdy", undefined],
  ["soon", "dmy", undefined],
] as const) {
  test(`"${text}" as ${order} is ${expected}`, () => {
    const day = readDay(text, order);
    assert.equal(typeof day === "number" ? dayText(day) : day, expected);
  });
}

test("the order of a date is guessed by all of them, and a guess is told", () => {
  assert.deepEqual(guessOrder(["03/04/2026", "23/04/2026"]), { order: "dmy", sure: true });
  assert.deepEqual(guessOrder(["03/04/2026", "04/23/2026"]), { order: "mdy", sure: true });
  assert.deepEqual(guessOrder(["03.04.2026"]), { order: "dmy", sure: true });
  assert.deepEqual(guessOrder(["03/04/2026"]), { order: "mdy", sure: false });
  assert.deepEqual(guessOrder(["2026-04-03", ""]), { order: "ymd", sure: true });
});

test("a list of addresses as people paste it", () => {
  const { table, problems } = readPaste(
    [
      "ann@a.example",
      "bob@a.example, 2026-11-12",
      "Cy Reed <cy@a.example>; 12.11.2026",
      "dee@a.example\t12 Nov 2026",
      "",
      "eve@a.example, fay@a.example",
      "2026-11-10 gus@a.example",
      "nobody",
      "hal@a.example soon",
      "ida@a.example jo@a.example 2026-11-12",
    ].join("\r\n"),
  );
  assert.deepEqual(
    table.rows.map(({ line, cells }) => [line, ...cells]),
    [
      [1, "ann@a.example", "", ""],
      [2, "bob@a.example", "2026-11-12", ""],
      [3, "cy@a.example", "12.11.2026", "Cy Reed"],
      [4, "dee@a.example", "12 Nov 2026", ""],
      [6, "eve@a.example", "", ""],
      [6, "fay@a.example", "", ""],
      [7, "gus@a.example", "2026-11-10", ""],
    ],
  );
  assert.deepEqual(
    problems.map(({ line }) => line),
    [8, 9, 10],
  );
  const left = readRows(table, { means: "left", header: false, columns: PASTE_COLUMNS });
  assert.deepEqual(left.problems, []);
  assert.deepEqual(
    left.rows.map(({ told, leftDay, name }) => [told, leftDay !== undefined, name]).slice(0, 3),
    [
      ["left", false, undefined],
      ["left", true, undefined],
      ["left", true, "Cy Reed"],
    ],
  );
});

for (const [line, ...expected] of [
  ["'ann@a.example',", "ann@a.example", "", ""],
  ["“ann@a.example”", "ann@a.example", "", ""],
  ["`ann+hr@a.example`.", "ann+hr@a.example", "", ""],
  ["ann@a.example\u200b", "ann@a.example", "", ""],
  ["|ann@a.example|2026-11-12|", "ann@a.example", "2026-11-12", ""],
  ["mailto:o'neil@a.example", "o'neil@a.example", "", ""],
  ["3. Ann Reed <ann@a.example>", "ann@a.example", "", "Ann Reed"],
  ["12)\tann@a.example", "ann@a.example", "", ""],
  ["• ann@a.example", "ann@a.example", "", ""],
  ["ann@a.example left on 12 Nov 2026", "ann@a.example", "12 Nov 2026", ""],
  ["ann@a.example, last day: Nov 12, 2026", "ann@a.example", "Nov 12, 2026", ""],
  ["ann@a.example\tAnn Reed\t12.11.2026", "ann@a.example", "12.11.2026", "Ann Reed"],
  ['"Reed, Ann" <ANN@a.example>', "ANN@a.example", "", "Reed, Ann"],
] as const) {
  test(`"${line.trim()}" as a line of a list`, () => {
    const { table, problems } = readPaste(`E-mail, Leave date\n${line}`);
    assert.deepEqual(problems, []);
    assert.deepEqual(table.rows, [{ line: 2, cells: expected }]);
  });
}

test("a line of a list that can be read in two ways is told", () => {
  for (const line of [
    "ann@a.example 2026-11-12; bob@a.example",
    "ann@a.example, end of November",
    "ann@a.example/bob@a.example",
    "Leavers of November",
  ]) {
    const { table, problems } = readPaste(line);
    assert.deepEqual([table.rows.length, problems.length], [0, 1], line);
  }
});

test("what is pasted by mistake is told at once, however long it is", () => {
  const told = (text: string) => readPaste(text).problems.map((problem) => problem.text.slice(0, 40));
  assert.deepEqual(told("a".repeat(3_000_000)), [`No e-mail address stands in "${"a".repeat(11)}`]);
  assert.deepEqual(told(`${"-".repeat(1_000_000)}a@`), [`No e-mail address stands in "${"-".repeat(11)}`]);
  assert.deepEqual(told(`ann@a.example abc${"-".repeat(1_000_000)}x`), [`"abc${"-".repeat(36)}`]);
  const signs = `a${"!".repeat(1_000_000)}b`;
  assert.equal(bareAddress(`<${signs}>`), signs);
  // More than a call takes arguments.
  assert.equal(readPaste(Array(100_000).fill("a@b").join(", ")).table.rows.length, 100_000);
  for (const text of ["\n".repeat(100_001), "a@b\r".repeat(100_001), "a@b,".repeat(100_001)])
    assert.throws(() => readPaste(text), FileRefused);
});

test("rows that can't be are told by line and column, each once", async () => {
  const { problems, rows } = await read(
    [
      "Employee ID,Name,Work Email,Termination Date",
      "E1,Ann,ann@a.example,2026-13-40",
      ",Nobody,,",
      "E2,Bob,no address@,",
      "E3,Cy,cy@a.example,",
      "e3,Cy again,cy2@a.example,",
      ",Cy without ID,CY@a.example,",
      "E4,Shares an address,cy@a.example,",
    ].join("\n"),
  );
  assert.deepEqual(
    problems.map(({ line, column }) => [line, column]),
    [
      [2, "Termination Date"],
      [3, null],
      [4, "Work Email"],
      [6, null],
      [7, null],
    ],
  );
  assert.deepEqual(
    rows.map(({ number }) => number),
    ["E3", "E4"],
  );
});

test("what says nothing of leaving has to be told what it means", async () => {
  const text = "Email\nann@a.example\n";
  assert.equal((await read(text)).means, "works_here");
  assert.match((await read(text, { means: "told" })).problems[0]!.text, /who has left/);
  assert.match((await read("Name\nAnn\n")).problems.at(-1)!.text, /employee ID or an e-mail/);
});

test("a file without headings is read by what its cells are", async () => {
  const reading = await read("ann@a.example;12.11.2026\nbob@a.example;13.11.2026\n", { means: "left" });
  assert.equal(reading.header, false);
  assert.deepEqual(fields(reading), ["email", "leave_date"]);
  assert.equal(reading.rows.length, 2);
});

test("the surer of two columns is the one", () => {
  assert.deepEqual(guessColumns(["ID", "Employee ID"]), [null, "employee_id"]);
  assert.deepEqual(guessColumns(["Status", "Employment Status"]), [null, "status"]);
  assert.deepEqual(guessColumns(["Manager Email", "Email"]), ["manager", "email"]);
});
