import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { makeOrg } from "../org/org.ts";
import type { OrgSizes } from "../org/types.ts";
import { defaultScenario } from "../scenario.ts";
import { dayMs } from "./calendar.ts";
import type { Position, Span } from "./log.ts";
import { EventLog } from "./log.ts";

const anchor = Date.parse("2026-11-23T00:00:00Z");
const sizes: OrgSizes = {
  seed: 7,
  users: 60,
  jobs: 30,
  jobPermissions: 300,
  eventsPerDay: 2000,
  anchor,
  account: 0,
};
const snapshot = { now: anchor + dayMs, inserted: 0 };
const scenario = defaultScenario();
const log = (over: Partial<OrgSizes> = {}): EventLog =>
  new EventLog(makeOrg({ ...sizes, ...over }), scenario);

/** Every event of a span as [time, text]. */
function texts(from: EventLog, span: Span, newestFirst = false): string[] {
  const out: string[] = [];
  from.visit(span, newestFirst, null, snapshot, (e) => {
    out.push(e.text());
    return true;
  });
  return out;
}
const days = (from: number, to: number): Span => [anchor + from * dayMs, anchor + to * dayMs - 1];

describe("the seeded events", () => {
  test("the same seed and sizes give the same bytes, another seed others", () => {
    const [a, b, other] = [
      texts(log(), days(-3, -2)),
      texts(log(), days(-3, -2)),
      texts(log({ seed: 8 }), days(-3, -2)),
    ];
    assert.deepEqual(a, b);
    assert.notDeepEqual(a, other);
  });

  test("any window shows exactly its part of the whole, in either direction", () => {
    const l = log();
    const whole = texts(l, days(-4, 0));
    const cut = anchor - 2 * dayMs + 11 * 3_600_000 + 123;
    assert.deepEqual([...texts(l, [anchor - 4 * dayMs, cut]), ...texts(l, [cut + 1, anchor - 1])], whole);
    assert.deepEqual(texts(l, days(-4, 0), true).reverse(), whole);
  });

  for (const eventsPerDay of [0, 40, 2000, 60_000, 2_000_000]) {
    test(`counting without making them agrees with making them: ${eventsPerDay} a day`, () => {
      const l = log({ eventsPerDay });
      const half = eventsPerDay > 100_000 ? 60_000 : 6 * 3_600_000;
      for (const at of [anchor - 3 * dayMs + 35_000_123, anchor - 2 * dayMs - half / 2]) {
        const span: Span = [at, at + half + 777];
        assert.equal(l.count(span, snapshot), texts(l, span).length);
      }
    });
  }

  test("about as many events as asked, on every working day, few at weekends and at night", () => {
    const l = log();
    const perDay = Array.from({ length: 28 }, (_, i) => l.count(days(i - 28, i - 27), snapshot));
    const total = perDay.reduce((a, b) => a + b, 0);
    assert.ok(Math.abs(total / 28 - 2000) < 100, `${total / 28} a day`);
    perDay.forEach((n, i) => {
      const weekend = [0, 6].includes(new Date(anchor + (i - 28) * dayMs).getUTCDay());
      assert.ok(weekend ? n < 400 : n > 1500, `day ${i}: ${n}`);
    });
    const night = l.count([anchor - 3 * dayMs + 2 * 3_600_000, anchor - 3 * dayMs + 3 * 3_600_000], snapshot);
    const noon = l.count(
      [anchor - 3 * dayMs + 12 * 3_600_000, anchor - 3 * dayMs + 13 * 3_600_000],
      snapshot,
    );
    assert.ok(noon > night * 3);
  });

  test("continuing beyond any place leaves nothing out and repeats nothing", () => {
    const l = log();
    const whole = texts(l, days(-3, -2), true);
    const paged: string[] = [];
    let at: { ms: number; tie: number } | null = null;
    for (let more = true; more; ) {
      const page: Position[] = [];
      more = false;
      l.visit(days(-3, -2), true, at, snapshot, (e) => {
        if (page.length === 37) {
          more = true;
          return false;
        }
        paged.push(e.text());
        page.push({ ms: e.ms, tie: e.tie });
        return true;
      });
      at = page.at(-1) ?? at;
    }
    assert.deepEqual(paged, whole);
  });

  test("performers are people of the organization who could act then, with a heavy tail", () => {
    const org = makeOrg({ ...sizes, users: 300 });
    const l = new EventLog(org, scenario);
    const perUser = new Map<number, number>();
    l.visit(days(-28, 0), false, null, snapshot, (e) => {
      const id = e.userId();
      if (id === null || !e.counted) return true;
      perUser.set(id, (perUser.get(id) ?? 0) + 1);
      const user = org.userById.get(id);
      assert.ok(user && e.ms >= user.actsFrom && e.ms < user.actsUntil, `${id} at ${e.ms}`);
      return true;
    });
    const counts = [...perUser.values()].sort((a, b) => b - a);
    assert.ok((counts[0] as number) > 5 * (counts[counts.length >> 1] as number), "a heavy tail");
    const active = org.users.filter((u) => !u.deactivated && !u.service);
    assert.ok(
      active.some((u) => !perUser.has(u.id)),
      "some never act",
    );
    assert.ok(
      active.some((u) => perUser.has(u.id) && u.actsUntil < anchor - 5 * dayMs),
      "some stopped weeks ago",
    );
  });

  test("the vocabulary: types, performers, targets and shapes of api.md §3.4 and §6.6", () => {
    const rows = texts(log(), days(-7, 0)).map((text) => JSON.parse(text));
    const kinds = (get: (row: never) => unknown): Set<unknown> =>
      new Set(rows.map((row) => get(row as never)));
    const types = kinds((r: { event: { type: string } }) => r.event.type);
    for (const type of [
      "data_change_update",
      "data_change_create",
      "data_change_destroy",
      "harvest_access",
      "action",
      "policy_evaluated",
    ])
      assert.ok(types.has(type), type);
    const performers = kinds((r: { performer?: { type: string } | null }) =>
      r.performer === undefined ? "missing" : r.performer === null ? "null" : r.performer.type,
    );
    for (const type of [
      "user",
      "api_key",
      "greenhouse_internal",
      "service_user",
      "workflow_bot",
      "null",
      "missing",
    ])
      assert.ok(performers.has(type), type);
    assert.ok(
      rows.some((r) => /T\d\d:\d\d:\d\dZ$/.test(r.event_time)),
      "a time without milliseconds",
    );
    assert.ok(
      rows.some((r) => typeof r.performer?.id === "string" && r.performer.type === "api_key"),
      "a key by its name",
    );
    assert.ok(
      rows.some((r) => r.performer?.type === "user" && r.event.type === "harvest_access"),
      "API use in a person's name",
    );
    assert.ok(
      rows.some((r) => r.performer?.id === 3999999999004),
      "a person whom no list has",
    );
    assert.ok(rows.some((r) => !("target_id" in r.event)) && rows.some((r) => r.event.target_id === null));
    const moments = new Map<string, number>();
    for (const r of rows)
      moments.set(
        `${r.request.id} ${r.event_time}`,
        (moments.get(`${r.request.id} ${r.event_time}`) ?? 0) + 1,
      );
    assert.ok(
      [...moments.values()].some((n) => n > 1),
      "distinct changes of one request in one millisecond",
    );
    assert.equal(new Set(rows.map((r) => JSON.stringify(r))).size, rows.length, "all of them distinct");
  });
});
