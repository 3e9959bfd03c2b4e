import assert from "node:assert/strict";
import { after, beforeEach, suite, test } from "node:test";
import { startSimulator } from "../../../simulator/index.ts";
import { RECRUITING_STREAMS } from "../../model/stream.ts";
import type { TestStep } from "../connector.ts";
import { greenhouse } from "./index.ts";
import { nothing, PLAYED, type Setup, Stage, v1 } from "./stage.ts";
import { knowsNothing } from "./testing.ts";

const stage = new Stage(await startSimulator(PLAYED));
after(() => stage.sim.close());
beforeEach(() => stage.reset());

suite("a test of a connection, step by step", () => {
  const steps = async (setup: Setup, wantsUsage = true) => {
    const all: TestStep[] = [];
    for await (const step of greenhouse.open(stage.options(setup)).test(knowsNothing(), wantsUsage)) {
      if (step.state !== "asking") all.push(step);
    }
    return all;
  };
  const summary = (all: TestStep[]) =>
    all.map(({ step, state, verdict }) => [step, state, verdict?.cause ?? null].filter(Boolean).join(" "));
  const LISTS = [
    "users",
    "user_emails",
    "roles",
    "departments",
    "offices",
    "jobs",
    "job_grants",
    "future_job_grants",
  ];

  test("a test of a good v3 credential is green step by step", async () => {
    assert.deepEqual(summary(await steps({ adminUserId: stage.sim.siteAdminId })), [
      "reach well",
      "credential well",
      "admin_user well",
      ...LISTS.map((stream) => `${stream} well`),
      "audit_log well",
      ...RECRUITING_STREAMS.map((stream) => `${stream} well`),
    ]);
  });

  test("a test asks for no more of a row than its ID, but of the users it names, and gets on where that isn't taken", async () => {
    await steps({});
    const lists = stage.sim.control.requests().filter(({ path }) => /^\/v3\//.test(path));
    assert.ok(lists.length > 10);
    for (const { path, query } of lists) assert.match(query, /fields=/, path);
    stage.faults({ match: { query: "fields=id&" }, fault: { kind: "status", status: 422 } })();
    stage.faults({ match: { query: "&fields=id" }, fault: { kind: "status", status: 422 } })();
    const all = summary(await steps({}));
    assert.ok(
      LISTS.every((stream) => all.includes(`${stream} well`)),
      all.join(", "),
    );
  });

  test("a log that is only to be read in pages, or by times of another writing, is readable", async () => {
    const taken = [
      { "audit.unpagedCap": "refuse" },
      // Only in the second writing that is tried.
      { match: { path: "/events", nth: 1 }, fault: { kind: "status", status: 422 } },
    ];
    for (const side of taken) {
      stage.reset();
      if ("match" in side) stage.faults(side)();
      else stage.scenario(side)();
      assert.ok(summary(await steps({})).includes("audit_log well"), JSON.stringify(side));
    }
  });

  test("a test of a good v1 key is green step by step", async () => {
    const all = summary(await steps({ ...v1, adminUserId: stage.sim.siteAdminId }));
    assert.deepEqual(all, [
      "reach well",
      "credential well",
      "admin_user well",
      ...LISTS.filter((stream) => stream !== "user_emails").map((stream) => `${stream} well`),
      "audit_log well",
    ]);
  });

  for (const [name, setup, breakIt, expected] of [
    [
      "a first user whose grants alone are refused",
      () => v1,
      stage.faults({
        match: { endpoint: "v1.users.id.permissions.jobs", nth: 1 },
        fault: { kind: "status", status: 403 },
      }),
      ["job_grants well", "future_job_grants well"],
    ],
    [
      "a wrong secret",
      () => ({ secret: "wrong-secret" }),
      nothing,
      ["credential failed credential_wrong", "users skipped"],
    ],
    [
      "a bad admin user",
      () => ({ adminUserId: stage.sim.deactivatedAdminId }),
      nothing,
      ["credential well", "admin_user failed admin_user_deactivated", "users skipped"],
    ],
    [
      "no scope for jobs",
      () => ({}),
      stage.scopes("harvest:users:list", "auditlog:events:list"),
      ["users well", "jobs off permission_missing", "audit_log well"],
    ],
    [
      "no audit log",
      () => ({}),
      stage.scopes("harvest:users:list"),
      ["users well", "audit_log failed audit_log_refused"],
    ],
    [
      "v1 that has ended",
      () => v1,
      stage.scenario({ "v1.state": "410" }),
      ["credential failed credential_retired", "audit_log skipped"],
    ],
    [
      "a wrong clock",
      () => ({}),
      stage.scenario({ "http.dateOffsetSeconds": 86_400 }),
      ["reach failed clock_wrong", "users well"],
    ],
  ] as [string, () => Setup, () => unknown, string[]][]) {
    test(`a test of ${name} says so at its step`, async () => {
      breakIt();
      const all = summary(await steps(setup()));
      for (const step of expected) assert.ok(all.includes(step), `${step} in ${all.join(", ")}`);
    });
  }

  test("usage that isn't wanted isn't asked for", async () => {
    stage.sim.control.clearRequests();
    assert.ok(summary(await steps({}, false)).includes("audit_log skipped"));
    assert.ok(stage.sim.control.requests().every((request) => request.path !== "/events"));
  });

  test("the Site Admins to choose from: active, service accounts marked", async () => {
    const admins = await greenhouse.open(stage.options({})).siteAdmins();
    const ids = admins.map((admin) => admin.id);
    assert.ok(ids.includes(String(stage.sim.siteAdminId)));
    assert.ok(
      !ids.includes(String(stage.sim.deactivatedAdminId)) && !ids.includes(String(stage.sim.nonAdminId)),
    );
  });
});
