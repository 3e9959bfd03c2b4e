import assert from "node:assert/strict";
import { test } from "node:test";
import { activityVerdict, held, unreadable } from "./verdicts.ts";

const log = {
  events: 0,
  byPeople: 0,
  silentSince: null,
  readFrom: Date.UTC(2026, 9, 24, 9),
  hole: null,
  by: [],
};

for (const [name, facts, cause, says] of [
  ["holds no event", {}, "audit_log_empty", /holds no event, 2026-10-24 09:00 UTC to now: 0\./],
  [
    "holds events, none of which can be read",
    { hole: "Greenhouse sent an event without a readable time, which may lie here." },
    "records_unreadable",
    /none of its events can be read\. Greenhouse sent an event without a readable time/,
  ],
  ["holds events, some of which can't be read", { events: 8, byPeople: 8, hole: "Why." }, null, /^$/],
] as const) {
  test(`a log that ${name}: ${cause ?? "well"}`, () => {
    const verdict = activityVerdict({ ...log, ...facts });
    assert.equal(verdict.cause, cause);
    assert.match(verdict.text ?? "", says);
  });
}

test("of records none of which can be read no rest is stored", () => {
  const records = [{ id: null, field: "event_time", reason: "not a time" }];
  assert.match(
    unreadable("audit_log", records, 202, 0).text!,
    /^202 of 202 events of the audit log can't be read\. field event_time .* use is unknown\.$/,
  );
  assert.match(
    unreadable("users", records, 3, 425).text!,
    /^3 of 428 users can't be read; the rest is stored\./,
  );
});

test("of a user whose grants v1 refuses to tell nobody knows how many they are", () => {
  const records = [{ id: null, field: "user_id", reason: "Greenhouse answered 403 for user 7" }];
  assert.match(
    unreadable("job_grants", records, 1, 54).text!,
    /^The job grants of 1 user can't be read; the rest/,
  );
  const row = { id: "9", field: "job_id", reason: "missing" };
  assert.match(unreadable("job_grants", [row], 1, 54).text!, /^1 of 55 job grants can't be read; the rest/);
});

for (const [name, facts, says] of [
  [
    "fewer",
    { listed: 216, before: 428, absent: 212 },
    /^212 users fewer than before\. Complete listing, 216 of 428\./,
  ],
  [
    "fewer, and one who had been missing",
    { listed: 51, before: 62, absent: 12 },
    /^12 users fewer than before, and 1 new or back\. Complete listing, 51 of 62\./,
  ],
] as const) {
  test(`a held listing of ${name}: its numbers agree`, () => {
    assert.match(held("users", { ...facts, needsPerson: false }).text!, says);
  });
}
