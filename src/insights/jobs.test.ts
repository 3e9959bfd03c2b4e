import assert from "node:assert/strict";
import { test } from "node:test";
import { sql } from "kysely";
import { accounts, jobGrant, user } from "../store/listings/listing-testing.ts";
import * as lists from "../store/migrations/0005-lists.ts";
import { InvalidCursor } from "./errors.ts";
import { listJobs } from "./jobs.ts";
import { type Company, company, NOW } from "./testing.ts";
import type { JobQuery } from "./types.ts";

const account = accounts();

const job = (id: string, name: string | null, facts: object = {}) => ({
  id,
  name,
  status: "open",
  confidential: false,
  departmentId: null,
  officeIds: [],
  ...facts,
});

let made: Promise<Company> | undefined;
const listedJobs = () => (made ??= make());

/** Grants name a job that the list lacks: 900. */
async function make(): Promise<Company> {
  const aldermoor = await company(await account());
  const { account: acme } = aldermoor;
  await acme.list("users", [user(1, { siteAdmin: true })]);
  await acme.list("jobs", [
    job("500", "Recruiter"),
    job("501", "Bäcker"),
    job("502", "Backend Engineer", { status: "closed" }),
    job("503", "VP People", { confidential: true }),
    job("504", "Recruiter"),
    job("505", "100% remote"),
  ]);
  await acme.list("job_grants", [jobGrant(1, { jobId: "500" }), jobGrant(2, { jobId: "900" })]);
  return aldermoor;
}

const searches: [name: string, query: JobQuery, ids: string[]][] = [
  ["nothing: all by name, without regard to accents", {}, ["505", "502", "501", "500", "504", "503"]],
  ["a part of a name", { search: "recr" }, ["500", "504"]],
  ["a name without its accents", { search: "BACK" }, ["502", "501"]],
  ["a sign that SQL takes for anything", { search: "%" }, ["505"]],
  ["an id", { search: "503" }, ["503"]],
  ["a part of an id", { search: "50" }, ["505", "502", "501", "500", "504", "503"]],
  ["an id that only a grant names", { search: " 900 " }, ["900"]],
  ["an id that nobody knows", { search: "901" }, []],
];
for (const [name, query, ids] of searches) {
  test(`jobs that fit ${name}`, async () => {
    const { db, connection } = await listedJobs();
    const { items } = await listJobs(db, connection, query, NOW);
    assert.deepEqual(
      items.map(({ id }) => id),
      ids,
    );
  });

  test(`jobs that fit ${name}, one a page`, async () => {
    const { db, connection } = await listedJobs();
    const found: string[] = [];
    let cursor: string | null = null;
    do {
      const page: Awaited<ReturnType<typeof listJobs>> = await listJobs(
        db,
        connection,
        { ...query, limit: 1, cursor },
        NOW,
      );
      found.push(...page.items.map(({ id }) => id));
      cursor = page.nextCursor;
    } while (cursor !== null);
    assert.deepEqual(found, ids);
  });
}

test("a job tells its state, whether it is confidential, and whether the list has it", async () => {
  const { db, connection } = await listedJobs();
  const { items, total } = await listJobs(db, connection, { search: "people" }, NOW);
  assert.deepEqual(items, [
    { id: "503", name: "VP People", status: "open", confidential: true, inList: true },
  ]);
  assert.equal(total, 1);
  const [unlisted] = (await listJobs(db, connection, { search: "900" }, NOW)).items;
  assert.deepEqual(unlisted, { id: "900", name: null, status: null, confidential: null, inList: false });
});

test("where the list of jobs was never read, those that grants name come by id", async () => {
  const aldermoor = await company(await account());
  const { account: acme, db, connection } = aldermoor;
  await acme.list("users", [user(1, { siteAdmin: true })]);
  await acme.list("job_grants", [
    jobGrant(1, { jobId: "9007199254740993" }),
    jobGrant(2, { jobId: "900" }),
    jobGrant(3, { jobId: "900" }),
  ]);
  const first = await listJobs(db, connection, { limit: 1 }, NOW);
  assert.deepEqual([first.items.map(({ id }) => id), first.total], [["900"], null]);
  const second = await listJobs(db, connection, { limit: 1, cursor: first.nextCursor }, NOW);
  assert.deepEqual([second.items.map(({ id }) => id), second.nextCursor], [["9007199254740993"], null]);
  assert.deepEqual((await listJobs(db, connection, { search: "900" }, NOW)).items[0]!.id, "900");
  await assert.rejects(
    listJobs(db, connection, { cursor: Buffer.from('["jobs","a","1"]').toString("base64url") }, NOW),
    InvalidCursor,
  );
});

test("jobs that were stored before their names were searchable are found after the update", async () => {
  const { account: acme } = await listedJobs();
  const { store } = acme;
  const before = await store.read.selectFrom("job").selectAll().orderBy("job_id").execute();
  await store.write(async (tx) => {
    for (const index of ["job_by_name", "trail_by_token", "trail_by_time"])
      await sql.raw(`drop index ${index}`).execute(tx);
    for (const column of ["sort_name", "search"])
      await sql.raw(`alter table job drop column ${column}`).execute(tx);
    await lists.up(tx as never);
  });
  assert.deepEqual(await store.read.selectFrom("job").selectAll().orderBy("job_id").execute(), before);
});
