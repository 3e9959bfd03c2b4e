import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { EventRecord } from "../../../model/records.ts";
import { contains, intersect, length, type Span, subtract } from "../../../model/span.ts";
import type { Answer } from "./query.ts";
import { claimable, DAY, HOUR, judge, MINUTE, type PlanState, plan, type Seam, wanted } from "./slices.ts";

const T = Date.UTC(2026, 10, 20, 12);
const WINDOW: Span = { from: T, to: T + 100_000 };
const event = (ms: number, id = `${ms}`) => ({ at: T + ms, hash: id, n: 0 }) as EventRecord;
/** Times in ms after the window's start. */
const answer = (times: number[], more: Partial<Answer> = {}): Answer => ({
  events: times.map((ms) => event(ms)),
  strays: [],
  unreadable: [],
  times: [],
  count: times.length,
  hits: null,
  ignored: false,
  ask: { method: "GET", path: "/events", host: "h", status: 200, at: 0, requestId: null },
  date: null,
  ...more,
});
/** n events, newest first, from `top` down in steps of `step` ms. */
const down = (n: number, top: number, step: number) => Array.from({ length: n }, (_, i) => top - i * step);

const JUDGMENTS: [string, Answer, Seam | null, object][] = [
  ["nothing there", answer([]), null, { kind: "whole" }],
  ["a few events", answer([90_000, 500]), null, { kind: "whole" }],
  ["a few events in any order", answer([500, 90_000]), null, { kind: "whole" }],
  [
    "a few events, but more hits",
    answer([90_500, 50_500], { hits: 7 }),
    null,
    { kind: "cut", from: T + 51_000 },
  ],
  ["many events that reach below the window", answer(down(20, 99_000, 5220)), null, { kind: "whole" }],
  ["many events", answer(down(20, 99_000, 1000)), null, { kind: "cut", from: T + 81_000 }],
  ["many events, oldest first", answer(down(20, 99_000, 1000).reverse()), null, { kind: "surprise" }],
  ["many of one time", answer(down(20, 50_000, 0)), null, { kind: "top", from: T + 50_000, sure: false }],
  [
    "many in the last second",
    answer(down(20, 99_900, 10)),
    null,
    { kind: "top", from: T + 99_000, sure: false },
  ],
  ["mostly events outside", answer([90_000], { ignored: true }), null, { kind: "surprise" }],
  ["an event outside", answer([90_000], { strays: [event(300_000)], count: 2 }), null, { kind: "whole" }],
  ["hits without events", answer([], { hits: 5 }), null, { kind: "whole" }],
  ["one event, but more hits", answer([50_500], { hits: 7 }), null, { kind: "top", from: T, sure: false }],
  ["the seam seen again", answer([99_700, 99_200]), seam(99_500, [99_700]), { kind: "whole" }],
  ["an event at the seam gone", answer([99_200]), seam(99_500, [99_700]), { kind: "surprise" }],
  [
    "an event at the seam that was left out",
    answer([99_800, 99_700]),
    seam(99_700, [99_700]),
    { kind: "surprise" },
  ],
  [
    "another event of the seam's oldest time",
    answer([99_700, 99_700.5]),
    seam(99_700.5, [99_700]),
    { kind: "whole" },
  ],
];

function seam(oldest: number, seen: number[]): Seam {
  const at = T + oldest;
  return { second: Math.floor(at / 1000) * 1000, oldest: at, seen: new Set(seen.map((ms) => `${ms}0`)) };
}

for (const [name, given, seamAbove, expected] of JUDGMENTS) {
  test(`an answer with ${name} is ${JSON.stringify(expected)}`, () => {
    assert.partialDeepStrictEqual(judge(given, WINDOW, seamAbove, 0, Number.POSITIVE_INFINITY), expected);
  });
}

test("a crowded second is whole where a larger answer came before", () => {
  const crowded = answer(down(20, 99_900, 10));
  assert.partialDeepStrictEqual(judge(crowded, WINDOW, null, 21, Number.POSITIVE_INFINITY), {
    kind: "top",
    sure: true,
  });
  assert.partialDeepStrictEqual(judge({ ...crowded, hits: 30 }, WINDOW, null, 21, 0), {
    kind: "top",
    sure: false,
  });
});

test("where events still arrive, a new one at the seam is no surprise", () => {
  const later = answer([99_800, 99_700]);
  assert.equal(judge(later, WINDOW, seam(99_700, [99_700]), 0, T).kind, "whole");
});

const spans = fc
  .array(fc.record({ at: fc.integer({ min: 0, max: 32 * 24 }), length: fc.integer({ min: 1, max: 200 }) }), {
    maxLength: 8,
  })
  .map((list) => list.map(({ at, length }) => ({ from: T - at * HOUR, to: T - at * HOUR + length * HOUR })));

test("whatever is covered: the plan names what is wanted, the newest day first, then the oldest, until all is read", () => {
  fc.assert(
    fc.property(spans, fc.integer({ min: 1, max: 40 * 24 }), (covered, strideHours) => {
      const state: PlanState = {
        now: T,
        safe: claimable(T, HOUR),
        coverage: covered,
        holes: [],
        stride: strideHours * HOUR,
        tailTo: null,
        tailDue: false,
        verify: null,
      };
      const { from, to } = claimable(T, HOUR);
      let left = length(wanted(state));
      let oldest = 0;
      for (let n = 0; ; n += 1) {
        assert.ok(n < 2000);
        const next = plan(state);
        if (!next) break;
        if (n === 0) assert.ok(next.span.to > T, "the tail reaches now");
        else {
          assert.ok(length(intersect([next.span], wanted(state))) > 0, "there is something to read");
          const newest = intersect(wanted(state), [{ from: to - DAY, to }]);
          if (newest.length > 0) assert.equal(next.span.to, newest.at(-1)!.to);
          else {
            assert.equal(next.span.from, wanted(state)[0]!.from);
            assert.ok(next.span.from >= oldest);
            oldest = next.span.from;
          }
        }
        state.coverage = [...state.coverage, ...intersect([next.span], [{ from, to }])];
        state.tailTo = to;
        const now = length(wanted(state));
        assert.ok(now < left || n === 0);
        left = now;
      }
      assert.equal(length(wanted(state)), 0);
      assert.ok(contains(state.coverage, { from, to }));
    }),
  );
});

test("what can't be read is not planned again", () => {
  const hole = { from: T - 3 * DAY, to: T - 3 * DAY + 1000 };
  const { from, to } = claimable(T, HOUR);
  const coverage = subtract([{ from, to }], [hole]);
  const state = {
    now: T,
    safe: { from, to },
    coverage,
    stride: DAY,
    tailTo: to,
    tailDue: false,
    verify: null,
  };
  assert.deepEqual(plan({ ...state, holes: [] })?.span, hole);
  assert.equal(plan({ ...state, holes: [hole] }), null);
});

test("claims keep ten minutes from the edge, and the lag from now, in whole seconds", () => {
  const from = T - 30 * DAY + 10 * MINUTE + 1000;
  assert.deepEqual(claimable(T + 1, HOUR), { from, to: T - HOUR });
  assert.deepEqual(
    claimable(T + 1, HOUR, T - DAY),
    { from, to: T - DAY - HOUR },
    "less where a clock isn't sure",
  );
});
