import assert from "node:assert/strict";
import { test } from "node:test";
import { money, moneyRange, number } from "./number.ts";
import { ago, clock, date, day, dayOf, duration, exact, longDay, monthName, utc } from "./time.ts";

const now = Date.parse("2026-11-23T09:14:30Z");
const how = { now, locale: "en-GB", timeZone: "UTC" };

for (const [name, iso, expected] of [
  ["seconds", "2026-11-23T09:14:00Z", "just now"],
  ["a minute", "2026-11-23T09:13:30Z", "1 min ago"],
  ["minutes", "2026-11-23T09:10:00Z", "4 min ago"],
  ["just under an hour", "2026-11-23T08:14:31Z", "59 min ago"],
  ["hours", "2026-11-23T06:14:00Z", "3 h ago"],
  ["one day", "2026-11-22T09:14:00Z", "1 day ago"],
  ["just under seven days", "2026-11-16T09:14:31Z", "6 days ago"],
  ["seven days are a date", "2026-11-16T09:14:30Z", "16 Nov"],
  ["another year is named", "2025-11-16T09:14:30Z", "16 Nov 2025"],
  ["the future", "2026-11-23T10:00:00Z", "in 45 min"],
  ["the near future", "2026-11-23T09:15:00Z", "in a moment"],
] as const) {
  test(`ago: ${name}`, () => assert.equal(ago(iso, how), expected));
}

for (const [name, got, expected] of [
  ["clock of today", clock("2026-11-23T09:02:00Z", how), "09:02"],
  ["clock of another day", clock("2026-11-21T16:40:00Z", how), "21 Nov, 16:40"],
  [
    "clock: the connection's zone decides which day is today",
    clock("2026-11-22T23:30:00Z", { ...how, timeZone: "Europe/Zurich" }),
    "00:30",
  ],
  ["date in a zone", date("2026-11-22T23:30:00Z", { ...how, timeZone: "Asia/Tokyo" }), "23 Nov"],
  [
    "exact has local time and UTC",
    exact("2026-11-23T09:02:11Z", { locale: "en-GB", timeZone: "Europe/Zurich" }),
    "23 Nov 2026, 10:02:11 Europe/Zurich · 23 Nov 2026, 09:02:11 UTC",
  ],
  ["exact in UTC says it once", exact("2026-11-23T09:02:11Z", how), "23 Nov 2026, 09:02:11 UTC"],
  ["utc", utc("2026-11-23T09:02:11Z", "en-GB"), "23 Nov 2026, 09:02:11 UTC"],
  [
    "a day stays itself in every zone",
    day("2026-11-23", { ...how, timeZone: "Pacific/Kiritimati" }),
    "23 Nov",
  ],
  ["a day of another year", day("2025-01-02", how), "2 Jan 2025"],
  ["the month of a day", monthName("2026-12-01", { locale: "en-GB" }), "Dec"],
  ["a long day", longDay("2026-11-23", { locale: "en-GB" }), "Mon, 23 Nov 2026"],
  ["the day of a time, west", dayOf("2026-11-23T02:00:00Z", "America/New_York"), "2026-11-22"],
  ["the day of a time, east", dayOf("2026-11-22T23:30:00Z", "Europe/Zurich"), "2026-11-23"],
  ["a short while", duration(210), "0.2 s"],
  ["nearly a second", duration(960), "1 s"],
  ["seconds", duration(4_400), "4 s"],
  ["minutes", duration(180_000), "3 min"],
  ["an hour and more", duration(3_900_000), "1 h 5 min"],
  ["whole hours", duration(7_200_000), "2 h"],
  ["a number", number(1_204_331, "en-GB"), "1,204,331"],
  ["zero is a number", number(0, "en-GB"), "0"],
  ["money", money(2880, "EUR", "en-GB"), "EUR 2,880"],
  ["a range of one", moneyRange(2880, 2880, "EUR", "en-GB"), "EUR 2,880"],
  ["a range of money", moneyRange(2880, 3552, "EUR", "en-GB"), "EUR 2,880 to 3,552"],
] as const) {
  test(name, () => assert.equal(got, expected));
}
