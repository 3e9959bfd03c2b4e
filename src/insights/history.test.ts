import assert from "node:assert/strict";
import { test } from "node:test";
import type { ChangeQuery, EventQuery } from "../model/query.ts";
import { KINDS_OF_USE } from "../model/usage.ts";
import { attachEvents } from "../store/ledger/ledger.ts";
import { accounts, jobGrant, user } from "../store/listings/listing-testing.ts";
import { event, keep } from "../store/usage/use-testing.ts";
import { listChanges } from "./changes.ts";
import { InvalidCursor, QueryRefused } from "./errors.ts";
import { getEvent, listEvents } from "./events.ts";
import { overview } from "./overview.ts";
import { type Company, company, daysAgo, deed, NOW } from "./testing.ts";
import type { EventView } from "./types.ts";

const account = accounts();

const EVENTS = [
  deed(1, 1),
  deed(1, 1, { n: 1, hash: deed(1, 1).hash }),
  deed(3, 2, { type: "data_change_update", targetType: "Candidate", targetId: "221864428002", meta: null }),
  deed(3, 3, { type: "data_change_update", targetType: "User", targetId: "4109876001004", meta: null }),
  deed(3, 4, { type: "action", targetType: "Job", targetId: "5", meta: null, requestId: "r9" }),
  deed(0, 5, {
    performerType: "api_key",
    performerId: "Payroll sync",
    type: "harvest_access",
    targetType: "Candidates",
    requestType: "GET /v1/candidates",
    meta: null,
  }),
  deed(77, 40),
];

let made: Promise<Company> | undefined;
const logged = () => (made ??= log());

async function log(): Promise<Company> {
  const aldermoor = await company(await account());
  await aldermoor.list();
  await aldermoor.read(EVENTS);
  return aldermoor;
}

const daysOf = (items: EventView[]) => items.map(({ at }) => Math.round((NOW - Date.parse(at)) / 86_400_000));

const searches: [name: string, query: EventQuery, days: number[]][] = [
  ["nothing: all, newest first", {}, [1, 1, 2, 3, 4, 5, 40]],
  ["a user", { user: "3" }, [2, 3, 4]],
  ["a user whom no list has", { user: "77" }, [40]],
  ["a type", { type: ["data_change_update"] }, [2, 3]],
  ["two types", { type: ["data_change_update", "harvest_access"] }, [2, 3, 5]],
  ["a type that was never seen", { type: ["odd"] }, []],
  ["a user and a type", { user: "3", type: ["action"] }, [4]],
  ["a kind", { kind: ["changed"] }, [2, 3]],
  ["two kinds", { kind: ["acted", "other"] }, [4, 5]],
  ["a user and a kind", { user: "3", kind: ["viewed", "acted"] }, [4]],
  ["a kind, of deeds that count", { kind: ["acted", "other"], counts: true }, [4]],
  ["a performer type", { performerType: ["api_key"] }, [5]],
  ["a target type", { targetType: ["Job"] }, [4]],
  ["a target", { target: "221864428002" }, [2]],
  ["a request", { requestId: "r9" }, [4]],
  ["a request type", { requestType: "GET /v1/candidates" }, [5]],
  ["deeds that count", { counts: true, from: daysAgo(10) }, [1, 1, 2, 3, 4]],
  ["what doesn't count", { counts: false }, [5]],
  ["a day of the connection's zone", { day: "2026-11-21" }, [2]],
  ["a span: the start is in, the end is not", { from: daysAgo(3), to: daysAgo(1) }, [2, 3]],
];
for (const [name, query, days] of searches) {
  test(`events that fit ${name}`, async () => {
    const { db, connection } = await logged();
    const { items, searchedBackTo, nextCursor } = await listEvents(db, connection, query, NOW);
    assert.deepEqual(daysOf(items), days);
    assert.deepEqual([searchedBackTo, nextCursor], [null, null]);
  });

  test(`events that fit ${name}, one a page`, async () => {
    const { db, connection } = await logged();
    const found: EventView[] = [];
    let cursor: string | null = null;
    do {
      const page: Awaited<ReturnType<typeof listEvents>> = await listEvents(
        db,
        connection,
        { ...query, limit: 1, cursor },
        NOW,
      );
      found.push(...page.items);
      cursor = page.nextCursor;
    } while (cursor && found.length < 20);
    assert.deepEqual(daysOf(found), days);
    assert.equal(new Set(found.map(({ id }) => id)).size, days.length);
  });
}

test("each kind finds the events that are told as of that kind, and no other", async () => {
  const { db, connection, account: acme } = await company(await account());
  const types = ["action", "data_change", "data_change_odd", "Data_Change_update", "data_chang", "odd", null];
  const events = types.flatMap((type) =>
    ["PII Page Accessed", "Candidate", null].flatMap((targetType) =>
      [{ path: "/x" }, { other: 1 }, null].map((meta) => ({ type, targetType, meta })),
    ),
  );
  await keep(
    acme,
    events.map((facts, minute) => event(daysAgo(1) + minute * 60_000, facts)),
  );
  const { items } = await listEvents(db, connection, {}, NOW);
  assert.equal(items.length, events.length);
  for (const kind of KINDS_OF_USE) {
    const told = items.filter((each) => each.kind === kind);
    assert.ok(told.length > 0, kind);
    assert.deepEqual((await listEvents(db, connection, { kind: [kind] }, NOW)).items, told, kind);
  }
});

for (const [name, filter, days] of [
  ["a type", { type: ["action"] }, [1, 1, 4, 40]],
  ["a user's events of a kind", { user: "3", kind: ["acted"] }, [4]],
] satisfies [string, EventQuery, number[]][]) {
  test(`a search for ${name} that is out of time says how far it looked, and its cursor goes on from there`, async () => {
    const { db, connection } = await logged();
    const found: EventView[] = [];
    const looked: string[] = [];
    let cursor: string | null = null;
    do {
      const query: EventQuery = { ...filter, budgetMs: 0, cursor };
      const page: Awaited<ReturnType<typeof listEvents>> = await listEvents(db, connection, query, NOW);
      found.push(...page.items);
      if (page.searchedBackTo !== null) looked.push(page.searchedBackTo);
      cursor = page.nextCursor;
    } while (cursor);
    assert.notEqual(looked.length, 0);
    assert.deepEqual(looked, [...looked].sort().reverse());
    assert.deepEqual(daysOf(found), days);
  });
}

test("an event shows labels, not candidates: their ids are cut, others are whole", async () => {
  const { db, connection } = await logged();
  const { items, keptSince } = await listEvents(db, connection, {}, NOW);
  assert.deepEqual(
    items.map(({ targetId }) => targetId),
    [null, null, "2218…002", "4109876001004", "5", null, null],
  );
  assert.equal(keptSince, new Date(daysAgo(40)).toISOString());
  const api = items.find(({ performerType }) => performerType === "api_key")!;
  assert.deepEqual([api.user, api.performer, api.counts, api.kind], [null, "Payroll sync", false, "other"]);
  assert.deepEqual(items[2]!.user, { id: "3", name: "Mara Quill" });
  assert.deepEqual(items.at(-1)!.user, { id: "77", name: null });
  assert.equal("meta" in items[0]!, false);
});

test("an event can be opened by its id", async () => {
  const { db, connection } = await logged();
  const { items } = await listEvents(db, connection, { user: "3" }, NOW);
  assert.deepEqual(await getEvent(db, connection, items[0]!.id), items[0]);
  assert.equal(await getEvent(db, connection, items[0]!.id.replace(/0$/, "9")), null);
  assert.equal(await getEvent(db, connection, "1 or 1=1"), null);
});

for (const [name, query, error] of [
  ["a day that isn't", { day: "2026-02-30" }, QueryRefused],
  [
    "another list's cursor",
    { cursor: Buffer.from('["changes",5,"a",0]').toString("base64url") },
    InvalidCursor,
  ],
  [
    "a cursor with no hash",
    { cursor: Buffer.from('["events",5,"zz",0]').toString("base64url") },
    InvalidCursor,
  ],
  [
    "a cursor with half a byte",
    { cursor: Buffer.from('["events",5,"abc",0]').toString("base64url") },
    InvalidCursor,
  ],
] as const) {
  test(`events with ${name} are refused`, async () => {
    const { db, connection } = await logged();
    await assert.rejects(listEvents(db, connection, query, NOW), error);
  });
}

async function changed(): Promise<Company> {
  const aldermoor = await company(await account());
  await aldermoor.list();
  const { account: acme } = aldermoor;
  await acme.list("users", [
    user(1, { siteAdmin: true }),
    user(2, { siteAdmin: true, name: "Tomas Wren" }),
    user(3, { name: "Mara Quill", deactivated: true }),
    ...[4, 5, 6, 7, 8, 9].map((id) => user(id)),
    user(30, { name: "Brand New" }),
  ]);
  await acme.list("job_grants", [
    ...["1000", "1002"].map((id) => jobGrant(id, { userId: "3", jobId: id === "1000" ? "100" : "102" })),
    jobGrant(1001, { userId: "3", roleId: "11", jobId: "101", automated: true }),
    jobGrant(1003, { userId: "4", roleId: "99", jobId: "100" }),
    jobGrant(1006, { userId: "30", roleId: "11", jobId: "101" }),
  ]);
  await acme.levels();
  return aldermoor;
}

test("changes say in words what happened, between which listings, in which run", async () => {
  const { db, connection, account: acme } = await changed();
  const { items } = await listChanges(db, connection, {}, NOW);
  const words = items.map(({ what, user }) => `${user?.name ?? "-"}: ${what}`);
  for (const expected of [
    "Brand New: user added: Brand New",
    "Brand New: grant added: Private on Job 101",
    "User 6: grant removed: Standard on Job 100",
    "-: Users: first complete listing",
  ]) {
    assert.ok(words.includes(expected), `${expected} in\n${words.join("\n")}`);
  }
  const added = items.find(({ what }) => what === "user added: Brand New")!;
  assert.equal(added.runId, 8);
  assert.equal(added.between.to, new Date(acme.now - 3_600_000).toISOString());
  assert.ok(added.between.from! < added.between.to);
  assert.deepEqual([added.happenedAt, added.by, added.eventId], [null, null, null]);
});

const ledgers: [
  name: string,
  query: ChangeQuery,
  fits: (change: { stream: string; kind: string; runId: number; user: { id: string } | null }) => boolean,
][] = [
  ["a user", { user: "30" }, ({ user }) => user?.id === "30"],
  ["a stream", { stream: ["job_grants"] }, ({ stream }) => stream === "job_grants"],
  ["a kind", { kind: ["added", "removed"] }, ({ kind }) => kind === "added" || kind === "removed"],
  [
    "who became deactivated",
    { kind: ["deactivated"] },
    ({ stream, kind, user }) => stream === "users" && kind === "changed" && user?.id === "3",
  ],
  [
    "a kind, or who became deactivated",
    { kind: ["added", "deactivated"] },
    ({ stream, kind, user }) =>
      kind === "added" || (stream === "users" && kind === "changed" && user?.id === "3"),
  ],
  ["a run", { run: 9 }, ({ runId }) => runId === 9],
  ["a time before everything", { to: 5 }, () => false],
  ["a time after everything", { from: NOW * 2 }, () => false],
];
for (const [name, query, fits] of ledgers) {
  test(`changes that fit ${name}`, async () => {
    const { db, connection } = await changed();
    const all = (await listChanges(db, connection, {}, NOW)).items;
    const found = await listChanges(db, connection, query, NOW);
    assert.deepEqual(
      found.items.map(({ id }) => id),
      all.filter(fits).map(({ id }) => id),
    );
    assert.equal(found.total, found.items.length);
  });
}

test("each number that the dashboard tells of changes counts the rows of its list", async () => {
  const { db, connection } = await changed();
  const sums = (await overview(db, connection, NOW)).changes7Days!;
  const grants = ["job_grants", "future_job_grants"] as const;
  const lists: Record<keyof typeof sums, ChangeQuery> = {
    usersAdded: { stream: ["users"], kind: ["added"] },
    deactivated: { kind: ["deactivated"] },
    levelChanged: { kind: ["level"] },
    grantsAdded: { stream: [...grants], kind: ["added", "returned"] },
    grantsRemoved: { stream: [...grants], kind: ["removed"] },
  };
  assert.deepEqual(sums, {
    usersAdded: 1,
    deactivated: 1,
    levelChanged: 2,
    grantsAdded: 1,
    grantsRemoved: 1,
  });
  for (const [name, query] of Object.entries(lists)) {
    const from = NOW - 7 * 86_400_000;
    const { total } = await listChanges(db, connection, { ...query, from }, NOW);
    assert.equal(total, sums[name as keyof typeof sums], name);
  }
});

test("changes of a span of time begin and end with it, page by page", async () => {
  const { db, connection, account: acme } = await changed();
  const all = (await listChanges(db, connection, {}, NOW)).items;
  const span = { from: acme.now - 3_600_000, to: acme.now };
  const inside = all.filter(
    ({ between }) => Date.parse(between.to) >= span.from && Date.parse(between.to) < span.to,
  );
  const found: string[] = [];
  let cursor: string | null = null;
  do {
    const page: Awaited<ReturnType<typeof listChanges>> = await listChanges(
      db,
      connection,
      { ...span, limit: 3, cursor },
      NOW,
    );
    found.push(...page.items.map(({ id }) => id));
    cursor = page.nextCursor;
  } while (cursor);
  assert.ok(inside.length > 3);
  assert.deepEqual(
    found,
    inside.map(({ id }) => id),
  );
});

test("where an audit event tells it, a change says when it happened and by whom", async () => {
  const { db, connection, account: acme } = await changed();
  const [newest] = (await listChanges(db, connection, { kind: ["added"] }, NOW)).items;
  const hash = "0123456789abcdef0123456789abcdef";
  const event = { at: daysAgo(1), hash: new Uint8Array(Buffer.from(hash, "hex")), n: 0 };
  await acme.store.write((tx) =>
    attachEvents(tx, connection.id, [{ seq: Number(newest!.id), ...event, byName: "Tomas Wren" }]),
  );
  const [told] = (await listChanges(db, connection, { kind: ["added"] }, NOW)).items;
  assert.deepEqual(
    [told!.happenedAt, told!.by, told!.eventId],
    [new Date(daysAgo(1)).toISOString(), "Tomas Wren", `${daysAgo(1)}-${hash}-0`],
  );
});
