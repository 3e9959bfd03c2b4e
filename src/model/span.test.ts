import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { clip, contains, intersect, length, type Span, subtract, union } from "./span.ts";

/** The same sets, spelled out moment by moment. */
const moments = (spans: readonly Span[]) =>
  new Set(
    spans.flatMap(({ from, to }) => Array.from({ length: Math.max(0, to - from) }, (_, i) => from + i)),
  );
const spans = fc.array(
  fc.record({ from: fc.integer({ min: 0, max: 40 }), to: fc.integer({ min: 0, max: 40 }) }),
  { maxLength: 7 },
);

function tidy(result: Span[]) {
  for (const [i, span] of result.entries()) {
    assert.ok(span.from < span.to, "no empty span");
    if (i > 0) assert.ok(result[i - 1]!.to < span.from, "sorted, disjoint, not adjacent");
  }
  return result;
}

for (const [name, run, set] of [
  ["union", union, (a: Set<number>, b: Set<number>) => a.union(b)],
  ["intersect", intersect, (a: Set<number>, b: Set<number>) => a.intersection(b)],
  ["subtract", subtract, (a: Set<number>, b: Set<number>) => a.difference(b)],
] as const) {
  test(`${name} is the same as with sets of moments, and tidy`, () => {
    fc.assert(
      fc.property(spans, spans, (a, b) => {
        assert.deepEqual([...moments(tidy(run(a, b)))].sort(), [...set(moments(a), moments(b))].sort());
      }),
    );
  });
}

test("length, clip and contains agree with moments", () => {
  fc.assert(
    fc.property(spans, fc.integer({ min: 0, max: 40 }), fc.integer({ min: 0, max: 40 }), (a, from, to) => {
      const all = moments(a);
      assert.equal(length(a), all.size);
      assert.deepEqual(
        moments(tidy(clip(a, { from, to }))),
        new Set([...all].filter((t) => from <= t && t < to)),
      );
      assert.equal(contains(a, from), all.has(from));
      assert.equal(contains(a, { from, to }), moments([{ from, to }]).isSubsetOf(all));
    }),
  );
});

test("arguments are left as they were", () => {
  const a = [
    { from: 5, to: 9 },
    { from: 1, to: 6 },
  ];
  union(a);
  subtract(a, [{ from: 2, to: 3 }]);
  assert.deepEqual(a, [
    { from: 5, to: 9 },
    { from: 1, to: 6 },
  ]);
});
