import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { startSimulator } from "../../simulator/index.ts";
import { memoryTraffic, parts, readAll, sessionOptions } from "./greenhouse/testing.ts";
import { Limiter, StayAway } from "./limiter.ts";
import {
  allowance,
  answered,
  type Budget,
  learn,
  limitHeaders,
  newBudget,
  nextSlot,
  penalty,
  retryAfter,
  spend,
} from "./rate-limit.ts";

const NOW = 1_000_000;
/** 10 requests in 30 s, all of them ours, unless told otherwise. */
const budget = (more: Partial<Budget> = {}): Budget => ({ ...newBudget("v3", 100, 1), limit: 10, ...more });
const times = (count: number, at: number, step = 0) =>
  Array.from({ length: count }, (_, index) => at + index * step);

suite("when the next request may leave", () => {
  for (const [name, state, wait] of [
    ["nothing sent", {}, 0],
    ["one slot left", { sent: times(9, NOW - 100) }, 0],
    [
      "all slots used: until the oldest leaves the window, and 1 %",
      { sent: times(10, NOW - 1000, 10) },
      29_300,
    ],
    ["all slots used, a window ago", { sent: times(10, NOW - 30_301) }, 0],
    ["a share of 50 % is half the slots", { sharePercent: 50, sent: times(5, NOW) }, 30_300],
    ["a share of 90 % of 3 is 3", { limit: 3, sharePercent: 90, sent: times(2, NOW) }, 0],
    ["a share of 1 % is still one", { limit: 3, sharePercent: 1 }, 0],
    ["told to stay away", { blockedUntil: NOW + 700 }, 700],
    [
      "told to stay away, and no slot either",
      { blockedUntil: NOW + 700, sent: times(10, NOW - 30_000) },
      700,
    ],
    ["told to stay away, but no slot even then", { blockedUntil: NOW + 700, sent: times(10, NOW) }, 30_300],
    [
      "the window told is over: its requests count no more",
      {
        sent: times(10, NOW - 20_000),
        told: {
          at: NOW - 19_000,
          sentAt: NOW - 19_900,
          others: 0,
          end: { earliest: NOW - 3000, latest: NOW },
        },
      },
      0,
    ],
    [
      "the window told ends sooner than ours",
      {
        sent: times(10, NOW - 20_000),
        told: {
          at: NOW - 19_000,
          sentAt: NOW - 19_900,
          others: 0,
          end: { earliest: NOW, latest: NOW + 3000 },
        },
      },
      3000,
    ],
    [
      "requests after the earliest end of the window may be in the next one",
      {
        sent: times(10, NOW - 1000),
        told: {
          at: NOW - 9000,
          sentAt: NOW - 9900,
          others: 0,
          end: { earliest: NOW - 3000, latest: NOW },
        },
      },
      29_300,
    ],
    [
      "somebody else takes the rest: until their window is over",
      {
        sent: times(3, NOW - 1000),
        told: {
          at: NOW - 500,
          sentAt: NOW - 1000,
          others: 7,
          end: { earliest: NOW + 9000, latest: NOW + 12_000 },
        },
      },
      12_000,
    ],
    [
      "somebody else takes the rest, and no reset is told: until the window has surely passed",
      { sent: times(3, NOW - 1000), told: { at: NOW - 600, sentAt: NOW - 1000, others: 7, end: null } },
      29_700,
    ],
    [
      "somebody else takes some: what is left is ours",
      {
        sent: times(3, NOW - 1000),
        told: { at: NOW - 500, sentAt: NOW - 1000, others: 5, end: { earliest: NOW, latest: NOW + 3000 } },
      },
      0,
    ],
    [
      "with a share, what others take comes off ours",
      {
        sharePercent: 50,
        sent: times(3, NOW - 1000),
        told: { at: NOW - 500, sentAt: NOW - 1000, others: 2, end: { earliest: NOW, latest: NOW + 3000 } },
      },
      3000,
    ],
    [
      "nobody else: our own requests explain what remains",
      { sent: times(9, NOW - 1000), told: { at: NOW - 500, sentAt: NOW - 1000, others: 0, end: null } },
      0,
    ],
  ] as [string, Partial<Budget>, number][]) {
    test(name, () => assert.equal(Math.round(nextSlot(budget(state), NOW)), wait));
  }

  test("whoever waits as told gets a slot, in any state", () => {
    const state = budget({
      sent: times(10, NOW - 500, 50),
      told: { at: NOW, sentAt: NOW - 50, others: 0, end: { earliest: NOW + 1, latest: NOW + 4000 } },
    });
    let now = NOW;
    for (let round = 0; round < 5 && nextSlot(state, now) > 0; round += 1) now += nextSlot(state, now);
    assert.equal(nextSlot(state, now), 0);
  });

  test("in no span of a window are there more requests than allowed", () => {
    const state = budget();
    const sent: number[] = [];
    let now = NOW;
    for (let request = 0; request < 200; request += 1) {
      now += nextSlot(state, now);
      spend(state, now);
      sent.push(now);
      now += request % 7;
    }
    for (let from = 0; from + 10 < sent.length; from += 1)
      assert.ok(sent[from + 10]! - sent[from]! >= 30_000);
    assert.ok(sent.at(-1)! - NOW <= 19 * 30_000 * 1.03, "and no slot is left unused");
  });
});

test("v1's Reset, when the oldest request no longer counts, ends no window for the others", () => {
  const state = newBudget("v1", 100, 1);
  const sent: number[] = [];
  let now = NOW;
  const send = () => {
    now += nextSlot(state, now);
    spend(state, now);
    sent.push(now);
  };
  for (let request = 0; request < 50; request += 1, now += 120) {
    send();
    learn(state, { limit: 50, remaining: 49 - request, reset: NOW + 10_000, date: now }, now, now);
  }
  now = NOW + 11_500; // past Reset; of the next ones no answer has come yet
  for (let request = 0; request < 50; request += 1) send();
  for (let from = 0; from + 50 < sent.length; from += 1)
    assert.ok(sent[from + 50]! - sent[from]! >= 10_000, `request ${from}`);
});

suite("what answers teach", () => {
  for (const [limit, share, expected] of [
    [50, 90, 45],
    [50, 100, 50],
    [3, 90, 3],
    [3, 50, 2],
    [1, 10, 1],
  ] as const) {
    test(`${share} % of ${limit} are ${expected}`, () =>
      assert.equal(allowance({ limit, sharePercent: share }), expected));
  }

  test("the limit, what remains, and between which moments the window ends", () => {
    const state = budget();
    const date = Date.UTC(2026, 10, 23, 9, 0, 0);
    const headers = {
      "x-ratelimit-limit": "75",
      "x-ratelimit-remaining": "74",
      "x-ratelimit-reset": String(date / 1000 + 20),
    };
    learn(state, limitHeaders(headers, date), NOW, NOW + 300);
    assert.equal(state.limit, 75);
    assert.deepEqual(state.told, {
      at: NOW + 300,
      sentAt: NOW,
      others: 1,
      end: { earliest: NOW + 18_000, latest: NOW + 21_300 },
    });
  });

  test("a clock that is days off teaches no window", () => {
    const state = budget();
    learn(
      state,
      limitHeaders(
        { "x-ratelimit-remaining": "4", "x-ratelimit-reset": "1700000000" },
        Date.UTC(2026, 10, 23),
      ),
      NOW,
      NOW,
    );
    assert.equal(state.told!.end, null);
    assert.equal(state.windowMs, 30_000);
  });

  test("a longer window than is documented is believed", () => {
    const state = budget();
    const date = Date.UTC(2026, 10, 23);
    learn(
      state,
      limitHeaders({ "x-ratelimit-remaining": "9", "x-ratelimit-reset": String(date / 1000 + 60) }, date),
      NOW,
      NOW,
    );
    assert.equal(state.windowMs, 60_000);
  });

  test("an answer that was overtaken by a later one teaches nothing", () => {
    const state = budget();
    learn(state, limitHeaders({ "x-ratelimit-remaining": "3" }, null), NOW, NOW + 10);
    learn(state, limitHeaders({ "x-ratelimit-remaining": "4" }, null), NOW - 5, NOW + 20);
    assert.equal(state.told!.others, 7);
  });

  test("what Remaining lost beyond our own requests was taken by others, and stays so while ours grow old", () => {
    const state = budget({ sent: times(4, NOW - 30_000, 1000) });
    learn(state, limitHeaders({ "x-ratelimit-remaining": "6" }, null), NOW - 100, NOW);
    assert.equal(state.told!.others, 0);
    spend(state, NOW + 3000);
    assert.equal(nextSlot(state, NOW + 3000), 0);
    learn(state, limitHeaders({ "x-ratelimit-remaining": "2" }, null), NOW + 3000, NOW + 3100);
    assert.equal(state.told!.others, 6);
  });

  test("headers that are no numbers, or none at all, change nothing", () => {
    const state = budget();
    learn(state, limitHeaders({ "x-ratelimit-limit": "many", "x-ratelimit-remaining": "" }, null), NOW, NOW);
    learn(state, limitHeaders({}, null), NOW, NOW);
    assert.deepEqual([state.limit, state.told], [10, null]);
  });

  test("a request whose answer took longer than the margin may have been counted later than it left", () => {
    const state = budget({ sent: [NOW, NOW + 10] });
    answered(state, NOW, NOW + 5000);
    assert.deepEqual(state.sent.map(Math.round), [NOW + 10, NOW + 4700]);
    answered(state, NOW + 10, NOW + 300);
    assert.equal(state.sent[0], NOW + 10);
  });

  for (const [name, told, headers, expected] of [
    ["as told", 7000, {}, 7000],
    ["a second at least: what is told may be cut", 0, {}, 1000],
    ["a day at most: seconds since 1970 are no wait", 1_795_424_400_000, {}, 86_400_000],
    ["a day at most, by the reset too", null, { "x-ratelimit-reset": "1895424405" }, 86_400_000],
    ["until the reset, when only that is told", null, { "x-ratelimit-reset": "1795424405" }, 6000],
    ["a whole window, when nothing is told", null, {}, 30_300],
  ] as [string, number | null, Record<string, string>, number][]) {
    test(`a 429 is waited out: ${name}`, () =>
      assert.equal(penalty(budget(), told, limitHeaders(headers, 1_795_424_400_000)), expected));
  }

  test("a 429 after one that was waited out: the window has to pass", () => {
    const none = limitHeaders({}, null);
    assert.equal(penalty(budget(), 0, none, true), 30_300);
    assert.equal(penalty(budget(), 40_000, none, true), 40_000);
  });

  for (const [value, expected] of [
    ["12", 12_000],
    ["0.5", 500],
    ["0", 0],
    ["-3", null],
    ["soon", null],
    ["", null],
    [undefined, null],
    ["Mon, 23 Nov 2026 09:00:30 GMT", 30_000],
    ["Mon, 23 Nov 2026 08:00:00 GMT", 0],
    // Seconds since 1970 in millionths, and other times that no calendar has.
    ["1795424400000000", 86_400_000],
    ["1e300", 86_400_000],
    ["Fri, 31 Dec 9999 23:59:59 GMT", 86_400_000],
  ] as [string | undefined, number | null][]) {
    test(`Retry-After ${value}`, () =>
      assert.equal(retryAfter(value, Date.UTC(2026, 10, 23, 9), 0), expected));
  }
});

suite("limits, against a server that has them", () => {
  for (const [name, kind, limit, share] of [
    ["a fixed window", "fixed", 10, 100],
    ["a rolling window", "rolling", 10, 100],
    ["a fixed window and a share", "fixed", 10, 50],
  ] as const) {
    test(`not one 429, ${name}`, async (t) => {
      const timeScale = 60;
      const sim = await startSimulator({
        users: 1200,
        jobPermissions: 7_000,
        jobs: 600,
        eventsPerDay: 0,
        timeScale,
        scenario: { "rate.v3.limit": limit, "rate.v3.kind": kind },
      });
      t.after(() => sim.close());
      const credential = { kind: "harvest_v3", clientId: sim.clientId, secret: sim.clientSecret } as const;
      const { caller, list } = parts(
        sessionOptions(sim.urls, credential, { timeScale, sharePercent: share }),
      );
      const from = performance.now();
      await Promise.all([readAll(list("users")), readAll(list("job_grants")), readAll(list("jobs"))]);
      const took = performance.now() - from;
      // Who never waited would be throttled; that it waited isn't asked: a machine may be too slow to reach the limit.
      assert.equal(caller.meter.throttled, 0);
      assert.equal(sim.control.counters().total.throttled, 0);
      const requests = caller.meter.requests - 1;
      t.diagnostic(
        `${requests} requests in ${Math.round(took)} ms; least ${Math.floor((requests - 1) / Math.round((limit * share) / 100)) * 500} ms`,
      );
    });
  }

  test("two limiters of one credential, in two processes, share what was sent", async () => {
    const traffic = memoryTraffic();
    const first = new Limiter(traffic, "one", 1);
    for (let request = 0; request < 3; request += 1) {
      const at = await first.slot(PAGED, 100, waiter(), "a");
      await first.settle(PAGED, at, { status: 200, headers: {}, date: null, headersAt: at });
    }
    const second = new Limiter(traffic, "one", 1);
    const signal = AbortSignal.abort(new Error("it would have waited"));
    const found = waiter();
    const told = (family: string) =>
      traffic.known.get("one")!.budgets.find((each) => each.family === family)!;
    assert.ok(nextSlot({ ...told("audit_paged"), sharePercent: 100 }, Date.now()) > 20_000);
    assert.equal(nextSlot({ ...told("audit"), sharePercent: 100 }, Date.now()), 0);
    await second.slot(["audit"], 100, found, "b");
    await assert.rejects(second.slot(PAGED, 100, { ...found, signal }, "b"), /would have waited/);
  });

  test("a 429 that one was told holds all back", async () => {
    const traffic = memoryTraffic();
    const refused = { status: 429, headers: { "retry-after": "400" }, date: null, headersAt: Date.now() };
    const first = new Limiter(traffic, "three", 1);
    const at = await first.slot(["v3"], 100, waiter(), "a");
    assert.equal(await first.settle(["v3"], at, refused), 400_000);
    await assert.rejects(new Limiter(traffic, "three", 1).slot(["v3"], 100, waiter(), "b"), StayAway);
  });

  test("who has the credential alone is served, and nobody else until they give it back", async () => {
    const traffic = memoryTraffic();
    const limiter = new Limiter(traffic, "four", 1);
    await limiter.change((known, now) => {
      known.alone = { by: "a", until: now + 60_000 };
    });
    const order: string[] = [];
    const other = limiter.slot(["v3"], 100, waiter(), "b").then(() => order.push("b"));
    await limiter.slot(["v3"], 100, waiter(), "a");
    order.push("a");
    await limiter.change((known) => {
      known.alone = null;
    });
    await other;
    assert.deepEqual(order, ["a", "b"]);
  });

  test("headers of a paged audit answer teach the limit they fit", async () => {
    const traffic = memoryTraffic();
    const limiter = new Limiter(traffic, "two", 1);
    const headers = (limit: string) => ({
      status: 200,
      headers: { "x-ratelimit-limit": limit, "x-ratelimit-remaining": "2" },
      date: null,
      headersAt: NOW,
    });
    await limiter.settle(PAGED, NOW, headers("4"));
    await limiter.settle(PAGED, NOW, headers("60"));
    const limits = traffic.known.get("two")!.budgets.map(({ family, limit }) => [family, limit]);
    assert.deepEqual(Object.fromEntries(limits), { audit_paged: 4, audit: 60 });
  });
});

const PAGED = ["audit_paged", "audit"] as const;
const waiter = () => ({
  meter: { requests: 0, waitedMs: 0, throttled: 0, bytes: 0, waitingUntil: null, clockSkewMs: null },
  signal: new AbortController().signal,
  now: Date.now,
});
