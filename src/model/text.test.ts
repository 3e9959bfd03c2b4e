import assert from "node:assert/strict";
import { test } from "node:test";
import { searchable, shellName, sortKey } from "./text.ts";

const cases: [string, string, string][] = [
  ["case", "Ann LEE", "ann lee"],
  ["accents", "Zoë Ångström", "zoe angstrom"],
  ["ligatures and wide letters", "ﬁ Ａ", "fi a"],
  ["runs of spaces", "  Ann \t  Lee ", "ann lee"],
  ["letters that no accent makes", "Søren Łódź Weiß Æsir", "soren lodz weiss aesir"],
  ["scripts without case", "山田 太郎", "山田 太郎"],
  ["lines stay apart", "ann\nlee", "ann\nlee"],
];

for (const [name, text, expected] of cases) {
  test(`search doesn't mind ${name}`, () => assert.equal(searchable(text), expected));
}

test("what is sorted by has an end, and no half of a letter there", () => {
  assert.equal(sortKey(`Zoë${"é".repeat(300)}`), `zoe${"e".repeat(197)}`);
  assert.equal(sortKey(`${"a".repeat(199)}😀`), `${"a".repeat(199)}\uFFFD`);
});

for (const [name, quoted] of [
  ["acme", "acme"],
  ["Acme EU", "'Acme EU'"],
  ["it's; rm -rf $HOME", "'it'\\''s; rm -rf $HOME'"],
] as const) {
  test(`the shell takes ${quoted}`, () => assert.equal(shellName(name), quoted));
}
