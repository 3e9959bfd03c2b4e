import assert from "node:assert/strict";
import { test } from "node:test";
import { csvRows, safeCell } from "../model/csv.ts";
import { clock, cut, duration, harmless, harmlessJson, pad, widthOf, wrap } from "./text.ts";

for (const [name, text, shown] of [
  ["a color", "\u001b[31mred", "␛[31mred"],
  ["a title change that types a command", "\u001b]0;x\u0007", "␛]0;x␇"],
  ["one-byte escapes of old terminals", "a\u009b31m", "a<U+009B>31m"],
  ["a line break", "a\nb", "a␊b"],
  ["a delete", "a\u007f", "a␡"],
  ["text turned around", "abc\u202egpj.exe", "abc<U+202E>gpj.exe"],
  ["an isolate", "a\u2067b\u2069", "a<U+2067>b<U+2069>"],
  ["a name with nothing to see", "\u200b\ufeff", "<U+200B><U+FEFF>"],
  ["hidden tags", "a\u{e0041}", "a<U+E0041>"],
  ["half of a character", "a\ud800b", "a<U+D800>b"],
  ["names of all scripts as they are", "Søren 美咲 محمد नमस्ते", "Søren 美咲 محمد नमस्ते"],
  ["a family of emoji as it is", "👩‍👧‍👦", "👩‍👧‍👦"],
] as const) {
  test(`harmless on a terminal: ${name}`, () => {
    assert.equal(harmless(text), shown);
    const json = harmlessJson({ text });
    assert.deepEqual(JSON.parse(json), { text }, "JSON keeps the value");
    assert.equal(harmless(json), json, "and is harmless itself");
  });
}

for (const [text, width] of [
  ["abc", 3],
  ["Søren", 5],
  ["e\u0301", 1],
  ["美咲", 4],
  ["👩‍👧‍👦", 2],
  ["✓ ok", 4],
  ["…", 1],
  ["🇨🇭", 2],
] as const) {
  test(`${text} takes ${width} columns`, () => assert.equal(widthOf(text), width));
}

for (const [text, width, shown] of [
  ["Mara Quill", 10, "Mara Quill"],
  ["Mara Quill", 9, "Mara Qui…"],
  ["Mara Quill", 6, "Mara…"],
  ["美咲美咲", 5, "美咲…"],
  ["美咲美咲", 4, "美…"],
  ["abc", 1, "…"],
  ["abc", 0, ""],
] as const) {
  test(`${text} cut to ${width} columns is ${JSON.stringify(shown)}`, () => {
    assert.equal(cut(text, width), shown);
    assert.ok(widthOf(cut(text, width)) <= width);
  });
}

test("padding counts columns, not characters", () => {
  assert.equal(pad("美", 4), "美  ");
  assert.equal(pad("7", 3, true), "  7");
});
test("lines break at blanks", () => assert.deepEqual(wrap("one two three", 7), ["one two", "three"]));

const NOW = Date.parse("2026-11-23T09:14:00Z");
for (const [time, shown] of [
  ["2026-11-23T09:02:00.000Z", "09:02"],
  ["2026-11-21T16:40:00.000Z", "21 Nov 16:40"],
  ["2025-12-31T23:59:00.000Z", "31 Dec 2025 23:59"],
] as const) {
  test(`${time} is ${shown}`, () => assert.equal(clock(time, NOW), shown));
}
for (const [ms, shown] of [
  [250, "0.3 s"],
  [4_000, "4.0 s"],
  [30_000, "30 s"],
  [180_000, "3 min"],
  [10_800_000, "3 h"],
] as const) {
  test(`${ms} ms is ${shown}`, () => assert.equal(duration(ms), shown));
}

for (const [name, value, cell] of [
  ["a formula", "=1+1", "'=1+1"],
  ["a sum", "+1", "'+1"],
  ["a difference", "-1", "'-1"],
  ["a function of old spreadsheets", "@SUM(A1)", "'@SUM(A1)"],
  ["a tab before a formula", "\t=1", "'\t=1"],
  ["a carriage return before one", "\r=1", "'\r=1"],
  ["a formula within", "a=1", "a=1"],
  ["a number", -1, "-1"],
  ["nothing", null, ""],
  ["an escape sequence", "\u001b[2J", "␛[2J"],
] as const) {
  test(`CSV: ${name}`, () => assert.equal(safeCell(value), cell));
}

test("CSV quotes what would end a cell", () => {
  const columns = [
    { name: "a", value: (row: string) => row },
    { name: "b", value: () => "x" },
  ];
  assert.equal(
    csvRows(columns, ['one, "two"', "a\nb", '=HYPERLINK("x")']),
    '"one, ""two""",x\n"a\nb",x\n"\'=HYPERLINK(""x"")",x\n',
  );
});
