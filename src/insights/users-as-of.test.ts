import assert from "node:assert/strict";
import { test } from "node:test";
import { type Connection, DEFAULT_SETTINGS } from "../model/connection.ts";
import { accounts, futureGrant, jobGrant, role, user } from "../store/listings/listing-testing.ts";
import { listUsers } from "./users.ts";

const account = accounts();

test("roles and grants are those of then, and unknown only before grants had been read", async () => {
  const acme = await account();
  await acme.list("users", [user(1), user(2), user(3)]);
  const unread = acme.now;
  await acme.list("roles", [role(10, "Standard"), role(11, "Private")]);
  await acme.list("job_grants", [
    jobGrant(1),
    jobGrant(2, { jobId: "101" }),
    jobGrant(3, { roleId: "11" }),
    jobGrant(4, { userId: "2", roleId: "11" }),
  ]);
  await acme.list("future_job_grants", [futureGrant(5, { userId: "2", roleId: "12" })]);
  const then = acme.now;
  await acme.list("job_grants", [jobGrant(4, { userId: "3", roleId: "10" })]);

  const facts = { id: acme.connection, name: "acme", settings: DEFAULT_SETTINGS, clockSkewMs: 0 };
  const connection = facts as Connection;
  const asOf = async (at: number) =>
    (await listUsers(acme.store.read, connection, { asOf: at }, acme.now)).items.map((each) => [
      each.id,
      each.roles?.map(({ name, grants }) => [name, grants]),
      each.grants,
    ]);
  assert.deepEqual(await asOf(then), [
    [
      "1",
      [
        ["Standard", 2],
        ["Private", 1],
      ],
      { jobs: 3, futureJobs: 0 },
    ],
    [
      "2",
      [
        ["Private", 1],
        [null, 1],
      ],
      { jobs: 1, futureJobs: 1 },
    ],
    ["3", [], { jobs: 0, futureJobs: 0 }],
  ]);
  assert.deepEqual(await asOf(unread), [
    ["1", undefined, { jobs: null, futureJobs: null }],
    ["2", undefined, { jobs: null, futureJobs: null }],
    ["3", undefined, { jobs: null, futureJobs: null }],
  ]);
});
