import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import type { Client, Got } from "../testing.ts";
import { client } from "../testing.ts";

type Event = {
  event_time: string;
  performer?: { id: unknown; type: string } | null;
  event: { type: string; target_type: string };
  request: { id: string };
};

/** Reads a query to its end through a PIT. */
async function read(
  c: Client,
  auth: Record<string, string>,
  query = "",
  size = "500",
): Promise<{ events: Event[]; pages: Got[] }> {
  const events: Event[] = [];
  const pages: Got[] = [];
  let headers: Record<string, string> = { size };
  for (;;) {
    const got = await c.get(`/events?paging=true${query}`, { ...auth, ...headers });
    assert.equal(got.status, 200, got.text);
    pages.push(got);
    events.push(...got.body.results);
    const { pit_id, next_search_after } = got.body.paging;
    if (next_search_after === null) return { events, pages };
    headers = { size, "pit-id": pit_id, "search-after": String(next_search_after) };
  }
}

describe("the audit log", () => {
  let c: Client;
  let auth: Record<string, string>;
  before(async () => {
    c = await client();
    auth = await c.bearer();
  });
  after(() => c.sim.close());

  test("pages by Pit-Id and Search-After headers, newest first, every event once", async () => {
    const { events, pages } = await read(c, auth);
    assert.equal(events.length, c.sim.control.eventCount());
    const times = events.map((e) => Date.parse(e.event_time));
    assert.deepEqual(
      times,
      times.toSorted((a, b) => b - a),
    );
    assert.equal(new Set(events.map((e) => JSON.stringify(e))).size, events.length);
    const last = pages.at(-1)?.body;
    assert.deepEqual([last.results, last.hits, last.paging.next_search_after], [[], 0, null]);
    assert.equal(pages[0]?.body.paging.size, "500");
    assert.equal(pages[0]?.body.paging.search_after, null);
  });

  test("both spellings of the path answer alike", async () => {
    assert.deepEqual((await c.get("/events/", auth)).body, (await c.get("/events", auth)).body);
  });

  test("a snapshot doesn't see what arrives later", async () => {
    const first = await c.get("/events?paging=true", { ...auth, size: "100" });
    const at = "2026-11-20T10:00:00.000Z";
    c.sim.control.mutate({
      op: "insertEvents",
      events: [{ event_time: at, userId: c.sim.nonAdminId, request: { id: "late" } }],
    });
    const later = await c.get(`/events?paging=true&before_time=${at}&after_time=${at}`, {
      ...auth,
      "pit-id": first.body.paging.pit_id,
    });
    assert.ok(!later.body.results.some((e: Event) => e.request.id === "late"));
    assert.ok(
      (await c.get(`/events?before_time=${at}&after_time=${at}`, auth)).body.results.some(
        (e: Event) => e.request.id === "late",
      ),
    );
  });

  const monday = "2026-11-23T09:58:46.217Z";
  const filters: [string, string, (e: Event) => boolean][] = [
    ["a person", "performer_ids=4109876543004", (e) => e.performer?.id === 4109876543004],
    [
      "a key by its name",
      "performer_ids=Payroll%20sync%20key",
      (e) => e.performer?.id === "Payroll sync key",
    ],
    [
      "performer types",
      "performer_types=greenhouse_internal,service_user",
      (e) => ["greenhouse_internal", "service_user"].includes(e.performer?.type ?? ""),
    ],
    [
      "an address",
      "performer_ip_addresses=2001:db8::7",
      (e) => (e.performer as { ip_address?: string } | null | undefined)?.ip_address === "2001:db8::7",
    ],
    ["event types", "event_types=harvest_access", (e) => e.event.type === "harvest_access"],
    [
      "target types with a space",
      "event_target_types=PII%20Page%20Accessed",
      (e) => e.event.target_type === "PII Page Accessed",
    ],
    [
      "target ids",
      "event_target_ids=4109876001004",
      (e) => (e.event as { target_id?: number }).target_id === 4109876001004,
    ],
    [
      "request types",
      "request_types=users%23update",
      (e) => (e.request as { type?: string }).type === "users#update",
    ],
    [
      "a moment, both bounds included",
      `before_time=${monday}&after_time=${monday}`,
      (e) => e.event_time === monday,
    ],
    ["one day", "date=2026-11-20", (e) => e.event_time.startsWith("2026-11-20")],
    ["magic_time", "magic_time=last2hours", (e) => e.event_time >= "2026-11-23T10:00:00"],
  ];
  for (const [name, query, holds] of filters) {
    test(`filters by ${name}`, async () => {
      const [all, some] = [await read(c, auth), await read(c, auth, `&${query}`)];
      assert.deepEqual(some.events, all.events.filter(holds));
      assert.ok(some.events.length > 0);
    });
  }

  const refused: [string, string, Record<string, string>, number][] = [
    ["size 50", "/events?paging=true", { size: "50" }, 422],
    ["size 501", "/events?paging=true", { size: "501" }, 422],
    ["a bad time", "/events?after_time=yesterday", {}, 422],
    ["the underscore writing of magic_time", "/events?magic_time=last_24_hours", {}, 422],
    ["three parts in Search-After", "/events?paging=true", { "search-after": "1795461526000,k1,zz" }, 400],
    ["an unknown PIT", "/events?paging=true", { "pit-id": "gone" }, 400],
  ];
  for (const [name, path, headers, status] of refused) {
    test(`${status} for ${name}`, async () => {
      assert.equal((await c.get(path, { ...auth, ...headers })).status, status);
    });
  }

  test("no token: 401 with the key `error`", async () => {
    const got = await c.get("/events");
    assert.deepEqual([got.status, got.body], [401, { error: "JWT is missing or invalid." }]);
  });
});

const sides: [string, Record<string, unknown>, (c: Client, auth: Record<string, string>) => Promise<void>][] =
  [
    [
      "the add-on off: 403",
      { "audit.addon": "off" },
      async (c, auth) => assert.equal((await c.get("/events", auth)).status, 403),
    ],
    [
      "the add-on off: 401 by switch",
      { audit: { addon: "off", offStatus: 401 } },
      async (c, auth) => assert.equal((await c.get("/events", auth)).status, 401),
    ],
    [
      "the add-on bought yesterday",
      { "audit.onSince": "2026-11-22T12:00:00Z" },
      async (c, auth) => {
        const { events } = await read(c, auth);
        assert.ok(events.length > 0 && events.every((e) => e.event_time >= "2026-11-22T12:00:00"));
      },
    ],
    [
      "a hole",
      { "audit.holes": [["2026-11-10T00:00:00Z", "2026-11-20T00:00:00Z"]] },
      async (c, auth) => {
        const { events } = await read(c, auth);
        assert.ok(
          events.some((e) => e.event_time < "2026-11-10") &&
            !events.some((e) => e.event_time >= "2026-11-10T00:00:00" && e.event_time < "2026-11-20"),
        );
      },
    ],
    [
      "silence",
      { "audit.silentFrom": "2026-11-20T00:00:00Z" },
      async (c, auth) => assert.ok((await read(c, auth)).events.every((e) => e.event_time < "2026-11-20")),
    ],
    [
      "positions as query parameters",
      { "audit.pagingPlace": "query", "audit.sizePlace": "query" },
      async (c, auth) => {
        const first = (await c.get("/events?paging=true&size=100", auth)).body;
        const again = (
          await c.get("/events?paging=true&size=100", {
            ...auth,
            "pit-id": first.paging.pit_id,
            "search-after": first.paging.next_search_after,
          })
        ).body;
        assert.deepEqual(again.results, first.results, "headers are not looked at");
        const next = (
          await c.get(
            `/events?paging=true&size=100&pit_id=${first.paging.pit_id}&search_after=${first.paging.next_search_after}`,
            auth,
          )
        ).body;
        assert.ok(
          next.results[0].event_time <= first.results[99].event_time &&
            next.results[0].request.id !== first.results[0].request.id,
        );
      },
    ],
    [
      "exclusive bounds",
      { "audit.beforeBound": "exclusive", "audit.afterBound": "exclusive" },
      async (c, auth) => {
        const at = "2026-11-23T09:58:46.217Z";
        const got = await c.get(`/events?after_time=${at}&before_time=2026-11-23T09:58:46.900Z`, auth);
        assert.ok(
          got.body.results.every(
            (e: Event) => e.event_time > at && e.event_time < "2026-11-23T09:58:46.900Z",
          ),
        );
      },
    ],
    [
      "times in whole seconds only",
      { "audit.timeFormat": "seconds" },
      async (c, auth) => {
        const status = async (time: string): Promise<number> =>
          (await c.get(`/events?after_time=${encodeURIComponent(time)}`, auth)).status;
        assert.deepEqual(
          [
            await status("2026-11-20T00:00:00.000Z"),
            await status("2026-11-20T00:00:00+00:00"),
            await status("2026-11-20T00:00:00Z"),
          ],
          [422, 422, 200],
        );
      },
    ],
    [
      "ingestion lag",
      { "audit.lagSeconds": 3600 },
      async (c, auth) =>
        assert.ok((await read(c, auth)).events.every((e) => e.event_time <= "2026-11-23T11:00:00")),
    ],
    [
      "hits as the total",
      { "audit.hits": "total" },
      async (c, auth) => {
        const { events, pages } = await read(c, auth);
        assert.equal(pages[0]?.body.hits, events.length);
        const filtered = await read(c, auth, "&event_types=harvest_access");
        assert.equal(filtered.pages[0]?.body.hits, filtered.events.length);
      },
    ],
    [
      "null on the last page with results",
      { "audit.lastPage": "with results" },
      async (c, auth) => {
        const { events, pages } = await read(c, auth);
        assert.equal(events.length, c.sim.control.eventCount());
        assert.ok(pages.at(-1)?.body.results.length > 0);
      },
    ],
    [
      "short pages",
      { "audit.shortPages": 1 },
      async (c, auth) => {
        const { events, pages } = await read(c, auth);
        assert.equal(events.length, c.sim.control.eventCount());
        assert.equal(pages[0]?.body.results.length, 300);
      },
    ],
    [
      "unpaged answers are capped at 100",
      {},
      async (c, auth) => assert.equal((await c.get("/events", auth)).body.results.length, 100),
    ],
    [
      "unpaged answers without a cap",
      { "audit.unpagedCap": null },
      async (c, auth) =>
        assert.equal((await c.get("/events", auth)).body.results.length, c.sim.control.eventCount()),
    ],
    [
      "unpaged answers refused",
      { "audit.unpagedCap": "refuse" },
      async (c, auth) => assert.equal((await c.get("/events", auth)).status, 422),
    ],
    [
      "oldest first",
      { "audit.order": "oldest first" },
      async (c, auth) => {
        const { events } = await read(c, auth);
        assert.equal(events.length, c.sim.control.eventCount());
        assert.ok((events[0]?.event_time ?? "") < "2026-10-26");
      },
    ],
    [
      "a PIT that expires",
      { "audit.pitTtlSeconds": 60 },
      async (c, auth) => {
        const { paging } = (await c.get("/events?paging=true", auth)).body;
        c.sim.control.clock({ advanceSeconds: 61 });
        const got = await c.get("/events?paging=true", {
          ...auth,
          "pit-id": paging.pit_id,
          "search-after": paging.next_search_after,
        });
        assert.equal(got.status, 400);
        assert.match(got.text, /Pit_Id/);
      },
    ],
    [
      "retention follows the clock",
      { "audit.retentionDays": 5 },
      async (c, auth) => {
        assert.ok((await read(c, auth)).events.every((e) => e.event_time >= "2026-11-18T12"));
        c.sim.control.clock({ now: "2026-12-20T00:00:00Z" });
        const fresh = await c.bearer();
        assert.ok((await read(c, fresh)).events.every((e) => e.event_time >= "2026-12-15"));
      },
    ],
  ];
for (const [name, scenario, check] of sides) {
  test(`the audit log with ${name}`, async () => {
    await using c = await client({ scenario });
    await check(c, await c.bearer());
  });
}

const shapes: [string, RegExp][] = [
  ["integer,string", /"next_search_after":"\d+,k[0-9a-f]+"/],
  ["integer", /"next_search_after":"\d+"/],
  ["list", /"next_search_after":\[\d+,"k[0-9a-f]+"\]/],
  ["three", /"next_search_after":"\d+,k[0-9a-f]+,zz"/],
];
for (const [shape, expected] of shapes) {
  test(`next_search_after as ${shape}`, async () => {
    await using c = await client({ scenario: { "audit.cursorShape": shape } });
    assert.match((await c.get("/events?paging=true", await c.bearer())).text, expected);
  });
}

test("a subject who is no Site Admin reads nothing, unless the switch lets them", async () => {
  await using c = await client();
  const auth = await c.bearer(c.sim.nonAdminId);
  assert.equal((await c.get("/events", auth)).status, 403);
  c.sim.control.patchScenario({ "audit.siteAdminNeeded": false });
  assert.equal((await c.get("/events", auth)).status, 200);
});
