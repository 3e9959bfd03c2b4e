import assert from "node:assert/strict";
import { test } from "node:test";
import { client } from "../testing.ts";
import { Limiter, resetAt, retryAfter } from "./limits.ts";

const rule = { limit: 2, windowSeconds: 30, kind: "fixed" } as const;

test("a fixed window lets `limit` through and starts anew at its end", () => {
  let now = 1000;
  const limiter = new Limiter(() => now);
  const seen = [0, 10_000, 20_000, 29_999, 30_000].map((at) => {
    now = 1000 + at;
    const { allowed, remaining, waitMs } = limiter.take("a", rule, 1);
    return [allowed, remaining, waitMs];
  });
  assert.deepEqual(seen, [
    [true, 1, 30_000],
    [true, 0, 20_000],
    [false, 0, 10_000],
    [false, 0, 1],
    [true, 1, 30_000],
  ]);
  assert.equal(limiter.take("b", rule, 1).allowed, true, "keys are separate");
});

test("a rolling window frees a place when the oldest request is old enough", () => {
  let now = 0;
  const limiter = new Limiter(() => now);
  const rolling = { ...rule, kind: "rolling" } as const;
  const seen = [0, 20_000, 29_999, 30_000, 31_000].map((at) => {
    now = at;
    return limiter.take("a", rolling, 1).allowed;
  });
  assert.deepEqual(seen, [true, true, false, true, false]);
});

test("a time scale divides windows; Retry-After gets decimals only below a second", () => {
  let now = 0;
  const limiter = new Limiter(() => now);
  const first = limiter.take("a", rule, 100);
  assert.equal(first.waitMs, 300);
  now = 300;
  assert.equal(limiter.take("a", rule, 100).remaining, 1);
  assert.deepEqual([retryAfter(299.2, 100), retryAfter(2500, 100), retryAfter(250, 1)], ["0.300", "3", "1"]);
  assert.deepEqual([resetAt(1000, 500, 1), resetAt(1000, 500, 100)], ["2", "1.500"]);
});

const limits = (names: Record<string, number>): Record<string, number> =>
  Object.fromEntries(Object.entries(names).map(([family, n]) => [`rate.${family}.limit`, n]));

test("v3: rate headers on each answer, Retry-After on 429, none on 401", async () => {
  await using c = await client({ rateLimits: true, scenario: limits({ v3: 2 }) });
  const auth = await c.bearer();
  const [first, second, third, stranger] = [
    await c.get("/v3/users", auth),
    await c.get("/v3/user_roles", auth),
    await c.get("/v3/users", auth),
    await c.get("/v3/users"),
  ];
  const left = [first, second, third].map((got) => [
    got.status,
    got.headers.get("x-ratelimit-limit"),
    got.headers.get("x-ratelimit-remaining"),
  ]);
  assert.deepEqual(left, [
    [200, "2", "1"],
    [200, "2", "0"],
    [429, "2", "0"],
  ]);
  assert.match(third.headers.get("retry-after") ?? "", /^(29|30)$/);
  const now = Date.parse("2026-11-23T12:00:00Z") / 1000;
  assert.ok(Math.abs(Number(first.headers.get("x-ratelimit-reset")) - now - 30) <= 1);
  assert.deepEqual([stranger.status, stranger.headers.get("x-ratelimit-limit")], [401, null]);
});

test("v1: unauthenticated calls count too, and 429 has Retry-After and a reset", async () => {
  await using c = await client({ rateLimits: true, scenario: limits({ v1: 2 }) });
  const left = [await c.get("/v1/users"), await c.get("/v1/nothing")].map((got) => [
    got.status,
    got.headers.get("x-ratelimit-remaining"),
  ]);
  assert.deepEqual(left, [
    [401, "1"],
    [401, "0"],
  ]);
  const refused = await c.get("/v1/users");
  assert.deepEqual([refused.status, refused.body], [429, { message: "Rate limit exceeded" }]);
  assert.ok(refused.headers.get("retry-after") !== null && refused.headers.get("x-ratelimit-reset") !== null);
});

test("audit: three paginated requests; the 429 has neither rate headers nor Retry-After, by switch both", async () => {
  await using c = await client({ rateLimits: true });
  const auth = await c.bearer();
  const seen = [];
  for (let i = 0; i < 4; i++) seen.push(await c.get("/events?paging=true", auth));
  assert.deepEqual(
    seen.map((got) => [
      got.status,
      got.headers.get("x-ratelimit-limit"),
      got.headers.get("x-ratelimit-remaining"),
    ]),
    [
      [200, "3", "2"],
      [200, "3", "1"],
      [200, "3", "0"],
      [429, null, null],
    ],
  );
  assert.equal(seen[3]?.headers.get("retry-after"), null);
  assert.equal((await c.get("/events", auth)).headers.get("x-ratelimit-limit"), "50");
  c.sim.control.patchScenario({ rate: { audit: { headersOn429: true, retryAfter: true } } });
  const told = await c.get("/events?paging=true", auth);
  assert.deepEqual(
    [told.headers.get("x-ratelimit-remaining"), Number(told.headers.get("retry-after")) > 0],
    ["0", true],
  );
});

test("the token endpoint has its own window", async () => {
  await using c = await client({ rateLimits: true, scenario: limits({ token: 1 }) });
  assert.deepEqual([(await c.token()).status, (await c.token()).status], [200, 429]);
  assert.equal(c.sim.control.counters().families.token?.throttled, 1);
});
