/** Rules are asked where what they rest on has changed, and nothing is missed by not asking the others. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { alive, deed, NOW, whole, zone } from "../insights/testing.ts";
import { FINDING_RULES, type FindingRule } from "../model/finding.ts";
import { DEFAULT_RULES } from "../model/license.ts";
import { checksOf, findingsOf } from "../store/findings/findings.ts";
import { attributeChanges } from "../store/ledger/attribution.ts";
import { accounts, futureGrant, jobGrant, user } from "../store/listings/listing-testing.ts";
import { recountDeeds } from "../store/usage/deeds.ts";
import { saveLicenseRules } from "../store/usage/license-rules.ts";
import { markServiceAccount } from "../store/usage/usage-rules.ts";
import { event, rebuild } from "../store/usage/use-testing.ts";
import { RULES } from "./rules.ts";
import { DAY, decide, employ, HOUR, scorecard, type World, world } from "./testing.ts";

const account = accounts();

const restingOn = (...parts: string[]): FindingRule[] =>
  RULES.filter(({ restsOn }) => restsOn.some((part) => parts.includes(part))).map(({ code }) => code);

interface Step {
  what: string;
  happens: (it: World) => unknown;
  asked: readonly FindingRule[];
}

const STORY: Step[] = [
  { what: "at first every rule is asked", happens: () => {}, asked: FINDING_RULES },
  { what: "nothing has happened", happens: () => {}, asked: [] },
  { what: "users were listed again, as they were", happens: (it) => it.list("users"), asked: [] },
  {
    what: "a user was touched",
    happens: (it) => it.change("users", 5, () => ({ updatedAt: it.now })),
    asked: [],
  },
  {
    what: "a user has another name",
    happens: (it) => it.change("users", 5, () => ({ name: "Priya Berg" })),
    asked: restingOn("listings"),
  },
  {
    what: "a role has another name",
    happens: (it) => it.change("roles", 10, () => ({ name: "Private" })),
    asked: restingOn("listings"),
  },
  {
    what: "the first listing of rules for future jobs has begun",
    happens: (it) => it.list("future_job_grants", (rows) => rows, { end: false, levels: false }),
    asked: restingOn("listings"),
  },
  {
    what: "that listing has ended",
    happens: (it) => it.list("future_job_grants", (rows) => rows, { levels: false }),
    asked: restingOn("listings"),
  },
  { what: "levels were derived", happens: (it) => it.here.account.levels(), asked: restingOn("listings") },
  {
    what: "a grant is gone",
    happens: (it) => it.list("job_grants", (rows) => rows.slice(1), { levels: false }),
    asked: restingOn("listings"),
  },
  {
    what: "somebody became a Site Admin",
    happens: (it) => {
      it.now += HOUR;
      return it.change("users", 3, () => ({ siteAdmin: true }));
    },
    asked: restingOn("listings"),
  },
  {
    what: "the log told of that, which counts for nobody",
    happens: async (it) => {
      const about = { type: "data_change_update", targetId: "3", performerType: "greenhouse_internal" };
      await it.here.read([event(it.here.account.now - HOUR / 2, about)]);
    },
    asked: [],
  },
  {
    what: "the change has its event",
    happens: (it) => attributeChanges(it.store, it.id, { since: it.now - DAY, skewMs: 0 }),
    asked: restingOn("listings"),
  },
  { what: "an hour has passed", happens: (it) => (it.now += HOUR), asked: [] },
  {
    what: "the log told of what counts for nobody",
    happens: (it) => it.here.read(alive(0), { from: NOW - HOUR, to: NOW }),
    asked: [],
  },
  {
    what: "the log told who was made a Site Admin, by somebody who doesn't count",
    happens: async (it) => {
      const facts = { type: "data_change_update", targetType: "User", targetId: "1" };
      const by = { performerType: "greenhouse_internal", meta: { site_admin: [false, true] } };
      await it.here.read([event(it.here.account.now - HOUR / 3, { ...facts, ...by })]);
    },
    asked: restingOn("log"),
  },
  { what: "the log told of use", happens: (it) => it.here.read([deed(5, 1)]), asked: restingOn("use") },
  {
    what: "the log told of an API key",
    happens: (it) =>
      it.here.read([deed(5, 1, { targetType: "API Key Created", targetId: "77", meta: null })]),
    asked: restingOn("use", "log"),
  },
  { what: "a list told of a scorecard", happens: (it) => scorecard(it, "3"), asked: restingOn("use") },
  {
    what: "a user is marked as a service account",
    happens: (it) => it.store.write((tx) => markServiceAccount(tx, it.id, zone, "2", true)),
    asked: restingOn("listings"),
  },
  { what: "its days were counted anew", happens: (it) => rebuild(it.here.account), asked: restingOn("use") },
  {
    what: "deeds were counted by days of another zone",
    happens: (it) => it.store.write((tx) => recountDeeds(tx, it.id, zone, null)),
    asked: restingOn("use"),
  },
  {
    what: "licenses follow other rules",
    happens: (it) =>
      it.store.write((tx) =>
        saveLicenseRules(tx, it.id, { rules: DEFAULT_RULES.slice(2, 5), purchased: [] }),
      ),
    asked: restingOn("window"),
  },
  { what: "a threshold was set", happens: (it) => it.settings({ agencyGrants: 0 }), asked: FINDING_RULES },
  {
    what: "the window was set",
    happens: (it) => (it.here.connection.settings.windowDays = 14),
    asked: restingOn("window"),
  },
  {
    what: "somebody of the directory has left",
    happens: (it) => employ(it, { emails: ["u5@example.com"], leftDay: Math.floor(NOW / DAY) - 3 }),
    asked: restingOn("directory"),
  },
  {
    what: "the credential was replaced",
    happens: (it) =>
      it.store.write((tx) =>
        tx
          .updateTable("connection")
          .set({ credential_at: NOW - DAY })
          .where("connection", "=", it.id)
          .execute(),
      ),
    asked: ["credential_aging"],
  },
  {
    what: "a finding is said to be fixed: it is looked at until a later reading",
    happens: (it) => decide(it, "left_but_active", { state: "fixed" }),
    asked: ["left_but_active"],
  },
  {
    what: "that reading has come",
    happens: async (it) => {
      it.now += 2 * HOUR;
      await it.list("users");
    },
    asked: ["left_but_active"],
  },
  { what: "nothing is said to be fixed any more", happens: () => {}, asked: [] },
  {
    what: "a finding is accepted",
    happens: (it) =>
      decide(it, "private_grants", {
        state: "accepted",
        accepted: { until: it.now + HOUR, reason: "they recruit for the board" },
      }),
    asked: [],
  },
  { what: "it was accepted until now", happens: (it) => (it.now += HOUR), asked: ["private_grants"] },
  { what: "a rule was switched off", happens: (it) => it.settings({ off: ["shared_address"] }), asked: [] },
  {
    what: "a day has begun",
    happens: (it) => (it.now += DAY),
    asked: FINDING_RULES.filter((rule) => rule !== "shared_address"),
  },
  { what: "the rule is on again", happens: (it) => it.settings({ off: [] }), asked: ["shared_address"] },
];

test("what happened tells which rules are asked, and the others would have found the same", async () => {
  const it = await world(await account());
  for (const { what, happens, asked } of STORY) {
    await happens(it);
    assert.deepEqual(await it.judge(), asked, what);
    await it.mustBeRight(what);
  }
});

test("what wasn't asked about was seen with the last reading, and verified when it was judged", async () => {
  const it = await world(await account());
  await it.judge();
  it.now += 5 * HOUR;
  await it.list("users");
  assert.deepEqual(await it.judge(), []);
  const [shared] = await findingsOf(it.store.read, it.id, ["shared_address"]);
  assert.equal(shared!.lastSeenAt, it.here.account.now);
  const checks = await checksOf(it.store.read, it.id);
  assert.deepEqual(new Set(checks.map(({ at }) => at)), new Set([it.now]));
});

/** Any of these may happen, in any order. */
const HAPPENINGS: ((it: World, chance: (of: number) => number) => unknown)[] = [
  ...STORY.slice(2).map(({ happens }) => happens),
  (it, chance) => it.change("users", 1 + chance(6), (row) => ({ deactivated: !row.deactivated })),
  (it, chance) => it.change("users", 1 + chance(6), (row) => ({ siteAdmin: !row.siteAdmin })),
  (it, chance) => it.change("users", 1 + chance(6), () => ({ employeeId: `E-${chance(3)}` })),
  (it) => it.list("users", (rows) => [...rows, user(100 + it.next(), { siteAdmin: true })]),
  (it, chance) => it.list("users", (rows) => rows.filter((_, i) => rows.length < 6 || i !== chance(20))),
  (it, chance) =>
    it.change("jobs", 100 + chance(2), (row) => ({ status: row.status === "open" ? "closed" : "open" })),
  (it, chance) =>
    it.list("job_grants", (rows) => [
      ...rows,
      jobGrant(3000 + it.next(), {
        userId: String(1 + chance(6)),
        roleId: String(10 + chance(2)),
        jobId: "101",
      }),
    ]),
  (it) => it.list("job_grants", (rows) => (rows.length > 3 ? rows.slice(1) : rows)),
  (it) => it.list("future_job_grants", (rows) => [...rows, futureGrant(3000 + it.next(), { userId: "3" })]),
  (it, chance) => it.here.read([deed(1 + chance(6), chance(50), { requestId: String(it.next()) })]),
  (it, chance) => it.here.read([], whole(chance(90), 0)),
  (it, chance) => scorecard(it, String(1 + chance(6))),
  (it, chance) =>
    it.store.write((tx) => markServiceAccount(tx, it.id, zone, String(1 + chance(6)), chance(2) === 0)),
  (it, chance) => (it.now += chance(30) * HOUR),
  (it, chance) => decide(it, FINDING_RULES[chance(FINDING_RULES.length)]!, { state: "fixed" }),
  (it, chance) =>
    decide(it, FINDING_RULES[chance(FINDING_RULES.length)]!, {
      state: "accepted",
      accepted: { until: it.now + chance(40) * HOUR, reason: "so it is" },
    }),
];

const STEPS = 40;

test(`after any ${STEPS} things that happen the findings are those of all rules asked`, async (t) => {
  const seed = Number(process.env.GLASSHOUSE_TEST_SEED ?? Date.now() % 1e6);
  t.diagnostic(`seed ${seed} (GLASSHOUSE_TEST_SEED=${seed} repeats it)`);
  let state = seed;
  const chance = (of: number) => {
    state = (state * 1_103_515_245 + 12_345) % 2 ** 31;
    return Math.floor((state / 2 ** 31) * of);
  };
  const it = await world(await account());
  let skipped = 0;
  for (let step = 0; step < STEPS; step += 1) {
    const which = chance(HAPPENINGS.length);
    await HAPPENINGS[which]!(it, chance);
    skipped += RULES.length - (await it.judge()).length;
    if (step % 2 === 1) await it.mustBeRight(`seed ${seed}, step ${step}: ${HAPPENINGS[which]}`);
  }
  assert.notEqual(skipped, 0);
});
