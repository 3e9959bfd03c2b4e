import assert from "node:assert/strict";
import { test } from "node:test";
import {
  type ActionKind,
  type Aimed,
  type Circumstances,
  type Evidence,
  type GrantFacts,
  hasChanged,
  outcomeOf,
  REFUSALS,
  refusalOf,
  refusalText,
  type UserFacts,
  writeOf,
} from "./action.ts";

const somebody = (facts: Partial<UserFacts> = {}, grant: Partial<GrantFacts> | null = null): Aimed => ({
  userId: "7",
  user: {
    name: "Mara Quill",
    email: "mara@aldermoor.example",
    status: "active",
    level: "job_admin",
    siteAdmin: false,
    serviceAccount: false,
    jobGrants: 3,
    futureJobGrants: 1,
    ...facts,
  },
  grant: grant && {
    kind: "job",
    id: "70",
    present: true,
    roleId: "1",
    roleType: "job_admin",
    jobId: "9",
    departmentId: null,
    officeId: null,
    ...grant,
  },
});
const usual: Circumstances = { adminUserId: "1", harvest: "v3", serviceAccounts: false, siteAdminsLeft: 2 };
const admin = { siteAdmin: true, level: "site_admin" } as const;

const CASES: [string, ActionKind, Aimed, Partial<Circumstances>, string | null][] = [
  ["an active person", "deactivate", somebody(), {}, null],
  ["somebody whom no listing had", "deactivate", somebody({ status: null }), {}, "not_listed"],
  ["somebody whom Greenhouse lists no more", "deactivate", somebody({ status: "missing" }), {}, "not_listed"],
  ["somebody deactivated already", "deactivate", somebody({ status: "deactivated" }), {}, "already"],
  ["somebody active", "reactivate", somebody(), {}, "already"],
  ["somebody deactivated", "reactivate", somebody({ status: "deactivated" }), {}, null],
  ["the admin user", "deactivate", somebody(admin), { adminUserId: "7" }, "admin_user"],
  ["the admin user", "revoke_to_basic", somebody(admin), { adminUserId: "7" }, "admin_user"],
  [
    "the admin user, deactivated",
    "reactivate",
    somebody({ ...admin, status: "deactivated" }),
    { adminUserId: "7" },
    null,
  ],
  ["a service account", "deactivate", somebody({ serviceAccount: true }), {}, "service_account"],
  [
    "a service account that is meant",
    "deactivate",
    somebody({ serviceAccount: true }),
    { serviceAccounts: true },
    null,
  ],
  [
    "a service account that is meant and may be our own",
    "deactivate",
    somebody({ serviceAccount: true }),
    { serviceAccounts: true, adminUserId: null },
    "own_service_account",
  ],
  ["a Site Admin among others", "deactivate", somebody(admin), { siteAdminsLeft: 1 }, null],
  ["the last Site Admin", "deactivate", somebody(admin), { siteAdminsLeft: 0 }, "last_site_admin"],
  ["the last Site Admin", "revoke_to_basic", somebody(admin), { siteAdminsLeft: 0 }, "last_site_admin"],
  [
    "a deactivated Site Admin",
    "revoke_to_basic",
    somebody({ ...admin, status: "deactivated" }),
    { siteAdminsLeft: 0 },
    null,
  ],
  ["somebody Basic", "revoke_to_basic", somebody({ level: "basic" }), {}, "already"],
  ["somebody of unknown level", "revoke_to_basic", somebody({ level: "unknown" }), {}, null],
  ["a grant", "remove_grants", somebody({}, {}), {}, null],
  ["a grant of the admin user", "remove_grants", somebody({}, {}), { adminUserId: "7" }, "admin_user"],
  [
    "a service account's grant",
    "remove_grants",
    somebody({ serviceAccount: true }, {}),
    {},
    "service_account",
  ],
  [
    "a service account's grant, which is meant",
    "remove_grants",
    somebody({ serviceAccount: true }, {}),
    { serviceAccounts: true },
    null,
  ],
  ["a grant that is gone", "remove_grants", somebody({}, { present: false }), {}, "grant_gone"],
  [
    "a grant of another role",
    "remove_grants",
    somebody({}, { roleType: "deprecated_interviewer" }),
    {},
    "role_not_removable",
  ],
  [
    "a grant of another role on v1",
    "remove_grants",
    somebody({}, { roleType: "interviewer" }),
    { harvest: "v1" },
    null,
  ],
  ["a grant whose role isn't told", "remove_grants", somebody({}, { roleType: null }), {}, null],
];
for (const [name, kind, aimed, given, expected] of CASES) {
  test(`${kind}: ${name}: ${expected ?? "may be"}`, () => {
    assert.equal(refusalOf(kind, aimed, { ...usual, ...given }), expected);
  });
}

const CHANGES: [string, ActionKind, Partial<UserFacts>, Partial<GrantFacts>, boolean][] = [
  ["nothing", "deactivate", {}, {}, false],
  ["the name", "deactivate", { name: "M. Quill" }, {}, true],
  ["status", "deactivate", { status: "deactivated" }, {}, true],
  ["another grant", "deactivate", { jobGrants: 4 }, {}, true],
  ["the level, which follows from the rest", "deactivate", { level: "unknown" }, {}, false],
  ["the holder's name", "remove_grants", { name: "M. Quill" }, {}, false],
  ["the role", "remove_grants", {}, { roleId: "2" }, true],
  ["it is gone", "remove_grants", {}, { present: false }, true],
];
for (const [name, kind, user, grant, expected] of CHANGES) {
  test(`${kind}: changed since the preview: ${name}: ${expected}`, () => {
    assert.equal(hasChanged(kind, somebody({}, {}), somebody(user, grant)), expected);
  });
}

const OUTCOMES: [string, Evidence, string | null][] = [
  ["taken and seen", { so: true, status: 204, failures: null, last: false }, "seen"],
  ["refused, and so all the same", { so: true, status: 422, failures: null, last: false }, "seen"],
  ["no answer, and seen", { so: true, status: null, failures: null, last: false }, "seen"],
  ["refused", { so: false, status: 403, failures: null, last: false }, "refused"],
  ["a failure was counted", { so: false, status: 202, failures: 1, last: false }, "refused"],
  ["taken, not seen yet", { so: false, status: 202, failures: null, last: false }, null],
  ["taken, never seen", { so: false, status: 202, failures: null, last: true }, "unknown"],
  ["no answer, not seen", { so: false, status: null, failures: null, last: true }, "unknown"],
  ["a gateway's 502", { so: false, status: 502, failures: null, last: true }, "unknown"],
  ["a gateway's 408", { so: false, status: 408, failures: null, last: false }, null],
  ["refused, and nothing can be seen", { so: null, status: 403, failures: null, last: false }, "refused"],
];
for (const [name, evidence, expected] of OUTCOMES) {
  test(`${name}: ${expected ?? "look again"}`, () => assert.equal(outcomeOf(evidence), expected));
}

test("every refusal has its words, and a removal names its grant", () => {
  for (const code of REFUSALS) assert.ok(refusalText(code).endsWith("."), code);
  assert.deepEqual(writeOf("remove_grants", somebody({}, { kind: "future_job" })), {
    kind: "remove_future_job_grant",
    userId: "7",
    grantId: "70",
  });
  assert.throws(() => writeOf("remove_grants", somebody()), TypeError);
});
