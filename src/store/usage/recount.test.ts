import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { dayZone } from "../../model/day.ts";
import { type Account, accounts, user } from "../listings/listing-testing.ts";
import { extentOf } from "../upkeep/extent.ts";
import { deleteOldEvents } from "./retention.ts";
import {
  changeTimeZone,
  markServiceAccount,
  notCounted,
  olderDays,
  requestTypes,
  setRequestTypes,
} from "./usage-rules.ts";
import { connect, event, keep, rebuild, useOfAccount } from "./use-testing.ts";

const account = accounts();
const utc = dayZone("UTC");
const NOW = Date.parse("2026-11-23T09:00:00Z");
const DAY_MS = 86_400_000;

const someEvents = fc.uniqueArray(
  fc
    .record({
      minute: fc.integer({ min: 0, max: 4 * 1440 }),
      performer: fc.constantFrom("1", "2", "3", "key"),
      type: fc.constantFrom("action", "data_change_odd", "Data_Change_update", "harvest_access", "odd", null),
      requestType: fc.constantFrom("a#b", "c#d", null),
      page: fc.constantFrom("labelled", "path", "none"),
    })
    .map(({ minute, performer, type, requestType, page }) =>
      event(Date.parse("2026-10-23T12:00:00Z") + minute * 60_000, {
        performerType: performer === "key" ? "api_key" : "user",
        performerId: performer,
        type,
        requestType,
        targetType: page === "labelled" ? "PII Page Accessed" : "Candidate",
        meta: page === "path" ? { path: "/x" } : null,
      }),
    ),
  { selector: ({ hash }) => hash, minLength: 1, maxLength: 40 },
);

async function made(timeZone = "UTC"): Promise<Account> {
  const acme = await account();
  await connect(acme, timeZone);
  await acme.list("users", [user(1), user(2), user(3)]);
  return acme;
}

const settings = (timeZone: string) => JSON.stringify({ timeZone });
const moveTo = (acme: Account, timeZone: string) =>
  acme.store.write(async (tx) => {
    await tx
      .updateTable("connection")
      .set({ settings_json: settings(timeZone) })
      .where("connection", "=", acme.connection)
      .execute();
    await changeTimeZone(tx, acme.connection, { from: utc, to: dayZone(timeZone) });
  });

const rules: [name: string, change: (acme: Account) => Promise<unknown>, zone: string][] = [
  [
    "a request type is switched off, in a list that first says it counts",
    (acme) =>
      acme.store.write((tx) =>
        setRequestTypes(tx, acme.connection, utc, [
          { requestType: "a#b", counts: true },
          { requestType: "a#b", counts: false },
        ]),
      ),
    "UTC",
  ],
  [
    "events without a request are switched off",
    (acme) =>
      acme.store.write((tx) =>
        setRequestTypes(tx, acme.connection, utc, [{ requestType: null, counts: false }]),
      ),
    "UTC",
  ],
  [
    "a user is marked as a service account",
    (acme) => acme.store.write((tx) => markServiceAccount(tx, acme.connection, utc, "2", true)),
    "UTC",
  ],
  ["the time zone changes", (acme) => moveTo(acme, "Europe/Zurich"), "Europe/Zurich"],
  ["the time zone changes to one of half an hour", (acme) => moveTo(acme, "Asia/Kolkata"), "Asia/Kolkata"],
];
for (const [name, change, zone] of rules) {
  test(`when ${name}, everything is counted as if it had been so from the start`, async () => {
    await fc.assert(
      fc.asyncProperty(someEvents, async (events) => {
        const [changed, fresh] = [await made(), await made(zone)];
        await keep(changed, events);
        await rebuild(changed);
        await change(changed);
        await rebuild(changed);
        if (zone === "UTC") await change(fresh);
        await keep(fresh, events, { zone: dayZone(zone) });
        await rebuild(fresh);
        const [after, expected] = [await useOfAccount(changed), await useOfAccount(fresh)];
        assert.deepEqual(after, expected);
      }),
      { numRuns: 10 },
    );
  });
}

test("a request type switched off and on again leaves no trace", async () => {
  const acme = await made();
  await keep(acme, [event("2026-11-20T10:00:00Z"), event("2026-11-21T10:00:00Z", { requestType: "a#b" })]);
  await rebuild(acme);
  const before = await useOfAccount(acme);
  for (const counts of [false, true]) {
    await acme.store.write((tx) =>
      setRequestTypes(tx, acme.connection, utc, [{ requestType: "a#b", counts }]),
    );
    await rebuild(acme);
  }
  assert.deepEqual(await useOfAccount(acme), before);
});

test("while days wait to be counted anew, new events are counted once", async () => {
  const acme = await made();
  await keep(acme, [event("2026-11-20T10:00:00Z", { requestType: "a#b" })]);
  await acme.store.write((tx) =>
    setRequestTypes(tx, acme.connection, utc, [{ requestType: "a#b", counts: false }]),
  );
  await keep(acme, [
    event("2026-11-20T11:00:00Z", { requestType: "c#d" }),
    event("2026-11-20T12:00:00Z", { requestType: "a#b" }),
  ]);
  await rebuild(acme);
  const { days } = await useOfAccount(acme);
  assert.deepEqual(days, [{ day: 20_777, user_id: "1", viewed: 1, changed: 0, acted: 0, other: 0 }]);
});

const ages = [400, 200, 100, 50, 36, 20, 1];
for (const [name, keepDays, expected] of [
  ["for ever", null, ages],
  ["for 150 days", 150, [100, 50, 36, 20, 1]],
  ["for fewer days than Greenhouse itself keeps: 35 then", 7, [20, 1]],
] as const) {
  test(`raw events kept ${name}; roll-ups stay`, async () => {
    const acme = await made();
    await keep(
      acme,
      ages.map((days) => event(NOW - days * DAY_MS)),
    );
    await rebuild(acme);
    const before = await useOfAccount(acme);
    while ((await acme.store.write((tx) => deleteOldEvents(tx, acme.connection, keepDays, NOW, 2))) > 0);
    const after = await useOfAccount(acme);
    assert.deepEqual(
      (after.events as { at: number }[]).map(({ at }) => (NOW - at) / DAY_MS),
      expected,
    );
    assert.deepEqual({ ...after, events: null }, { ...before, events: null });
    assert.equal((await extentOf(acme.store.read, acme.connection)).events, expected.length);
  });
}

test("days whose events are gone keep their count when a rule changes, and are told apart", async () => {
  const acme = await made();
  const [old, young] = [
    event(NOW - 100 * DAY_MS, { requestType: "a#b" }),
    event(NOW - DAY_MS, { requestType: "a#b" }),
  ];
  await keep(acme, [old, young]);
  await acme.store.write((tx) => deleteOldEvents(tx, acme.connection, 40, NOW, 100));
  await acme.store.write((tx) =>
    setRequestTypes(tx, acme.connection, utc, [{ requestType: "a#b", counts: false }]),
  );
  await rebuild(acme);
  const { days } = await useOfAccount(acme);
  assert.deepEqual(
    (days as { day: number }[]).map(({ day }) => day),
    [utc.day(old.at)],
  );
  assert.deepEqual(await olderDays(acme.store.read, acme.connection), [
    { beforeDay: utc.day(young.at), cause: "request_types", timeZone: "UTC" },
  ]);
});

test("a day that retention has cut into keeps its count when somebody is marked as a service account", async () => {
  const acme = await made();
  const cut = NOW - 40 * DAY_MS;
  await keep(acme, [
    event(cut - 60_000, { performerId: "1" }),
    event(cut - 60_000, { performerId: "2" }),
    event(cut + 60_000, { performerId: "2" }),
    event(cut + DAY_MS, { performerId: "2" }),
  ]);
  await rebuild(acme);
  const before = await useOfAccount(acme);
  await acme.store.write((tx) => deleteOldEvents(tx, acme.connection, 40, NOW, 100));
  assert.equal((await extentOf(acme.store.read, acme.connection)).events, 2);
  await acme.store.write((tx) => markServiceAccount(tx, acme.connection, utc, "2", true));
  await rebuild(acme);
  const after = await useOfAccount(acme);
  const ofDay = (rows: unknown[] | undefined) =>
    (rows as { day: number }[]).filter(({ day }) => day === utc.day(cut));
  assert.deepEqual(ofDay(after.days), ofDay(before.days));
  assert.deepEqual(ofDay(after.requests), ofDay(before.requests));
  assert.deepEqual(
    (after.days as { day: number; user_id: string }[]).map(({ day, user_id }) => [
      day - utc.day(cut),
      user_id,
    ]),
    [
      [0, "1"],
      [0, "2"],
    ],
    "the next day is counted anew",
  );
});

test("what counts is listed with its events, what is switched off too, and who never counts stands apart", async () => {
  const acme = await made();
  await keep(acme, [
    event("2026-11-20T10:00:00Z"),
    event("2026-11-20T11:00:00Z"),
    event("2026-11-20T12:00:00Z", { requestType: "a#b" }),
    event("2026-11-20T12:30:00Z", { requestType: null }),
    event("2026-11-20T13:00:00Z", { performerType: "api_key", performerId: "k" }),
    event("2026-11-20T14:00:00Z", { performerType: null, performerId: null }),
    event("2026-11-20T15:00:00Z", { type: "harvest_access" }),
  ]);
  await acme.store.write((tx) =>
    setRequestTypes(tx, acme.connection, utc, [
      { requestType: "gone#long", counts: false },
      { requestType: "a#b", counts: false },
    ]),
  );
  const day = utc.day(Date.parse("2026-11-20T10:00:00Z"));
  assert.deepEqual(await requestTypes(acme.store.read, acme.connection, day, day), [
    { requestType: "dashboard#index", events: 2, counts: true },
    { requestType: null, events: 1, counts: true },
    { requestType: "a#b", events: 1, counts: false },
    { requestType: "gone#long", events: 0, counts: false },
  ]);
  assert.deepEqual(
    (await notCounted(acme.store.read, acme.connection, day, day)).sort((a, b) =>
      a.performerType < b.performerType ? -1 : 1,
    ),
    [
      { performerType: "api_key", events: 1 },
      { performerType: "harvest_access", events: 1 },
      { performerType: "nobody", events: 1 },
    ],
  );
});
