import assert from "node:assert/strict";
import { test } from "node:test";
import { type FaultRule, startSimulator } from "../../../simulator/index.ts";
import type { Write, WriteKind } from "../../model/action.ts";
import type { Credential } from "../../model/connection.ts";
import { Acts } from "./act.ts";
import { duties } from "./duties.ts";
import { Looks } from "./look.ts";
import { parts, sessionOptions } from "./testing.ts";

const NOW = "2026-11-23T12:00:00Z";
/** Our clock is that of the simulator: what is still to come doesn't depend on today. */
const AHEAD_MS = Date.parse(NOW) - Date.now();
const now = () => Date.now() + AHEAD_MS;

/** One simulator for the file: each case begins with everything as it was at its start. */
async function stage() {
  const sim = await startSimulator({ users: 40, rateLimits: false, now: NOW, freeze: true });
  const open = (
    kind: "harvest_v3" | "harvest_v1" = "harvest_v3",
    permissionType: "read" | "read_and_act" = "read_and_act",
  ) => {
    const credential: Credential =
      kind === "harvest_v3"
        ? { kind, clientId: sim.clientId, secret: sim.clientSecret }
        : { kind, clientId: null, secret: sim.v1Key };
    const options = sessionOptions(sim.urls, credential, { adminUserId: String(sim.siteAdminId), now });
    options.connection.permissionType = permissionType;
    const { caller, authorization } = parts(options);
    return {
      acts: new Acts(caller, authorization, { idleMs: 300 }),
      looks: new Looks(caller, authorization),
      duties: (ids: string[]) => duties(caller, authorization, ids),
      caller,
    };
  };
  const zoe = String(sim.nonAdminId);
  const dump = (await sim.control.dump({
    parts: ["userJobPermissions", "futureJobPermissions"],
  })) as unknown as Record<string, { id: number; user_id: number }[]>;
  const grantOf = (list: string) => String(dump[list]!.find((row) => String(row.user_id) === zoe)!.id);
  const writeOf = (kind: WriteKind): Write => {
    if (kind === "remove_job_grant") return { kind, userId: zoe, grantId: grantOf("userJobPermissions") };
    if (kind === "remove_future_job_grant")
      return { kind, userId: zoe, grantId: grantOf("futureJobPermissions") };
    return { kind, userId: kind === "reactivate" ? String(sim.deactivatedAdminId) : zoe };
  };
  const writes = () =>
    sim.control.requests({}).filter(({ method, endpoint }) => method !== "GET" && endpoint !== "token");
  return { sim, open, zoe, writeOf, writes };
}

const nothing = async () => {};
const KINDS: WriteKind[] = [
  "deactivate",
  "reactivate",
  "revoke_to_basic",
  "remove_job_grant",
  "remove_future_job_grant",
];

/** What is not published, played from every side: the outcome is the same, or says that it can't be told. */
const SIDES: [string, Record<string, unknown>, WriteKind, string][] = [
  ...KINDS.map(
    (kind) => [`v3: ${kind}`, {}, kind, "taken, so"] as [string, Record<string, unknown>, WriteKind, string],
  ),
  ["answered with 200", { "v3.writeStatus": 200 }, "deactivate", "taken, so"],
  ["answered with 202", { "v3.writeStatus": 202 }, "remove_job_grant", "taken, so"],
  ["no form for one person", { "v3.singleWrites": "404" }, "deactivate", "taken, so"],
  ["no form for one person: activate", { "v3.singleWrites": "404" }, "reactivate", "taken, so"],
  ["no revoke_permissions for one person", { "v3.revokePermissions": "404" }, "revoke_to_basic", "taken, so"],
  [
    "the bulk body as user_ids",
    { "v3.singleWrites": "404", "v3.bulkBody": "user_ids" },
    "deactivate",
    "taken, so",
  ],
  ["the bulk body as ids", { "v3.singleWrites": "404", "v3.bulkBody": "ids" }, "deactivate", "taken, so"],
  [
    "the bulk body as objects",
    { "v3.singleWrites": "404", "v3.bulkBody": "objects" },
    "revoke_to_basic",
    "taken, so",
  ],
  [
    "the bulk body as any list",
    { "v3.singleWrites": "404", "v3.bulkBody": "any" },
    "deactivate",
    "taken, so",
  ],
  ["bulk answered with 200", { "v3.singleWrites": "404", "v3.bulkStatus": 200 }, "deactivate", "taken, so"],
  ["bulk answered with 204", { "v3.singleWrites": "404", "v3.bulkStatus": 204 }, "deactivate", "taken, so"],
  ["neither form", { "v3.singleWrites": "404", "v3.bulkWrites": "404" }, "deactivate", "refused, not so"],
  [
    "refused in bulk, whole",
    { "v3.singleWrites": "404", "v3.bulkRefusal": "whole", refuse: 403 },
    "deactivate",
    "refused, not so",
  ],
  ["refused with 403", { refuse: 403 }, "deactivate", "refused, not so"],
  ["refused with 422", { refuse: 422 }, "remove_job_grant", "refused, not so"],
  ["a 500", { refuse: 500 }, "deactivate", "lost, not so"],
  [
    "a Site Admin may not be changed",
    { "write.siteAdminTarget": "refuse", on: "admin" },
    "revoke_to_basic",
    "refused, not so",
  ],
  [
    "whoever acts may not be changed",
    { "write.self": "refuse", on: "admin" },
    "deactivate",
    "refused, not so",
  ],
  ["again, and the same answer", { twice: true }, "deactivate", "taken, so"],
  ["again, and refused", { twice: true, "v3.repeatedWrite": "refuse" }, "deactivate", "refused, so"],
  ["a grant that is gone: 404", { twice: true }, "remove_job_grant", "refused, so"],
  [
    "a grant that is gone: the same answer",
    { twice: true, "v3.repeatedDelete": "same" },
    "remove_job_grant",
    "taken, so",
  ],
  ["seen later", { "write.effectSeconds": 60 }, "deactivate", "taken, not so, so"],
];

test("what Greenhouse may answer to a write on v3", async (t) => {
  const { sim, open, writeOf, writes } = await stage();
  t.after(() => sim.close());
  for (const [name, { twice, on, refuse, ...scenario }, kind, expected] of SIDES) {
    await t.test(name, async () => {
      sim.control.reset();
      const { acts, looks } = open();
      const write = on === "admin" ? ({ kind, userId: String(sim.siteAdminId) } as Write) : writeOf(kind);
      sim.control.patchScenario({
        ...scenario,
        ...(refuse !== undefined && { "write.refusals": { [write.userId]: refuse } }),
      });
      if (twice) await acts.act(write, nothing);
      sim.control.clearRequests();
      let sent = 0;
      const acted = await acts.act(write, async () => void sent++);
      const outcome = [acted.answer, ...(await seen(looks, write))];
      if (expected.endsWith("not so, so")) {
        sim.control.clock({ advanceSeconds: 61 });
        outcome.push(...(await seen(looks, write)));
      }
      assert.equal(outcome.join(", "), expected);
      assert.equal(writes().length, sent, "each request was told before it left");
      assert.ok(sent <= 5);
    });
  }
});

const seen = async (looks: Looks, write: Write) => {
  const [look] = await looks.look([write]);
  return [look!.so === null ? "can't be told" : look!.so ? "so" : "not so"];
};

test("a bulk request is followed by its UUID, where that may be asked, and the body that was taken is the next one's", async (t) => {
  const { sim, open, writeOf, writes } = await stage();
  t.after(() => sim.close());
  sim.control.patchScenario({ "v3.singleWrites": "404", "v3.bulkBody": "objects" });
  const session = open();
  await session.acts.act(writeOf("deactivate"), nothing);
  sim.control.clearRequests();
  assert.equal((await session.acts.act(writeOf("reactivate"), nothing)).answer, "taken");
  assert.deepEqual(
    writes().map(({ status }) => status),
    [404, 202],
  );
  const write = writeOf("deactivate");
  for (const [name, scenario, counted] of [
    ["one record", {}, { succeeded: 1, failed: 0 }],
    ["a list of one", { "v3.bulkPoll": "array" }, { succeeded: 1, failed: 0 }],
    ["a failure is counted", { "write.refusals": { [write.userId]: 422 } }, { succeeded: 0, failed: 1 }],
    ["not done yet", { "write.effectSeconds": 60 }, null],
    ["no such path", { "v3.bulkPoll": "404" }, null],
  ] as const) {
    sim.control.reset();
    sim.control.patchScenario({ "v3.singleWrites": "404", ...scenario });
    const { acts } = open();
    const acted = await acts.act(write, nothing);
    assert.ok(acted.answer === "taken" && acted.follow !== null, name);
    assert.deepEqual(await acts.bulkCounted(acted.follow), counted, name);
  }
});

test("who is Basic is seen beside others who hold more grants than a page shows", async (t) => {
  const { sim, open, zoe } = await stage();
  t.after(() => sim.close());
  const rows = (await sim.control.dump({
    parts: ["users", "userJobPermissions", "futureJobPermissions"],
  })) as unknown as Record<string, { id: number; user_id: number; site_admin: boolean }[]>;
  const holders = [...rows.userJobPermissions!, ...rows.futureJobPermissions!].map(({ user_id }) => user_id);
  const basic = rows.users!.find(({ id, site_admin }) => !site_admin && !holders.includes(id))!;
  const other = rows.userJobPermissions!.find(({ user_id }) => String(user_id) !== zoe)!;
  sim.control.patchScenario({ "v3.mostPerPage": 2 });
  const ids = [zoe, String(other.user_id), String(basic.id)];
  const looks = await open().looks.look(ids.map((userId) => ({ kind: "revoke_to_basic", userId })));
  assert.deepEqual(
    looks.map(({ user, so }) => user && so),
    [false, false, true],
  );
});

const LOST: [string, FaultRule["fault"], string][] = [
  ["the connection was reset after the write was applied", { kind: "reset" }, "lost, so"],
  ["the connection was reset before the call arrived", { kind: "reset", heard: false }, "lost, not so"],
  ["no answer, after the write was applied", { kind: "stall" }, "lost, so"],
  ["no answer, and the call never arrived", { kind: "stall", heard: false }, "lost, not so"],
  ["a gateway's 502, after the write was applied", { kind: "status", status: 502, heard: true }, "lost, so"],
];

test("a lost answer: asked once, and only what Greenhouse shows tells", async (t) => {
  const { sim, open, writeOf, writes } = await stage();
  t.after(() => sim.close());
  for (const [name, fault, expected] of LOST) {
    sim.control.reset();
    sim.control.addFaults({ match: { method: "POST", endpoint: "v3.users.*" }, fault });
    const { acts, looks } = open();
    const write = writeOf("deactivate");
    // The token is at hand, so that the one write is all that isn't read.
    await looks.look([write]);
    sim.control.clearRequests();
    const acted = await acts.act(write, nothing);
    assert.equal([acted.answer, ...(await seen(looks, write))].join(", "), expected, name);
    assert.equal(writes().length, 1, name);
  }
});

test("nothing has left: said as an error, not as a lost answer", async () => {
  const { sim, open, writeOf, writes } = await stage();
  const { acts, looks } = open();
  const write = writeOf("deactivate");
  await looks.look([write]);
  await assert.rejects(
    acts.act(write, async () => {
      throw new Error("another process has taken over");
    }),
    /taken over/,
  );
  assert.deepEqual(writes(), []);
  sim.control.addFaults({
    match: { endpoint: "v3.users.*" },
    fault: { kind: "status", status: 429, headers: { "Retry-After": "4000" } },
  });
  await assert.rejects(acts.act(write, nothing), { name: "ConnectorError", family: "rate_limited" });
  await sim.close();
  await assert.rejects(acts.act(write, nothing), { name: "ConnectorError" });
});

test("a connection that may only read can't write, whatever its credential could do", async (t) => {
  const { sim, open, writeOf, writes } = await stage();
  t.after(() => sim.close());
  const { acts, caller } = open("harvest_v3", "read");
  await assert.rejects(acts.act(writeOf("deactivate"), nothing), /may only read/);
  const v1 = open("harvest_v1", "read");
  await assert.rejects(v1.acts.act(writeOf("remove_job_grant"), nothing), /may only read/);
  for (const method of ["POST", "PATCH", "DELETE"] as const) {
    for (const families of [["v3"], ["v1"], ["token"]] as const) {
      const url = caller.url("harvest", "/v3/users/1/deactivate");
      await assert.rejects(caller.call({ method, url, families }), /may only read/);
    }
  }
  await assert.rejects(
    caller.call({ method: "DELETE", url: caller.url("auth", "/token"), families: ["token"] }),
    /may only read/,
  );
  assert.deepEqual(writes(), []);
});

test("each write has a scope of its own, and no other will do", async (t) => {
  const { sim, open, writeOf } = await stage();
  t.after(() => sim.close());
  const scopes: Record<WriteKind, string> = {
    deactivate: "harvest:users:deactivate",
    reactivate: "harvest:users:activate",
    revoke_to_basic: "harvest:users:revoke_permissions",
    remove_job_grant: "harvest:user_job_permissions:destroy",
    remove_future_job_grant: "harvest:future_job_permissions:destroy",
  };
  const reading = ["users", "user_job_permissions", "future_job_permissions"].map(
    (list) => `harvest:${list}:list`,
  );
  for (const kind of KINDS) {
    for (const [given, answer] of [
      [[...reading, ...Object.values(scopes).filter((scope) => scope !== scopes[kind])], "refused"],
      [[...reading, scopes[kind]], "taken"],
    ] as const) {
      sim.control.reset();
      sim.control.patchScenario({ credentials: { v3: { [sim.clientId]: { scopes: given } } } });
      assert.equal((await open().acts.act(writeOf(kind), nothing)).answer, answer, `${kind} with ${given}`);
    }
  }
});

test("what Greenhouse may answer to a write on v1", async (t) => {
  const { sim, open, writeOf } = await stage();
  t.after(() => sim.close());
  const cases: [string, Record<string, unknown>, WriteKind, string][] = [
    ...KINDS.map(
      (kind) =>
        [`v1: ${kind}`, {}, kind, "taken, so"] as [string, Record<string, unknown>, WriteKind, string],
    ),
    ...[401, 403, 422].map(
      (status) =>
        [
          `may not act: ${status}`,
          { "v1.onBehalfOfStatus": status, as: "nobody" },
          "deactivate",
          "refused, not so",
        ] as [string, Record<string, unknown>, WriteKind, string],
    ),
    ["only a Site Admin may be named", { "v1.onBehalfOfMust": "be a Site Admin" }, "deactivate", "taken, so"],
  ];
  for (const [name, { as, ...scenario }, kind, expected] of cases) {
    sim.control.reset();
    sim.control.patchScenario(scenario);
    const { acts, looks, caller } = open("harvest_v1");
    if (as === "nobody") caller.options.connection.adminUserId = null;
    const write = writeOf(kind);
    const acted = await acts.act(write, nothing);
    assert.equal([acted.answer, ...(await seen(looks, write))].join(", "), expected, name);
  }
});

test("duties are told as far as the credential may read them", async (t) => {
  const { sim, open, zoe } = await stage();
  t.after(() => sim.close());
  const all = await open().duties([zoe]);
  assert.deepEqual(all.untold, new Map());
  assert.ok((all.owner.get(zoe) ?? []).length + (all.hiringManager.get(zoe) ?? []).length > 0);
  const { caller, duties: dutiesOf } = open();
  const rows = (await sim.control.dump({
    parts: ["users", "interviews", "interviewers"],
  })) as unknown as Record<
    string,
    { id: number; user_id: number; interview_id: number; starts_at: string }[]
  >;
  const toCome = rows.interviews!.filter(({ starts_at }) => Date.parse(starts_at) >= caller.now());
  const seats = rows.interviewers!.filter(
    ({ user_id, interview_id }) => user_id && toCome.some(({ id }) => id === interview_id),
  );
  const told = await dutiesOf(rows.users!.map(({ id }) => String(id)));
  const count = (user: number) => seats.filter(({ user_id }) => user_id === user).length;
  assert.ok(seats.length > 0);
  for (const { id } of rows.users!) assert.equal(told.interviews.get(String(id))?.length ?? 0, count(id));
  sim.control.patchScenario({
    credentials: { v3: { [sim.clientId]: { scopes: ["harvest:users:list", "harvest:job_owners:list"] } } },
  });
  const few = await open().duties([zoe]);
  const lists = ["hiring_managers", "default_interviewers", "interviews", "approvers"] as const;
  assert.deepEqual(few.untold, new Map(lists.map((name) => [name, "the credential may not read it"])));
  assert.deepEqual(few.owner.get(zoe), all.owner.get(zoe));
  assert.deepEqual((await open("harvest_v1").duties([zoe])).untold.size, 5);
  sim.control.reset();
  sim.control.patchScenario({ "v3.mostPerPage": 1 });
  const many = await open().duties(rows.users!.map(({ id }) => String(id)));
  assert.equal(many.untold.get("owners"), "the list is too long");
});
