/** The planner is told the sizes of a large company (store/engine/statistics.ts), so these are the plans that it runs. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { CompiledQuery } from "kysely";
import { Thread } from "../store/engine/thread.ts";
import { accounts } from "../store/listings/listing-testing.ts";
import type { Db } from "../store/store.ts";
import { listChanges } from "./changes.ts";
import { listEvents } from "./events.ts";
import { listGrants } from "./grants.ts";
import { listJobs } from "./jobs.ts";
import { licenses } from "./licenses.ts";
import { overview } from "./overview.ts";
import { listRoles } from "./roles.ts";
import { alive, type Company, company, deed, NOW, whole } from "./testing.ts";
import { usage } from "./usage.ts";
import { getUser } from "./user.ts";
import { listUsers } from "./users.ts";

const account = accounts();
let made: Promise<Company> | undefined;
const shared = () => (made ??= make());

async function make(): Promise<Company> {
  const aldermoor = await company(await account());
  await aldermoor.list();
  await aldermoor.read([...alive(93), deed(1, 2), deed(3, 41)], whole(93));
  return aldermoor;
}

/** Tables of millions of rows, and the names they bear in queries. */
const BIG = "(?:event|e|job_grant|g|usage_day|d|x|usage_user|u|user|user_role|r)";
const READ_WITHOUT_INDEX = new RegExp(`^SCAN ${BIG}(?: |$)(?!.*INDEX)`);
/** Every row of a company, then sorted: the index for the order was missed. */
const GRANTS_READ_WHOLE = /^SEARCH (?:g|e|event|job_grant) USING [^(]*\(connection=\?\)$/;
/** One look in each connection that there is. */
const SKIPS_CONNECTIONS = /\bANY\(connection\)/;
const SORTED = /^USE TEMP B-TREE FOR (?:LAST \d+ TERMS? OF )?ORDER BY/;

async function plansOf(db: Db, ask: () => Promise<unknown>): Promise<{ sql: string; plan: string[] }[]> {
  const asked: { sql: string; params: readonly unknown[] }[] = [];
  const query = Thread.prototype.query;
  Thread.prototype.query = function (sql, params) {
    asked.push({ sql, params });
    return query.call(this, sql, params);
  };
  try {
    await ask();
  } finally {
    Thread.prototype.query = query;
  }
  const plans: { sql: string; plan: string[] }[] = [];
  for (const { sql, params } of asked) {
    const explain = CompiledQuery.raw(`explain query plan ${sql}`, [...params]);
    const { rows } = await db.executeQuery<{ detail: string }>(explain);
    plans.push({ sql, plan: rows.map(({ detail }) => detail) });
  }
  return plans;
}

const questions: [name: string, ask: (company: Company) => Promise<unknown>][] = [
  ["users", ({ db, connection }) => listUsers(db, connection, {}, NOW)],
  ["unused licenses", ({ db, connection }) => listUsers(db, connection, { license: ["unused"] }, NOW)],
  ["users by last use", ({ db, connection }) => listUsers(db, connection, { sort: "lastUsed" }, NOW)],
  ["users of a status", ({ db, connection }) => listUsers(db, connection, { status: ["active"] }, NOW)],
  ["users searched", ({ db, connection }) => listUsers(db, connection, { search: "wren" }, NOW)],
  ["users as of now", ({ db, connection }) => listUsers(db, connection, { asOf: NOW }, NOW)],
  ["users of a role", ({ db, connection }) => listUsers(db, connection, { role: "10" }, NOW)],
  ["users without an address", ({ db, connection }) => listUsers(db, connection, { noEmail: true }, NOW)],
  ["a user", ({ db, connection }) => getUser(db, connection, "3", NOW)],
  ["grants", ({ db, connection }) => listGrants(db, connection, {}, NOW)],
  ["grants of a role", ({ db, connection }) => listGrants(db, connection, { role: "10" }, NOW)],
  ["grants of a user", ({ db, connection }) => listGrants(db, connection, { user: "3" }, NOW)],
  ["who can see a job", ({ db, connection }) => listGrants(db, connection, { job: "100" }, NOW)],
  [
    "grants of deactivated users",
    ({ db, connection }) => listGrants(db, connection, { userStatus: ["deactivated"] }, NOW),
  ],
  ["grants of agencies", ({ db, connection }) => listGrants(db, connection, { agency: true }, NOW)],
  [
    "grants on closed jobs",
    ({ db, connection }) => listGrants(db, connection, { jobStatus: ["closed"] }, NOW),
  ],
  ["jobs", ({ db, connection }) => listJobs(db, connection, {}, NOW)],
  ["a job searched", ({ db, connection }) => listJobs(db, connection, { search: "job" }, NOW)],
  ["who stopped", ({ db, connection }) => listUsers(db, connection, { stopped: true }, NOW)],
  [
    "who became deactivated",
    ({ db, connection }) => listChanges(db, connection, { kind: ["deactivated"] }, NOW),
  ],
  ["roles", ({ db, connection }) => listRoles(db, connection, {}, NOW)],
  ["licenses", ({ db, connection }) => licenses(db, connection, NOW)],
  ["usage", ({ db, connection }) => usage(db, connection, {}, NOW)],
  ["events", ({ db, connection }) => listEvents(db, connection, {}, NOW)],
  ["events of a user", ({ db, connection }) => listEvents(db, connection, { user: "3" }, NOW)],
  ["events of a type", ({ db, connection }) => listEvents(db, connection, { type: ["action"] }, NOW)],
  ["events of a kind", ({ db, connection }) => listEvents(db, connection, { kind: ["changed"] }, NOW)],
  [
    "events of a user and a kind",
    ({ db, connection }) => listEvents(db, connection, { user: "3", kind: ["viewed"] }, NOW),
  ],
  ["changes", ({ db, connection }) => listChanges(db, connection, {}, NOW)],
  ["changes of a user", ({ db, connection }) => listChanges(db, connection, { user: "3" }, NOW)],
  ["the overview", ({ db, connection }) => overview(db, connection, NOW)],
];
for (const [name, ask] of questions) {
  test(`${name}: every large table is read along an index`, async () => {
    const aldermoor = await shared();
    const plans = await plansOf(aldermoor.db, () => ask(aldermoor));
    assert.ok(plans.length > 0);
    for (const { sql, plan } of plans) {
      const told = `${sql}\n${plan.join("\n")}`;
      assert.ok(!plan.some((step) => READ_WITHOUT_INDEX.test(step)), told);
      assert.ok(!plan.some((step) => SKIPS_CONNECTIONS.test(step)), told);
      assert.ok(
        !(plan.some((step) => GRANTS_READ_WHOLE.test(step)) && plan.some((step) => SORTED.test(step))),
        told,
      );
    }
  });
}

test("grants made in some way are found along their index, and their parts alone are sorted", async () => {
  const { db, connection } = await shared();
  const made = ["by_rule", "not_told"] as const;
  const plans = await plansOf(db, () => listGrants(db, connection, { made: [...made], kind: ["job"] }, NOW));
  const steps = plans.flatMap(({ plan }) => plan).filter((step) => /^(?:SEARCH|SCAN) g /.test(step));
  const along = /USING INDEX job_grant_by_made \(connection=\? AND automated=\?\)/;
  assert.equal(steps.length, made.length);
  for (const step of steps) assert.match(step, along);
});

test("users are counted in the order of their index, and searched in indexes alone", async () => {
  const { db, connection } = await shared();
  // With a window that nothing was remembered for.
  const other = { ...connection, settings: { ...connection.settings, windowDays: 27 } };
  const counted = (await plansOf(db, () => licenses(db, other, NOW))).flatMap(({ plan }) => plan);
  assert.ok(
    counted.includes("SEARCH u USING COVERING INDEX user_by_state (connection=?)"),
    counted.join("\n"),
  );
  assert.ok(!counted.some((step) => step.endsWith("FOR GROUP BY")), counted.join("\n"));
  const searched = (await plansOf(db, () => listUsers(db, connection, { search: "wren" }, NOW))).flatMap(
    ({ plan }) => plan,
  );
  for (const index of ["u USING COVERING INDEX user_by_name", "user_email USING COVERING INDEX"])
    assert.ok(
      searched.some((step) => step.includes(index)),
      searched.join("\n"),
    );
});

test("what is joined with all users is joined in the order of their ids, in which its own rows lie", async () => {
  const { db, connection } = await shared();
  const other = { ...connection, settings: { ...connection.settings, windowDays: 26 } };
  const plans = (await plansOf(db, () => usage(db, other, {}, NOW))).filter(({ sql }) =>
    /usage_day d/.test(sql),
  );
  assert.notEqual(plans.length, 0);
  for (const { sql, plan } of plans) {
    const told = `${sql}\n${plan.join("\n")}`;
    assert.ok(!plan.some((step) => /^SEARCH u USING COVERING INDEX user_by_/.test(step)), told);
  }
});

test("jobs come by name along their index, and are sorted by nobody", async () => {
  const { db, connection } = await shared();
  const steps = (await plansOf(db, () => listJobs(db, connection, {}, NOW))).flatMap(({ plan }) => plan);
  assert.ok(
    steps.some((step) => step.includes("USING INDEX job_by_name (connection=?)")),
    steps.join("\n"),
  );
  assert.ok(!steps.some((step) => SORTED.test(step)), steps.join("\n"));
});
