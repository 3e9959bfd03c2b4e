import assert from "node:assert/strict";
import { test } from "node:test";
import type { Schedule } from "./alert.ts";
import { dayOf, lastDaily, lastWeekly, nextDaily, nextWeekly, quietUntil } from "./alert-schedule.ts";

const berlin = (changes: Partial<Schedule> = {}): Schedule => ({
  zone: "Europe/Berlin",
  hour: 8,
  quiet: null,
  ...changes,
});
const at = (text: string) => Date.parse(text);
const iso = (ms: number | null) => ms && new Date(ms).toISOString().replace(":00.000Z", "Z");

test("daily: the hour of its zone, today or yesterday", async (t) => {
  const cases = [
    ["before the hour", "2026-11-26T06:59Z", "2026-11-25T07:00Z", "2026-11-26T07:00Z"],
    ["at the hour", "2026-11-26T07:00Z", "2026-11-26T07:00Z", "2026-11-27T07:00Z"],
    ["after it", "2026-11-26T07:01Z", "2026-11-26T07:00Z", "2026-11-27T07:00Z"],
    ["summer time begins in the night before", "2026-03-29T09:00Z", "2026-03-29T06:00Z", "2026-03-30T06:00Z"],
    ["summer time ends in the night before", "2026-10-25T06:59Z", "2026-10-24T06:00Z", "2026-10-25T07:00Z"],
  ] as const;
  for (const [name, now, last, next] of cases) {
    await t.test(name, () => {
      assert.equal(iso(lastDaily(berlin(), at(now))), last);
      assert.equal(iso(nextDaily(berlin(), at(now))), next);
    });
  }
});

test("an hour that the zone skips is the moment after it; one that comes twice is the first", () => {
  assert.equal(iso(lastDaily(berlin({ hour: 2 }), at("2026-03-29T12:00Z"))), "2026-03-29T01:00Z");
  assert.equal(iso(lastDaily(berlin({ hour: 2 }), at("2026-10-25T12:00Z"))), "2026-10-25T00:00Z");
  // Midnight is skipped here.
  const beirut = { zone: "Asia/Beirut", hour: 0, quiet: null };
  assert.equal(iso(lastDaily(beirut, at("2026-03-29T12:00Z"))), "2026-03-28T22:00Z");
  assert.equal(
    iso(lastDaily({ zone: "Asia/Kolkata", hour: 9, quiet: null }, at("2026-11-26T12:00Z"))),
    "2026-11-26T03:30Z",
  );
});

test("weekly: Monday at its hour", () => {
  assert.equal(iso(lastWeekly(berlin(), at("2026-11-23T06:59Z"))), "2026-11-16T07:00Z");
  assert.equal(iso(lastWeekly(berlin(), at("2026-11-23T07:00Z"))), "2026-11-23T07:00Z");
  assert.equal(iso(lastWeekly(berlin(), at("2026-11-29T23:00Z"))), "2026-11-23T07:00Z");
  assert.equal(iso(nextWeekly(berlin(), at("2026-11-26T06:00Z"))), "2026-11-30T07:00Z");
  // Sunday in UTC is Monday there already.
  const auckland = { zone: "Pacific/Auckland", hour: 8, quiet: null };
  assert.equal(iso(lastWeekly(auckland, at("2026-11-22T20:00Z"))), "2026-11-22T19:00Z");
  assert.equal(dayOf(auckland, at("2026-11-22T19:00Z")), dayOf(berlin(), at("2026-11-23T12:00Z")));
});

test("quiet hours: within them until their end", async (t) => {
  const night = { from: "22:00", to: "07:00" };
  const noon = { from: "12:00", to: "13:30" };
  const cases = [
    ["before", night, "2026-11-26T20:59Z", null],
    ["at the beginning", night, "2026-11-26T21:00Z", "2026-11-27T06:00Z"],
    ["after midnight", night, "2026-11-27T03:00Z", "2026-11-27T06:00Z"],
    ["at the end", night, "2026-11-27T06:00Z", null],
    ["within a day", noon, "2026-11-27T11:30Z", "2026-11-27T12:30Z"],
    ["after those within a day", noon, "2026-11-27T12:30Z", null],
    ["none", null, "2026-11-27T03:00Z", null],
    ["of no length", { from: "09:00", to: "09:00" }, "2026-11-27T08:00Z", null],
    [
      "an end that comes twice, before both",
      { from: "22:00", to: "02:30" },
      "2026-10-24T23:00Z",
      "2026-10-25T00:30Z",
    ],
    [
      "an end that comes twice, before the second",
      { from: "22:00", to: "02:30" },
      "2026-10-25T01:10Z",
      "2026-10-25T01:30Z",
    ],
    ["a night of 23 hours", night, "2026-03-28T23:00Z", "2026-03-29T05:00Z"],
  ] as const;
  for (const [name, quiet, now, until] of cases) {
    await t.test(name, () => assert.equal(iso(quietUntil(berlin({ quiet }), at(now))), until));
  }
});
