/** Holds docs/security.md to the standard that it goes through, and to the tests that it names. */
import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { test } from "node:test";

const root = dirname(import.meta.dirname);
const page = readFileSync(join(root, "docs", "security.md"), "utf8");

/** ASVS 5.0.0: how many requirements of level 1 and 2 each section has; those of level 3 stand behind them. */
const SECTIONS: Record<string, number> = {
  ...{ "1.1": 2, "1.2": 9, "1.3": 11, "1.4": 3, "1.5": 2, "2.1": 3, "2.2": 3, "2.3": 4, "2.4": 1 },
  ...{ "3.2": 2, "3.3": 4, "3.4": 6, "3.5": 5, "3.7": 2, "4.1": 3, "4.2": 1, "4.3": 2, "4.4": 4 },
  ...{
    "5.1": 1,
    "5.2": 3,
    "5.3": 2,
    "5.4": 3,
    "6.1": 3,
    "6.2": 12,
    "6.3": 4,
    "6.4": 4,
    "6.5": 5,
    "6.6": 3,
    "6.8": 4,
  },
  ...{
    "7.1": 3,
    "7.2": 4,
    "7.3": 2,
    "7.4": 5,
    "7.5": 2,
    "7.6": 2,
    "8.1": 2,
    "8.2": 3,
    "8.3": 1,
    "8.4": 1,
    "9.1": 3,
    "9.2": 4,
  },
  ...{ "10.1": 2, "10.2": 2, "10.3": 4, "10.4": 11, "10.5": 5, "10.6": 2, "10.7": 3 },
  ...{ "11.1": 2, "11.2": 3, "11.3": 3, "11.4": 4, "11.5": 1, "11.6": 1, "12.1": 3, "12.2": 2, "12.3": 4 },
  ...{
    "13.1": 1,
    "13.2": 5,
    "13.3": 2,
    "13.4": 5,
    "14.1": 2,
    "14.2": 4,
    "14.3": 3,
    "15.1": 3,
    "15.2": 3,
    "15.3": 7,
  },
  ...{ "16.1": 1, "16.2": 5, "16.3": 4, "16.4": 3, "16.5": 3, "17.1": 1, "17.2": 4, "17.3": 2 },
};
const REQUIRED = Object.entries(SECTIONS).flatMap(([section, most]) =>
  Array.from({ length: most }, (_, i) => `V${section}.${i + 1}`),
);

/** Rows of the tables whose head begins so. */
function rowsUnder(text: string, head: string): string[][] {
  return text
    .split(`\n${head}`)
    .slice(1)
    .flatMap((table) =>
      table
        .split("\n")
        .slice(2)
        .join("\n")
        .split("\n\n", 1)[0]!
        .split("\n")
        .filter((line) => line.startsWith("| "))
        .map((line) => line.slice(2, -2).split(" | ")),
    );
}

function problems(text: string): string[] {
  const tests = new Map(
    rowsUnder(text, "| Test |").map(([name, file, title]) => [name!, { file: file!, title: title! }]),
  );
  const rows = rowsUnder(text, "| No. |");
  const numbers = rows.map(([number]) => number!);
  const used = new Set<string>();
  return [
    ...REQUIRED.filter((number) => numbers.filter((each) => each === number).length !== 1).map(
      (number) => `${number}: not once`,
    ),
    ...numbers
      .filter((number) => !REQUIRED.includes(number))
      .map((number) => `${number}: no such requirement`),
    ...rows.flatMap(([number, , state, by]) => {
      if (!["met", "not applicable", "open"].includes(state!)) return [`${number}: ${state}`];
      if (!by) return [`${number}: says nothing`];
      if (state !== "met" || /^page: .*(\]\(|this one)/.test(by)) return [];
      const named = by.split(/[:;]/, 1)[0]!.split(", ");
      for (const name of named) used.add(name);
      return named.filter((name) => !tests.has(name)).map((name) => `${number}: no test is called ${name}`);
    }),
    ...[...tests].flatMap(([name, { file, title }]) => {
      const path = join(root, file.replaceAll("`", ""));
      const there = existsSync(path) && readFileSync(path, "utf8").includes(title);
      return there ? [] : [`${name}: ${file} has no test "${title}"`];
    }),
  ];
}

test("docs/security.md names every requirement once, and only tests that there are", () => {
  assert.equal(REQUIRED.length, 253);
  assert.deepEqual(problems(page), []);
});

for (const [what, change] of [
  ["a requirement that is missing", (text: string) => text.replace(/^\| V7\.2\.4 .*\n/m, "")],
  ["one too many", (text: string) => text.replace("| V7.2.4 |", "| V7.2.5 |")],
  [
    "a test that is gone",
    (text: string) => text.replace("| refused, and told so with every header |", "| refused, perhaps |"),
  ],
  ["a test that isn't listed", (text: string) => text.replace("| fixation |", "| fixations |")],
  ["a state that is none", (text: string) => text.replace("| met | fixation |", "| nearly | fixation |")],
] as const) {
  test(`docs/security.md: ${what} is noticed`, () => {
    const changed = change(page);
    assert.notEqual(changed, page);
    assert.notDeepEqual(problems(changed), []);
  });
}
