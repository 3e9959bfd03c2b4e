import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { DayZone, dayText, parseDay, shortDay } from "./day.ts";

const HOUR = 3_600_000;
const day = (text: string): number => parseDay(text)!;

for (const [name, timeZone, date, start, hours] of [
  ["UTC", "UTC", "2026-11-23", "2026-11-23T00:00:00Z", 24],
  ["Zurich in winter", "Europe/Zurich", "2026-11-23", "2026-11-22T23:00:00Z", 24],
  ["Zurich, clocks go forward", "Europe/Zurich", "2026-03-29", "2026-03-28T23:00:00Z", 23],
  ["Zurich, clocks go back", "Europe/Zurich", "2026-10-25", "2026-10-24T22:00:00Z", 25],
  ["Kolkata, half an hour off", "Asia/Kolkata", "2026-05-01", "2026-04-30T18:30:00Z", 24],
  ["Kathmandu, three quarters off", "Asia/Kathmandu", "2026-05-01", "2026-04-30T18:15:00Z", 24],
  ["Lord Howe, half an hour forward", "Australia/Lord_Howe", "2026-10-04", "2026-10-03T13:30:00Z", 23.5],
  ["Los Angeles, clocks go back", "America/Los_Angeles", "2026-11-01", "2026-11-01T07:00:00Z", 25],
  ["Sao Paulo, midnight is skipped", "America/Sao_Paulo", "2018-11-04", "2018-11-04T03:00:00Z", 23],
  [
    "Sao Paulo, an hour before midnight comes twice",
    "America/Sao_Paulo",
    "2018-02-17",
    "2018-02-17T02:00:00Z",
    25,
  ],
  ["Kiritimati, fourteen hours ahead", "Pacific/Kiritimati", "2026-01-01", "2025-12-31T10:00:00Z", 24],
  ["Niue, eleven hours behind", "Pacific/Niue", "2026-01-01", "2026-01-01T11:00:00Z", 24],
  ["Apia skipped this day", "Pacific/Apia", "2011-12-30", "2011-12-30T10:00:00Z", 0],
] as const) {
  test(`a day in ${name} begins at ${start} and has ${hours} hours`, () => {
    const zone = new DayZone(timeZone);
    assert.equal(new Date(zone.start(day(date))).toISOString(), start.replace("Z", ".000Z"));
    assert.equal((zone.end(day(date)) - zone.start(day(date))) / HOUR, hours);
  });
}

for (const [timeZone, at, expected] of [
  ["Europe/Zurich", "2026-03-28T22:59:59.999Z", "2026-03-28"],
  ["Europe/Zurich", "2026-03-28T23:00:00.000Z", "2026-03-29"],
  ["Europe/Zurich", "2026-03-29T21:59:59.999Z", "2026-03-29"],
  ["Europe/Zurich", "2026-03-29T22:00:00.000Z", "2026-03-30"],
  ["Europe/Zurich", "2026-10-25T22:59:59.999Z", "2026-10-25"],
  ["Europe/Zurich", "2026-10-25T23:00:00.000Z", "2026-10-26"],
  ["Pacific/Apia", "2011-12-30T09:59:59.000Z", "2011-12-29"],
  ["Pacific/Apia", "2011-12-30T10:00:00.000Z", "2011-12-31"],
] as const) {
  test(`${at} is on ${expected} in ${timeZone}`, () => {
    assert.equal(dayText(new DayZone(timeZone).day(Date.parse(at))), expected);
  });
}

test("asked in any order, every time lies in its day, and the runtime's calendar agrees", () => {
  for (const timeZone of ["Europe/Zurich", "America/Sao_Paulo", "Asia/Kathmandu", "Australia/Lord_Howe"]) {
    const zone = new DayZone(timeZone);
    const local = new Intl.DateTimeFormat("sv-SE", { timeZone });
    fc.assert(
      fc.property(fc.integer({ min: Date.UTC(2017, 0), max: Date.UTC(2028, 0) }), (at) => {
        const found = zone.day(at);
        assert.ok(zone.start(found) <= at && at < zone.end(found));
        assert.equal(dayText(found), local.format(at));
      }),
      { numRuns: 300 },
    );
  }
});

test("a zone that doesn't exist is refused", () => {
  assert.throws(() => new DayZone("Europe/Aldermoor"), RangeError);
});

for (const [text, valid] of [
  ["2026-02-28", true],
  ["2028-02-29", true],
  ["2026-02-29", false],
  ["2026-2-3", false],
  ["yesterday", false],
] as const) {
  test(`${text} is ${valid ? "a" : "no"} date`, () => assert.equal(parseDay(text) !== null, valid));
}

test("a day is written with its year only where it isn't this year's", () => {
  assert.equal(shortDay(day("2026-11-16"), day("2026-11-23")), "16 Nov");
  assert.equal(shortDay(day("2025-11-16"), day("2026-11-23")), "16 Nov 2025");
});
