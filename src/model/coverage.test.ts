import assert from "node:assert/strict";
import { test } from "node:test";
import { coveredDays, effectiveCoverage, unbrokenSince } from "./coverage.ts";
import { length, type Span } from "./span.ts";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
/** A Monday, 00:00 UTC. */
const START = Date.UTC(2026, 9, 26);
const at = (days: number) => START + days * DAY;
const span = (from: number, to: number): Span => ({ from: at(from), to: at(to) });

/** Hours with events: 9 to 17 on each of the given days. */
function workdays(...days: number[]): number[] {
  return days.flatMap((day) => Array.from({ length: 8 }, (_, i) => at(day) / HOUR + 9 + i));
}
const firstEvent = (hours: number[]) => (hours.length > 0 ? hours[0]! * HOUR + 5 * 60_000 : null);
const weeks = (n: number) => Array.from({ length: n * 7 }, (_, i) => i).filter((day) => day % 7 < 5);
/** End of the last hour with events of that day. */
const evening = (day: number) => at(day) + 17 * HOUR;
const morning = (day: number) => at(day) + 9 * HOUR;

const cases: [
  string,
  { hours: number[]; read?: Span[]; now?: number },
  { spans: Span[]; silentSince: number | null },
][] = [
  [
    "never any event: nothing is covered, and silence isn't claimed either",
    { hours: [] },
    { spans: [], silentSince: null },
  ],
  [
    "the add-on is on for three days: the empty weeks before its first event are no coverage",
    { hours: workdays(25, 28, 29) },
    { spans: [{ from: at(25) + 9 * HOUR + 5 * 60_000, to: at(30) }], silentSince: null },
  ],
  [
    "week-ends are normal",
    { hours: workdays(...weeks(5)), now: at(33) },
    { spans: [{ from: at(0) + 9 * HOUR + 5 * 60_000, to: at(30) }], silentSince: null },
  ],
  [
    "a holiday of four days is normal to an organization with free week-ends",
    // Friday to Monday and the week-end make 4 days and 16 hours without an event.
    { hours: workdays(...weeks(4).filter((day) => day !== 11 && day !== 14), 28, 29) },
    { spans: [{ from: at(0) + 9 * HOUR + 5 * 60_000, to: at(30) }], silentSince: null },
  ],
  [
    "off and on again: the time between is no coverage",
    { hours: workdays(0, 1, 2, 3, 4, 14, 15, 16, 17, 18, 28, 29) },
    {
      spans: [
        { from: at(0) + 9 * HOUR + 5 * 60_000, to: evening(4) },
        { from: morning(14), to: evening(18) },
        { from: morning(28), to: at(30) },
      ],
      silentSince: null,
    },
  ],
  [
    "silent until now",
    { hours: workdays(...weeks(2)), now: at(30) },
    { spans: [{ from: at(0) + 9 * HOUR + 5 * 60_000, to: evening(11) }], silentSince: evening(11) },
  ],
  [
    "not silent until now when we only didn't look",
    { hours: workdays(...weeks(2)), read: [span(0, 13)], now: at(30) },
    { spans: [{ from: at(0) + 9 * HOUR + 5 * 60_000, to: at(13) }], silentSince: null },
  ],
  [
    "a gap that was never read is no silence of the organization, nor coverage",
    { hours: workdays(0, 1, 2, 3, 4, 21, 22, 23, 24, 25, 28, 29), read: [span(0, 5), span(21, 30)] },
    {
      spans: [{ from: at(0) + 9 * HOUR + 5 * 60_000, to: at(5) }, span(21, 30)],
      silentSince: null,
    },
  ],
];

for (const [name, { hours, read = [span(0, 30)], now = at(30) }, expected] of cases) {
  test(`effective coverage: ${name}`, () => {
    const sorted = [...hours].sort((a, b) => a - b);
    const result = effectiveCoverage({ read, oldestEvent: firstEvent(sorted), hours: sorted, now });
    assert.deepEqual(result.spans, expected.spans);
    assert.equal(result.logSilentSince, expected.silentSince);
  });
}

test("what is silent and what is covered are apart, and together what was read since the first event", () => {
  const hours = workdays(0, 1, 9, 10, 20);
  const oldestEvent = firstEvent(hours)!;
  const { spans, silent } = effectiveCoverage({ read: [span(0, 30)], oldestEvent, hours, now: at(30) });
  assert.ok(silent.length > 0);
  assert.equal(length(spans) + length(silent), at(30) - oldestEvent);
  assert.equal(length([...spans, ...silent]), at(30) - oldestEvent);
});

test("a log in which nobody was ever seen covers nothing: it tells nothing of people", () => {
  const hours = workdays(...weeks(4));
  const facts = { read: [span(0, 28)], oldestEvent: firstEvent(hours), hours, now: at(28) };
  assert.notDeepEqual(effectiveCoverage({ ...facts, people: true }).spans, []);
  assert.deepEqual(effectiveCoverage({ ...facts, people: false }).spans, []);
});

test("a day is covered only from midnight to midnight, whatever its length", () => {
  const days = [
    { day: 1, from: 0, to: 24 * HOUR },
    { day: 2, from: 24 * HOUR, to: 49 * HOUR }, // the clocks go back
    { day: 3, from: 49 * HOUR, to: 73 * HOUR },
    { day: 4, from: 73 * HOUR, to: 97 * HOUR },
  ];
  assert.deepEqual(
    coveredDays(
      [
        { from: 1, to: 73 * HOUR },
        { from: 73 * HOUR, to: 96 * HOUR },
      ],
      days,
    ),
    [2, 3],
  );
  assert.deepEqual(coveredDays([{ from: 24 * HOUR, to: 49 * HOUR - 1 }], days), []);
  assert.deepEqual(coveredDays([], days), []);
});

test("unbroken since the start of the coverage that reaches the newest claim", () => {
  assert.equal(unbrokenSince([span(0, 3), span(5, 8), span(8, 9)]), at(5));
  assert.equal(unbrokenSince([]), null);
});
