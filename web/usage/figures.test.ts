import assert from "node:assert/strict";
import { test } from "node:test";
import { holeText } from "../text/usage.ts";
import { daysFrom, deedsOf, deedsOfKind, peakOf, peopleOf, stretches } from "./figures.ts";

const kinds = (viewed: number) => ({ viewed, changed: 0, acted: 0, other: 0 });
const read = (day: string, people: number) =>
  ({ day, covered: "all", people, deeds: people, kinds: kinds(people), recruiting: null }) as const;
const unread = (day: string) =>
  ({ day, covered: "none", people: null, deeds: null, kinds: null, recruiting: null }) as const;
const days = [read("2026-11-01", 4), unread("2026-11-02"), unread("2026-11-03"), read("2026-11-04", 9)];

test("why a span was not read is told in words", () => {
  assert.equal(holeText("not_read"), "not read");
  assert.equal(holeText("silent"), "the audit log was silent");
  assert.equal(holeText("Greenhouse sent too much."), "Greenhouse sent too much.");
});

test("days are counted over the end of a month and a change of the clock", () => {
  assert.equal(daysFrom("2026-10-24", 3), "2026-10-27");
  assert.equal(daysFrom("2026-03-01", -1), "2026-02-28");
});

test("neighbouring days read equally well are one stretch", () => {
  assert.deepEqual(
    stretches(days).map(({ from, to, days: n, covered }) => [from, to, n, covered]),
    [
      ["2026-11-01", "2026-11-01", 1, "all"],
      ["2026-11-02", "2026-11-03", 2, "none"],
      ["2026-11-04", "2026-11-04", 1, "all"],
    ],
  );
});

test("the busiest day, beside the days that are not known", () => {
  assert.deepEqual(peakOf(days, null), { people: 9, day: "2026-11-04", unknownDays: 2 });
});

test("no day known is no peak, not a peak of 0", () =>
  assert.equal(peakOf([unread("2026-11-02")], null), null));

test("a kind of a day that was not read is not known", () => {
  assert.equal(peopleOf(unread("2026-11-02"), "viewed"), null);
  assert.equal(peopleOf(read("2026-11-02", 3), "changed"), 0);
});

test("a day and a kind lead to their deeds; the kind's up to now where its people are counted up to now", () => {
  const spanned = { days: 28, coveredDays: 28, timeZone: "Europe/Zurich" };
  const at = { from: "2026-10-26", startsAt: "2026-10-25T23:00:00Z" };
  const range = { ...spanned, ...at, to: "2026-11-22", endsAt: "2026-11-22T23:00:00Z" };
  const window = { ...spanned, from: at.from, to: range.to, reason: null, others: [] };
  assert.deepEqual(deedsOf("2026-11-04", null), { day: "2026-11-04", counts: "true", kind: undefined });
  assert.equal(deedsOf("2026-11-04", "acted").kind, "acted");
  const kind = { kind: "viewed", counts: "true", from: range.startsAt };
  assert.deepEqual(deedsOfKind({ range, window }, "viewed"), { ...kind, to: undefined });
  const earlier = { ...range, to: "2026-11-01", endsAt: "2026-11-01T23:00:00Z" };
  assert.deepEqual(deedsOfKind({ range: earlier, window }, "viewed"), { ...kind, to: earlier.endsAt });
});
