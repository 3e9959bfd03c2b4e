import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { dayZone } from "../../model/day.ts";
import type { EventRecord } from "../../model/records.ts";
import { insertRows } from "../engine/bulk.ts";
import { attributeChanges } from "../ledger/attribution.ts";
import { type Account, accounts, user } from "../listings/listing-testing.ts";
import { coverageSpans, holesOf } from "./coverage.ts";
import { storeEvents } from "./events.ts";
import { deleteOldEvents } from "./retention.ts";
import { connect, event, keep, page, rebuild, span, useOfAccount } from "./use-testing.ts";
import { watchedEvents } from "./watched.ts";

const account = accounts();
const DAY = "2026-11-20";
const zurich = dayZone("Europe/Zurich");

async function performerOf(acme: Account): Promise<unknown> {
  const row = await acme.store.read
    .selectFrom("event")
    .select(["user_id", "performer", "counts"])
    .where("connection", "=", acme.connection)
    .executeTakeFirstOrThrow();
  return [row.user_id, row.performer, row.counts];
}

const listed = [
  user("4109876543004", { email: "Mara@Example.com", emails: ["mara@example.com"] }),
  user(2, { email: "shared@example.com", emails: ["shared@example.com", "isolde@Example.net"] }),
  user(3, { email: "shared@example.com" }),
  user(4, { email: "isu@example.com", serviceAccount: true }),
  user(5, { email: null, emails: [] }),
];
const performers: [name: string, facts: Partial<EventRecord>, expected: unknown[]][] = [
  ["a user's id", { performerId: "4109876543004" }, ["4109876543004", null, 1]],
  ["an id beyond 2^53", { performerId: "9007199254740993" }, ["9007199254740993", null, 1]],
  ["an id beyond 64 bits", { performerId: "99999999999999999999" }, [null, "99999999999999999999", 0]],
  [
    "an id that no user has, and the address of one",
    { performerId: "9", performerEmail: "mara@example.COM " },
    ["4109876543004", "9", 1],
  ],
  [
    "no id, and an address",
    { performerId: null, performerEmail: "mara@example.com" },
    ["4109876543004", null, 1],
  ],
  [
    "a name for an id, and an address",
    { performerId: "mara", performerEmail: "mara@example.com" },
    ["4109876543004", "mara", 1],
  ],
  [
    "an address confirmed later, in other writing",
    { performerId: "9", performerEmail: "mära.q@example.net" },
    ["4109876543004", "9", 1],
  ],
  ["another address of theirs", { performerId: null, performerEmail: "Isolde@example.net" }, ["2", null, 1]],
  [
    "an address that two users share",
    { performerId: "9", performerEmail: "shared@example.com" },
    ["9", null, 1],
  ],
  ["an id that no user has yet", { performerId: "77" }, ["77", null, 1]],
  ["neither id nor address", { performerId: null }, [null, null, 0]],
  ["a service account's id", { performerId: "4" }, ["4", null, 0]],
  ["an API key's name", { performerType: "api_key", performerId: "Payroll sync" }, [null, "Payroll sync", 0]],
  ["an API key whose id is also a user's", { performerType: "api_key", performerId: "2" }, [null, "2", 0]],
  [
    "Greenhouse's staff with a user's id",
    { performerType: "greenhouse_internal", performerId: "2" },
    [null, "2", 0],
  ],
  ["an unknown type with a user's id", { performerType: "service_user", performerId: "2" }, ["2", null, 0]],
  [
    "an unknown type with an unknown id",
    { performerType: "service_user", performerId: "88" },
    [null, "88", 0],
  ],
  ["nobody", { performerType: null, performerId: null }, [null, null, 0]],
];
for (const [name, facts, expected] of performers) {
  test(`an event with ${name} belongs to ${expected[0] ?? "no user"} and ${expected[2] ? "counts" : "doesn't count"}`, async () => {
    const acme = await account();
    await acme.list("users", listed);
    await acme.list("user_emails", [
      { id: "1", userId: "4109876543004", email: " MÄRA.Q@Example.net ", verified: true },
    ]);
    await keep(acme, [event(`${DAY}T10:00:00Z`, facts)]);
    assert.deepEqual(await performerOf(acme), expected);
  });
}

const MAIL = "Pia@Example.org ";
const byMail: Partial<EventRecord> = { performerId: null, performerEmail: MAIL };
const pia = user(8, { email: "pia@example.org", emails: ["pia@example.org"] });
const address = (id: string, userId: string, email = "pia@example.org") => ({
  id,
  userId,
  email,
  verified: false,
});
const met: [
  name: string,
  facts: Partial<EventRecord>,
  then: (acme: Account) => Promise<unknown>,
  user: string | null,
][] = [
  ["their user is created later", byMail, (acme) => acme.list("users", [user(1), user(2), pia]), "8"],
  [
    "a list of addresses tells theirs later",
    byMail,
    (acme) => acme.list("user_emails", [address("1", "2")]),
    "2",
  ],
  [
    "somebody has their address from now on",
    byMail,
    (acme) => acme.list("users", [user(1, { emails: ["u1@example.com", "PIA@example.org"] }), user(2)]),
    "1",
  ],
  [
    "the address belongs to a user of another id",
    { performerId: "9", performerEmail: MAIL },
    (acme) => acme.list("users", [user(1), user(2), pia]),
    "8",
  ],
  [
    "a user has the id that was given, and another the address",
    { performerId: "9", performerEmail: MAIL },
    async (acme) => {
      await acme.list("users", [user(1), user(2), pia, user(9)]);
    },
    "9",
  ],
  [
    "a user comes with the id that was given, whose address another had until then",
    { performerId: "9", performerEmail: "u1@example.com" },
    (acme) => acme.list("users", [user(1), user(2), user(9, { email: "u1@example.com" })]),
    "9",
  ],
  [
    "the id that was given is a name",
    { performerId: "pia", performerEmail: MAIL },
    (acme) => acme.list("users", [user(1), user(2), pia]),
    "8",
  ],
  [
    "the address is that of a service account",
    byMail,
    (acme) => acme.list("users", [user(1), user(2), { ...pia, serviceAccount: true }]),
    "8",
  ],
  [
    "two users have the address",
    byMail,
    (acme) => acme.list("users", [user(1), pia, { ...pia, id: "9" }]),
    null,
  ],
  [
    "two users had the address, and one has it no longer",
    byMail,
    async (acme) => {
      await acme.list("user_emails", [address("1", "1"), address("2", "2")]);
      await rebuild(acme);
      await acme.list("user_emails", [address("2", "2"), address("3", "1", "other@example.org")]);
    },
    "2",
  ],
];
for (const [name, facts, then, expected] of met) {
  test(`a stranger in the log: when ${name}, everything is counted as if it had been known from the start`, async () => {
    const [later, known] = [await account(), await account()];
    const about = { ...facts, targetType: "API Key updated", type: "data_change_update", targetId: "5" };
    const events = [
      event(`${DAY}T00:10:00Z`, facts),
      event(`${DAY}T22:10:00Z`, facts),
      event(`${DAY}T23:30:00Z`, facts),
      event("2026-11-18T12:00:00Z", about),
      event("2026-11-18T13:00:00Z", { performerId: "1" }),
      event("2026-11-22T13:00:00Z", { performerId: "2" }),
    ];
    for (const acme of [later, known]) {
      await connect(acme, "Europe/Zurich");
      await acme.list("users", [user(1), user(2)]);
    }
    await keep(later, events, { zone: zurich });
    await rebuild(later);
    await then(later);
    await then(known);
    await keep(known, events, { zone: zurich });
    await rebuild(later);
    await rebuild(known);
    const use = await useOfAccount(later);
    assert.deepEqual(use, await useOfAccount(known));
    assert.deepEqual(
      (use.events as { user_id: string | null }[]).map(({ user_id }) => user_id),
      [expected, "1", expected, expected, expected, "2"],
    );
    const watched = (acme: Account) => watchedEvents(acme.store.read, acme.connection, 9);
    assert.deepEqual(await watched(later), await watched(known));
    assert.equal((await strangers(later)).length, expected === null ? 2 : 0);
  });
}

function strangers({ store, connection }: Account): Promise<unknown[]> {
  return store.read.selectFrom("stranger").selectAll().where("connection", "=", connection).execute();
}

test("whom nobody knows is remembered once a day, as long as their events are kept; nobody else is", async () => {
  const acme = await account();
  await acme.list("users", [user(1)]);
  const day = Date.parse(DAY) / 86_400_000;
  await keep(acme, [
    event(`${DAY}T10:00:00Z`),
    event(`${DAY}T11:00:00Z`, { performerId: "9" }),
    event(`${DAY}T12:00:00Z`, { performerType: "api_key", performerId: "k", performerEmail: MAIL }),
    event(`${DAY}T13:00:00Z`, { performerId: "99999999999999999999" }),
  ]);
  assert.deepEqual(await strangers(acme), []);
  for (const hour of ["14", "15"]) await keep(acme, [event(`${DAY}T${hour}:00:00Z`, byMail)]);
  const remembered = {
    ...{ connection: acme.connection, day, performer: "pia@example.org", address: "pia@example.org", due: 0 },
  };
  assert.deepEqual(await strangers(acme), [remembered]);
  const forget = (now: string) =>
    acme.store.write((tx) => deleteOldEvents(tx, acme.connection, 40, Date.parse(now), 100));
  await forget("2026-12-30T13:00:00Z");
  assert.deepEqual(await strangers(acme), [remembered], "a part of its day is kept");
  await forget("2026-12-31T00:00:00Z");
  assert.deepEqual(await strangers(acme), []);
});

test("one deed is counted by day, hour, request, person and organization", async () => {
  const acme = await account();
  await acme.list("users", [user(1, { departmentIds: ["50"], officeIds: ["60", "61"] })]);
  const deed = event("2026-11-20T23:30:00Z");
  assert.deepEqual(await keep(acme, [deed], { zone: zurich }), { inserted: 1, oldestLate: null });
  await rebuild(acme);
  const day = 20_778; // 2026-11-21, for it was past midnight in Zurich
  const counted = (dimension: string, value: string) => ({ day, dimension, value, people: 1, deeds: 1 });
  assert.deepEqual(await useOfAccount(acme), {
    days: [{ day, user_id: "1", viewed: 1, changed: 0, acted: 0, other: 0 }],
    newest: [
      {
        user_id: "1",
        at: deed.at,
        hash: deed.hash,
        n: 0,
        type: "action",
        request_type: "dashboard#index",
        target_type: "PII Page Accessed",
      },
    ],
    hours: [{ hour: Math.floor(deed.at / 3_600_000), n: 1, people: 1 }],
    requests: [{ day, performer: "user", request: "dashboard#index", n: 1 }],
    organization: [
      counted("all", ""),
      counted("department", "50"),
      counted("kind", "viewed"),
      counted("level", "unknown"),
      counted("office", "60"),
      counted("office", "61"),
    ],
    events: [{ at: deed.at, hash: deed.hash, n: 0, user_id: "1", performer: null, counts: 1 }],
  });
});

test("equal events of one second are kept apart by their number, and a repeated answer changes nothing", async () => {
  const acme = await account();
  const twice = [
    event(`${DAY}T10:00:00Z`),
    event(`${DAY}T10:00:00Z`, { n: 1, hash: event(`${DAY}T10:00:00Z`).hash }),
  ];
  assert.equal((await keep(acme, twice, { claim: span(`${DAY}T09:00Z`, `${DAY}T11:00Z`) })).inserted, 2);
  await rebuild(acme);
  const before = await useOfAccount(acme);
  assert.deepEqual(await keep(acme, twice, { claim: span(`${DAY}T09:00Z`, `${DAY}T11:00Z`) }), {
    inserted: 0,
    oldestLate: null,
  });
  await rebuild(acme);
  assert.deepEqual(await useOfAccount(acme), before);
});

const someEvent = fc
  .record({
    second: fc.integer({ min: 0, max: 3 * 86_400 }),
    performer: fc.constantFrom("1", "2", "3", "4", "key"),
    type: fc.constantFrom("action", "data_change_update", "harvest_access", "odd", null),
    requestType: fc.constantFrom("a#b", "c#d", null),
    path: fc.boolean(),
  })
  .map(({ second, performer, type, requestType, path }) =>
    event(Date.parse("2026-10-24T12:00:00Z") + second * 1000, {
      performerType: performer === "key" ? "api_key" : "user",
      performerId: performer,
      type,
      requestType,
      targetType: path ? "PII Page Accessed" : "Candidate",
      meta: path ? { path: "/x" } : null,
    }),
  );

test("however events arrive, in whatever order, parts and repetitions, the same is counted", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.uniqueArray(someEvent, { selector: ({ hash }) => hash, maxLength: 40 }),
      fc.infiniteStream(fc.nat(1000)),
      async (events, random) => {
        const [whole, parts] = [await account(), await account()];
        for (const acme of [whole, parts])
          await acme.list("users", [user(1), user(2), user(3), user(4, { serviceAccount: true })]);
        await keep(whole, events, { zone: zurich });
        const shuffled = [...events, ...events.slice(0, 7)].sort(() => random.next().value - 500);
        for (let i = 0; i < shuffled.length; i += 5)
          await keep(parts, shuffled.slice(i, i + 5), { zone: zurich });
        await rebuild(whole);
        await rebuild(parts);
        assert.deepEqual(await useOfAccount(parts), await useOfAccount(whole));
      },
    ),
    { numRuns: 15 },
  );
});

test("an event that arrives after its time was read is late; the oldest of them is told", async () => {
  const acme = await account();
  await keep(acme, [event(`${DAY}T10:00:00Z`)], { claim: span(`${DAY}T09:00Z`, `${DAY}T11:00Z`) });
  const late = [
    event(`${DAY}T10:30:00Z`),
    event(`${DAY}T10:40:00Z`),
    event(`${DAY}T11:30:00Z`),
    event(`${DAY}T10:00:00Z`),
  ];
  assert.deepEqual(await keep(acme, late), { inserted: 3, oldestLate: Date.parse(`${DAY}T10:30:00Z`) });
});

const NINE = span(`${DAY}T09:00Z`, `${DAY}T10:00Z`);
const TEN = span(`${DAY}T10:00Z`, `${DAY}T11:00Z`);
const NINE_TO_ELEVEN = span(`${DAY}T09:00Z`, `${DAY}T11:00Z`);
const hole = { ...span(`${DAY}T09:30:00Z`, `${DAY}T09:30:01Z`), cause: "too_many_in_a_second" };
const claimed: [string, Parameters<typeof keep>[2][], object[], object[]][] = [
  ["two that touch become one", [{ claim: TEN }, { claim: NINE }], [NINE_TO_ELEVEN], []],
  ["two that overlap become one", [{ claim: NINE_TO_ELEVEN }, { claim: NINE }], [NINE_TO_ELEVEN], []],
  [
    "two apart stay two",
    [{ claim: NINE }, { claim: span(`${DAY}T12:00Z`, `${DAY}T13:00Z`) }],
    [NINE, span(`${DAY}T12:00Z`, `${DAY}T13:00Z`)],
    [],
  ],
  ["what was false is taken back", [{ claim: NINE_TO_ELEVEN }, { unclaim: TEN }], [NINE], []],
  [
    "taken back and read anew in one answer",
    [{ claim: NINE_TO_ELEVEN }, { unclaim: TEN, claim: TEN }],
    [NINE_TO_ELEVEN],
    [],
  ],
  ["a hole is kept with its cause", [{ hole }], [], [hole]],
  ["a hole that was read after all is none", [{ hole }, { claim: NINE }], [NINE], []],
  ["the same hole twice is one", [{ hole }, { hole }], [], [hole]],
];
for (const [name, answers, coverage, holes] of claimed) {
  test(`coverage: ${name}`, async () => {
    const acme = await account();
    for (const answer of answers) await keep(acme, [], answer);
    assert.deepEqual(await coverageSpans(acme.store.read, acme.connection, "audit_log"), coverage);
    assert.deepEqual(await holesOf(acme.store.read, acme.connection, "audit_log"), holes);
  });
}

test("thousands of holes and spans are no bar to the next, and a claim over all of them ends them", async () => {
  const acme = await account();
  const start = Date.parse(`${DAY}T00:00:00Z`);
  const at = Array.from({ length: 7000 }, (_, i) => start + i * 10_000);
  const { store, connection } = acme;
  await store.write(async (tx) => {
    const holes = at.map((from) => [connection, "audit_log", from, from + 1000, "no time"]);
    await insertRows(tx, "hole", ["connection", "source", "from_at", "to_at", "cause"], holes);
    const spans = at.map((from) => [connection, "audit_log", from + 1000, from + 10_000]);
    await insertRows(tx, "coverage", ["connection", "source", "from_at", "to_at"], spans);
  });
  const next = { from: start + 1000 * 10_000 + 1000, to: start + 1000 * 10_000 + 2000 };
  await keep(acme, [], { unclaim: next, hole: { ...next, cause: "no time" } });
  const holes = await holesOf(store.read, connection, "audit_log");
  assert.equal(holes.length, 7000);
  assert.deepEqual(
    holes[1000],
    { from: next.from - 1000, to: next.to, cause: "no time" },
    "neighbours are one",
  );
  const claim = { from: start, to: start + 70_000_000 };
  await keep(acme, [], { claim });
  assert.deepEqual(await holesOf(store.read, connection, "audit_log"), []);
  assert.deepEqual(await coverageSpans(store.read, connection, "audit_log"), [claim]);
});

test("an answer is stored whole or not at all", async () => {
  const acme = await account();
  await connect(acme);
  const whole = acme.store.write(async (tx) => {
    await storeEvents(
      tx,
      acme.connection,
      "audit_log",
      page([event(`${DAY}T10:00:00Z`, { requestType: "never#seen" })], { claim: NINE_TO_ELEVEN }),
      { zone: zurich, now: 0 },
    );
    throw new Error("the power went out");
  });
  await assert.rejects(whole, /the power went out/);
  const use = await useOfAccount(acme);
  assert.deepEqual(Object.values(use).flat(), []);
  assert.deepEqual(await coverageSpans(acme.store.read, acme.connection, "audit_log"), []);
  // A word that was rolled back is learnt again, under whatever number.
  await keep(acme, [event(`${DAY}T10:00:00Z`, { requestType: "never#seen" })]);
  assert.equal((await useOfAccount(acme)).requests!.length, 1);
});

test("a change has the data change of the log that fits it, if it is the only one, however many there are", async () => {
  const start = Date.parse(`${DAY}T00:00:00Z`);
  const minutes = (n: number) => start + n * 60_000;
  const id = fc.constantFrom("1", "2", "3");
  const someChanges = fc.array(
    fc.record({
      row: id,
      user: fc.option(id),
      after: fc.integer({ min: 0, max: 300 }),
      long: fc.integer({ min: 1, max: 200 }),
    }),
    { minLength: 1, maxLength: 10 },
  );
  const someEvents = fc.uniqueArray(
    fc.record({
      minute: fc.integer({ min: -10, max: 510 }),
      targetId: fc.constantFrom("1", "2", "3", "4", null),
      type: fc.constantFrom("data_change_update", "data_change_odd", "action"),
    }),
    { selector: (each) => JSON.stringify(each), maxLength: 8 },
  );
  await fc.assert(
    fc.asyncProperty(someChanges, someEvents, fc.constantFrom(0, 120_000), async (changes, told, skewMs) => {
      const acme = await account();
      const { store, connection } = acme;
      await acme.list("users", [user(1)]);
      const records = told.map(({ minute, ...facts }) => event(minutes(minute), facts));
      await keep(acme, records);
      const rows = changes.map(({ row, user, after, long }, i) => ({
        ...{
          connection,
          seq: 1000 + i,
          stream: "users",
          kind: "changed",
          row_id: row,
          user_id: user,
          run: 1,
        },
        ...{ after_at: minutes(after), seen_at: minutes(after + long) },
      }));
      await store.write((tx) => tx.insertInto("change").values(rows).execute());
      const expected = rows.map(({ seq, row_id, user_id, after_at, seen_at }) => {
        const fits = records.filter(
          ({ at, type, targetId }) =>
            type !== "action" &&
            targetId !== null &&
            (targetId === row_id || targetId === user_id) &&
            at > after_at + skewMs &&
            at <= seen_at + skewMs,
        );
        const [one] = fits.length === 1 ? fits : [];
        return { seq, event_at: one?.at ?? null, by_name: one ? "User 1" : null };
      });
      const looking = { since: start, skewMs, changesAtOnce: 3 };
      assert.equal(await attributeChanges(store, connection, { ...looking, stopped: () => true }), 0);
      await attributeChanges(store, connection, looking);
      const found = await store.read
        .selectFrom("change")
        .select(["seq", "event_at", "by_name"])
        .where("connection", "=", connection)
        .where("seq", ">=", 1000)
        .orderBy("seq")
        .execute();
      assert.deepEqual(found, expected);
    }),
    { numRuns: 15 },
  );
});
