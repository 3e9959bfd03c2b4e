import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { DayZone } from "../../model/day.ts";
import {
  knownFor,
  knowWindows,
  licenseOf,
  type TypeRule,
  type UseKnowledge,
  type UseSource,
  useOf,
  type WindowRule,
  type Windows,
} from "../../model/license.ts";
import type { UserFilter } from "../../model/query.ts";
import { LEVELS, STATUSES } from "../../model/records.ts";
import { DEED_SOURCES, USE_SOURCES } from "../../model/recruiting.ts";
import { type Account, accounts } from "../listings/listing-testing.ts";
import { countIn, countStates } from "./user-states.ts";
import { countUsers, selectUserIds, type UserOrder, type UserPlace, usersByIds } from "./users.ts";

const account = accounts();
const zone = new DayZone("Europe/Zurich");
const NOW = Date.parse("2026-11-23T09:00:00Z");
const today = zone.day(NOW);
const window = { fromDay: today - 28, from: zone.start(today - 28), to: zone.start(today) };

/** Times at which answers change, and a moment either side. */
const moment = fc
  .tuple(
    fc.constantFrom(window.from, zone.start(today - 35), zone.start(today - 34), window.to, NOW, 0),
    fc.integer({ min: -1, max: 1 }),
  )
  .map(([at, by]) => at + by);
const person = fc.record({
  level: fc.constantFrom(...LEVELS),
  status: fc.constantFrom(...STATUSES),
  service: fc.boolean(),
  marked: fc.boolean(),
  createdAt: fc.option(moment),
  firstSeenAt: moment,
  usedAt: fc.option(moment),
  deedAt: fc.option(moment),
  deed: fc.constantFrom(...DEED_SOURCES),
  roleId: fc.option(fc.constantFrom("7", "8")),
  name: fc.constantFrom("ada", "bo", "bo b", "zoe"),
  grants: fc.nat(3),
});
type Person = typeof person extends fc.Arbitrary<infer P> ? P : never;
const rule = fc.record({
  level: fc.constantFrom("any", ...LEVELS),
  status: fc.constantFrom("any", ...STATUSES),
  type: fc.option(fc.constantFrom("Full", "Light", 'It\'s "x"')),
}) as fc.Arbitrary<TypeRule>;
const source: fc.Arbitrary<UseSource> = fc
  .tuple(
    fc.constantFrom(
      [],
      [{ from: window.from, to: NOW }],
      [{ from: window.from + 1, to: NOW }],
      [{ from: 0, to: NOW }],
      [{ from: 0, to: zone.start(today - 3) }],
      [
        { from: 0, to: zone.start(today - 9) },
        { from: zone.start(today - 8), to: NOW },
      ],
    ),
    fc.constantFrom(null, zone.start(today - 20)),
  )
  .map(([coverage, recruitingSince]) => ({ coverage, off: false, silentSince: null, recruitingSince }));
const known: fc.Arbitrary<UseKnowledge> = source.map(
  (each) => knowWindows(each, zone, { windowDays: 28, windows: [] }, NOW).known,
);
const windowRule: fc.Arbitrary<WindowRule> = fc
  .record({
    of: fc.constantFrom(
      { level: "basic", role: null },
      { level: "site_admin", role: null },
      { level: null, role: "7" },
      {
        level: null,
        role: "8",
      },
    ),
    days: fc.constantFrom(7, 28, 34, 35, 90),
  })
  .map(({ of, days }) => ({ ...of, days }) as WindowRule);
const windows: fc.Arbitrary<Windows> = fc
  .tuple(source, fc.array(windowRule, { maxLength: 3 }))
  .map(([each, rules]) => knowWindows(each, zone, { windowDays: 28, windows: rules }, NOW));

async function insert({ store, connection }: Account, people: Person[]): Promise<void> {
  await store.write(async (tx) => {
    for (const [i, each] of people.entries()) {
      const user_id = String(1000 + i);
      await tx
        .insertInto("user")
        .values({
          connection,
          user_id,
          name: each.name,
          email: null,
          emails_json: "[]",
          employee: null,
          job_title: null,
          deactivated: each.status === "deactivated" ? 1 : 0,
          site_admin: each.level === "site_admin" ? 1 : 0,
          service_account: each.service ? 1 : 0,
          marked_service_account: each.marked ? 1 : 0,
          agency_id: null,
          department_ids_json: "[]",
          office_ids_json: "[]",
          created_at: each.createdAt,
          updated_at: null,
          status: each.status,
          status_since_at: null,
          level: each.level,
          job_grants: each.grants,
          future_job_grants: 0,
          grants_read_at: null,
          sort_name: each.name,
          search: each.name,
          state: "present",
          first_seen_at: each.firstSeenAt,
          gone_at: null,
        })
        .execute();
      if (each.roleId !== null) {
        await tx
          .insertInto("user_role")
          .values({ connection, user_id, role_id: each.roleId, n: 1 })
          .execute();
      }
      if (each.deedAt !== null) {
        const none = Object.fromEntries(DEED_SOURCES.map((name) => [`${name}_at`, null]));
        await tx
          .insertInto("recruiting_user")
          .values({ connection, user_id, at: each.deedAt, source: each.deed, ...none } as never)
          .execute();
      }
      if (each.usedAt === null) continue;
      await tx
        .insertInto("usage_user")
        .values({
          connection,
          user_id,
          at: each.usedAt,
          hash: new Uint8Array(16),
          n: 0,
          source: "audit_log",
          type: null,
          request_type: null,
          target_type: null,
        })
        .execute();
    }
  });
}

/** The newest use that counts, and what tells it. */
function newest({ usedAt, deedAt, deed, service, marked }: Person) {
  if (deedAt === null || service || marked || (usedAt !== null && usedAt >= deedAt))
    return usedAt === null ? null : { at: usedAt, source: "audit_log" as const };
  return { at: deedAt, source: deed };
}

test("the store and the rules of the model give everybody the same license and state of use", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(person, { maxLength: 25 }),
      fc.array(rule, { maxLength: 4 }),
      windows,
      async (people, rules, windows) => {
        const acme = await account();
        await insert(acme, people);
        const judge = { ...windows, rules };
        const ids = people.map((_, i) => String(1000 + i));
        const rows = await usersByIds(acme.store.read, acme.connection, ids, windows);
        assert.deepEqual(
          rows.map(({ lastUsed }) => lastUsed && { at: lastUsed.at, source: lastUsed.source }),
          people.map(newest),
        );
        const judged = rows.map((row, i) => {
          const { level, roleId } = people[i]!;
          const own = knownFor({ level, roleIds: roleId === null ? [] : [roleId] }, windows);
          const use = useOf({ ...row, lastUsedAt: row.lastUsed?.at ?? null }, own);
          return { id: row.id, use: use.state, license: licenseOf(row, use, rules) };
        });
        const states = await countStates(acme.store.read, acme.connection, judge);
        const fits = async (filter: UserFilter) => {
          const order = { sort: "name", descending: false } as const;
          const { places } = await selectUserIds(acme.store.read, acme.connection, filter, judge, order, {
            after: null,
            limit: 100,
          });
          assert.equal(await countUsers(acme.store.read, acme.connection, filter, judge), places.length);
          assert.ok(
            [null, places.length].includes(countIn(states, rules, filter)),
            "counted with all others",
          );
          return places.map(({ id }) => id).sort();
        };
        for (const use of ["in_use", "unused", "never_used", "unknown"] as const) {
          assert.deepEqual(
            await fits({ use: [use] }),
            judged.filter((each) => each.use === use).map(({ id }) => id),
            use,
          );
        }
        for (const source of USE_SOURCES) {
          const expected = ids.filter((_, i) => newest(people[i]!)?.source === source);
          assert.deepEqual(await fits({ lastUsedBy: [source] }), expected, source);
        }
        for (const state of ["in_use", "unused", "never_used", "unknown", "held_by_deactivated"] as const) {
          const expected = judged.filter(({ license }) => license.state === state).map(({ id }) => id);
          assert.deepEqual(await fits({ license: [state] }), expected, state);
        }
        for (const type of ["Full", 'It\'s "x"', "none"]) {
          const expected = judged
            .filter(({ license }) => (license.type ?? "none") === type)
            .map(({ id }) => id);
          assert.deepEqual(await fits({ licenseType: [type] }), expected, type);
        }
        const tally = new Map<string, number>();
        for (const { level, status, serviceAccount, use, people } of states) {
          const key = `${level} ${status} ${serviceAccount} ${use}`;
          tally.set(key, (tally.get(key) ?? 0) + people);
        }
        const expected = Map.groupBy(
          rows,
          (row, i) => `${row.level} ${row.status} ${row.serviceAccount} ${judged[i]!.use}`,
        );
        assert.deepEqual([...tally].sort(), [...expected].map(([key, { length }]) => [key, length]).sort());
        const sum = (of: "byDeed" | "newlyUnused") => states.reduce((people, each) => people + each[of], 0);
        assert.equal(sum("byDeed"), (await fits({ use: ["in_use"], lastUsedBy: [...DEED_SOURCES] })).length);
        assert.equal(sum("newlyUnused"), (await fits({ newlyUnused: true })).length);
      },
    ),
    { numRuns: 25 },
  );
});

const orders = (["name", "lastUsed", "created", "grants"] as const).flatMap((sort) =>
  [false, true].map((descending): UserOrder => ({ sort, descending })),
);

/** The order of console.md: who isn't known comes last both ways, and who never used it before the oldest use. */
function keyOf(each: Person, sort: UserOrder["sort"], known: UseKnowledge): string | number | null {
  if (sort === "name") return each.name;
  if (sort === "created") return each.createdAt;
  if (sort === "grants") return each.level === "site_admin" ? Number.MAX_SAFE_INTEGER : each.grants;
  const last = newest(each);
  if (last !== null) return last.at;
  const use = useOf({ ...each, lastUsedAt: null, activeDays: 0 }, known);
  return use.state === "never_used" ? 0 : null;
}

for (const order of orders) {
  test(`pages by ${order.sort}, ${order.descending ? "last" : "first"} first, show everybody once and in order`, async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(person, { maxLength: 20 }),
        known,
        fc.integer({ min: 1, max: 7 }),
        async (people, known, limit) => {
          const acme = await account();
          await insert(acme, people);
          const found: UserPlace[] = [];
          for (let after: UserPlace | null = null; ; ) {
            const { places }: { places: UserPlace[] } = await selectUserIds(
              acme.store.read,
              acme.connection,
              {},
              { known, windows: [], rules: [] },
              order,
              { after, limit },
            );
            found.push(...places);
            if (places.length < limit) break;
            after = places.at(-1)!;
          }
          const turn = order.descending ? -1 : 1;
          const expected = people
            .map((each, i) => ({ key: keyOf(each, order.sort, known), id: String(1000 + i) }))
            .sort((a, b) => {
              if ((a.key === null) !== (b.key === null)) return a.key === null ? 1 : -1;
              if (a.key !== b.key) return (a.key! < b.key! ? -1 : 1) * turn;
              return (Number(a.id) - Number(b.id)) * turn;
            });
          assert.deepEqual(found, expected);
        },
      ),
      { numRuns: 12 },
    );
  });
}
