/** Every endpoint that reads, over an account that was really synced: its answers keep the contract. */
import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { connect, draftFor, open, simulate, sync } from "../../test/harness.ts";
import { GREENHOUSE_ORIGINS } from "../model/connection.ts";
import { listTrail } from "../store/members/trail.ts";
import { API, type EndpointName, endpoints } from "./contract.ts";
import { handlers } from "./handlers.ts";
import { buildApp } from "./http/app.ts";

async function synced(t: TestContext, kind: "harvest_v3" | "harvest_v1") {
  const sim = await simulate(t, { users: 30, eventsPerDay: 30, days: 30 });
  const house = await open(t);
  const { connection } = await connect(house, draftFor(sim, kind, { permissionType: "read_and_act" }));
  await sync(house, connection);
  const config = { origins: GREENHOUSE_ORIGINS, publicUrl: null, trustProxy: [] };
  const context = {
    services: house.services,
    config,
    version: "0.0.0-test",
    scheduled: false,
    now: Date.now,
  };
  const app = await buildApp(context, { guard: null, handlers });
  t.after(() => app.close());
  const get = async (path: string) => {
    const answer = await app.inject(`${API}/connections/${connection.id}${path}`);
    const json = String(answer.headers["content-type"]).startsWith("application/json");
    return { status: answer.statusCode, body: json ? answer.json() : null };
  };
  const told = async () => (await listTrail(house.store.read, { before: null, limit: 1 }))[0]!.details;
  return { app, get, told };
}

/** Asked of one thing that exists, and with the filters that its list has. */
const EXTRA: Partial<Record<EndpointName, string[]>> = {
  listUsers: [
    "status=active,missing",
    "level=site_admin",
    "use=unknown&sort=lastUsed&descending=true",
    "search=a&agency=false",
  ],
  listRoles: ["search=a", "inList=true"],
  listGrants: [
    ...["kind=job", "kind=future_job", "made=by_hand,not_told", "userStatus=deactivated"],
    "everyFutureJob=true",
  ],
  listEvents: ["counts=true&kind=viewed,other", "performerType=user", "from=2020-01-01"],
  listChanges: ["kind=baseline", "stream=users"],
};

for (const kind of ["harvest_v3", "harvest_v1"] as const) {
  test(`${kind}: every endpoint that reads answers as its contract says`, async (t) => {
    const { app, get } = await synced(t, kind);
    const users = await get("/users");
    assert.ok(users.body.total >= 30);
    const { items: grants } = (await get("/grants?kind=job&limit=1")).body;
    const events = (await get("/events?limit=1")).body.items;
    const ids = { user: users.body.items[0].id, run: 1, job: grants[0].job.id, event: events[0].id };
    const [finding] = (await get("/findings?limit=1")).body.items;
    const payload = { kind: "reactivate", usersThatFit: { status: ["deactivated"] } };
    const preview = await app.inject({ method: "POST", url: `${API}/connections/1/actions`, payload });
    assert.equal(preview.statusCode, 201, preview.body);
    for (const [name, { method, path }] of Object.entries(endpoints) as [
      EndpointName,
      { method: string; path: string },
    ][]) {
      if (method !== "GET" || !path.startsWith("/connections/{c}")) continue;
      const at = path
        .replace("/connections/{c}", "")
        .replace("{user}", ids.user)
        .replace("{run}", String(ids.run))
        .replace("{finding}", finding.id)
        .replace("{action}", String(preview.json().id))
        .replace("{event}", ids.event);
      for (const query of ["", ...(EXTRA[name] ?? [])]) {
        const answer = await get(`${at}${query ? `?${query}` : ""}`);
        assert.equal(answer.status, 200, `${name} ${query}: ${JSON.stringify(answer.body).slice(0, 300)}`);
      }
    }
    const seen = await get(`/grants?job=${ids.job}`);
    assert.ok(
      seen.body.items.some((each: { kind: string }) => each.kind === "site_admin" || each.kind === "job"),
    );
  });
}

test("pages put together are the whole list, and what isn't there is refused by its code", async (t) => {
  const { app, get, told } = await synced(t, "harvest_v3");
  const all = async (list: string, limit: number) => {
    const rows: string[] = [];
    for (let cursor: string | null = ""; cursor !== null; ) {
      const page: { items: unknown[]; nextCursor: string | null } = (
        await get(`/${list}?limit=${limit}${cursor ? `&cursor=${encodeURIComponent(cursor)}` : ""}`)
      ).body;
      rows.push(...page.items.map((each) => JSON.stringify(each)));
      cursor = page.nextCursor;
    }
    return rows;
  };
  for (const [list, limit] of Object.entries({
    users: 7,
    roles: 2,
    grants: 40,
    events: 90,
    changes: 3,
    runs: 1,
  })) {
    const rows = await all(list, limit);
    assert.ok(rows.length > 2, list);
    // Not deepEqual: its message would hold every row.
    assert.ok(rows.join("\n") === (await all(list, 1000)).join("\n"), list);
  }
  for (const [path, code] of [
    ["/users/999", "user_not_found"],
    ["/users/x", "invalid_request"],
    ["/grants?job=999", "job_not_found"],
    ["/runs/999", "run_not_found"],
    ["/events/1", "event_not_found"],
    ["/users?cursor=zz", "invalid_cursor"],
    ["/users?asOf=2020-01-01", "not_known_then"],
    ["/users?asOf=yesterday", "invalid_request"],
    ["/users?colour=red", "invalid_request"],
    ["/events?kind=seen", "invalid_request"],
    ["/usage?from=2026-11-40", "invalid_request"],
    ["/usage?from=2026-11-02&to=2026-11-01", "invalid_request"],
  ] as const) {
    assert.equal((await get(path)).body.error?.code, code, path);
  }
  const rules = [{ level: "any", status: "active", type: "Person" }];
  const purchased = [{ type: "Person", purchased: 50, priceCents: 3200, currency: "EUR" }];
  const put = (payload: object) =>
    app.inject({ method: "PUT", url: `${API}/connections/1/license-rules`, payload });
  assert.deepEqual((await put({ rules, purchased })).json(), { rules, purchased });
  const { rules: saved, rulesBefore, purchased: typed, purchasedBefore } = (await told())!;
  assert.equal(saved, "level any status active type Person");
  assert.match(String(rulesBefore), /level site_admin status active type Site Admin/);
  assert.deepEqual(
    [typed, purchasedBefore],
    ["type Person purchased 50 priceCents 3200 currency EUR", "none"],
  );
  const those = async (query: string) =>
    (await app.inject(`${API}/connections${query}`)).json().items?.length;
  assert.deepEqual([await those("?id=1"), await those("?id=7,1"), await those("?id=7")], [1, 1, 0]);
  assert.equal((await app.inject(`${API}/connections?id=acme`)).json().error.code, "invalid_request");
  const settings = { keepEventsDays: 35, everyMinutes: { usage: 30 } };
  await app.inject({ method: "PATCH", url: `${API}/connections/1`, payload: { settings } });
  assert.deepEqual(await told(), {
    keepEventsDays: 35,
    keepEventsDaysBefore: 400,
    "everyMinutes.usage": 30,
    "everyMinutes.usageBefore": 15,
  });
  assert.equal((await get("/licenses")).body.types[0].price.amount, 32);
  assert.equal((await put({ rules: [], purchased })).json().error.code, "not_possible");
});

test("a request type that no longer counts takes its use with it, and gives it back", async (t) => {
  const { app, get, told } = await synced(t, "harvest_v3");
  const deeds = async () =>
    (await get("/usage")).body.days.reduce(
      (sum: number, day: { deeds: number | null }) => sum + (day.deeds ?? 0),
      0,
    );
  const before = await deeds();
  const { items } = (await get("/usage/request-types")).body;
  for (const requestType of ["a\u0000", "\ud800", "a".repeat(701)]) {
    const payload = { set: [{ requestType, counts: false }] };
    const url = `${API}/connections/1/usage/request-types`;
    assert.equal((await app.inject({ method: "PATCH", url, payload })).statusCode, 400, "no log has it");
  }
  const set = async (counts: boolean) => {
    const payload = { set: [{ requestType: items[0].requestType, counts }] };
    const answer = await app.inject({
      method: "PATCH",
      url: `${API}/connections/1/usage/request-types`,
      payload,
    });
    assert.equal(answer.statusCode, 200, answer.body);
  };
  await set(false);
  assert.ok((await deeds()) < before);
  assert.deepEqual(await told(), { count: "none", dontCount: items[0].requestType });
  await set(true);
  assert.equal(await deeds(), before);
});

test("a user marked as an integration's own is a service account until the mark is taken back", async (t) => {
  const { app, get, told } = await synced(t, "harvest_v3");
  const { items } = (await get("/users?level=site_admin&status=active&serviceAccounts=exclude")).body;
  const mark = async (user: string, markedServiceAccount: boolean) => {
    const payload = { markedServiceAccount };
    return (await app.inject({ method: "PATCH", url: `${API}/connections/1/users/${user}`, payload })).json();
  };
  const marked = await mark(items[0].id, true);
  assert.deepEqual([marked.serviceAccount, marked.license.type], [true, null]);
  assert.deepEqual(await told(), { markedServiceAccount: true });
  assert.deepEqual((await mark(items[0].id, false)).license, items[0].license);
  assert.equal((await mark("999", true)).error.code, "user_not_found");
});
