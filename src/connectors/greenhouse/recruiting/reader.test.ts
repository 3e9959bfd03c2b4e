import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { type Span, subtract, union } from "../../../model/span.ts";
import type { DeedOptions, DeedPage } from "../../connector.ts";
import { RestartListing } from "../../errors.ts";
import { readDeeds } from "./reader.ts";
import { DAY, OVERLAP } from "./slices.ts";
import { DATES, type Dates, type RecruitingAnswer, type RecruitingTransport } from "./transport.ts";

const NOW = Date.UTC(2026, 10, 23, 12);
const SINCE = NOW - 400 * DAY;
const PAGE = 500;

interface Row {
  id: number;
  at: number;
  updatedAt: number;
}

/** A list in memory: rows by id, newest first, narrowed as far as it takes dates. */
class List implements RecruitingTransport {
  rows: Row[] = [];
  asked = 0;
  firsts = 0;
  /** What of dates it takes, and whether it says so. */
  takes: Dates = "two_sided";
  /** What of dates it overlooks without a word. */
  overlooks: "nothing" | "first" | "second" | "both" = "nothing";
  /** Ids of rows that can't be read. */
  garbled: number[] = [];
  /** Cursors given so far, and after how many of its pages each listing loses its own. */
  expireAfter = Number.POSITIVE_INFINITY;
  #listing: { rows: Row[]; pages: number } = { rows: [], pages: 0 };
  now = NOW;

  add(count: number, at: (i: number) => number, updated: (i: number) => number = at): void {
    const from = this.rows.length;
    for (let i = 0; i < count; i++) this.rows.push({ id: from + i + 1, at: at(i), updatedAt: updated(i) });
  }

  async first({ from, to }: Span, wanted: Dates): Promise<RecruitingAnswer & { dates: Dates }> {
    this.firsts += 1;
    // A refused question costs a request too.
    const dates = DATES[Math.max(DATES.indexOf(wanted), DATES.indexOf(this.takes))]!;
    this.asked += DATES.indexOf(dates) - DATES.indexOf(wanted);
    const sides = dates === "two_sided" ? 2 : dates === "one_sided" ? 1 : 0;
    // Of a single date there is no second side to be overlooked, nor a first one.
    const heeds = (side: "first" | "second") =>
      this.overlooks !== "both" && (sides === 1 || this.overlooks !== side);
    const within = ({ updatedAt }: Row) =>
      (sides < 1 || !heeds("first") || updatedAt >= from) &&
      (sides < 2 || !heeds("second") || updatedAt <= to);
    const rows = this.rows
      .filter((row) => row.updatedAt <= this.now && within(row))
      .sort((a, b) => b.id - a.id);
    this.#listing = { rows, pages: 0 };
    return { ...this.#page(0), dates };
  }

  async next(place: string): Promise<RecruitingAnswer> {
    if (this.#listing.pages >= this.expireAfter) {
      this.asked += 1;
      throw new RestartListing("cursor_expired", "the cursor is not accepted any more");
    }
    return this.#page(Number(place));
  }

  #page(start: number): RecruitingAnswer {
    this.asked += 1;
    assert.ok(this.asked < 20_000, "asks for ever");
    this.#listing.pages += 1;
    const rows = this.#listing.rows.slice(start, start + PAGE);
    const end = start + rows.length;
    const garbled = rows.filter(({ id }) => this.garbled.includes(id));
    return {
      records: rows
        .filter((row) => !garbled.includes(row))
        .map(({ id, at, updatedAt }) => ({
          id: String(id),
          updatedAt,
          deeds: [{ source: "scorecard", rowId: String(id), userId: "1", at }],
        })),
      unreadable: garbled.map(({ id }) => ({ id: String(id), field: "submitted_at", reason: "no time" })),
      rows: rows.length,
      lowest: rows.at(-1) ? String(rows.at(-1)!.id) : null,
      next: end < this.#listing.rows.length ? String(end) : null,
      date: this.now,
      ask: { method: "GET", path: "/v3/scorecards", host: "h", status: 200, at: this.now, requestId: null },
    };
  }
}

/** What is kept between runs. */
class Kept {
  deeds = new Map<string, number>();
  coverage: Span[] = [];
  holes: Span[] = [];
  checkpoint: unknown = null;

  async run(
    list: RecruitingTransport & { now: number },
    more: Partial<DeedOptions> & { stopAfter?: number } = {},
  ): Promise<DeedPage[]> {
    const { stopAfter = Number.POSITIVE_INFINITY, ...options } = more;
    const pages: DeedPage[] = [];
    const reading = readDeeds(list, {
      checkpoint: this.checkpoint,
      coverage: this.coverage,
      holes: this.holes,
      now: list.now,
      since: list.now - 400 * DAY,
      full: false,
      ...options,
    });
    for await (const page of reading) {
      pages.push(page);
      for (const { rowId, at } of page.deeds) this.deeds.set(rowId, at);
      if (page.claim) this.coverage = union(this.coverage, page.claim);
      if (page.claim) this.holes = subtract(this.holes, [page.claim]);
      if (page.hole) this.holes = union(this.holes, page.hole);
      this.checkpoint = JSON.parse(JSON.stringify(page.checkpoint));
      if (pages.length >= stopAfter) break;
    }
    return pages;
  }
}

/** Every row that is claimed to have been read was. */
function assertHonest(list: List, kept: Kept): void {
  for (const row of list.rows) {
    const claimed = subtract([{ from: row.updatedAt, to: row.updatedAt + 1 }], kept.coverage).length === 0;
    if (claimed && row.at >= list.now - 400 * DAY)
      assert.ok(kept.deeds.has(String(row.id)), `row ${row.id} is claimed, and was never told`);
  }
}

const spread = (count: number, days: number) => (i: number) => NOW - DAY - (i * days * DAY) / count;

test("the first read goes back as far as is wanted, newest first, and claims it all", async () => {
  const [list, kept] = [new List(), new Kept()];
  list.add(2300, spread(2300, 380));
  const pages = await kept.run(list);
  assert.equal(kept.deeds.size, 2300);
  assert.deepEqual(kept.coverage, [{ from: SINCE, to: NOW }]);
  const claims = pages.flatMap(({ claim }) => claim ?? []);
  assert.ok(claims.length > 2, "in several slices");
  assert.deepEqual(
    claims.map(({ to }) => to),
    claims.map(({ to }) => to).sort((a, b) => b - a),
    "newest first",
  );
  assert.equal(pages.at(-1)!.progress.remainingMs, 0);
});

test("a run with nothing new costs one request, and tells what was changed since", async () => {
  const [list, kept] = [new List(), new Kept()];
  list.add(100, spread(100, 380));
  await kept.run(list);
  list.now += 3_600_000;
  list.asked = 0;
  assert.equal((await kept.run(list)).length, 1);
  assert.equal(list.asked, 1);
  // Our clock is set right by a second: that is no reason to ask for a second of last year.
  await kept.run(list, { since: list.now - 400 * DAY - 3_601_000 });
  assert.equal(list.asked, 2);
  list.asked = 1;
  // An old row is touched, and a new one comes.
  list.rows[3]!.at = list.rows[3]!.updatedAt = list.now + 1000;
  list.add(1, () => list.now + 2000);
  list.now += 3_600_000;
  const pages = await kept.run(list);
  assert.deepEqual(
    pages.flatMap(({ deeds }) => deeds.map(({ rowId }) => rowId)),
    ["101", "4"],
  );
  assert.equal(list.asked, 2);
});

test("a small list is read back in few requests, a large one in slices that don't outlive their cursor", async () => {
  const [small, large] = [new List(), new List()];
  small.add(10, spread(10, 380));
  await new Kept().run(small);
  assert.ok(small.asked <= 5, `${small.asked}`);
  large.add(60_000, spread(60_000, 380));
  const pages = await new Kept().run(large);
  assert.ok(pages.length >= 120);
  assert.ok(large.firsts > 5, `${large.firsts} slices`);
});

for (const [name, list, requests] of [
  ["one-sided dates", { takes: "one_sided" }, 1],
  ["no dates", { takes: "none" }, 0],
  ["dates that are overlooked", { overlooks: "both" }, 0],
  ["a second date that is overlooked", { overlooks: "second" }, 1],
  ["a first date that is overlooked", { overlooks: "first" }, 0],
] as [string, Partial<List>, number][]) {
  test(`${name}: all is read once, and then no more than is needed`, async () => {
    const [played, kept] = [Object.assign(new List(), list), new Kept()];
    played.add(1200, spread(1200, 380));
    await kept.run(played);
    assert.equal(kept.deeds.size, 1200);
    assert.deepEqual(kept.coverage, [{ from: SINCE, to: NOW }]);
    assert.ok(played.asked < 12, `${played.asked} requests`);
    played.now += 3_600_000;
    played.asked = 0;
    await kept.run(played);
    assert.equal(played.asked, requests);
    // A day later a list that can't be narrowed is read again; and dates are tried anew after a week.
    played.add(1, () => played.now);
    played.now += 25 * 3_600_000;
    await kept.run(played);
    assert.ok(kept.deeds.has("1201"));
    Object.assign(played, { takes: "two_sided", overlooks: "nothing" });
    played.now += 8 * DAY;
    await kept.run(played);
    assertHonest(played, kept);
    played.asked = 0;
    played.now += 3_600_000;
    await kept.run(played);
    assert.equal(played.asked, 1);
  });
}

test("a span with a row that can't be read is no coverage, and is asked for again by the next run, then once a day", async () => {
  const [list, kept] = [new List(), new Kept()];
  list.add(1200, spread(1200, 380));
  // On the first of several pages of its span, or on the last.
  list.garbled = [20, 1100];
  await kept.run(list);
  assertHonest(list, kept);
  assert.equal(kept.deeds.size, 1198);
  assert.equal(kept.holes.length, 2);
  const everything = () => subtract([{ from: SINCE, to: list.now }], union(kept.coverage, kept.holes));
  assert.deepEqual(everything(), []);
  list.now += 3_600_000;
  list.garbled = [1100];
  await kept.run(list);
  assert.equal(kept.deeds.size, 1199, "what was garbled in passing");
  assert.equal(kept.holes.length, 1);
  assert.deepEqual(everything(), []);
  list.now += 3_600_000;
  list.asked = 0;
  await kept.run(list);
  assert.equal(list.asked, 1);
  list.garbled = [];
  list.now += DAY;
  await kept.run(list);
  assert.equal(kept.deeds.size, 1200);
  assert.deepEqual(subtract([{ from: list.now - 400 * DAY, to: list.now }], kept.coverage), []);
});

test("a cursor that expires is followed by a shorter slice", async () => {
  const [list, kept] = [new List(), new Kept()];
  list.add(6000, spread(6000, 100));
  list.expireAfter = 2;
  await kept.run(list);
  assert.equal(kept.deeds.size, 6000);
  assert.deepEqual(kept.coverage, [{ from: SINCE, to: NOW }]);
});

test("one that always expires at once ends the reading with its error", async () => {
  const list = Object.assign(new List(), { expireAfter: 1 });
  list.add(3000, () => NOW - 1000);
  await assert.rejects(new Kept().run(list), RestartListing);
});

test("a row that shows some minutes late is read by the next run, also where that goes on with a cut-off one", async () => {
  for (const stopAfter of [1, undefined]) {
    const [list, kept] = [new List(), new Kept()];
    list.add(700, () => NOW - 60_000);
    await kept.run(list, { stopAfter });
    list.add(1, () => NOW - 30_000);
    list.now += 3_600_000;
    await kept.run(list);
    assert.ok(kept.deeds.has("701"), `stopped after ${stopAfter}`);
  }
});

test("our own clock, however wrong, claims nothing that Greenhouse hasn't had yet", async () => {
  for (const skew of [-26, 26]) {
    const [list, kept] = [new List(), new Kept()];
    list.add(10, spread(10, 5));
    await kept.run(list, { now: NOW + skew * 3_600_000, since: SINCE });
    assert.ok(kept.coverage.at(-1)!.to <= NOW, `${skew} h`);
    list.add(1, () => NOW + 60_000);
    list.now = NOW + 120_000;
    await kept.run(list);
    assert.ok(kept.deeds.has("11"));
  }
});

test("what is planned, and what is past its retention, is no deed", async () => {
  const [list, kept] = [new List(), new Kept()];
  list.add(
    1,
    () => NOW + DAY,
    () => NOW - 1000,
  );
  list.add(
    1,
    () => SINCE - DAY,
    () => NOW - 1000,
  );
  list.add(1, () => NOW - 1000);
  await kept.run(list);
  assert.deepEqual([...kept.deeds.keys()], ["3"]);
});

test("everything is read again where that is asked for, also when it is cut off in the middle", async () => {
  const [list, kept] = [new List(), new Kept()];
  list.add(3000, spread(3000, 380));
  await kept.run(list);
  kept.deeds.clear();
  await kept.run(list, { full: true, stopAfter: 3 });
  assert.ok(kept.deeds.size < 3000);
  await kept.run(list, { full: true });
  assert.equal(kept.deeds.size, 3000);
  kept.deeds.clear();
  await kept.run(list, { full: true });
  assert.equal(kept.deeds.size, 3000, "a second time, too");
});

test("whatever happens on the way, what is claimed was read, and all is in the end", async () => {
  const step = fc.record({
    hours: fc.integer({ min: 0, max: 60 }),
    stopAfter: fc.option(fc.integer({ min: 1, max: 4 }), { nil: undefined }),
    touch: fc.array(fc.nat(), { maxLength: 4 }),
    added: fc.integer({ min: 0, max: 700 }),
    takes: fc.constantFrom(...DATES),
    overlooks: fc.constantFrom("nothing", "first", "second", "both"),
    expireAfter: fc.constantFrom(2, 3, Number.POSITIVE_INFINITY),
  });
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 0, max: 3000 }),
      fc.array(step, { maxLength: 6 }),
      async (rows, steps) => {
        const [list, kept] = [new List(), new Kept()];
        list.add(rows, spread(Math.max(1, rows), 390));
        for (const { hours, stopAfter, touch, added, ...how } of steps) {
          Object.assign(list, how);
          await kept.run(list, { stopAfter }).catch((error) => {
            if (!(error instanceof RestartListing)) throw error;
          });
          assertHonest(list, kept);
          list.now += hours * 3_600_000;
          const after = list.now + 1;
          list.add(added, () => after);
          for (const n of touch) {
            const row = list.rows[n % Math.max(1, list.rows.length)];
            if (row) row.updatedAt = after;
          }
          list.now += OVERLAP;
        }
        Object.assign(list, {
          takes: "two_sided",
          overlooks: "nothing",
          expireAfter: Number.POSITIVE_INFINITY,
        });
        list.now += 8 * DAY;
        await kept.run(list);
        await kept.run(list);
        assertHonest(list, kept);
        const last = kept.coverage.at(-1)!;
        assert.ok(last.to === list.now && last.from <= list.now - 399 * DAY);
      },
    ),
    { numRuns: 25 },
  );
});
