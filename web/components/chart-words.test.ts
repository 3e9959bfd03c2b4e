import assert from "node:assert/strict";
import { test } from "node:test";
import type { DayOfUse } from "../text/words.ts";
import { barText, holesOf, holeText, sentenceOf, stackOf } from "./chart-words.ts";

const kinds = { viewed: 6, changed: 3, acted: 1, other: 0 };
const day = (date: string, people: number | null, covered: DayOfUse["covered"] = "all"): DayOfUse => ({
  day: date,
  covered,
  people,
  deeds: people === null ? null : 10,
  kinds: people === null ? null : kinds,
  recruiting: null,
});
const year = new Date().getUTCFullYear();
const on = (rest: string) => `${year}-${rest}`;
const short = (rest: string) =>
  new Intl.DateTimeFormat(undefined, { day: "numeric", month: "short", timeZone: "UTC" }).format(
    Date.parse(`${on(rest)}T12:00:00Z`),
  );
const days = [
  day(on("08-11"), 4),
  day(on("08-12"), 9),
  day(on("08-13"), null, "none"),
  day(on("08-14"), null, "none"),
  day(on("08-15"), 5),
  day(on("08-16"), 2, "part"),
];

for (const [name, got, expected] of [
  [
    "a bar is as high as people were active, its parts in proportion to those of each kind",
    stackOf(days[1]!).map(({ kind, from, to }) => [kind, from.toFixed(1), to.toFixed(1)]),
    [
      ["viewed", "0.0", "5.4"],
      ["changed", "5.4", "8.1"],
      ["acted", "8.1", "9.0"],
    ],
  ],
  ["an unread day has no bar", stackOf(days[2]!), []],
  ["holes are runs of unread days", holesOf(days), [{ from: on("08-13"), to: on("08-14") }]],
  ["a hole of one day", holeText({ from: on("08-13"), to: on("08-13") }), short("08-13")],
  ["an unread day is not known, never 0", barText(days[2]!, false), "not known"],
  [
    "a day in part says so",
    barText(days[5]!, false),
    "2 active people (page opened 6, data changed 3, action 1), read in part",
  ],
  [
    "today is not over",
    barText(days[0]!, true),
    "4 active people (page opened 6, data changed 3, action 1) so far today",
  ],
  [
    "the sentence counts only whole days, and names the hole",
    sentenceOf(days),
    `3 whole days known: between 4 and 9 active people a day, most on ${short("08-12")}. Not known: ${short("08-13")} to ${short("08-14")}.`,
  ],
  [
    "nothing known is said so",
    sentenceOf([day(on("08-13"), null, "none")]),
    `No day is known completely. Not known: ${short("08-13")}.`,
  ],
  ["known days without use", sentenceOf([day(on("08-13"), 0)]), "No recorded use on 1 whole day."],
] as const) {
  test(name, () => assert.deepEqual(got, expected));
}
