/** Findings of a synced account: broken → found → cured → seen fixed; decisions over the API. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Mutation } from "../simulator/index.ts";
import { listFindings } from "../src/findings/list.ts";
import type { FindingRule, FindingState } from "../src/model/finding.ts";
import { LANE_NAMES } from "../src/model/stream.ts";
import { getConnection } from "../src/store/connections/connections.ts";
import { oweJudgement } from "../src/store/findings/findings.ts";
import { connect, draftFor, open, simulate, sync } from "./harness.ts";

interface Truth {
  users: {
    id: number;
    site_admin: boolean;
    deactivated: boolean;
    agency_id: number | null;
    primary_email: string | null;
  }[];
  jobs: { id: number; status: string }[];
  userJobPermissions: { job_id: number }[];
}

test("what is done to an account is found with the next sync, and seen fixed once it is undone", async (t) => {
  const sim = await simulate(t);
  const house = await open(t);
  const { connection } = await connect(house, draftFor(sim, "harvest_v3"));
  await sync(house, connection);
  const truth = (await sim.control.dump({
    parts: ["users", "jobs", "userJobPermissions"],
  })) as unknown as Truth;
  const person = truth.users.find(
    (user) => !user.site_admin && !user.deactivated && user.agency_id === null,
  )!;
  const other = truth.users.find((user) => user.id !== person.id && !user.deactivated && user.primary_email)!;
  const job = truth.userJobPermissions
    .map(({ job_id }) => job_id)
    .find((id) => truth.jobs.find((each) => each.id === id)?.status === "open")!;
  const CASES: { rule: FindingRule; subject: string; breaks: Mutation; cures: Mutation; says: RegExp }[] = [
    {
      rule: "new_site_admin",
      subject: String(person.id),
      breaks: { op: "setSiteAdmin", userId: person.id, value: true },
      cures: { op: "setSiteAdmin", userId: person.id, value: false },
      says: /became a Site Admin/,
    },
    {
      rule: "shared_address",
      subject: `email:${other.primary_email!.toLowerCase()}`,
      breaks: { op: "changeEmail", userId: person.id, email: other.primary_email },
      cures: { op: "changeEmail", userId: person.id, email: person.primary_email },
      says: /2 active users have the address/,
    },
    {
      rule: "grants_on_closed_jobs",
      subject: "",
      breaks: { op: "closeJob", jobId: job },
      cures: { op: "reopenJob", jobId: job },
      says: /closed job/,
    },
  ];
  const stands = async (rule: FindingRule, subject: string) => {
    const now = (await getConnection(house.store.read, connection.id))!;
    const { items } = await listFindings(house.store.read, now, { rule: [rule], limit: 500 }, Date.now());
    return items.find((each) => each.subject === subject) ?? null;
  };
  const rowsOf = async ({ rule, subject }: (typeof CASES)[number]) =>
    (await stands(rule, subject))?.rows ?? 0;
  const before = new Map<string, number>();
  for (const each of CASES) before.set(each.rule, await rowsOf(each));
  for (const { breaks } of CASES) sim.control.mutate(breaks);
  await sync(house, connection);
  for (const each of CASES) {
    await t.test(`${each.rule} is found`, async () => {
      const found = await stands(each.rule, each.subject);
      assert.equal(found?.state, "open" satisfies FindingState);
      assert.match(found.text, each.says);
      assert.ok(found.rows > before.get(each.rule)!, `${found.rows} rows`);
      assert.ok(found.evidence.length > 0);
    });
  }
  for (const { cures } of CASES) sim.control.mutate(cures);
  await sync(house, connection);
  for (const each of CASES) {
    await t.test(`${each.rule} is seen fixed`, async () => {
      const found = (await stands(each.rule, each.subject))!;
      if (before.get(each.rule) === 0) assert.equal(found.state, "seen_fixed" satisfies FindingState);
      else assert.equal(found.rows, before.get(each.rule));
      assert.notEqual(found.coverage, "");
    });
  }
});

test("killed between a run's end and its findings: the next start has them", async (t) => {
  const sim = await simulate(t);
  const house = await open(t);
  const { connection } = await connect(house, draftFor(sim, "harvest_v3"));
  await sync(house, connection);
  const count = async ({ store }: typeof house) =>
    (await store.read.selectFrom("finding").selectAll().execute()).length;
  const found = await count(house);
  await house.store.write(async (tx) => {
    for (const table of ["finding", "finding_check"] as const) await tx.deleteFrom(table).execute();
    for (const lane of LANE_NAMES) await oweJudgement(tx, connection.id, lane);
  });
  await house.close();
  const again = await open(t, { dataDir: house.dataDir });
  assert.equal(await count(again), found);
});
