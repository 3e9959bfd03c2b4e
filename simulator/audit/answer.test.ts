import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import type { Client } from "../testing.ts";
import { client } from "../testing.ts";
import type { Event } from "./reading.ts";
import { read } from "./reading.ts";

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
