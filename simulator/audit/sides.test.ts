import assert from "node:assert/strict";
import { test } from "node:test";
import type { Client } from "../testing.ts";
import { client } from "../testing.ts";
import type { Event } from "./reading.ts";
import { read } from "./reading.ts";

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
      "stragglers that come later than the rest",
      { "audit.lateShare": 0.5, "audit.lateSeconds": 7200, "audit.hits": "total" },
      async (c, auth) => {
        const range = "&after_time=2026-11-23T10:30:00Z&before_time=2026-11-23T11:30:00Z";
        const first = await read(c, auth, range);
        assert.equal(first.pages[0]?.body.hits, first.events.length);
        c.sim.control.clock({ advanceSeconds: 7200 });
        const later = await read(c, await c.bearer(), range);
        assert.ok(first.events.length < later.events.length);
        const seen = new Set(later.events.map((e) => JSON.stringify(e)));
        assert.ok(
          first.events.every((e) => seen.has(JSON.stringify(e))),
          "what was there stays",
        );
      },
    ],
    [
      "hits as the total",
      { "audit.hits": "total" },
      async (c, auth) => {
        const { events, pages } = await read(c, auth);
        assert.equal(pages[0]?.body.hits, events.length);
        const filtered = await read(c, auth, "&event_types=harvest_access");
        assert.equal(filtered.pages[0]?.body.hits, filtered.events.length);
        c.sim.control.patchScenario({ "audit.hits": "log" });
        const log = await read(c, auth, "&event_types=harvest_access");
        assert.equal(log.pages[0]?.body.hits, events.length);
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
