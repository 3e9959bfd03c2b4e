import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import {
  DEED_SOURCES,
  type Deed,
  type DeedCoverage,
  isNewer,
  keyOf,
  planDeeds,
  recruitingSince,
} from "./recruiting.ts";
import type { RecruitingStream } from "./stream.ts";

const DAY = 86_400_000;
const dayOf = (at: number) => Math.floor(at / DAY);

const deed: fc.Arbitrary<Deed> = fc.record({
  source: fc.constantFrom(...DEED_SOURCES),
  rowId: fc.constantFrom("1", "2", "3"),
  userId: fc.constantFrom("11", "12"),
  at: fc.integer({ min: 0, max: 4 * DAY }),
});

/** Stores pages one after another, as the store does. */
function stored(pages: readonly Deed[][]) {
  const known = new Map<string, number>();
  const days = new Map<string, number>();
  for (const page of pages) {
    const changes = planDeeds(page, known, dayOf);
    for (const each of changes.stored) known.set(keyOf(each), each.at);
    for (const { day, userId, source, by } of changes.days) {
      const key = `${day} ${userId} ${source}`;
      days.set(key, (days.get(key) ?? 0) + by);
      if (days.get(key) === 0) days.delete(key);
    }
  }
  const sorted = (map: Map<string, number>) => Object.fromEntries([...map].sort());
  return { known: sorted(known), days: sorted(days) };
}

test("pages told in any order, any number of times, lead to the same deeds and the same days", () => {
  fc.assert(
    fc.property(
      fc
        .array(fc.array(deed, { maxLength: 5 }), { maxLength: 5 })
        .chain((pages) =>
          fc.tuple(fc.constant(pages), fc.shuffledSubarray(pages, { minLength: pages.length }), fc.nat(4)),
        ),
      ([pages, shuffled, again]) => {
        const once = stored(pages);
        assert.deepEqual(stored(shuffled), once);
        assert.deepEqual(stored([...pages, ...shuffled.slice(0, again)]), once);
        const counted = Object.values(once.days).reduce((sum, n) => sum + n, 0);
        assert.equal(counted, Object.keys(once.known).length, "each deed is counted on one day");
        assert.ok(Object.values(once.days).every((n) => n > 0));
      },
    ),
  );
});

for (const [name, told, known, added, stored, days] of [
  ["a new one", 5, null, 1, 1, 1],
  ["one told again", 5, 5, 0, 0, 0],
  ["an earlier time", 4, 5, 0, 0, 0],
  ["a later time of the same day", 6, 5, 0, 1, 0],
  ["a later day", DAY + 5, 5, 0, 1, 2],
] as const) {
  test(`what a deed changes: ${name}`, () => {
    const each: Deed = { source: "scorecard", rowId: "1", userId: "11", at: told };
    const before = new Map(known === null ? [] : [[keyOf(each), known]]);
    const changes = planDeeds([each], before, dayOf);
    assert.deepEqual([changes.added, changes.stored.length, changes.days.length], [added, stored, days]);
  });
}

test("of one moment one source is the newest, whichever was read first", () => {
  const [a, b] = [
    { at: 1, source: "scorecard" as const },
    { at: 1, source: "approval" as const },
  ];
  assert.ok(isNewer(a, b) !== isNewer(b, a));
});

const NOW = 100 * DAY;
const coverage = (spans: Partial<Record<RecruitingStream, [number, number][]>>): DeedCoverage =>
  new Map(
    Object.entries(spans).map(([stream, all]) => [
      stream as RecruitingStream,
      all.map(([from, to]) => ({ from: from * DAY, to: to * DAY })),
    ]),
  );
for (const [name, spans, expected] of [
  ["nothing was read", {}, null],
  ["one list", { scorecards: [[10, 100]] }, 10],
  ["two lists: of the later one", { scorecards: [[10, 100]], approvals: [[40, 100]] }, 40],
  [
    "a gap: of what lies after it",
    {
      scorecards: [
        [10, 50],
        [60, 100],
      ],
    },
    60,
  ],
  ["a list that wasn't read lately says nothing", { scorecards: [[10, 90]], approvals: [[40, 100]] }, 40],
  ["none was lately", { scorecards: [[10, 90]] }, null],
] as [string, Partial<Record<RecruitingStream, [number, number][]>>, number | null][]) {
  test(`since when recruiting activity is read: ${name}`, () => {
    assert.equal(recruitingSince(coverage(spans), 60, NOW), expected === null ? null : expected * DAY);
  });
}
