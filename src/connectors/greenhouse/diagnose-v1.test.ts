import assert from "node:assert/strict";
import { after, beforeEach, suite, test } from "node:test";
import { startSimulator } from "../../../simulator/index.ts";
import { type BrokenCase, nothing, PLAYED, Stage, v1 } from "./stage.ts";

const stage = new Stage(await startSimulator(PLAYED));
after(() => stage.sim.close());
beforeEach(() => stage.reset());

suite("v1: the key, its end, and the admin user", () => {
  for (const broken of [
    [
      "v1: no add-on, told at the token",
      "audit_log",
      () => ({ ...v1, adminUserId: stage.sim.siteAdminId }),
      stage.scenario({ "audit.addon": "off", "audit.offAtToken": true }),
      "audit_log_refused",
      /permission not ticked, or no audit log/,
    ],
    [
      "v1: the audit permission that isn't ticked",
      "audit_log",
      () => ({ ...v1, adminUserId: stage.sim.siteAdminId }),
      stage.permissions("users", "user"),
      "audit_log_refused",
      /permission not ticked/,
    ],
    [
      "v1 without an admin user",
      "audit_log",
      () => v1,
      stage.scenario({ "v1.onBehalfOf": "required" }),
      "admin_user_missing",
      /none is chosen/,
    ],
    [
      "v1 with an unknown admin user",
      "audit_log",
      () => ({ ...v1, adminUserId: "999999999" }),
      nothing,
      "admin_user_unknown",
      /999999999/,
    ],
    [
      "v1 with a deactivated admin user",
      "audit_log",
      () => ({ ...v1, adminUserId: stage.sim.deactivatedAdminId }),
      nothing,
      "admin_user_deactivated",
      /is deactivated/,
    ],
    [
      "v1 with an admin user who is none",
      "audit_log",
      () => ({ ...v1, adminUserId: stage.sim.nonAdminId }),
      nothing,
      "admin_user_not_site_admin",
      /is not a Site Admin/,
    ],
    [
      "v1 switched off: 401",
      "users",
      () => v1,
      stage.scenario({ "v1.state": "401" }),
      "credential_retired",
      /31 Aug 2026/,
    ],
    [
      "v1 switched off: 403",
      "users",
      () => v1,
      stage.scenario({ "v1.state": "403" }),
      "credential_retired",
      /31 Aug 2026/,
    ],
    [
      "v1 switched off: 404",
      "roles",
      () => v1,
      stage.scenario({ "v1.state": "404" }),
      "credential_retired",
      /31 Aug 2026/,
    ],
    [
      "v1 switched off: 410",
      "users",
      () => v1,
      stage.scenario({ "v1.state": "410" }),
      "credential_retired",
      /31 Aug 2026/,
    ],
    [
      "v1 gone, audit log too",
      "audit_log",
      () => ({ ...v1, adminUserId: stage.sim.siteAdminId }),
      stage.scenario({ "v1.state": "410" }),
      "credential_retired",
      /31 Aug 2026/,
    ],
    [
      "an unknown v1 key",
      "users",
      () => ({ ...v1, secret: "another-key" }),
      nothing,
      "credential_retired",
      /answered 401/,
    ],
  ] as BrokenCase[]) {
    test(`${broken[0]}: ${broken[4]}`, () => stage.goesGreen(broken));
  }
});

for (const status of [401, 403] as const) {
  test(`v1 key without a permission (${status}): permission_missing, while users answer`, async () => {
    stage.sim.control.patchScenario({ "v1.missingPermissionStatus": status });
    stage.permissions("users")();
    const verdict = await stage.attempt("departments", v1);
    assert.equal(verdict?.cause, "permission_missing");
    assert.match(verdict!.cure!, /Departments: List Departments/);
  });
}
