import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Client, Got } from "../testing.ts";
import { client } from "../testing.ts";

type Row = Record<string, unknown>;
interface Scene {
  c: Client;
  auth: Record<string, string>;
  /** Somebody with job permissions, a future one and roles in hiring teams. */
  zoe: number;
}
async function scene(scenario: Record<string, unknown> = {}): Promise<Scene & AsyncDisposable> {
  const c = await client();
  const auth = await c.bearer(c.sim.siteAdminId);
  c.sim.control.patchScenario(scenario);
  return { c, auth, zoe: c.sim.nonAdminId, [Symbol.asyncDispose]: () => c.sim.close() };
}
const post = ({ c, auth }: Scene, path: string, body?: unknown): Promise<Got> =>
  c.send("POST", `/v3/${path}`, auth, body);
const userOf = async ({ c, auth }: Scene, id: number): Promise<Row> =>
  (await c.get(`/v3/users?ids=${id}`, auth)).body[0];
const deactivated = async (s: Scene, id: number): Promise<unknown> => (await userOf(s, id)).deactivated;

describe("v3 writes", () => {
  test("deactivate and activate one person, and the audit log tells who did it", async () => {
    await using s = await scene();
    assert.deepEqual(
      [(await post(s, `users/${s.zoe}/deactivate`)).status, await deactivated(s, s.zoe)],
      [204, true],
    );
    assert.deepEqual(
      [(await post(s, `users/${s.zoe}/activate`)).status, await deactivated(s, s.zoe)],
      [204, false],
    );
    const told = (
      await s.c.get(`/events?event_target_ids=${s.zoe}&event_types=data_change_update`, s.auth)
    ).body.results.slice(0, 2);
    assert.deepEqual(
      told.map((e: { performer: Row; event: Row }) => [e.performer.type, e.performer.id, e.event.meta]),
      [
        ["user", s.c.sim.siteAdminId, { deactivated: [true, false] }],
        ["user", s.c.sim.siteAdminId, { deactivated: [false, true] }],
      ],
    );
  });

  test("revoke_permissions leaves nothing but a Basic user", async () => {
    await using s = await scene();
    const lists = ["user_job_permissions", "future_job_permissions", "job_owners", "job_hiring_managers"];
    const rows = async (): Promise<number[]> =>
      Promise.all(lists.map(async (list) => (await s.c.all(`/v3/${list}?user_ids=${s.zoe}`, s.auth)).length));
    assert.ok(
      (await rows()).every((n) => n > 0),
      JSON.stringify(await rows()),
    );
    assert.equal((await post(s, `users/${s.zoe}/revoke_permissions`)).status, 204);
    assert.deepEqual(await rows(), [0, 0, 0, 0]);
    assert.equal((await post(s, `users/${s.c.sim.siteAdminId}/revoke_permissions`)).status, 204);
    assert.equal((await s.c.get("/v3/users", s.auth)).status, 403, "who made themselves Basic may not list");
  });

  test("an approval that waits for somebody who became Basic waits for them no more", async () => {
    await using s = await scene();
    const pending = (await s.c.all("/v3/approvers?per_page=500&status=due", s.auth)).filter(
      (r) => r.user_id !== null,
    );
    const { user_id } = pending[0] as Row;
    const own = async (): Promise<Row[]> => s.c.all(`/v3/approvers?per_page=500&user_ids=${user_id}`, s.auth);
    const before = await own();
    await post(s, `users/${user_id}/revoke_permissions`);
    const open = (r: Row): boolean => r.status === "due" || r.status === "waiting";
    assert.deepEqual(
      await own(),
      before.filter((r) => !open(r)),
    );
  });

  test("job and future job permissions are deleted by id, once", async () => {
    await using s = await scene();
    for (const list of ["user_job_permissions", "future_job_permissions"]) {
      const [{ id }] = (await s.c.get(`/v3/${list}?user_ids=${s.zoe}`, s.auth)).body;
      const statuses = [];
      for (let i = 0; i < 2; i++)
        statuses.push((await s.c.send("DELETE", `/v3/${list}/${id}`, s.auth)).status);
      assert.deepEqual(statuses, [204, 404]);
      assert.deepEqual((await s.c.get(`/v3/${list}?ids=${id}`, s.auth)).body, []);
      s.c.sim.control.patchScenario({ "v3.repeatedDelete": "same" });
      assert.equal((await s.c.send("DELETE", `/v3/${list}/${id}`, s.auth)).status, 204);
      s.c.sim.control.resetScenario();
    }
    assert.ok(
      (await s.c.all(`/v3/job_owners?user_ids=${s.zoe}`, s.auth)).length > 0,
      "the hiring team keeps them",
    );
  });

  test("in bulk: answered at once, counted one by one, its state by its UUID", async () => {
    await using s = await scene();
    const people = (await s.c.all("/v3/users?deactivated=false", s.auth))
      .map((u) => Number(u.id))
      .filter((id) => id !== s.c.sim.siteAdminId)
      .slice(0, 4);
    s.c.sim.control.patchScenario({ "write.refusals": { [String(people[1])]: 422 } });
    const got = await post(s, "users/deactivate/bulk", { data: [...people, 17] });
    assert.deepEqual([got.status, got.body.status], [202, "building"]);
    const state = (await s.c.get(got.body.status_url, s.auth)).body;
    assert.deepEqual(
      [
        state.status,
        state.record_count,
        state.success_count,
        state.failure_count,
        state.requested_by_user_id,
        state.api_endpoint,
      ],
      ["completed", 5, 3, 2, s.c.sim.siteAdminId, "/v3/users/deactivate/bulk"],
    );
    assert.deepEqual(await Promise.all(people.map((id) => deactivated(s, id))), [true, false, true, true]);
    assert.deepEqual(
      (await s.c.get(`/v3/bulk_requests?bulk_action_uuid=${got.body.bulk_action_uuid}`, s.auth)).body,
      [state],
    );
    assert.equal(
      (await s.c.get("/v3/bulk_requests/00000000-0000-4000-a000-000000000000", s.auth)).status,
      404,
    );
    await post(s, "users/activate/bulk", { data: people });
    assert.equal(await deactivated(s, people[0] as number), false);
  });

  test("a bulk request is refused whole, by switch, and for a body that is no list", async () => {
    await using s = await scene({ "v3.bulkRefusal": "whole", "write.refusals": { "1": 403 } });
    assert.equal((await post(s, "users/deactivate/bulk", { data: [s.zoe, 1] })).status, 404);
    assert.equal(await deactivated(s, s.zoe), false);
    for (const body of [undefined, "x", {}, { data: [] }, { data: ["a"] }, { user_ids: [s.zoe] }])
      assert.equal((await post(s, "users/deactivate/bulk", body)).status, 422, JSON.stringify(body));
    s.c.sim.control.patchScenario({ "v3.bulkBody": "any" });
    assert.equal((await post(s, "users/deactivate/bulk", { user_ids: [s.zoe] })).status, 202);
  });

  test("a write shows with the nth call after it, or after some time; bulk requests wait as well", async () => {
    await using s = await scene({ "write.effectCalls": 3 });
    await post(s, `users/${s.zoe}/deactivate`);
    const seen = [];
    for (let i = 0; i < 4; i++) seen.push(await deactivated(s, s.zoe));
    assert.deepEqual(seen, [false, false, true, true]);
    s.c.sim.control.patchScenario({ write: { effectCalls: 0, effectSeconds: 60 } });
    const { body } = await post(s, "users/activate/bulk", { data: [s.zoe] });
    const state = async (): Promise<unknown> =>
      (await s.c.get(`/v3/bulk_requests/${body.bulk_action_uuid}`, s.auth)).body.status;
    assert.deepEqual([await state(), await deactivated(s, s.zoe)], ["building", true]);
    s.c.sim.control.clock({ advanceSeconds: 61 });
    assert.deepEqual([await state(), await deactivated(s, s.zoe)], ["completed", false]);
  });

  const refusals: [string, number, (s: Scene) => Promise<Got>][] = [
    ["an unknown person", 404, (s) => post(s, "users/17/deactivate")],
    ["no token", 401, (s) => s.c.send("POST", `/v3/users/${s.zoe}/deactivate`, {})],
    ["another method", 404, (s) => s.c.get(`/v3/users/${s.zoe}/deactivate`, s.auth)],
    [
      "a permission of a Site Admin, which no list shows",
      404,
      async (s) => {
        const [{ id }] = (await s.c.get(`/v3/user_job_permissions?user_ids=${s.zoe}`, s.auth)).body;
        s.c.sim.control.mutate({ op: "setSiteAdmin", userId: s.zoe, value: true });
        return s.c.send("DELETE", `/v3/user_job_permissions/${id}`, s.auth);
      },
    ],
    [
      "a permission whose role is no Job Admin's",
      422,
      async (s) => {
        const role = (await s.c.all("/v3/user_roles", s.auth)).find(
          (r) => r.role_type === "coordinator_plus",
        );
        const [made] = s.c.sim.control.mutate({
          op: "addJobPermission",
          userId: s.zoe,
          roleId: Number(role?.id),
        });
        return s.c.send("DELETE", `/v3/user_job_permissions/${made?.id}`, s.auth);
      },
    ],
    [
      "somebody who acts and is no Site Admin, even where their lists are empty",
      403,
      async (s) => {
        const auth = await s.c.bearer(s.zoe);
        s.c.sim.control.patchScenario({ "v3.nonSiteAdmin": "empty" });
        return s.c.send("POST", `/v3/users/${s.c.sim.siteAdminId}/deactivate`, auth);
      },
    ],
  ];
  for (const [name, status, call] of refusals) {
    test(`${status} for ${name}`, async () => {
      await using s = await scene();
      assert.equal((await call(s)).status, status);
    });
  }

  test("each write has a scope of its own", async () => {
    await using s = await scene();
    const [{ id: job }] = (await s.c.get(`/v3/user_job_permissions?user_ids=${s.zoe}`, s.auth)).body;
    const [{ id: future }] = (await s.c.get(`/v3/future_job_permissions?user_ids=${s.zoe}`, s.auth)).body;
    const writes: [string, string, string, unknown?][] = [
      ["harvest:users:deactivate", "POST", `users/${s.zoe}/deactivate`],
      ["harvest:users:activate", "POST", "users/activate/bulk", { data: [s.zoe] }],
      ["harvest:user_job_permissions:destroy", "DELETE", `user_job_permissions/${job}`],
      ["harvest:future_job_permissions:destroy", "DELETE", `future_job_permissions/${future}`],
      ["harvest:users:revoke_permissions", "POST", `users/${s.zoe}/revoke_permissions`],
      ["harvest:users:revoke_permissions", "POST", "users/revoke_permissions/bulk", { data: [s.zoe] }],
    ];
    const all = writes.map(([scope]) => scope);
    for (const [scope, method, path, body] of writes) {
      const scopes = (these: string[]) =>
        s.c.sim.control.patchScenario({ credentials: { v3: { [s.c.sim.clientId]: { scopes: these } } } });
      scopes(all.filter((other) => other !== scope));
      assert.equal(
        (await s.c.send(method, `/v3/${path}`, s.auth, body)).status,
        403,
        `${path} without ${scope}`,
      );
      scopes([scope]);
      assert.ok((await s.c.send(method, `/v3/${path}`, s.auth, body)).status < 300, `${path} with ${scope}`);
    }
  });

  test("writes count against the limit of reads", async () => {
    await using s = await scene({ "rate.enabled": true, "rate.v3.limit": 2 });
    const statuses = [];
    for (const verb of ["deactivate", "activate", "deactivate"])
      statuses.push((await post(s, `users/${s.zoe}/${verb}`)).status);
    assert.deepEqual(statuses, [204, 204, 429]);
    s.c.sim.control.patchScenario({ "rate.enabled": false });
    assert.equal(await deactivated(s, s.zoe), false);
  });
});

describe("what is not published, by switch", () => {
  const answers: [string, Record<string, unknown>, (s: Scene) => Promise<Got>, number][] = [
    ["writeStatus 200", { "v3.writeStatus": 200 }, (s) => post(s, `users/${s.zoe}/deactivate`), 200],
    ["writeStatus 202", { "v3.writeStatus": 202 }, (s) => post(s, `users/${s.zoe}/deactivate`), 202],
    ["no single form", { "v3.singleWrites": "404" }, (s) => post(s, `users/${s.zoe}/deactivate`), 404],
    [
      "no single form, but in bulk",
      { "v3.singleWrites": "404" },
      (s) => post(s, "users/deactivate/bulk", { data: [s.zoe] }),
      202,
    ],
    [
      "no bulk form",
      { "v3.bulkWrites": "404" },
      (s) => post(s, "users/deactivate/bulk", { data: [s.zoe] }),
      404,
    ],
    [
      "no revoke_permissions",
      { "v3.revokePermissions": "404" },
      (s) => post(s, `users/${s.zoe}/revoke_permissions`),
      404,
    ],
    [
      "bulkStatus 204",
      { "v3.bulkStatus": 204 },
      (s) => post(s, "users/deactivate/bulk", { data: [s.zoe] }),
      204,
    ],
    [
      "bulkPoll 404",
      { "v3.bulkPoll": "404" },
      (s) => s.c.get(`/v3/bulk_requests/${"0".repeat(8)}-1`, s.auth),
      404,
    ],
    ["repeatedWrite the same", {}, (s) => post(s, `users/${s.c.sim.deactivatedAdminId}/deactivate`), 204],
    [
      "repeatedWrite refused",
      { "v3.repeatedWrite": "refuse" },
      (s) => post(s, `users/${s.c.sim.deactivatedAdminId}/deactivate`),
      422,
    ],
    [
      "siteAdminTarget refused",
      { "write.siteAdminTarget": "refuse" },
      (s) => post(s, `users/${s.c.sim.deactivatedAdminId}/revoke_permissions`),
      403,
    ],
    [
      "self refused",
      { "write.self": "refuse" },
      (s) => post(s, `users/${s.c.sim.siteAdminId}/deactivate`),
      422,
    ],
  ];
  for (const [name, scenario, call, status] of answers) {
    test(`${name}: ${status}`, async () => {
      await using s = await scene(scenario);
      assert.equal((await call(s)).status, status);
    });
  }

  for (const status of [403, 422, 500]) {
    test(`one person refused with ${status}, others not`, async () => {
      await using s = await scene();
      const [other] = (await s.c.all("/v3/users?deactivated=false", s.auth))
        .map((u) => Number(u.id))
        .filter((id) => id !== s.zoe && id !== s.c.sim.siteAdminId);
      s.c.sim.control.patchScenario({ "write.refusals": { [String(s.zoe)]: status } });
      assert.equal((await post(s, `users/${s.zoe}/deactivate`)).status, status);
      assert.equal((await post(s, `users/${other}/deactivate`)).status, 204);
      s.c.sim.control.patchScenario({ "write.refusals": { [String(s.zoe)]: null } });
      assert.equal((await post(s, `users/${s.zoe}/deactivate`)).status, 204);
    });
  }

  const performers: [string, string[]][] = [
    ["api_key", ["api_key"]],
    ["nobody", []],
  ];
  for (const [auditPerformer, types] of performers) {
    test(`the audit log tells of it as done by ${auditPerformer}`, async () => {
      await using s = await scene({ "write.auditPerformer": auditPerformer });
      await post(s, `users/${s.zoe}/deactivate`);
      const { results } = (
        await s.c.get(`/events?event_target_ids=${s.zoe}&after_time=2026-11-23T12:00:00Z`, s.auth)
      ).body;
      assert.deepEqual(
        results.map((e: { performer: Row }) => e.performer.type),
        types,
      );
    });
  }

  test("a fault: a stall after the write was applied, and one before", async () => {
    for (const heard of [true, false]) {
      await using s = await scene();
      s.c.sim.control.addFaults({ match: { method: "POST" }, fault: { kind: "stall", heard } });
      const given = new AbortController();
      const url = `${s.c.sim.url}/v3/users/${s.zoe}/deactivate`;
      const asked = fetch(url, { method: "POST", headers: s.auth, signal: given.signal }).catch(() => null);
      while (s.c.sim.control.requests({ endpoint: "v3.users.id.deactivate" }).length === 0)
        await new Promise((resolve) => setTimeout(resolve, 5));
      given.abort();
      assert.equal(await asked, null);
      assert.equal(await deactivated(s, s.zoe), heard);
    }
  });

  const lost: [string, Record<string, unknown>, boolean][] = [
    ["an answer that is lost after the write was applied", { kind: "reset" }, true],
    ["a call that never arrives", { kind: "reset", heard: false }, false],
    ["a gateway's 502 after the write was applied", { kind: "status", status: 502, heard: true }, true],
    ["a gateway's 502 in place of the write", { kind: "status", status: 502 }, false],
  ];
  for (const [name, fault, applied] of lost) {
    test(`a fault: ${name}`, async () => {
      await using s = await scene();
      s.c.sim.control.addFaults({
        match: { method: "POST", endpoint: "v3.users.id.deactivate" },
        fault: fault as never,
      });
      const got = await post(s, `users/${s.zoe}/deactivate`).catch(() => null);
      assert.equal(got?.status ?? null, fault.kind === "status" ? 502 : null);
      assert.equal(await deactivated(s, s.zoe), applied);
    });
  }
});

describe("v1 writes", () => {
  const write = (
    { c }: Scene,
    method: string,
    path: string,
    body?: unknown,
    behalf: number | null = c.sim.siteAdminId,
  ): Promise<Got> =>
    c.send(method, path, { ...c.v1, ...(behalf === null ? {} : { "on-behalf-of": String(behalf) }) }, body);
  const rows = async ({ c, zoe }: Scene, what: string): Promise<Row[]> =>
    (await c.get(`/v1/users/${zoe}/permissions/${what}?per_page=500`, c.v1)).body;

  test("disable and enable, by any selector and by the old path, and again", async () => {
    await using s = await scene();
    const calls: [string, unknown][] = [
      ["/v2/users/disable", { user: { user_id: s.zoe } }],
      ["/v2/users/disable", { user: { email: "ZOE.a@example.org" } }],
      ["/v2/users/enable", { user: { user_id: s.zoe } }],
      [`/v1/users/${s.zoe}/disable`, {}],
      [`/v1/users/${s.zoe}/enable`, {}],
    ];
    const seen = [];
    for (const [path, body] of calls) {
      const got = await write(s, "PATCH", path, body);
      seen.push([got.status, got.body.disabled]);
    }
    assert.deepEqual(seen, [
      [200, true],
      [200, true],
      [200, false],
      [200, true],
      [200, false],
    ]);
  });

  test("permission_level takes basic alone, and twice", async () => {
    await using s = await scene();
    const body = { user: { user_id: s.zoe }, level: "basic" };
    const [first, again] = [
      await write(s, "PATCH", "/v1/users/permission_level", body),
      await write(s, "PATCH", "/v1/users/permission_level", body),
    ];
    assert.deepEqual([first.status, first.body, again.body], [200, { success: true }, { success: true }]);
    assert.deepEqual([await rows(s, "jobs"), await rows(s, "future_jobs")], [[], []]);
    const wrong = await write(s, "PATCH", "/v1/users/permission_level", { ...body, level: "site_admin" });
    assert.deepEqual(
      [wrong.status, wrong.body.errors],
      [422, [{ message: "Must be one of: basic", field: "level" }]],
    );
  });

  test("permissions are deleted by a body", async () => {
    await using s = await scene();
    for (const [what, field, label] of [
      ["jobs", "job_permission_id", "Job Permission"],
      ["future_jobs", "future_job_permission_id", "Future Job Permission"],
    ] as const) {
      const before = await rows(s, what);
      const id = before[0]?.id;
      const path = `/v1/users/${s.zoe}/permissions/${what}`;
      const got = await write(s, "DELETE", path, { [field]: id });
      assert.deepEqual([got.status, got.body], [200, { message: `${label} ${id} has been deleted.` }]);
      assert.deepEqual(await rows(s, what), before.slice(1));
      assert.equal((await write(s, "DELETE", path, { [field]: id })).status, 404);
      assert.equal((await write(s, "DELETE", path, {})).status, 422);
    }
  });

  const disable = (s: Scene, behalf?: number | null, user: unknown = { user_id: s.zoe }): Promise<Got> =>
    write(s, "PATCH", "/v2/users/disable", { user }, behalf);
  const key = (permissions: string[]) => ({
    credentials: { v1: { "simulated-harvest-v1-key": { permissions } } },
  });
  const refusals: [string, Record<string, unknown>, (s: Scene) => Promise<Got>, number][] = [
    ["without On-Behalf-Of", {}, (s) => disable(s, null), 403],
    ["without On-Behalf-Of, the other side", { "v1.onBehalfOfStatus": 422 }, (s) => disable(s, null), 422],
    ["on behalf of somebody deactivated", {}, (s) => disable(s, s.c.sim.deactivatedAdminId), 403],
    ["on behalf of somebody who is no Site Admin", {}, (s) => disable(s, s.zoe), 200],
    [
      "the same where it must be one",
      { "v1.onBehalfOfMust": "be a Site Admin" },
      (s) => disable(s, s.zoe),
      403,
    ],
    [
      "by two selectors",
      {},
      (s) => disable(s, undefined, { user_id: s.zoe, email: "zoe.a@example.org" }),
      422,
    ],
    ["of nobody known", {}, (s) => disable(s, undefined, { user_id: 17 }), 404],
    ["with a key that lacks the permission", key(["users", "user"]), (s) => disable(s), 403],
    ["with a key that has it", key(["enable_disable_user"]), (s) => disable(s), 200],
    ["after the sunset", { "v1.state": "410" }, (s) => disable(s), 410],
    [
      "of somebody Greenhouse refuses",
      { "write.siteAdminTarget": "refuse" },
      (s) => disable(s, undefined, { user_id: s.c.sim.siteAdminId }),
      403,
    ],
  ];
  for (const [name, scenario, call, status] of refusals) {
    test(`a write ${name}: ${status}`, async () => {
      await using s = await scene(scenario);
      assert.equal((await call(s)).status, status);
    });
  }
});
