import assert from "node:assert/strict";
import { test } from "node:test";
import {
  type Connection,
  causeOf,
  cureOf,
  furtherSteps,
  grantsOf,
  needing,
  oldestOf,
  stepOf,
  troubles,
  type Verdict,
} from "./troubles.ts";

const verdict = (stream: Verdict["stream"], facts: Partial<Verdict> = {}): Verdict => ({
  stream,
  label: stream,
  lane: "directory",
  state: "well",
  cause: null,
  text: null,
  cure: null,
  lost: null,
  lostMeanwhile: null,
  since: null,
  healed: null,
  lastSuccessAt: null,
  rows: null,
  nextTryAt: null,
  ask: null,
  facts: {},
  ...facts,
});
const down = { state: "stopped", cause: "network", text: "No way.", cure: "Open 443." } as const;
const off = { state: "off", cause: "permission_missing", text: "Not ticked.", cure: "Tick it." } as const;

for (const [name, streams, expected] of [
  ["nothing where all is well", [verdict("users"), verdict("roles")], []],
  [
    "streams that say the same are one",
    [verdict("users", down), verdict("roles", down)],
    [["users", "roles"]],
  ],
  [
    "the same cause, seen at another moment, is still one",
    [
      verdict("users", { ...down, text: "No way. GET /v3/users at 09:03." }),
      verdict("job_grants", { ...down, text: "No way. GET /v3/users at 09:04." }),
    ],
    [["users", "job_grants"]],
  ],
  [
    "another address to ask is another trouble",
    [verdict("users", down), verdict("roles", { ...down, text: "No way there." })],
    [["users"], ["roles"]],
  ],
  [
    "what stopped stands before what is off",
    [verdict("jobs", off), verdict("audit_log", down)],
    [["audit_log"], ["jobs"]],
  ],
  [
    "kinds of recruiting that are off for the same reason are one, whatever each needs",
    [
      verdict("scorecards", { ...off, lane: "recruiting_activity" }),
      verdict("approvals", { ...off, lane: "recruiting_activity", cure: "Tick that." }),
      verdict("rejections", { ...down, lane: "recruiting_activity" }),
    ],
    [["rejections"], ["scorecards", "approvals"]],
  ],
  [
    "what waits for users is none of its own",
    [verdict("users", down), verdict("roles", { state: "waiting_for_users", cause: "waiting_for_users" })],
    [["users"]],
  ],
] as const) {
  test(`troubles of a connection: ${name}`, () => {
    assert.deepEqual(
      troubles(streams).map((group) => group.map(({ stream }) => stream)),
      expected,
    );
  });
}

for (const [name, text, cause] of [
  [
    "J. R. Okafor",
    "J. R. Okafor is deactivated. GET /v3/users answered 403.",
    "J. R. Okafor is deactivated.",
  ],
  [
    "M. L. King Jr.",
    "M. L. King Jr. is Basic, not Site Admin. So they say.",
    "M. L. King Jr. is Basic, not Site Admin.",
  ],
  ["Dr. Quill", "The admin user was refused. Dr. Quill is one.", "The admin user was refused."],
  ["", "Behind", "Behind"],
] as const) {
  test(`the cause without its evidence: ${text}`, () =>
    assert.equal(causeOf(verdict("users", { text, facts: { name } })), cause));
}

const [early, late] = ["2026-11-23T08:02:00.000Z", "2026-11-23T09:02:00.000Z"];
const jobGrants = { state: "well", lastSuccessAt: late, rows: 40 } as const;
for (const [name, jobs, future, expected] of [
  ["both are well", {}, {}, ["well", late, 42]],
  ["the rules are older", {}, { lastSuccessAt: early }, ["well", early, 42]],
  ["the rules stopped", {}, { ...down, lastSuccessAt: early }, ["stopped", early, 42]],
  ["the rules stopped while the others are read", { state: "reading" }, down, ["stopped", late, 42]],
  ["the others stopped", { ...down, lastSuccessAt: early }, {}, ["stopped", early, 42]],
  [
    "the rules were never read",
    {},
    { state: "not_read_yet", lastSuccessAt: null, rows: null },
    ["well", null, 40],
  ],
  ["the rules are off", {}, { ...off, lastSuccessAt: null, rows: null }, ["well", late, 40]],
  [
    "nothing was read",
    { lastSuccessAt: null, rows: null },
    { lastSuccessAt: null, rows: null },
    ["well", null, null],
  ],
] as const) {
  test(`grants on jobs and rules for future jobs, as one: ${name}`, () => {
    const streams = [
      verdict("job_grants", { ...jobGrants, ...jobs }),
      verdict("future_job_grants", { ...jobGrants, rows: 2, ...future }),
    ];
    const { state, lastSuccessAt, rows } = grantsOf({ streams } as unknown as Connection)!;
    assert.deepEqual([state, lastSuccessAt, rows], expected);
  });
}

for (const [name, all, expected] of [
  ["none", [], null],
  [
    "the one read the longest ago",
    [
      ["new", late, null],
      ["old", early, null],
    ],
    "old",
  ],
  [
    "one that was never read",
    [
      ["old", early, null],
      ["unread", null, null],
    ],
    "unread",
  ],
  [
    "a frozen one is passed over",
    [
      ["frozen", early, early],
      ["new", late, null],
    ],
    "new",
  ],
  [
    "all are frozen",
    [
      ["new", late, late],
      ["old", early, late],
    ],
    "old",
  ],
] satisfies [string, [string, string | null, string | null][], string | null][]) {
  test(`the oldest of several connections: ${name}`, () => {
    const connections = all.map(([name, lastSuccessAt, frozenAt]) => ({
      ...{ name, frozenAt },
      streams: [verdict("users", { lastSuccessAt })],
    }));
    assert.equal(oldestOf(connections as unknown as Connection[])?.name ?? null, expected);
  });
}

test("what is off needs nobody", () => {
  assert.deepEqual(
    needing([verdict("jobs", off), verdict("users", down)]).map(([{ stream }]) => stream),
    ["users"],
  );
});

for (const [cause, facts, expected] of [
  ["credential_wrong", {}, "credential"],
  ["lists_refused", {}, "adminUser"],
  ["permission_missing", {}, "test"],
  ["audit_log_refused", {}, "test"],
  ["audit_log_refused", { cure: "No admin user is chosen: first try with a Site Admin." }, "adminUser"],
  ["audit_log_off", {}, "withoutUsage"],
  ["listing_held", {}, "accept"],
  ["behind", {}, "sync"],
  ["switched_off", { stream: "audit_log" }, "usageOn"],
  ["switched_off", { stream: "jobs" }, null],
  ["rate_limited", {}, null],
  ["network", {}, null],
] as const) {
  test(`the next step of ${cause}${JSON.stringify(facts)}: ${expected}`, () => {
    assert.equal(stepOf(verdict("users", { state: "stopped", cause, ...facts })), expected);
  });
}

test("a refused audit log names a second step beside the first", () => {
  assert.deepEqual(furtherSteps(verdict("audit_log", { state: "stopped", cause: "audit_log_refused" })), [
    "withoutUsage",
  ]);
  assert.deepEqual(furtherSteps(verdict("users", down)), []);
});

for (const [name, cure, expected] of [
  ["words", "Tick `harvest:users:list`, save.", "Tick harvest:users:list, save."],
  ["a command, which is a button here", "glasshouse sync acme; see glasshouse runs acme.", null],
  ["none", null, null],
] as const) {
  test(`a cure on a page: ${name}`, () => assert.equal(cureOf(cure), expected));
}
