import assert from "node:assert/strict";
import { test } from "node:test";
import { contains, length, type Span, union } from "../../../model/span.ts";
import type { ActivityOptions, ActivityPage } from "../../connector.ts";
import { ConnectorError } from "../../errors.ts";
import { type FakeEvent, FakeLog, FakeStore, KEY, NOW, type Switches } from "./fake-log.ts";
import { readActivity } from "./reader.ts";
import { claimable, DAY, HOUR } from "./slices.ts";

/** Reads until the end, or as many pages as told, and stores them. */
async function run(
  log: FakeLog,
  store: FakeStore,
  {
    pages = Number.POSITIVE_INFINITY,
    each,
    ...options
  }: Partial<ActivityOptions> & { pages?: number; each?: (page: ActivityPage) => void } = {},
): Promise<"ended" | "abandoned"> {
  const reading = readActivity(
    log,
    {
      checkpoint: store.checkpoint,
      coverage: store.coverage,
      oldestEvent: store.oldestEvent,
      full: false,
      ...options,
    },
    { eventKey: KEY, now: () => log.now + log.off },
  );
  let stored: ReturnType<FakeStore["apply"]> | undefined;
  for (let n = 0; n < pages; n += 1) {
    const result = stored ? await reading.next(stored) : await reading.next();
    if (result.done) return "ended";
    each?.(result.value);
    stored = store.apply(result.value);
  }
  await reading.return();
  return "abandoned";
}

/** `n` events over `days` days, thicker by day than by night, visible at once. */
function someEvents(n: number, days = 30, before = NOW): FakeEvent[] {
  let seed = 1;
  const random = () => {
    seed = (seed * 48271) % 2147483647;
    return seed / 2147483647;
  };
  return Array.from({ length: n }, (_, i) => {
    const day = Math.floor(random() * days);
    const hour = random() < 0.9 ? 7 + random() * 11 : random() * 24;
    const at = Math.floor(before - DAY / 2 - day * DAY + hour * HOUR - 11 * HOUR);
    return { at, visibleAt: at, name: `r${i}` };
  });
}

const CASES: [string, Partial<Switches>][] = [
  ["a cap of 100", {}],
  ["a cap of 500", { cap: 500 }],
  ["no cap", { cap: null }],
  ["unpaged answers refused", { cap: "refused" }],
  ["inclusive bounds", { bounds: "inclusive" }],
  ["milliseconds refused", { times: /^[^.]*Z$/ }],
  ["only milliseconds taken", { times: /\.\d{3}Z$/ }],
  ["only an offset taken", { times: /\+00:00$/ }],
  ["hits are of the whole window", { hits: "total" }],
  ["no hits", { hits: "absent" }],
  ["oldest first", { order: "oldest" }],
  ["oldest first, unpaged refused", { order: "oldest", cap: "refused" }],
  ["events of one millisecond in any order", { shuffleTies: true }],
  ["cursors that are lists, no unpaged answers", { cap: "refused", cursor: "array" }],
  ["cursors of three parts, no unpaged answers", { cap: "refused", cursor: "three parts" }],
  ["cursors of a single number, no unpaged answers", { cap: "refused", cursor: "integer" }],
  ["cursors that are overlooked, no unpaged answers", { cap: "refused", ignoreCursor: true }],
  ["pages smaller than asked for", { cap: "refused", pageSize: 100 }],
  ["a last page that isn't empty", { cap: "refused", endsWithEvents: true }],
  ["empty pages that lead on", { cap: "refused", emptyEvery: 3 }],
  ["PITs that expire", { cap: "refused", pitExpiresEvery: 4 }],
  ["PITs that expire at times", { pitExpiresEvery: 3 }],
  ["PITs of three pages each, oldest first", { cap: "refused", order: "oldest", pitPages: 3 }],
  ["PITs of three pages each", { cap: "refused", pitPages: 3 }],
  ["pages that come twice", { cap: "refused", repeatsEvery: 3 }],
  ["answers of more than 200 too large, no cap", { cap: null, tooLarge: 200 }],
  ["a clock that runs", { tick: 400 }],
  ["a clock that runs, pages only", { tick: 10_000, cap: "refused" }],
  ["no Date header", { dates: false, tick: 100 }],
];

for (const [name, switches] of CASES) {
  test(`everything is read and claimed: ${name}`, async () => {
    const events = someEvents(4000);
    const log = new FakeLog(events, switches);
    const store = new FakeStore();
    assert.equal(await run(log, store, { each: () => assert.equal(store.missing(events), 0) }), "ended");
    assert.equal(store.missing(events), 0);
    assert.equal(store.invented(events), 0);
    const all = claimable(log.now, HOUR);
    const ours = switches.dates === false ? 100_000 : 0;
    const newest = log.visible(0, Number.POSITIVE_INFINITY, 1)[0]!.at;
    const to = ours > 0 ? Math.floor(newest / 1000) * 1000 - HOUR : all.to - HOUR / 2;
    assert.ok(contains(store.coverage, { from: all.from + ours, to }), JSON.stringify(store.coverage));
    assert.ok(store.coverage.at(-1)!.to <= all.to + ours, "nothing is claimed that may still arrive");
    const times = new Set(store.events.values());
    assert.ok(
      log.visible().every(({ at }) => at < all.from || at > NOW || times.has(at)),
      "the tail is read too",
    );
  });
}

for (const n of [60, 900, 4000]) {
  test(`hits that count the whole log are not believed for long, nor is anything taken back for them: ${n} events`, async () => {
    const log = new FakeLog(someEvents(n), { hits: "log" });
    const store = new FakeStore();
    await run(log, store);
    log.now += 15 * 60_000;
    await run(log, store);
    const { probe, surprises } = store.checkpoint as { probe: { hits: string }; surprises: number[] };
    assert.deepEqual(surprises, []);
    assert.equal(store.unclaimed, 0);
    assert.ok(log.paged <= 7, `${log.paged} pages`);
    assert.equal(probe.hits, "other");
    assert.equal(store.missing(log.visible()), 0);
  });
}

test("a second run over a log without news asks little and stores nothing", async () => {
  const log = new FakeLog(someEvents(3000));
  const store = new FakeStore();
  await run(log, store);
  const { requests } = log;
  const size = store.events.size;
  log.now += 15 * 60_000;
  await run(log, store);
  assert.equal(store.events.size, size);
  assert.ok(log.requests - requests <= 3, `${log.requests - requests} requests`);
  assert.equal(log.paged, 2 + 0);
  assert.equal(store.coverage.length, 1);
});

for (const [cap, most] of [
  [100, 1.05],
  [500, 1.08],
] as const) {
  test(`a backfill spends hardly more than the fewest requests: cap ${cap}`, async () => {
    const n = cap * 120;
    const log = new FakeLog(someEvents(n), { cap });
    await run(log, new FakeStore());
    const ratio = log.requests / Math.ceil(n / cap);
    assert.ok(ratio <= most, `${ratio}`);
  });
}

test("an empty log: all is read, and claimed", async () => {
  const store = new FakeStore();
  await run(new FakeLog([]), store);
  const all = claimable(NOW, HOUR);
  assert.deepEqual(store.coverage, [all]);
});

test("a log that looked empty, and shows its events only now: all is read, and nothing of it was late", async () => {
  const store = new FakeStore();
  await run(new FakeLog([]), store);
  const events = someEvents(1500);
  await run(new FakeLog(events), store);
  const all = claimable(NOW, HOUR);
  assert.equal(store.missing(events), 0);
  assert.ok(store.events.size > 1000);
  assert.deepEqual(store.coverage, [all]);
});

test("a log that looked empty, and a reading that is cut off as its first events come: the rest is read again too", async () => {
  const log = new FakeLog([]);
  const store = new FakeStore();
  await run(log, store);
  const events = someEvents(3000, 20);
  log.add(...events);
  assert.equal(await run(log, store, { pages: 3 }), "abandoned");
  assert.ok(store.oldestEvent !== null);
  await run(log, store);
  assert.equal(store.missing(events), 0);
  assert.equal(store.events.size, 3000);
  assert.equal(
    (store.checkpoint as { late: unknown }).late,
    null,
    "what was only shown late didn't arrive late",
  );
});

for (const [name, switches] of [
  ["unpaged answers", {}],
  ["one unpaged answer", { cap: null }],
  ["pages", { cap: "refused" }],
  ["pages of a hundred", { cap: "refused", pageSize: 100 }],
  ["pages in no order of time", { cap: "refused", order: "oldest" }],
  ["hits of the whole log", { hits: "log" }],
  ["pages whose cursors lead nowhere", { cap: "refused", cursor: "integer" }],
] satisfies [string, Partial<Switches>][]) {
  test(`events without a readable time, ${name}: where they may lie is a hole, the rest is claimed`, async () => {
    const events = someEvents(2000);
    const places = [0, 99, 100, 250, 251, 499, 500, 501, 1000, 1999];
    const ordered = events.toSorted((a, b) => b.at - a.at);
    const lost = new Set(places.map((i) => ordered[i]));
    const log = new FakeLog(events, { ...switches, timeless: (event) => lost.has(event) });
    const store = new FakeStore();
    await run(log, store);
    const all = claimable(log.now, HOUR);
    assert.equal(store.missing(events), 0, "claimed, and not stored");
    assert.deepEqual(union(store.coverage, store.holes), [all], "neither claimed nor a hole");
    if (switches.order) return;
    assert.equal(store.events.size, 2000 - lost.size);
    assert.ok(length(store.holes) < 2 * DAY, `${length(store.holes) / HOUR} hours are held back`);
    const again = log.requests;
    await run(log, store);
    assert.ok(log.requests - again < 8, `${log.requests - again} requests for nothing new`);
  });
}

for (const [name, by] of [
  ["older", -9 * DAY],
  ["newer", 9 * DAY],
] as const) {
  test(`a few events that show a time ${name} than the log chooses by are stored where they belong, and stop nothing`, async () => {
    const events = someEvents(4000);
    const at = [12 * HOUR, 13 * HOUR, 12 * DAY, 19 * DAY, 28 * DAY].map((ago) => NOW - ago);
    const odd = at.map((at, i) => ({ at, visibleAt: at, name: `odd${i}` }));
    const shown = odd.map((event) => ({ ...event, at: event.at + by }));
    const log = new FakeLog([...events, ...odd], {
      shows: (event) => shown[odd.indexOf(event)]?.at ?? event.at,
    });
    const store = new FakeStore();
    const fields = new Set<string>();
    const each = ({ unreadable }: ActivityPage) => {
      for (const { field } of unreadable) fields.add(field);
    };
    await run(log, store, { each });
    const { to } = claimable(log.now, HOUR);
    assert.ok(contains(store.coverage, { from: to - 29 * DAY, to }), JSON.stringify(store.coverage));
    const kept = shown.filter((event) => event.at < NOW && event.at > NOW - 29 * DAY);
    assert.equal(store.missing([...events, ...kept]), 0);
    assert.equal(store.invented([...events, ...kept]), 0);
    assert.ok(
      kept.every((event) => [...store.events.values()].includes(event.at)),
      "the odd ones are stored",
    );
    assert.deepEqual([...fields], by > 0 ? ["event_time"] : [], "in the future");
  });
}

test("many events without a readable time don't break what is known into ever more pieces", async () => {
  const events = someEvents(6000);
  const log = new FakeLog(events, { timeless: ({ name }) => name.endsWith("7") });
  const store = new FakeStore();
  await run(log, store);
  const all = claimable(log.now, HOUR);
  assert.equal(store.missing(events), 0);
  assert.deepEqual(union(store.coverage, store.holes), [all], "neither claimed nor a hole");
  assert.ok(store.coverage.length <= 102, `${store.coverage.length} spans`);
  const { holes } = store.checkpoint as { holes: Span[] };
  assert.ok(holes.length <= 3, `${holes.length} holes are remembered`);
  const again = log.requests;
  await run(log, store);
  assert.ok(log.requests - again < 8, `${log.requests - again} requests for nothing new`);
});

for (const [name, switches] of [
  ["unpaged answers", {}],
  ["pages", { cap: "refused" }],
  ["cursors that lead nowhere, hits of the whole log", { cap: null, cursor: "integer", hits: "log" }],
  [
    "cursors that lead nowhere, unpaged answers always empty",
    { omit: () => true, cursor: "integer", hits: "log" },
  ],
] satisfies [string, Partial<Switches>][]) {
  test(`a log none of whose times can be read, ${name}: nothing is claimed, all is a hole, and it ends`, async () => {
    const events = someEvents(1200);
    const log = new FakeLog(events, { ...switches, timeless: () => true });
    const store = new FakeStore();
    let told = 0;
    const each = ({ unreadable }: ActivityPage) => {
      told += unreadable.length;
    };
    await run(log, store, { each });
    assert.deepEqual(store.coverage, []);
    assert.ok(contains(union(store.holes), claimable(log.now, HOUR)), JSON.stringify(store.holes));
    assert.ok(told > 0 && told < 2 * events.length, `${told} told`);
    assert.ok(log.requests < 60, `${log.requests} requests`);
    const again = log.requests;
    log.now += 15 * 60_000;
    await run(log, store);
    assert.equal(store.missing(events), 0, "time with an event was claimed");
    assert.ok(log.requests - again < 20, `${log.requests - again} requests for nothing new`);
  });
}

for (const [name, timeless, known] of [
  ["older", (at: number) => at < NOW - 15 * DAY, { from: NOW - 14 * DAY, to: NOW - 2 * DAY }],
  ["newer", (at: number) => at > NOW - 10 * DAY, { from: NOW - 29 * DAY, to: NOW - 25 * DAY }],
] as const) {
  test(`times of ${name} events that can't be read, and cursors that lead nowhere: the others are read`, async () => {
    const events = someEvents(6000);
    const log = new FakeLog(events, {
      cap: "refused",
      cursor: "integer",
      timeless: ({ at }) => timeless(at),
    });
    const store = new FakeStore();
    await run(log, store);
    assert.equal(store.missing(events), 0, "claimed, and not stored");
    assert.ok(contains(store.coverage, known), JSON.stringify(store.coverage));
    assert.ok(log.requests < 80, `${log.requests} requests`);
  });
}

test("the newest day is read before older gaps, and these oldest first", async () => {
  const log = new FakeLog(someEvents(70_000));
  const claims: (Span & ActivityPage["progress"])[] = [];
  await run(log, new FakeStore(), {
    each: ({ claim, progress }) => claim && claims.push({ ...claim, ...progress }),
  });
  const newest = claims.findLastIndex(({ phase }) => phase === "newest");
  const backfill = claims.filter(({ phase }) => phase === "backfill");
  assert.ok(claims.findIndex(({ phase }) => phase === "backfill") > newest);
  const day = claimable(NOW, HOUR).to - DAY;
  assert.ok(length(claims.slice(0, newest + 1)) >= DAY - 1000);
  assert.ok(backfill.every(({ to }) => to <= day));
  const slices = [...new Set(backfill.map(({ working }) => working.from))];
  assert.ok(slices.length > 1);
  assert.deepEqual(
    slices,
    slices.toSorted((a, b) => a - b),
  );
});

const CLOSED = NOW - 22 * DAY;
const burst = (n: number, ms = 1000) =>
  Array.from({ length: n }, (_, i) => ({ at: CLOSED + ((i * 7) % ms), visibleAt: 0, name: `burst${i}` }));

for (const [name, switches] of [
  ["paged where it holds as many as an answer", { cap: 100 }],
  ["paged where it is a single millisecond", { cap: 500 }],
  ["paged where even that is too large for an unpaged answer", { cap: null, tooLarge: 600 }],
] as [string, Partial<Switches>][]) {
  test(`a second with many events is ${name}`, async () => {
    const events = [...someEvents(2000), ...burst(1300, name.includes("milli") ? 1 : 1000)];
    const log = new FakeLog(events, switches);
    const store = new FakeStore();
    await run(log, store);
    assert.equal(store.missing(events), 0);
    assert.ok(contains(store.coverage, { from: CLOSED - DAY, to: CLOSED + DAY }));
  });
}

test("a second that can't be read by any means is a hole with its cause, and the rest goes on", async () => {
  const events = [...someEvents(2000), ...burst(300)];
  const log = new FakeLog(events, { cap: 100 });
  const store = new FakeStore();
  const holes: string[] = [];
  // Pages answer for the probe, and later no more.
  await run(log, store, {
    each: ({ hole, progress }) => {
      if (progress.phase !== "probe") log.switches.pagesRefused = true;
      if (hole) holes.push(hole.cause);
    },
  });
  assert.equal(holes.length, 1);
  assert.match(holes[0]!, /one second.*no pages/);
  assert.deepEqual(store.holes, [{ from: CLOSED, to: CLOSED + 1000 }]);
  assert.ok(!contains(store.coverage, CLOSED));
  assert.ok(contains(store.coverage, CLOSED - 1) && contains(store.coverage, CLOSED + 1000));
  assert.equal(store.missing(events), 0);
});

test("yesterday is read again each day; what can't be read again stays known, and is no endless task", async () => {
  const crowd = Array.from({ length: 300 }, (_, i) => ({
    at: NOW - DAY + i,
    visibleAt: 0,
    name: `crowd${i}`,
  }));
  const events = [...someEvents(2000), ...crowd];
  const log = new FakeLog(events, { cap: 100 });
  const store = new FakeStore();
  const phases: string[] = [];
  await run(log, store);
  log.switches.pagesRefused = true;
  log.now += DAY - HOUR;
  await run(log, store, { each: ({ progress }) => phases.push(progress.phase) });
  assert.ok(phases.includes("verify"));
  assert.deepEqual(store.holes, []);
  assert.ok(contains(store.coverage, NOW - 6 * HOUR));
  const asked = log.requests;
  await run(log, store);
  assert.ok(log.requests - asked <= 3, "not twice a day");
});

test("equal events are each kept", async () => {
  const twins = Array.from({ length: 5 }, () => ({ at: CLOSED + 17, visibleAt: 0, name: "twin" }));
  const events = [...someEvents(900), ...twins];
  const store = new FakeStore();
  await run(new FakeLog(events), store);
  await run(new FakeLog(events, { cap: "refused" }), store, { full: true });
  assert.equal([...store.events.values()].filter((at) => at === CLOSED + 17).length, 5);
  assert.equal(store.invented(events), 0);
});

test("events arrive within the lag: what is claimed was complete", async () => {
  // One a minute while the log is read, too: the newest are the ones that are still to come.
  const meanwhile = Array.from({ length: 600 }, (_, i) => ({
    at: NOW + (i - 180) * 60_000,
    visibleAt: 0,
    name: `m${i}`,
  }));
  const events = [...someEvents(3000), ...meanwhile].map((event, i) => ({
    ...event,
    visibleAt: event.at + (i % 50) * 60_000,
  }));
  const log = new FakeLog(events, { tick: 300 });
  const store = new FakeStore();
  for (let i = 0; i < 30; i += 1) {
    await run(log, store);
    assert.equal(store.missing(log.visible()), 0);
    log.now += 15 * 60_000;
  }
  assert.equal(store.unclaimed, 0);
});

test("events that arrive later than thought are found within a day, and make the lag longer", async () => {
  const events = someEvents(3000);
  const log = new FakeLog(events);
  const store = new FakeStore();
  await run(log, store);
  const late = { at: NOW - 5 * HOUR, visibleAt: NOW + HOUR, name: "late" };
  log.add(late);
  for (let i = 0; i < 8; i += 1) {
    log.now += 6 * HOUR;
    await run(log, store);
  }
  assert.equal(store.missing(log.visible()), 0);
  assert.ok(store.coverage.at(-1)!.to <= log.now - 2 * HOUR, "the lag grew");
});

test("events held back for 40 hours are found however old they are, and days before them are not read again", async () => {
  const stalled = { from: NOW + 2 * HOUR, to: NOW + 42 * HOUR };
  const events = Array.from({ length: 1200 }, (_, i) => {
    const at = NOW - 4 * DAY + i * (DAY / 150);
    return { at, visibleAt: contains([stalled], at) ? stalled.to : at, name: `e${i}` };
  });
  const log = new FakeLog(events);
  const store = new FakeStore();
  const again: number[] = [];
  await run(log, store);
  for (let i = 0; i < 10; i += 1) {
    log.now += 6 * HOUR;
    await run(log, store, {
      each: ({ progress: { phase, working } }) => phase === "verify" && again.push(working.from),
    });
  }
  assert.equal(store.missing(log.visible()), 0);
  // The stalled log showed nothing of its first day on the next; a day later its second day leads back to it.
  const days = [...new Set(again)].map((at) => (at - Math.floor(NOW / DAY) * DAY) / DAY);
  assert.deepEqual(days, [0, 1, -1]);
});

test("what Greenhouse forgets while we wait is not claimed", async () => {
  const events = someEvents(3000);
  const log = new FakeLog(events, { tick: 60_000 });
  const store = new FakeStore();
  await run(log, store, { each: ({ claim }) => claim && assert.ok(claim.from >= log.now - 30 * DAY) });
});

for (const [name, omit] of [
  ["always leaves out some", (event: FakeEvent) => event.at % 11 === 0],
  ["is cut short", (_: FakeEvent, request: number) => request === 2],
] as [string, Switches["omit"]][]) {
  test(`an unpaged answer that ${name} is found out by the probe: pages only`, async () => {
    const events = someEvents(3000);
    const log = new FakeLog(events, { omit });
    const store = new FakeStore();
    await run(log, store);
    assert.equal((store.checkpoint as { probe: { unpaged: string } }).probe.unpaged, "unusable");
    assert.equal(store.missing(events), 0);
    assert.ok(length(store.coverage) > 29 * DAY);
  });
}

test("answers that begin to leave out their older half are found out at the seam; pages read the rest", async () => {
  const events = someEvents(12_000);
  let failing = false;
  // The newest events of other shards only: what lies in odd seconds is gone.
  const log = new FakeLog(events, { omit: (event) => failing && Math.floor(event.at / 1000) % 2 === 1 });
  const store = new FakeStore();
  let pages = 0;
  await run(log, store, {
    each: () => {
      pages += 1;
      failing = pages > 40;
    },
  });
  assert.ok(store.unclaimed > 0);
  assert.equal(store.missing(events), 0);
  assert.ok(length(store.coverage) > 29 * DAY, "pages went on");
});

test("a cap that falls is no reason for a false claim", async () => {
  const events = someEvents(10_000);
  const log = new FakeLog(events, { cap: 500 });
  const store = new FakeStore();
  let pages = 0;
  await run(log, store, {
    each: () => {
      pages += 1;
      if (pages === 10) log.switches.cap = 60;
    },
  });
  assert.equal(store.missing(events), 0);
  assert.ok(length(store.coverage) > 29 * DAY);
});

test("unpaged answers that are refused one day: pages go on", async () => {
  const events = someEvents(6000);
  const log = new FakeLog(events);
  const store = new FakeStore();
  await run(log, store, { pages: 20 });
  log.switches.cap = "refused";
  await run(log, store);
  assert.equal(store.missing(events), 0);
  assert.ok(length(store.coverage) > 29 * DAY);
});

test("answers that turn empty are doubted, and nothing is claimed by them", async () => {
  const events = someEvents(12_000);
  let failing = false;
  const log = new FakeLog(events, { omit: () => failing });
  const store = new FakeStore();
  let pages = 0;
  await run(log, store, {
    each: () => {
      pages += 1;
      failing = pages > 60;
    },
  });
  assert.equal(store.missing(events), 0);
});

test("a comparison with pages takes back what answers had claimed wrongly", async () => {
  const events = someEvents(12_000);
  let failing = false;
  // The same few events in every answer: neither the probe nor any seam can know.
  const log = new FakeLog(events, {
    omit: (event) => failing && event.at % 7 === 0 && event.at % 1000 > 400,
  });
  const store = new FakeStore();
  await run(log, store, {
    pages: 30,
  });
  failing = true;
  await run(log, store, { checkpoint: { ...(store.checkpoint as object), slices: 198 } });
  assert.ok(store.unclaimed > 0);
  assert.equal(store.missing(events), 0);
});

for (const [family, status, said] of [
  ["refused", 403, "Forbidden"],
  ["invalid", 422, "Audit log is not enabled"],
] as const) {
  test(`a log that may not be read is asked once: ${said}`, async () => {
    let asked = 0;
    const ask = { method: "GET", path: "/events", host: "h", status, at: 0, requestId: null } as const;
    const get = async () => {
      asked += 1;
      throw new ConnectorError(family, said, ask, { said });
    };
    const options = { checkpoint: null, coverage: [], oldestEvent: null, full: false };
    await assert.rejects(readActivity({ get }, options, { eventKey: KEY, now: () => NOW }).next());
    assert.equal(asked, 1);
  });
}

test("bounds that are ignored: an error, and no claim", async () => {
  const log = new FakeLog(someEvents(2000), { ignoreBounds: true });
  const store = new FakeStore();
  await assert.rejects(run(log, store), /ignores the times/);
  assert.equal(store.missing(log.visible()), 0);
});

test("everything is read again when asked for, and an interrupted reading goes on", async () => {
  const events = someEvents(3000);
  const log = new FakeLog(events);
  const store = new FakeStore();
  await run(log, store);
  const before = log.requests;
  assert.equal(await run(log, store, { full: true, pages: 20 }), "abandoned");
  await run(log, store, { full: true });
  const spent = log.requests - before;
  assert.ok(spent > 30 && spent < 45, `${spent}`);
  assert.equal((store.checkpoint as { full: unknown }).full, null);
});

for (const [name, ahead, from, to] of [
  ["every other three hours ahead", (n: number) => (n % 2) * 3 * HOUR, 0, 0],
  ["every other three hours behind", (n: number) => (n % 2) * -3 * HOUR, -3 * HOUR, 0],
  ["the first five three hours ahead", (n: number) => (n > 5 ? 0 : 3 * HOUR), 0, 0],
] as const) {
  test(`clocks that disagree, ${name}: a run ends, and claims nothing that hasn't been`, async () => {
    const events = someEvents(2000);
    const log = new FakeLog(events, { ahead });
    const store = new FakeStore();
    await run(log, store);
    const end = store.coverage.at(-1)!.to - claimable(log.now, HOUR).to;
    assert.ok(end >= from - 2000 && end <= to, `${end} ms`);
    assert.ok(length(store.coverage) > 29 * DAY);
    assert.ok(log.requests < 60, `${log.requests} requests`);
    assert.equal(store.missing(events), 0);
  });
}

test("no Date, and our clock three hours ahead: claims go by the newest event, or stay 20 hours behind", async () => {
  for (const quiet of [false, true]) {
    const events = someEvents(2000).filter(({ at }) => !quiet || at < NOW - 2 * DAY);
    const log = new FakeLog(events, { dates: false });
    log.off = 3 * HOUR;
    const store = new FakeStore();
    await run(log, store);
    const end = store.coverage.at(-1)!.to;
    const newest = Math.floor(log.visible(0, NOW, 1)[0]!.at / 1000) * 1000;
    assert.equal(end, quiet ? NOW + log.off - 21 * HOUR : newest - HOUR);
    assert.ok(length(store.coverage) > 28 * DAY);
    assert.equal(store.missing(events), 0);
  }
});

test("what another host's Date told is believed where the log tells none", async () => {
  const log = new FakeLog(someEvents(2000), { dates: false });
  const store = new FakeStore();
  const options = { checkpoint: null, coverage: [], oldestEvent: null, full: false };
  const deps = { eventKey: KEY, now: () => log.now + 3 * HOUR, skew: () => -3 * HOUR };
  for await (const page of readActivity(log, options, deps)) store.apply(page);
  assert.deepEqual(store.coverage, [claimable(NOW, HOUR)]);
});

test("times that haven't come yet are refused: the newest events are asked for without an end, from then on", async () => {
  for (const cap of [100, "refused"] as const) {
    const newest = { at: NOW - 60_000, visibleAt: 0, name: "newest" };
    const log = new FakeLog([...someEvents(1000), newest], { refusesFuture: true, cap });
    const store = new FakeStore();
    await run(log, store);
    assert.deepEqual(store.coverage, [claimable(log.now, HOUR)]);
    assert.ok([...store.events.values()].includes(newest.at), "the tail is read");
    const asked = log.asked.length;
    log.now += 15 * 60_000;
    await run(log, store);
    assert.equal(log.asked[asked]!.query.before_time, undefined);
    assert.ok(log.asked.length - asked <= 3);
  }
});

test("our clock a day off, ahead or behind, changes nothing", async () => {
  for (const off of [-DAY, DAY]) {
    const events = someEvents(1500);
    const log = new FakeLog(events);
    log.off = off;
    const store = new FakeStore();
    const reading = readActivity(
      log,
      { checkpoint: null, coverage: [], oldestEvent: null, full: false },
      { eventKey: KEY, now: () => log.now + off },
    );
    for await (const page of reading) store.apply(page);
    assert.deepEqual(store.coverage, [claimable(log.now, HOUR)]);
    assert.equal(store.missing(events), 0);
  }
});

test("our clock moves between runs: the next run still reads up to Greenhouse's now", async () => {
  for (const off of [-3 * DAY, 3 * DAY]) {
    const log = new FakeLog(someEvents(1500));
    const store = new FakeStore();
    await run(log, store);
    log.now += HOUR;
    log.off = off;
    const options = {
      checkpoint: store.checkpoint,
      coverage: store.coverage,
      oldestEvent: store.oldestEvent,
      full: false,
    };
    for await (const page of readActivity(log, options, { eventKey: KEY, now: () => log.now + off }))
      store.apply(page);
    assert.deepEqual(store.coverage.at(-1)!.to, claimable(log.now, HOUR).to);
  }
});
