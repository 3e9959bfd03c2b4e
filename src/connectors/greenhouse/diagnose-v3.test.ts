import assert from "node:assert/strict";
import { after, beforeEach, suite, test } from "node:test";
import { startSimulator } from "../../../simulator/index.ts";
import { diagnose } from "./diagnose.ts";
import { type BrokenCase, nothing, PLAYED, Stage } from "./stage.ts";
import { knowsNothing, parts } from "./testing.ts";

const stage = new Stage(await startSimulator(PLAYED));
after(() => stage.sim.close());
beforeEach(() => stage.reset());

suite("v3: whose fault is it that lists are refused?", () => {
  for (const broken of [
    [
      "a wrong secret",
      "users",
      () => ({ secret: "not-the-secret" }),
      nothing,
      "credential_wrong",
      /POST \/token answered 401/,
    ],
    [
      "an unknown client ID",
      "users",
      () => ({ clientId: "nobody-4004" }),
      nothing,
      "credential_wrong",
      /doesn't know/,
    ],
    [
      "half a client ID",
      "users",
      () => ({ clientId: "half" }),
      nothing,
      "credential_malformed",
      /dash and a number/,
    ],
    [
      "a revoked credential",
      "roles",
      () => ({}),
      () =>
        stage.sim.control.patchScenario({
          "credentials.v3": { [stage.sim.clientId]: { secret: stage.sim.clientSecret, revoked: true } },
        }),
      "credential_wrong",
      /POST \/token answered/,
    ],
    [
      "a list of trusted addresses without ours",
      "roles",
      () => ({}),
      stage.scenario({ "access.trustedIps": "refuse" }),
      "credential_wrong",
      /refuses this credential, and doesn't say why/,
    ],
    [
      "a list of trusted addresses without ours (401)",
      "roles",
      () => ({}),
      stage.scenario({ "access.trustedIps": "refuse", "access.trustedIpsStatus": 401 }),
      "credential_wrong",
      /refuses this credential, and doesn't say why\. POST \/token answered 401/,
    ],
    [
      "a scope that isn't ticked",
      "roles",
      () => ({}),
      stage.scopes("harvest:users:list"),
      "permission_missing",
      /GET \/v3\/user_roles answered 403 .* while GET \/v3\/users answered 200/,
    ],
    [
      "the users scope alone",
      "users",
      () => ({}),
      stage.scopes("harvest:user_roles:list"),
      "permission_missing",
      /users\. GET \/v3\/users answered 403/,
    ],
    [
      "no scope for any list",
      "users",
      () => ({}),
      stage.scopes("auditlog:events:list"),
      "lists_refused",
      /Either no scope is ticked or the credential's own integration user/,
    ],
    [
      "an integration user that may not list",
      "users",
      () => ({}),
      stage.scenario({ "v3.isuIsSiteAdmin": false }),
      "lists_refused",
      /the answer doesn't say which/,
    ],
    [
      "an integration user that sees nobody",
      "users",
      () => ({}),
      stage.scenario({ "v3.isuIsSiteAdmin": false, "v3.nonSiteAdmin": "empty" }),
      "users_empty",
      /0 rows/,
    ],
    [
      "an admin user whom the call refuses, with a 422",
      "users",
      () => ({ adminUserId: stage.sim.siteAdminId }),
      stage.faults({
        match: { endpoint: "v3.*" },
        fault: {
          kind: "status",
          status: 422,
          body: '{"message":"Unprocessable Content","errors":[{"sub":"is not an active user"}]}',
        },
      }),
      "lists_refused",
      /answered 422.*the admin user is not a Site Admin/,
    ],
    [
      "a token that dies at once, whenever",
      "users",
      () => ({}),
      stage.faults({
        match: { path: "/v3/users" },
        fault: {
          kind: "status",
          status: 401,
          body: '{"message":"Unauthorized","errors":["Token has already been refreshed or revoked. Please generate a new token."]}',
        },
      }),
      "credential_shared",
      /ended our session early/,
    ],
  ] as BrokenCase[]) {
    test(`${broken[0]}: ${broken[4]}`, () => stage.goesGreen(broken));
  }
});

suite("v3: the admin user", () => {
  for (const broken of [
    [
      "an admin user of another account",
      "users",
      () => ({ adminUserId: "999999999" }),
      nothing,
      "admin_user_unknown",
      /Nobody in this account has the ID 999999999/,
    ],
    [
      "an admin user of another account, refused at the call",
      "users",
      () => ({ adminUserId: "999999999" }),
      stage.scenario({ "token.subjectCheck": "call" }),
      "admin_user_unknown",
      /asked just now/,
    ],
    [
      "a deactivated admin user",
      "users",
      () => ({ adminUserId: stage.sim.deactivatedAdminId }),
      nothing,
      "admin_user_deactivated",
      /is deactivated/,
    ],
    [
      "a deactivated admin user, refused at the call",
      "job_grants",
      () => ({ adminUserId: stage.sim.deactivatedAdminId }),
      stage.scenario({ "token.subjectCheck": "call" }),
      "admin_user_deactivated",
      /is deactivated/,
    ],
    [
      "an admin user who is no Site Admin",
      "users",
      () => ({ adminUserId: stage.sim.nonAdminId }),
      nothing,
      "admin_user_not_site_admin",
      /is not a Site Admin/,
    ],
    [
      "an admin user who is no Site Admin and sees nobody",
      "users",
      () => ({ adminUserId: stage.sim.nonAdminId }),
      stage.scenario({ "v3.nonSiteAdmin": "empty" }),
      "admin_user_not_site_admin",
      /is not a Site Admin/,
    ],
    [
      "an admin user Greenhouse won't speak of, known to us as unknown",
      "users",
      () => ({ adminUserId: "999999999" }),
      stage.scenario({ "v3.isuIsSiteAdmin": false }),
      "admin_user_unknown",
      /Looked for among 40 users read at 2026-11-23 09:02 UTC/,
      stage.user(() => 1, {}),
    ],
    [
      "an admin user Greenhouse won't speak of, known to us as deactivated",
      "users",
      () => ({ adminUserId: stage.sim.deactivatedAdminId }),
      stage.scenario({ "v3.isuIsSiteAdmin": false }),
      "admin_user_deactivated",
      /Mara Quill is deactivated \(seen 2026-11-12\)/,
      stage.user(() => stage.sim.deactivatedAdminId, {
        status: "deactivated",
        statusSince: Date.UTC(2026, 10, 12),
      }),
    ],
    [
      "an admin user Greenhouse won't speak of, known to us as Job Admin",
      "users",
      () => ({ adminUserId: stage.sim.nonAdminId }),
      stage.scenario({ "v3.isuIsSiteAdmin": false }),
      "admin_user_not_site_admin",
      /Mara Quill is Job Admin, not Site Admin/,
      stage.user(() => stage.sim.nonAdminId, {}),
    ],
    [
      "an admin user Greenhouse won't speak of, known to us as Site Admin then",
      "users",
      () => ({ adminUserId: stage.sim.nonAdminId }),
      stage.scenario({ "token.subjectCheck": "call", "v3.isuIsSiteAdmin": false }),
      "lists_refused",
      /no scope is ticked or Mara Quill, an active Site Admin among the users read at 2026-11-23 09:02 UTC, no longer is one/,
      stage.user(() => stage.sim.nonAdminId, { level: "site_admin", siteAdmin: true }),
    ],
    [
      "an admin user refused where nobody can be asked",
      "users",
      () => ({ adminUserId: "999999999" }),
      stage.scenario({ "v3.isuIsSiteAdmin": false }),
      "admin_user_refused",
      /without one we can't read the users/i,
    ],
  ] as BrokenCase[]) {
    test(`${broken[0]}: ${broken[4]}`, () => stage.goesGreen(broken));
  }

  test("a credential revoked while its own user has a token from before: the credential, not the admin user", async () => {
    stage.scenario({ "token.oneActive": false })();
    const { caller, authorization, list } = parts(stage.options({ adminUserId: stage.sim.siteAdminId }));
    await authorization.token(null);
    const { clientId, clientSecret: secret, control } = stage.sim;
    control.patchScenario({ "credentials.v3": { [clientId]: { secret, revoked: true } } });
    const known = knowsNothing(
      stage.user(() => stage.sim.siteAdminId, { level: "site_admin", siteAdmin: true }),
    );
    const refused = await list("users")
      .next()
      .catch((error: unknown) => error);
    const { cause } = await diagnose(caller, authorization, "users", refused, known);
    assert.equal(cause, "credential_wrong");
  });
});
