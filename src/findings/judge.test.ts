/** A small company judged by every rule, on a real database. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { alive, type Company, company, daysAgo, deed, NOW, whole } from "../insights/testing.ts";
import { DEFAULT_FINDING_SETTINGS, type FindingRule, type FindingSettings } from "../model/finding.ts";
import { allMatchesStale } from "../store/employees/employee-matches.ts";
import { findingsOf, saveFindings } from "../store/findings/findings.ts";
import { accounts, futureGrant, user } from "../store/listings/listing-testing.ts";
import { judge } from "./judge.ts";
import { listFindings } from "./list.ts";
import { DAY, employ, World } from "./testing.ts";

const newAccount = accounts();

async function begun(_t: unknown, settings: Partial<FindingSettings> = {}): Promise<Company> {
  const here = await company(await newAccount());
  await here.list();
  here.connection.settings.findings = { ...DEFAULT_FINDING_SETTINGS, ...settings };
  return here;
}

const all = (here: Company, now = NOW) => judge(here.account.store, here.connection, now);
async function texts(here: Company, rule: FindingRule): Promise<string[]> {
  const kept = await findingsOf(here.db, here.connection.id, [rule]);
  return kept.map(({ state, text }) => `${state}: ${text}`);
}

test("what the listings show is found; what needs use is not judged while use is unknown", async (t) => {
  const here = await begun(t, { agencyGrants: 0 });
  await all(here);
  const told: Partial<Record<FindingRule, string[]>> = {
    left_but_active: [],
    deactivated_with_grants: ["open: 1 deactivated user still holds grants."],
    missing_users: [],
    shared_address: ["open: 2 active users have the employee ID E-7."],
    agency_wide_access: ["open: Søren Ådeyemi of an agency holds 1 job grant."],
    future_rule_for_everything: [
      "open: 1 rule gives a role on every future job, in every department and office.",
    ],
    private_grants: ["open: 1 active user holds the role Private, by 1 grant."],
    grants_on_closed_jobs: ["open: 1 grant on 1 closed job."],
    dormant_site_admin: [],
    new_site_admin: [],
    unused_licenses: [],
  };
  for (const [rule, expected] of Object.entries(told)) {
    assert.deepEqual(await texts(here, rule as FindingRule), expected, rule);
  }
  const { rules, open, items } = await listFindings(here.db, here.connection, {}, NOW);
  const reasons = rules.filter(({ check }) => check?.reason).map(({ rule, check }) => [rule, check!.reason]);
  assert.deepEqual(reasons, [
    ["dormant_site_admin", "use was never read"],
    ["unused_licenses", "use was never read"],
    ["never_used_licenses", "use was never read"],
    ["key_or_webhook_changed", "the audit log was never read"],
    ["maker_has_left", "the audit log was never read"],
  ]);
  assert.equal(open.high + open.medium + open.low, items.length);
});

test("judged twice over the same readings, nothing is written", async (t) => {
  const here = await begun(t);
  assert.notEqual((await all(here)).written.length, 0);
  const again = await judge(here.account.store, here.connection, NOW + 1000, null, { anew: true });
  assert.deepEqual(again.written, []);
});

test("who judges slowly doesn't take back what somebody else has found meanwhile", async (t) => {
  const here = await begun(t);
  await all(here);
  const { store } = here.account;
  const before = await everybody(here);
  let others: (() => Promise<unknown>) | null = async () => {
    others = null;
    await here.account.list(
      "users",
      before.map((each) => (each.id === "5" ? { ...each, siteAdmin: true } : each)),
    );
    await all(here, NOW + 1);
  };
  // Between what was read and what is written.
  const slow: typeof store = {
    ...store,
    write: async (work) => {
      await others?.();
      return store.write(work);
    },
  };
  await judge(slow, here.connection, NOW, "directory", { anew: true });
  assert.match((await texts(here, "new_site_admin")).join(), /^open: Priya Halvorsen became a Site Admin /);
});

test("with the window covered, dormant Site Admins and unused licenses are found; use cures them", async (t) => {
  const here = await begun(t);
  await here.read([...alive(40), deed(1, 2), deed(2, 35)], whole(40));
  await all(here);
  assert.deepEqual(await texts(here, "dormant_site_admin"), [
    "open: Tomas Wren is a Site Admin, last used on 19 Oct (log).",
  ]);
  assert.equal((await texts(here, "unused_licenses")).length, 1);
  await here.read([deed(2, 1)]);
  await all(here);
  assert.deepEqual(await texts(here, "dormant_site_admin"), [
    "seen_fixed: Tomas Wren is a Site Admin, last used on 19 Oct (log).",
  ]);
});

test("of whom it is no longer known, nothing is seen fixed: an unread window, a user who is missing", async (t) => {
  const here = await begun(t);
  await here.read([...alive(40), deed(1, 2)], whole(40));
  await all(here);
  const open = await texts(here, "dormant_site_admin");
  assert.match(open.join(), /^open: Tomas Wren is a Site Admin, with no recorded use since /);
  // Site Admins may rest for longer, and so long wasn't read.
  const { settings } = here.connection;
  here.connection.settings = { ...settings, windows: [{ level: "site_admin", role: null, days: 180 }] };
  await all(here);
  assert.deepEqual(await texts(here, "dormant_site_admin"), open);
  here.connection.settings = settings;
  const before = await everybody(here);
  await here.account.list(
    "users",
    before.filter(({ id }) => id !== "2"),
  );
  await all(here);
  assert.deepEqual(await texts(here, "dormant_site_admin"), open);
  assert.equal((await texts(here, "missing_users")).length, 1);
  await here.account.list(
    "users",
    before.map((each) => (each.id === "2" ? { ...each, deactivated: true } : each)),
  );
  await all(here);
  assert.match((await texts(here, "dormant_site_admin"))[0]!, /^seen_fixed: /);
});

test("a rule that can't be judged any more leaves its findings open", async (t) => {
  const here = await begun(t);
  await here.read([...alive(40), deed(1, 2), deed(2, 35)], whole(40));
  await all(here);
  // Two weeks later nothing more was read: whether Tomas Wren has used it is unknown.
  const later = NOW + 14 * 86_400_000;
  await all(here, later);
  assert.deepEqual(await texts(here, "dormant_site_admin"), [
    "open: Tomas Wren is a Site Admin, last used on 19 Oct (log).",
  ]);
  const { rules } = await listFindings(here.db, here.connection, {}, later);
  const reason = rules.find(({ rule }) => rule === "dormant_site_admin")!.check!.reason!;
  assert.match(reason, /not read since/);
});

test("a Site Admin who wasn't one before is new, until the level is taken back", async (t) => {
  const here = await begun(t);
  const before = await everybody(here);
  const promote = (siteAdmin: boolean) =>
    here.account.list(
      "users",
      before.map((each) => (each.id === "5" ? { ...each, siteAdmin } : each)),
    );
  await promote(true);
  await all(here);
  const [told] = await texts(here, "new_site_admin");
  assert.match(told!, /^open: Priya Halvorsen became a Site Admin /);
  const months = NOW + 100 * 86_400_000;
  await all(here, months);
  assert.match((await texts(here, "new_site_admin"))[0]!, /^open: /, "time alone mends nothing");
  await promote(false);
  await all(here, months);
  assert.match((await texts(here, "new_site_admin"))[0]!, /^seen_fixed: /);
});

test("what was accepted is open from its date on, whether anybody judges it or not", async (t) => {
  const here = await begun(t);
  await all(here);
  const listed = async (now: number) => {
    const list = await listFindings(
      here.db,
      here.connection,
      { state: ["open"], rule: ["private_grants"] },
      now,
    );
    return [list.items.map(({ state, accepted }) => [state, accepted]), list.total, list.open.low];
  };
  const [items, total, low] = await listed(NOW);
  const [finding] = await findingsOf(here.db, here.connection.id, ["private_grants"]);
  const accepted = { until: NOW + 1000, reason: "they recruit for the board" };
  await here.account.store.write((tx) =>
    saveFindings(tx, here.connection.id, [{ ...finding!, state: "accepted", stateAt: NOW, accepted }]),
  );
  assert.deepEqual(await listed(NOW + 999), [[], 0, Number(low) - 1]);
  assert.deepEqual(await listed(NOW + 1000), [items, total, low]);
});

test("who acts after being seen deactivated is found", async (t) => {
  const here = await begun(t);
  const before = await everybody(here);
  here.account.now = daysAgo(3);
  await here.account.list(
    "users",
    before.map((each) => (each.id === "5" ? { ...each, deactivated: true } : each)),
  );
  here.account.now = NOW;
  await here.read([deed(5, 1)], whole(1));
  await all(here);
  assert.deepEqual(await texts(here, "use_by_deactivated"), [
    "open: Priya Halvorsen was seen deactivated on 20 Nov, and used Greenhouse on 22 Nov.",
  ]);
});

test("keys and webhooks keep their maker when the events are gone; who left is found", async (t) => {
  const here = await begun(t);
  const made = { type: "action", targetType: "API Key Created", targetId: "77", meta: null };
  await here.read([deed(3, 2, made)], whole(5));
  await all(here);
  assert.deepEqual(await texts(here, "key_or_webhook_changed"), [
    "open: Mara Quill made or changed 1 API key, last on 21 Nov.",
  ]);
  assert.deepEqual(await texts(here, "maker_has_left"), []);
  const before = await everybody(here);
  await here.account.list(
    "users",
    before.map((each) => (each.id === "3" ? { ...each, deactivated: true } : each)),
  );
  await here.account.store.write((tx) => tx.deleteFrom("event").execute());
  await all(here);
  assert.deepEqual(await texts(here, "maker_has_left"), [
    "open: Mara Quill, who is deactivated, made or changed 1 API key that still lives.",
  ]);
});

test("a rule that is switched off is not judged, and its findings are not shown", async (t) => {
  const here = await begun(t);
  await all(here);
  const shown = async () =>
    (await listFindings(here.db, here.connection, {}, NOW)).items.map(({ rule }) => rule);
  assert.ok((await shown()).includes("private_grants"));
  here.connection.settings.findings = { ...DEFAULT_FINDING_SETTINGS, off: ["private_grants"] };
  await all(here);
  assert.ok(!(await shown()).includes("private_grants"));
});

test("what a raised threshold no longer finds is not seen fixed, and stands as it was when it is found again", async (t) => {
  const here = await begun(t, { agencyGrants: 0 });
  const rules = ["agency_wide_access", "private_grants"] as const;
  const states = async () => (await findingsOf(here.db, here.connection.id, rules)).map(({ state }) => state);
  const set = (settings: Partial<FindingSettings>) => {
    here.connection.settings.findings = { ...DEFAULT_FINDING_SETTINGS, ...settings };
    return all(here);
  };
  await all(here);
  assert.deepEqual(await states(), ["open", "open"]);
  await set({ agencyGrants: 20, privateRoles: [] });
  assert.deepEqual(await states(), ["not_looked_for", "not_looked_for"]);
  // The next reading changes nothing about that: nobody knows whether it was fixed meanwhile.
  await judge(here.account.store, here.connection, NOW, null, { anew: true });
  assert.deepEqual(await states(), ["not_looked_for", "not_looked_for"]);
  assert.deepEqual(
    (await listFindings(here.db, here.connection, { state: ["open"], rule: [...rules] }, NOW)).total,
    0,
  );
  await set({ agencyGrants: 0 });
  assert.deepEqual(await states(), ["open", "open"]);
});

test("pages of the list hold every finding once, the severest first", async (t) => {
  const here = await begun(t, { agencyGrants: 0 });
  await here.account.list("future_job_grants", [futureGrant(2000, { userId: "3", roleId: "10" })]);
  await all(here);
  const whole = await listFindings(here.db, here.connection, {}, NOW);
  const paged: string[] = [];
  let cursor: string | null = null;
  do {
    const page = await listFindings(here.db, here.connection, { limit: 2, cursor }, NOW);
    paged.push(...page.items.map(({ rule, subject }) => `${rule} ${subject}`));
    cursor = page.nextCursor;
  } while (cursor);
  assert.deepEqual(
    paged,
    whole.items.map(({ rule, subject }) => `${rule} ${subject}`),
  );
  assert.equal(whole.total, paged.length);
});

test("a leaver whom another employee fits too stays found, until a listing sees the user deactivated", async (t) => {
  const here = await begun(t);
  const world = new World(here);
  const made = { type: "action", targetType: "API Key Created", targetId: "78", meta: null };
  await here.read([deed(5, 2, made)], whole(5));
  await employ(world, { name: "Priya", emails: ["u5@example.com"], leftDay: Math.floor(NOW / DAY) - 3 });
  await all(here);
  const key = await texts(here, "maker_has_left");
  assert.match(key.join(), /^open: Priya Halvorsen, who has left by the directory of employees, made /);
  const open = await texts(here, "left_but_active");
  assert.match(open.join(), /^open: Priya Halvorsen left 3 days ago /);
  await employ(world, { number: "E-5", emails: ["u5@example.com"] });
  await all(here);
  assert.deepEqual(await texts(here, "left_but_active"), open);
  assert.deepEqual(await texts(here, "maker_has_left"), key);
  const before = await everybody(here);
  await here.account.list(
    "users",
    before.map((each) => (each.id === "5" ? { ...each, deactivated: true } : each)),
  );
  await all(here);
  assert.match((await texts(here, "left_but_active")).join(), /^seen_fixed: /);
  assert.match((await texts(here, "maker_has_left")).join(), /^open: Priya Halvorsen, who is deactivated, /);
  // Other tests have the same directory.
  await here.account.store.write(async (tx) => {
    for (const table of ["employee", "employee_email"] as const) await tx.deleteFrom(table).execute();
    await allMatchesStale(tx);
  });
});

/** The users of the company, as its first listing had them. */
async function everybody(here: Company) {
  const rows = await here.db
    .selectFrom("user")
    .select(["user_id", "name", "site_admin", "service_account", "deactivated", "email"])
    .where("connection", "=", here.connection.id)
    .execute();
  return rows.map((row) =>
    user(row.user_id, {
      name: row.name,
      siteAdmin: row.site_admin === 1,
      serviceAccount: row.service_account === 1,
      deactivated: row.deactivated === 1,
      email: row.email,
      emails: row.email === null ? [] : [row.email],
      createdAt: daysAgo(900),
    }),
  );
}
