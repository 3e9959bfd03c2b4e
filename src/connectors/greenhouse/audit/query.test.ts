import assert from "node:assert/strict";
import { test } from "node:test";
import { ConnectorError } from "../../errors.ts";
import { type FakeEvent, FakeLog, KEY, NOW, type Switches } from "./fake-log.ts";
import { forget, lagOf, mayReadUnpaged, noteLate, noteSurprise, probeDue, recall } from "./memory.ts";
import { probe } from "./probe.ts";
import { AuditLog, cursorText, formatTime, PitExpired } from "./query.ts";
import { DAY, HOUR, MINUTE } from "./slices.ts";

for (const [format, expected] of [
  ["seconds", "2026-11-23T12:00:00Z"],
  ["milliseconds", "2026-11-23T12:00:00.000Z"],
  ["offset", "2026-11-23T12:00:00+00:00"],
] as const) {
  test(`a time in ${format}`, () => assert.equal(formatTime(NOW, format), expected));
}

for (const [cursor, expected] of [
  ["1795461526000,a1b2c3", "1795461526000,a1b2c3"],
  ["1795461526000,a1b2c3,zz", "1795461526000,a1b2c3"],
  [[1795461526000, "a1b2c3"], "1795461526000,a1b2c3"],
  [["1795461526000", "a1b2c3", "zz"], "1795461526000,a1b2c3"],
  ["1685989175", "1685989175"],
  [1685989175, "1685989175"],
  [null, null],
  [undefined, null],
  ["", null],
  [[], null],
] as const) {
  test(`cursor ${JSON.stringify(cursor)}`, () => assert.equal(cursorText(cursor), expected));
}

const events = (n: number, step = MINUTE): FakeEvent[] =>
  Array.from({ length: n }, (_, i) => ({ at: NOW - HOUR - i * step, visibleAt: 0, name: `e${i}` }));
const WINDOW = { from: NOW - 5 * DAY, to: NOW };

test("a window is asked in whole seconds, a second early; a page says its size and place in headers", async () => {
  const log = new FakeLog(events(600));
  const audit = new AuditLog(log, KEY);
  await audit.window(WINDOW);
  const reader = audit.reader();
  const { next } = await audit.page(WINDOW, null, reader);
  await audit.page(WINDOW, next, reader);
  const bounds = { after_time: "2026-11-18T11:59:59Z", before_time: "2026-11-23T12:00:00Z" };
  assert.deepEqual(log.asked, [
    { query: bounds, headers: {} },
    { query: { ...bounds, paging: "true" }, headers: { Size: "500" } },
    {
      query: { ...bounds, paging: "true" },
      headers: { Size: "500", "Pit-Id": "pit-2", "Search-After": next!.searchAfter },
    },
  ]);
});

test("the format that was accepted is kept", async () => {
  const log = new FakeLog(events(5), { times: /\+00:00$/ });
  const audit = new AuditLog(log, KEY);
  await audit.window(WINDOW);
  await audit.window(WINDOW);
  assert.equal(audit.format, "offset");
  assert.equal(log.unpaged, 4);
});

test("a question that is refused in every format is the first refusal", async () => {
  const audit = new AuditLog(new FakeLog(events(5), { cap: "refused" }), KEY);
  await assert.rejects(audit.window(WINDOW), /paging is required/);
});

test("an expired PIT is told apart", async () => {
  const log = new FakeLog(events(600), { pitExpiresEvery: 2 });
  const audit = new AuditLog(log, KEY);
  const reader = audit.reader();
  const { next } = await audit.page(WINDOW, null, reader);
  await assert.rejects(audit.page(WINDOW, next, reader), PitExpired);
});

test("an expired PIT is told apart, and an empty list by null, with a good status too", async () => {
  const ask = { method: "GET", path: "/events", host: "h", status: 200, at: 0, requestId: null };
  const answers = (body: object, said: string | null) =>
    new AuditLog({ get: async () => ({ body, ask, date: null, said }) }, KEY);
  const expired = answers({ error: "The Pit_Id has expired." }, "The Pit_Id has expired.");
  const position = { pitId: "p", searchAfter: "1,a" };
  await assert.rejects(expired.page(WINDOW, position, expired.reader()), PitExpired);
  assert.equal((await answers({ hits: 0, results: null }, null).window(WINDOW)).count, 0);
  await assert.rejects(answers({ results: null }, "No search").window(WINDOW), {
    family: "unreadable",
    said: "no list of results; it says: No search",
  });
});

for (const [name, body] of [
  ["no list", { hits: 3 }],
  ["null", null],
  ["a text", "<html>"],
  ["results that are no list", { results: {} }],
] as const) {
  test(`an answer that is ${name} is unreadable, not empty`, async () => {
    const ask = { method: "GET", path: "/events", host: "h", status: 200, at: 0, requestId: null };
    const audit = new AuditLog({ get: async () => ({ body, ask, date: null }) }, KEY);
    await assert.rejects(
      audit.window(WINDOW),
      (error) => error instanceof ConnectorError && error.family === "unreadable",
    );
  });
}

test("an entry without a time is counted, and the rest is read", async () => {
  const ask = { method: "GET", path: "/events", host: "h", status: 200, at: 0, requestId: null };
  const results = [{ event_time: "2026-11-23T11:00:00Z" }, { event_time: "soon" }, 7];
  const { events, unreadable, count } = await new AuditLog(
    { get: async () => ({ body: { results }, ask, date: null }) },
    KEY,
  ).window(WINDOW);
  assert.deepEqual([events.length, unreadable.length, count], [1, 2, 3]);
});

const PROBES: [string, number, Partial<Switches>, object][] = [
  ["a cap of 100", 1200, {}, { unpaged: "usable", cap: 100, hits: "answer" }],
  [
    "a cap of 500, hits of the window",
    1200,
    { cap: 500, hits: "total" },
    { unpaged: "usable", cap: 500, hits: "window" },
  ],
  ["hits of the whole log", 60, { hits: "log" }, { unpaged: "usable", hits: "unknown" }],
  ["hits of all that is kept", 5000, { hits: "log" }, { unpaged: "usable", hits: "other" }],
  ["no cap", 1200, { cap: null }, { unpaged: "usable", cap: null }],
  ["inclusive bounds", 1200, { bounds: "inclusive" }, { unpaged: "usable", cap: 100 }],
  ["a small log", 60, {}, { unpaged: "usable", cap: null, events: 60 }],
  ["an empty log", 0, {}, { unpaged: "usable", cap: null, events: 0 }],
  ["unpaged answers refused", 1200, { cap: "refused" }, { unpaged: "unusable", cap: null }],
  ["oldest first", 1200, { order: "oldest" }, { unpaged: "unusable" }],
  ["an event left out", 1200, { omit: (event) => event.name === "e50" }, { unpaged: "unusable" }],
  ["the newest event left out", 1200, { omit: (event) => event.name === "e0" }, { unpaged: "unusable" }],
  ["an empty answer", 1200, { omit: () => true }, { unpaged: "unusable" }],
  [
    "a last event left out of a small log",
    60,
    { omit: (event) => event.name === "e59" },
    { unpaged: "unusable" },
  ],
];

for (const [name, n, switches, expected] of PROBES) {
  test(`the probe learns: ${name}`, async () => {
    const log = new FakeLog(events(n), switches);
    const probing = probe(new AuditLog(log, KEY), WINDOW, NOW);
    for (;;) {
      const { value, done } = await probing.next();
      if (!done) continue;
      assert.partialDeepStrictEqual(value, expected);
      break;
    }
    assert.ok(log.paged <= 3, "no more pages than one limit window holds");
  });
}

test("a foreign or broken checkpoint is a fresh start", () => {
  for (const checkpoint of [null, "x", { version: 2 }, { ...recall(null), surprises: "none" }]) {
    assert.deepEqual(recall(checkpoint), recall(null));
  }
  const known = { ...recall(null), rate: 0.5 };
  assert.deepEqual(recall(JSON.parse(JSON.stringify(known))), known);
});

test("the lag is an hour, twice the latest late arrival, at most a day, and shrinks after a month", () => {
  const memory = recall(null);
  assert.equal(lagOf(memory), HOUR);
  noteLate(memory, 2 * HOUR, false, NOW);
  assert.equal(lagOf(memory), 4 * HOUR);
  noteLate(memory, 30 * HOUR, true, NOW);
  assert.equal(lagOf(memory), 8 * HOUR, "a re-read doesn't tell when it came");
  noteLate(memory, 30 * HOUR, false, NOW);
  assert.equal(lagOf(memory), DAY);
  forget(memory, NOW + 31 * DAY);
  assert.equal(lagOf(memory), HOUR);
});

test("one surprise: a new probe; two within a day: pages until it is over, and a new probe then", () => {
  const memory = recall(null);
  const learnt = { at: NOW, unpaged: "usable", cap: 100, events: 800, hits: "answer", why: null } as const;
  memory.probe = learnt;
  assert.ok(mayReadUnpaged(memory) && !probeDue(memory, NOW + DAY));
  noteSurprise(memory, NOW);
  assert.ok(!mayReadUnpaged(memory) && probeDue(memory, NOW));
  memory.probe = learnt;
  assert.ok(mayReadUnpaged(memory));
  noteSurprise(memory, NOW + HOUR);
  assert.ok(!mayReadUnpaged(memory) && !probeDue(memory, NOW + HOUR));
  forget(memory, NOW + 26 * HOUR);
  assert.ok(probeDue(memory, NOW + 26 * HOUR));
});

test("the probe is weekly, daily while the log is small or pages are all there is", () => {
  const learnt = { at: NOW, unpaged: "usable", cap: 100, events: 800, hits: "answer", why: null } as const;
  const memory = recall(null);
  for (const [probed, days] of [
    [learnt, 7],
    [{ ...learnt, events: 40 }, 1],
    [{ ...learnt, unpaged: "unusable" }, 1],
  ] as const) {
    memory.probe = probed;
    assert.ok(!probeDue(memory, NOW + days * DAY - HOUR) && probeDue(memory, NOW + days * DAY));
  }
});
