import assert from "node:assert/strict";
import { test } from "node:test";
import type { EventRecord } from "../../../model/records.ts";
import { EventReader } from "./event.ts";
import { redactMeta, redactPath, redactRequestType } from "./redact.ts";

const KEY = new Uint8Array(32).fill(7);
const read = (raw: unknown) => new EventReader(KEY).read(raw) as EventRecord;
const raw = (more: Record<string, unknown> = {}) => ({
  organization_id: 400123123,
  event_time: "2026-11-23T18:58:46.217Z",
  request: { id: "8df9", type: "users#update" },
  performer: {
    id: 77,
    type: "user",
    ip_address: "2001:db8::7",
    meta: { name: "A", username: "Zoe.A@example.org" },
  },
  event: {
    type: "data_change_update",
    target_type: "User",
    target_id: 4109876001004,
    meta: { site_admin: [false, true] },
  },
  ...more,
});

test("a time without a zone is UTC", () => {
  assert.equal(
    read(raw({ event_time: "2026-11-23T18:58:46.217" })).at,
    Date.UTC(2026, 10, 23, 18, 58, 46, 217),
  );
});

test("an event in our words", () => {
  const { hash, ...event } = read(raw());
  assert.match(hash, /^[0-9a-f]{32}$/);
  assert.deepEqual(event, {
    organizationId: "400123123",
    at: Date.UTC(2026, 10, 23, 18, 58, 46, 217),
    n: 0,
    requestId: "8df9",
    requestType: "users#update",
    performerType: "user",
    performerId: "77",
    performerEmail: "zoe.a@example.org",
    ip: "2001:db8::7",
    type: "data_change_update",
    targetType: "User",
    targetId: "4109876001004",
    meta: { site_admin: [false, true] },
  });
});

for (const [name, more, expected] of [
  [
    "no performer",
    { performer: undefined },
    { performerType: null, performerId: null, performerEmail: null, ip: null },
  ],
  ["performer null", { performer: null }, { performerType: null, performerId: null }],
  [
    "an API key by its name, its meta a word",
    { performer: { id: "Payroll sync key", type: "api_key", meta: "harvest" } },
    { performerId: "Payroll sync key", performerEmail: null },
  ],
  [
    "performer meta that is the address",
    { performer: { id: 5, type: "user", meta: " Bo@Example.org " } },
    { performerEmail: "bo@example.org" },
  ],
  [
    "an id past 2^53",
    { event: { type: "action", target_type: "x", target_id: "12345678901234567890" } },
    { targetId: "12345678901234567890" },
  ],
  [
    "an id as a big integer",
    { performer: { id: 12345678901234567890n, type: "user" } },
    { performerId: "12345678901234567890" },
  ],
  ["request type null", { request: { id: "sys-2", type: null } }, { requestId: "sys-2", requestType: null }],
  [
    "no request and no event at all",
    { request: null, event: undefined },
    { requestId: null, type: null, targetId: null, meta: null },
  ],
  [
    "unknown types are kept",
    { event: { type: "policy_evaluated", target_type: "AI Feature Toggled", meta: {} } },
    { type: "policy_evaluated", targetType: "AI Feature Toggled", meta: null },
  ],
  [
    "words and ids without end are cut",
    { event: { type: "t".repeat(3_000), target_type: "T".repeat(3_000), target_id: "7".repeat(3_000) } },
    { type: "t".repeat(200), targetType: "T".repeat(200), targetId: "7".repeat(200) },
  ],
  ["meta that is no object", { event: { type: "action", target_type: "User", meta: 7 } }, { meta: null }],
  [
    "performer meta that is longer than any address",
    { performer: { id: 5, type: "user", meta: `${"a".repeat(320)}@example.org` } },
    { performerEmail: null },
  ],
  [
    "time without milliseconds",
    { event_time: "2026-11-23T18:49:00Z" },
    { at: Date.UTC(2026, 10, 23, 18, 49) },
  ],
] as const) {
  test(`tolerated: ${name}`, () => {
    const event = read(raw(more)) as unknown as Record<string, unknown>;
    for (const [field, value] of Object.entries(expected)) assert.deepEqual(event[field], value, field);
  });
}

for (const [name, value, field] of [
  ["not an object", "x", "event"],
  ["null", null, "event"],
  ["no time", raw({ event_time: undefined }), "event_time"],
  ["a date that isn't", raw({ event_time: "2026-13-45T99:00:00Z" }), "event_time"],
] as const) {
  test(`unreadable: ${name}`, () => {
    const result = new EventReader(KEY).read(value);
    assert.ok("reason" in result);
    assert.equal(result.field, field);
  });
}

test("bytes that are no UTF-8 make an event unreadable, unless they stand where they tell nothing of who it is", () => {
  const reader = new EventReader(KEY);
  const spoiled = raw({ event: { type: "action", target_type: "Us\uFFFDer", target_id: 7 } });
  assert.deepEqual(reader.read(spoiled, true), { id: null, field: "targetType", reason: "not UTF-8" });
  assert.ok("hash" in reader.read(spoiled, false), "sent like that");
  const named = raw({
    performer: { id: 7, type: "user", ip_address: null, meta: { name: "Z\uFFFD", username: null } },
  });
  assert.ok("hash" in reader.read(named, true));
});

for (const [type, expected] of [
  ["my_dashboard/controllers/my_dashboard#index", "my_dashboard/controllers/my_dashboard#index"],
  ["https://harvest.greenhouse.io/v1/candidates?per_page=500", "/v1/candidates"],
  ["https://harvest.greenhouse.io/v1/candidates/123456/activity_feed?x=y", "/v1/candidates/#/activity_feed"],
  ["GET https://harvest.greenhouse.io/v3/users?cursor=abc", "GET /v3/users"],
  ["/v1/candidates/123456", "/v1/candidates/#"],
  ["/v1/candidates/zoe@example.org", "/v1/candidates/#"],
  ["https://harvest.greenhouse.io", "/"],
  ["https://harvest.greenhouse.io/v1/users?email=zoe@example.org#top", "/v1/users"],
  ["nightly_retention", "nightly_retention"],
  ["people#show/221864428002", "people#show/#"],
  ["Report for zoe@example.org", "Report for #"],
  [`${"a".repeat(199)}😀`, `${"a".repeat(199)}\uFFFD`],
] as const) {
  test(`request type ${type}`, () => assert.equal(redactRequestType(type), expected));
}

test("a request type of two million letters is read in one go", () => {
  const long = 2_000_000;
  assert.equal(redactRequestType(`@${"a".repeat(long)}`), `@${"a".repeat(199)}`);
  assert.equal(redactRequestType(`${"a".repeat(long)}@`), "a".repeat(200));
  assert.equal(
    redactRequestType(`${"A".repeat(long)} /users${"/".repeat(long)}`),
    `${"A".repeat(200)} /users${"/".repeat(10)}`,
  );
});

for (const [path, expected] of [
  ["/dashboard", "/dashboard"],
  ["/people/221864428002?application_id=293344484002", "/people/#"],
  ["/guides/12/people/a1b2c3", "/guides/#/people/#"],
  ["/search?q=Zoe%20Angstrom", "/search"],
  ["/plans/#candidate-7", "/plans/"],
] as const) {
  test(`path ${path}`, () => assert.equal(redactPath(path), expected));
}

for (const [name, meta, target, expected] of [
  [
    "a user's flags and address",
    { site_admin: [false, true], email: ["a@x", "b@x"], name: ["A", "B"] },
    "User",
    { site_admin: [false, true], email: ["a@x", "b@x"] },
  ],
  [
    "a permission's ids",
    { role_id: 4, job_id: [null, 9], note: "x" },
    "UserJobPermission",
    { role_id: 4, job_id: [null, 9] },
  ],
  [
    "a label about users",
    { deactivated: [false, true] },
    "Bulk user permission edited",
    { deactivated: [false, true] },
  ],
  [
    "nothing of a candidate, whatever its keys",
    { name: ["X", null], email: ["a@x", null], job_id: 5 },
    "Candidate",
    null,
  ],
  ["nothing of a candidate in a user's words", { email: ["a@x", null] }, "Candidate assigned to user", null],
  ["nothing nested", { role_id: { a: 1 }, email: [{ a: 1 }, "b@x"] }, "User", { email: [undefined, "b@x"] }],
  ["a page's path", { path: "/people/1?x=2", referrer: "/y" }, "PII Page Accessed", { path: "/people/#" }],
  [
    "no half of a letter",
    { role_id: `${"a".repeat(199)}😀` },
    "User",
    { role_id: `${"a".repeat(199)}\uFFFD` },
  ],
  ["a list", [1, 2], "User", null],
] as const) {
  test(`meta keeps ${name}`, () => assert.deepEqual(redactMeta(meta, target), expected));
}

test("identity: the fields before redaction tell events apart", () => {
  const hash = (more: Record<string, unknown>) => read(raw(more)).hash;
  const first = hash({});
  for (const [name, more] of Object.entries({
    millisecond: { event_time: "2026-11-23T18:58:46.218Z" },
    request: { request: { id: "8df0", type: "users#update" } },
    query: { request: { id: "8df9", type: "users#update?x" } },
    performer: { performer: { id: 78, type: "user" } },
    target: { event: { ...raw().event, target_id: 4109876543004 } },
    meta: { event: { ...raw().event, meta: { name: ["X", null] } } },
    organization: { organization_id: 1 },
  })) {
    assert.notEqual(hash(more), first, name);
  }
  assert.notEqual((new EventReader(new Uint8Array(32)).read(raw()) as EventRecord).hash, first, "keyed");
});

test("identity: what may change between two readings of one event doesn't count", () => {
  const first = read(raw()).hash;
  const event = {
    target_id: "4109876001004",
    meta: { site_admin: [false, true] },
    target_type: "User",
    type: "data_change_update",
  };
  assert.equal(
    read(raw({ event, performer: { ...raw().performer, meta: { name: "New", username: null } } })).hash,
    first,
  );
  assert.equal(read(raw({ event_time: "2026-11-23T18:58:46.217000Z" })).hash, first);
});

test("equal events of a second are numbered in the order of the listing, from 0 in every listing", () => {
  const other = raw({ request: { id: "z", type: null } });
  const reader = new EventReader(KEY);
  const numbers = [raw(), other, raw(), raw(), other, raw({ event_time: "2026-11-23T18:58:45.217Z" })];
  assert.deepEqual(
    numbers.map((each) => (reader.read(each) as EventRecord).n),
    [0, 0, 1, 2, 1, 0],
  );
  assert.equal(read(raw()).n, 0);
});
