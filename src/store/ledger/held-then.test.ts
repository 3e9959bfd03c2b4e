/** Counts taken back from today's are those of the grants that stood then. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { FutureJobGrantRecord, JobGrantRecord } from "../../model/records.ts";
import { accounts, futureGrant, jobGrant, user } from "../listings/listing-testing.ts";
import { grantsAsOf } from "./as-of.ts";
import { grantsHeldAsOf, type HeldThen } from "./held-then.ts";

const USERS = ["1", "2", "3"];
const account = accounts();

/** The same from the grants themselves, one by one. */
function sumsOf(jobs: JobGrantRecord[], futureJobs: FutureJobGrantRecord[]): Record<string, unknown> {
  const of = (grants: { userId: string }[], user: string) => grants.filter(({ userId }) => userId === user);
  return Object.fromEntries(
    USERS.map((user) => {
      const roles = Map.groupBy(
        of([...jobs, ...futureJobs], user) as JobGrantRecord[],
        ({ roleId }) => roleId,
      );
      const held = [...roles].flatMap(([role, { length }]) => (role === null ? [] : [`${role}: ${length}`]));
      return [user, [of(jobs, user).length, of(futureJobs, user).length, held.sort()]];
    }),
  );
}

function shown({ jobs, futureJobs, roles }: HeldThen): Record<string, unknown> {
  return Object.fromEntries(
    USERS.map((user) => {
      const held = [...(roles.get(user) ?? [])].flatMap(([role, n]) => (n === 0 ? [] : [`${role}: ${n}`]));
      return [user, [jobs?.get(user) ?? 0, futureJobs?.get(user) ?? 0, held.sort()]];
    }),
  );
}

const same = jobGrant(1, { userId: "1", roleId: "10" });
const others = [2, 3, 4].map((id) => jobGrant(id, { userId: "2", roleId: "11" }));
/** What happened to a grant between two listings. */
const HISTORIES: [string, before: JobGrantRecord | null, after: JobGrantRecord | null][] = [
  ["stayed", same, same],
  ["was added", null, same],
  ["was removed", same, null],
  ["has another role", same, { ...same, roleId: "12" }],
  ["has a role, which wasn't told before", { ...same, roleId: null }, same],
  ["has another job", same, { ...same, jobId: "7" }],
  ["has moved to another user", same, { ...same, userId: "3" }],
  ["has moved to another user with another role", same, { ...same, userId: "3", roleId: "12" }],
];

for (const [what, before, after] of HISTORIES) {
  test(`a grant that ${what} counts as it stood then, for a job and for future jobs`, async () => {
    const acme = await account();
    await acme.list(
      "users",
      USERS.map((id) => user(id)),
    );
    const future = (grant: JobGrantRecord) =>
      futureGrant(grant.id, { userId: grant.userId, roleId: grant.roleId });
    const times: number[] = [];
    // It comes back as it was at last.
    for (const grant of [before, after, before]) {
      const grants = grant ? [grant, ...others] : others;
      await acme.list("job_grants", grants);
      times.push(acme.now);
      await acme.list("future_job_grants", grants.map(future));
      times.push(acme.now);
    }
    for (const at of times) {
      const held = await grantsHeldAsOf(acme.store.read, acme.connection, at, USERS);
      const page = { after: null, limit: 100 };
      const jobs = await grantsAsOf(acme.store.read, acme.connection, "job_grants", at, page);
      const futureJobs = await grantsAsOf(acme.store.read, acme.connection, "future_job_grants", at, page);
      assert.deepEqual(shown(held), sumsOf(jobs.items, futureJobs.items), `at ${times.indexOf(at)}`);
    }
    assert.equal((await grantsHeldAsOf(acme.store.read, acme.connection, times[0]!, USERS)).futureJobs, null);
  });
}
