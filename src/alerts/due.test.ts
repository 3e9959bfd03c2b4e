import assert from "node:assert/strict";
import { test } from "node:test";
import { ALERT_TOPICS, type AlertTopic, DEFAULT_TOPICS, type Topics } from "../model/alerts/alert.ts";
import { dueAlerts, dueReport, type Listening, listenFrom, nextLook } from "./due.ts";

const at = (text: string) => Date.parse(text);
const NONE = listenFrom({} as Record<AlertTopic, number>, ALERT_TOPICS, { lastAlert: 0, now: 0 });
const listening = (topics: Partial<Topics>, changes: Partial<Listening> = {}): Listening => ({
  topics: { ...DEFAULT_TOPICS, ...topics },
  schedule: { zone: "UTC", hour: 8, quiet: null },
  heard: NONE,
  ...changes,
});
const alert = (id: number, topic: "sync_failed" | "finding_opened" | "finding_closed", when: string) => ({
  ...{ id, topic, at: at(when) },
});
const ids = (due: readonly { id: number }[]) => due.map(({ id }) => id);

test("what is due, by topic and frequency", () => {
  const waiting = [
    alert(1, "finding_opened", "2026-11-26T07:00Z"),
    alert(2, "sync_failed", "2026-11-26T09:00Z"),
    alert(3, "finding_opened", "2026-11-26T09:00Z"),
    alert(4, "finding_closed", "2026-11-22T09:00Z"),
  ];
  const mine = listening({ finding_opened: "daily", finding_closed: "weekly", sync_failed: "at_once" });
  const now = at("2026-11-26T10:00Z");
  const first = dueAlerts(mine, waiting, now);
  assert.deepEqual(ids(first.due), [1, 2, 4]);
  const again = dueAlerts({ ...mine, heard: first.heard }, waiting, now);
  assert.deepEqual(ids(again.due), [], "none is told twice");
  const tomorrow = dueAlerts({ ...mine, heard: first.heard }, waiting, at("2026-11-27T08:00Z"));
  assert.deepEqual(ids(tomorrow.due), [3]);
  assert.deepEqual(ids(dueAlerts(listening({ finding_opened: "never" }), waiting.slice(0, 1), now).due), []);
});

test("what comes in a burst waits for the rest of it", () => {
  const waiting = [
    alert(1, "sync_failed", "2026-11-26T09:00:00Z"),
    alert(2, "sync_failed", "2026-11-26T09:00:09Z"),
  ];
  const due = (now: string) => ids(dueAlerts(listening({}), waiting, at(now), 10_000).due);
  assert.deepEqual(due("2026-11-26T09:00:09Z"), []);
  assert.deepEqual(due("2026-11-26T09:00:10Z"), [1, 2]);
});

test("one that came a moment out of order isn't passed over", () => {
  const mine = listening({ finding_opened: "daily" });
  const waiting = [
    alert(1, "finding_opened", "2026-11-26T08:00:00.010Z"),
    alert(2, "finding_opened", "2026-11-26T07:59:59.990Z"),
  ];
  const first = dueAlerts(mine, waiting, at("2026-11-26T10:00Z"));
  assert.deepEqual(ids(first.due), []);
  const next = dueAlerts({ ...mine, heard: first.heard }, waiting, at("2026-11-27T08:00Z"));
  assert.deepEqual(ids(next.due), [1, 2]);
});

test("a clock that was ahead for a while silences nothing", () => {
  const mine = listening({ finding_opened: "daily" });
  const waiting = [
    alert(1, "finding_opened", "2031-01-01T00:00Z"),
    alert(2, "sync_failed", "2031-01-01T00:00Z"),
    alert(3, "finding_opened", "2026-11-26T07:00Z"),
  ];
  const now = at("2026-11-26T10:00Z");
  assert.deepEqual(ids(dueAlerts(mine, waiting, now, 10_000).due), [1, 2, 3]);
  const monday = at("2026-11-23T08:00Z");
  const ahead = { ...NONE, weekly_report: at("2031-01-01T00:00Z") };
  assert.equal(dueReport(listening({}, { heard: ahead }), now), monday);
  const slightly = { ...NONE, weekly_report: now + 1_000 };
  assert.equal(dueReport(listening({}, { heard: slightly }), now), null);
});

test("in quiet hours nothing is due, and afterwards all of it", () => {
  const quiet = { from: "22:00", to: "07:00" };
  const mine = listening({}, { schedule: { zone: "UTC", hour: 6, quiet } });
  const waiting = [
    alert(1, "sync_failed", "2026-11-26T23:00Z"),
    alert(2, "finding_opened", "2026-11-26T05:00Z"),
  ];
  assert.deepEqual(ids(dueAlerts(mine, waiting, at("2026-11-27T06:59Z")).due), []);
  assert.deepEqual(ids(dueAlerts(mine, waiting, at("2026-11-27T07:00Z")).due), [1, 2]);
});

test("a topic that is asked for anew begins now", () => {
  const heard = listenFrom(NONE, ["finding_opened", "weekly_report"], { lastAlert: 5, now: 9 });
  assert.equal(heard.finding_opened, 5);
  assert.equal(heard.weekly_report, 9);
  assert.equal(heard.sync_failed, 0);
});

test("the report of a Monday is due once", () => {
  const mine = listening({});
  const monday = dueReport(mine, at("2026-11-26T10:00Z"));
  assert.equal(monday, at("2026-11-23T08:00Z"));
  const told = { ...mine, heard: { ...NONE, weekly_report: monday! } };
  assert.equal(dueReport(told, at("2026-11-30T07:59Z")), null);
  assert.equal(dueReport(told, at("2026-11-30T08:00Z")), at("2026-11-30T08:00Z"));
  assert.equal(dueReport(listening({ weekly_report: "never" }), at("2026-11-26T10:00Z")), null);
});

test("it looks again when something may become due", () => {
  const now = at("2026-11-26T23:00Z");
  const quiet = { from: "22:00", to: "07:00" };
  assert.equal(nextLook(listening({}), now), at("2026-11-27T08:00Z"));
  assert.equal(
    nextLook(listening({}, { schedule: { zone: "UTC", hour: 8, quiet } }), now),
    at("2026-11-27T07:00Z"),
  );
});
