import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Client } from "../testing.ts";
import { client } from "../testing.ts";
import type { Mutation } from "./mutations.ts";

type Row = Record<string, unknown>;
const find = async (c: Client, id: number): Promise<Row | undefined> =>
  (await c.all("/v3/users?per_page=500", await c.bearer())).find((r) => r.id === id);

const onUsers: [string, (id: number) => Mutation[], (row: Row | undefined) => boolean][] = [
  ["deactivate", (userId) => [{ op: "deactivateUser", userId }], (r) => r?.deactivated === true],
  [
    "reactivate",
    (userId) => [
      { op: "deactivateUser", userId },
      { op: "reactivateUser", userId },
    ],
    (r) => r?.deactivated === false,
  ],
  [
    "rename",
    (userId) => [{ op: "renameUser", userId, firstName: "Nova", lastName: "Stern" }],
    (r) => r?.name === "Nova Stern",
  ],
  [
    "make Site Admin",
    (userId) => [{ op: "setSiteAdmin", userId, value: true }],
    (r) => r?.site_admin === true,
  ],
  [
    "change e-mail",
    (userId) => [{ op: "changeEmail", userId, email: "nova@example.org" }],
    (r) => r?.primary_email === "nova@example.org",
  ],
  ["vanish", (userId) => [{ op: "hideUser", userId }], (r) => r === undefined],
  [
    "come back",
    (userId) => [
      { op: "hideUser", userId },
      { op: "showUser", userId },
    ],
    (r) => r !== undefined,
  ],
];
for (const [name, mutations, holds] of onUsers) {
  test(`a person can ${name}, and the list says so`, async () => {
    await using c = await client();
    c.sim.control.mutate(...mutations(c.sim.nonAdminId));
    assert.ok(holds(await find(c, c.sim.nonAdminId)));
  });
}

describe("mutations show in the lists and in the dump alike", () => {
  const names = {
    users: "users",
    user_roles: "userRoles",
    user_job_permissions: "userJobPermissions",
    future_job_permissions: "futureJobPermissions",
    user_emails: "userEmails",
    departments: "departments",
    offices: "offices",
    jobs: "jobs",
  } as const;
  test("after many changes every list equals the dump", async () => {
    await using c = await client();
    const { control, nonAdminId, siteAdminId } = c.sim;
    const [added] = control.mutate({
      op: "addUser",
      firstName: "New",
      lastName: "Person",
      email: "new@example.org",
    });
    const userId = added?.userId as number;
    const dump = await control.dump({ parts: ["userJobPermissions", "userRoles", "jobs"] });
    control.mutate(
      { op: "addJobPermission", userId },
      { op: "addFuturePermission", userId },
      { op: "removeJobPermission", id: dump.userJobPermissions[3]?.id as number },
      { op: "removeJobPermissionsOf", userId: nonAdminId },
      { op: "setSiteAdmin", userId: siteAdminId, value: false },
      { op: "addRole", name: "Auditor" },
      { op: "renameRole", roleId: dump.userRoles[6]?.id as number, name: "Renamed" },
      { op: "removeRole", roleId: dump.userRoles[7]?.id as number },
      { op: "closeJob", jobId: dump.jobs[0]?.id as number },
      { op: "loseHalfOfUsers" },
    );
    const truth = await control.dump();
    const auth = await c.bearer();
    for (const [path, part] of Object.entries(names)) {
      assert.deepEqual((await c.all(`/v3/${path}?per_page=500`, auth)).reverse(), truth[part], path);
    }
    assert.equal(truth.users.length, 21);
  });

  test("the dump over HTTP is the same", async () => {
    await using c = await client();
    const sent = (await c.get("/_sim/dump")).body;
    const own = await c.sim.control.dump();
    const byId = (rows: { id: number }[]): { id: number }[] => rows.toSorted((a, b) => a.id - b.id);
    assert.deepEqual(sent.events, own.events);
    assert.deepEqual(byId(sent.userJobPermissions), own.userJobPermissions);
    assert.deepEqual(sent.users, own.users);
  });

  test("another account has other ids and another organization id throughout", async () => {
    await using c = await client();
    const before = await c.sim.control.dump({ parts: ["users"] });
    c.sim.control.mutate({ op: "otherAccount" });
    const now = await c.sim.control.dump({ parts: ["users"] });
    assert.notEqual(now.organizationId, before.organizationId);
    assert.equal(
      new Set(now.users.map((u) => u.id)).intersection(new Set(before.users.map((u) => u.id))).size,
      0,
    );
    assert.deepEqual(
      now.users.map((u) => u.name),
      before.users.map((u) => u.name),
    );
    const [event] = (await c.get("/events", await c.bearer())).body.results;
    assert.equal(event.organization_id, now.organizationId);
  });
});

describe("the truth about events", () => {
  test("it equals what reading the log and counting by the rule gives", async () => {
    await using c = await client({ scenario: { "audit.unpagedCap": null } });
    const { results } = (await c.get("/events", await c.bearer())).body;
    const listed = new Set((await c.sim.control.dump({ parts: ["users"] })).users.map((u) => u.id));
    const last = new Map<string, string>();
    const days = new Map<string, number>();
    for (const e of results) {
      if (e.performer?.type !== "user" || e.event.type === "harvest_access" || !listed.has(e.performer.id))
        continue;
      const id = String(e.performer.id);
      if ((last.get(id) ?? "") < e.event_time) last.set(id, e.event_time);
      const day = `${id} ${e.event_time.slice(0, 10)}`;
      days.set(day, (days.get(day) ?? 0) + 1);
    }
    const truth = await c.sim.control.truth();
    assert.equal(truth.events, results.length);
    const counted = Object.entries(truth.users).filter(([, u]) => u.counted > 0);
    assert.deepEqual(
      new Map(counted.map(([id, u]) => [id, u.lastCounted])),
      new Map([...last].sort(([a], [b]) => Number(a) - Number(b))),
    );
    for (const [id, u] of counted)
      for (const [day, n] of Object.entries(u.days))
        assert.equal(n, days.get(`${id} ${day}`), `${id} ${day}`);
    assert.ok(
      Object.values(truth.users).some((u) => u.events > 0 && u.counted === 0 && u.lastCounted === null),
      "somebody with API use only",
    );
  });

  test("a range bounds it, inclusively", async () => {
    await using c = await client();
    const range = { after: "2026-11-18T00:00:00Z", before: "2026-11-18T23:59:59.999Z" };
    const truth = await c.sim.control.truth(range);
    assert.equal(truth.events, c.sim.control.eventCount(range));
    assert.deepEqual(
      [...new Set(Object.values(truth.users).flatMap((u) => Object.keys(u.days)))],
      ["2026-11-18"],
    );
    assert.deepEqual(
      (await c.get("/_sim/events/count?after=2026-11-18T00:00:00Z&before=2026-11-18T23:59:59.999Z")).body,
      { events: truth.events },
    );
  });

  test("deactivating somebody ends their events from then on and changes none before", async () => {
    await using c = await client({ scenario: { "audit.unpagedCap": null } });
    const before = (await c.get("/events", await c.bearer())).text;
    const busiest = Object.entries((await c.sim.control.truth()).users).sort(
      ([, a], [, b]) => b.counted - a.counted,
    )[0]?.[0];
    c.sim.control.mutate(
      { op: "deactivateUser", userId: Number(busiest) },
      { op: "renameUser", userId: Number(busiest), firstName: "Gone", lastName: null },
    );
    assert.equal((await c.get("/events", await c.bearer())).text, before);
    c.sim.control.clock({ advanceSeconds: 10 * 86_400 });
    const later = await c.sim.control.truth({ after: "2026-11-23T12:00:00Z" });
    assert.ok(later.events > 100 && later.users[String(busiest)] === undefined);
  });

  test("a burst beyond any page within one second, and exact duplicates", async () => {
    await using c = await client();
    const at = "2026-11-23T11:00:00.000Z";
    const before = c.sim.control.eventCount();
    const event = { event_time: at, userId: c.sim.nonAdminId };
    c.sim.control.mutate(
      { op: "insertBurst", count: 700, at, userId: c.sim.nonAdminId },
      { op: "duplicateEvent", event, times: 3 },
    );
    assert.equal(c.sim.control.eventCount(), before + 703);
    const got = await c.get(
      "/events?paging=true&after_time=2026-11-23T11:00:00Z&before_time=2026-11-23T11:00:00.999Z",
      { ...(await c.bearer()), size: "500" },
    );
    assert.equal(got.body.results.length, 500);
    const copies = (await c.get("/events?request_ids=duplicate-700", await c.bearer())).body.results;
    assert.deepEqual([copies.length, copies[0]], [3, copies[2]]);
  });
});

test("the control endpoint: clock, counters, request log, reset; never counted, never limited", async () => {
  await using c = await client({ rateLimits: true, scenario: { "rate.v3.limit": 1 } });
  const auth = await c.bearer();
  await c.get("/v3/users", auth);
  await c.get("/v3/users", auth);
  const counters = (await c.get("/_sim/counters")).body;
  assert.deepEqual(
    [
      counters.total.requests,
      counters.mints,
      counters.families.v3.throttled,
      counters.endpoints["v3.users"].requests,
      counters.credentials[c.sim.clientId].requests,
    ],
    [3, 1, 1, 2, 3],
  );
  const log = (await c.get("/_sim/requests?endpoint=v3.users")).body;
  assert.deepEqual(
    log.map((r: { status: number }) => r.status),
    [200, 429],
  );
  assert.ok(!JSON.stringify(log).includes(auth.authorization as string));
  const moved = await c.post("/_sim/clock", JSON.stringify({ now: "2027-01-01T00:00:00Z", frozen: true }));
  assert.deepEqual(moved.body, { now: "2027-01-01T00:00:00.000Z", frozen: true });
  assert.equal(
    new Date((await c.get("/v3/nothing")).headers.get("date") ?? "").toISOString(),
    "2027-01-01T00:00:00.000Z",
  );
  await c.post("/_sim/reset", "");
  assert.equal((await c.get("/_sim/counters")).body.total.requests, 0);
  assert.equal((await c.get("/v3/users", auth)).status, 401);
});

const mistakes: [string, string, string, string, RegExp][] = [
  ["an unknown switch", "PATCH", "/_sim/scenario", '{"v3":{"nope":1}}', /No switch is called "v3.nope"/],
  [
    "a wrong value",
    "PATCH",
    "/_sim/scenario",
    '{"v3.nonSiteAdmin":"maybe"}',
    /v3.nonSiteAdmin: "maybe" is not "forbidden" \| "empty"/,
  ],
  ["an unknown mutation", "POST", "/_sim/mutations", '{"op":"explode"}', /No mutation is called "explode"/],
  ["an unknown person", "POST", "/_sim/mutations", '{"op":"hideUser","userId":1}', /No user has the id 1/],
  ["an unknown fault", "POST", "/_sim/faults", '{"fault":{"kind":"sulk"}}', /kind is one of/],
  ["no JSON", "POST", "/_sim/clock", "{", /not JSON/],
];
for (const [name, method, path, body, message] of mistakes) {
  test(`the control endpoint explains ${name}`, async () => {
    await using c = await client();
    const response = await fetch(c.sim.url + path, { method, body });
    assert.equal(response.status, 400);
    assert.match(((await response.json()) as { error: string }).error, message);
  });
}
