import assert from "node:assert/strict";
import { test } from "node:test";
import { type Column, fit } from "./table.ts";

interface Row {
  name: string;
  mail: string;
  note: string;
  n: number;
}
const COLUMNS: Column<Row>[] = [
  { name: "Name", value: (r) => r.name, min: 8 },
  { name: "E-mail", value: (r) => r.mail, min: 10, rank: 2 },
  { name: "Note", value: (r) => r.note, min: 6, rank: 1 },
  { name: "Grants", value: (r) => String(r.n), right: true },
];
const row = (name: string, mail = "a@b.example", note = "ok"): Row => ({ name, mail, note, n: 12 });
const LONG = row(
  "A name that goes on and on and on",
  "somebody.with.a.long.name@department.example.org",
  "many words of little use",
);

const sum = (widths: number[]) => widths.reduce((a, b) => a + b, 0) + 2 * (widths.length - 1);
const shown = (rows: Row[], room: number | null) =>
  fit(COLUMNS, rows, room).map(({ column, width }) => [column.name, width]);

for (const room of [200, 120, 80, 60, 40, 30, 12]) {
  test(`fits ${room} columns`, () => {
    assert.ok(sum(fit(COLUMNS, [LONG], room).map(({ width }) => width)) <= room);
  });
}

for (const [name, rows, room, expected] of [
  [
    "room for all: each as wide as its widest row",
    [row("Mara Quill")],
    200,
    [
      ["Name", 10],
      ["E-mail", 11],
      ["Note", 4],
      ["Grants", 6],
    ],
  ],
  [
    "a pipe: as wide as the rows are",
    [LONG],
    null,
    [
      ["Name", 33],
      ["E-mail", 48],
      ["Note", 24],
      ["Grants", 6],
    ],
  ],
  [
    "no row: as wide as the names",
    [],
    80,
    [
      ["Name", 4],
      ["E-mail", 6],
      ["Note", 4],
      ["Grants", 6],
    ],
  ],
  [
    "little room: the least important column goes first",
    [LONG],
    34,
    [
      ["Name", 12],
      ["Note", 12],
      ["Grants", 6],
    ],
  ],
  [
    "less room: then the next one; numbers are never cut",
    [LONG],
    20,
    [
      ["Name", 12],
      ["Grants", 6],
    ],
  ],
] as const) {
  test(name, () => assert.deepEqual(shown([...rows], room), expected));
}
