import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { contains, length, union } from "../../../model/span.ts";
import { type FakeEvent, FakeLog, FakeStore, KEY, NOW, type Switches } from "./fake-log.ts";
import { readActivity } from "./reader.ts";
import { claimable, DAY, HOUR, MINUTE } from "./slices.ts";

/** Clusters, equal events, crowded seconds, late ones: whatever may be awkward. */
const events: fc.Arbitrary<FakeEvent[]> = fc
  .array(
    fc.record({
      at: fc.oneof(
        fc.integer({ min: NOW - 31 * DAY, max: NOW }),
        fc.integer({ min: NOW - 3 * HOUR, max: NOW }),
        fc.integer({ min: NOW - 30 * DAY - HOUR, max: NOW - 30 * DAY + HOUR }),
      ),
      n: fc.oneof(
        { arbitrary: fc.integer({ min: 1, max: 40 }), weight: 6 },
        fc.integer({ min: 90, max: 260 }),
      ),
      gap: fc.constantFrom(0, 0, 1, 300, 1000, 60_000, HOUR),
      equal: fc.boolean(),
      lag: fc.integer({ min: 0, max: 59 * MINUTE }),
    }),
    { maxLength: 20 },
  )
  .map((clusters) =>
    clusters.flatMap(({ at, n, gap, equal, lag }, c) =>
      Array.from({ length: n }, (_, i) => ({
        at: at + i * gap,
        visibleAt: at + i * gap + lag,
        name: equal && n < 20 ? `c${c}` : `c${c}e${i}`,
      })),
    ),
  );

const anySwitches: fc.Arbitrary<Partial<Switches>> = fc.record({
  cap: fc.constantFrom<Switches["cap"][]>(100, 100, 150, 500, null, "refused"),
  bounds: fc.constantFrom<Switches["bounds"][]>("inclusive", "exclusive"),
  hits: fc.constantFrom<Switches["hits"][]>("page", "total", "log", "absent"),
  order: fc.constantFrom<Switches["order"][]>("newest", "newest", "newest", "oldest"),
  shuffleTies: fc.boolean(),
  cursor: fc.constantFrom<Switches["cursor"][]>("text", "array", "three parts", "integer"),
  ignoreCursor: fc.constantFrom(false, false, false, true),
  pageSize: fc.constantFrom(null, null, 100),
  endsWithEvents: fc.boolean(),
  pitExpiresEvery: fc.constantFrom(null, null, 11),
  pitPages: fc.constantFrom(null, null, 12),
  repeatsEvery: fc.constantFrom(null, null, 4),
  tooLarge: fc.constantFrom(null, null, 120),
  refusesFuture: fc.boolean(),
  tick: fc.constantFrom(0, 250, 3000),
});

/** Oldest first, and no cursor that leads on: that is an error, and no reading. */
const switches = anySwitches.filter(
  ({ order, cursor, ignoreCursor, repeatsEvery }) =>
    order === "newest" || !(cursor === "integer" || ignoreCursor || repeatsEvery),
);

/** After how many pages each run is abandoned; the last runs to its end. */
const cuts = fc.array(fc.integer({ min: 0, max: 9 }), { maxLength: 6 });

async function runs(
  log: FakeLog,
  store: FakeStore,
  cuts: number[],
  wait: number,
  check: () => void,
): Promise<void> {
  for (const pages of [...cuts, Number.POSITIVE_INFINITY]) {
    const { checkpoint, coverage, oldestEvent } = store;
    const options = { checkpoint, coverage, oldestEvent, full: false };
    const reading = readActivity(log, options, { eventKey: KEY, now: () => log.now + log.off });
    let stored: ReturnType<FakeStore["apply"]> | undefined;
    for (let n = 0; n < pages; n += 1) {
      const { value, done } = await (stored ? reading.next(stored) : reading.next());
      if (done || !value) break;
      stored = store.apply(value);
      check();
    }
    // Abandoned as a killed process would: not even return() is called.
    log.now += wait;
  }
}

test("whatever the log and wherever a run is cut: all events of claimed time are stored, and none is invented", async () => {
  await fc.assert(
    fc.asyncProperty(
      events,
      switches,
      cuts,
      fc.constantFrom(0, MINUTE, HOUR),
      async (all, how, cuts, wait) => {
        const log = new FakeLog(all, how);
        const store = new FakeStore();
        await runs(log, store, cuts, wait, () =>
          assert.equal(
            store.missing(all, (event) => log.isVisible(event)),
            0,
            "a false claim",
          ),
        );
        assert.equal(store.invented(all), 0);
        const { from, to } = claimable(log.now - wait, HOUR);
        // A crowded second is a hole where neither its answer nor its pages are whole.
        const known = union(store.coverage, store.holes);
        assert.ok(length(known) >= to - from - 45 * MINUTE, `${(to - from - length(known)) / 1000} s unread`);
        assert.ok(
          store.coverage.every((span) => span.to <= log.now - HOUR),
          "too new to claim",
        );
        assert.ok(store.coverage.every((span) => span.from % 1000 === 0 && span.to % 1000 === 0));
        assert.ok(contains(known, from + 45 * MINUTE));
      },
    ),
    { numRuns: 120 },
  );
});

test("a run cut after every single page ends with the same as one that isn't", async () => {
  const all = Array.from({ length: 900 }, (_, i) => ({
    at: NOW - i * 2_800_000,
    visibleAt: 0,
    name: `e${i % 700}`,
  }));
  const whole = new FakeStore();
  await runs(new FakeLog(all), whole, [], 0, () => {});
  const cut = new FakeStore();
  await runs(new FakeLog(all), cut, Array(60).fill(1), 0, () => {});
  assert.deepEqual([...cut.events].sort(), [...whole.events].sort());
  assert.deepEqual(cut.coverage, whole.coverage);
});
