import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import { client } from "../testing.ts";
import { makeOrg } from "./org.ts";

type Row = Record<string, unknown>;

for (const users of [5, 6, 40, 400]) {
  describe(`an organization of ${users} has every awkward record of api.md §6`, () => {
    const cases: [string, (d: Record<string, Row[]>) => boolean][] = [
      ["as many people as asked", (d) => d.users?.length === users],
      [
        "unicode names and a repeated address in two cases",
        (d) =>
          !!d.users?.some(
            (u) => u.name === "Zoë Ångström-O’Neill" && (u.emails as string[]).includes("ZOE.A@example.org"),
          ),
      ],
      ["a deactivated site admin", (d) => !!d.users?.some((u) => u.deactivated && u.site_admin)],
      [
        "a person without name or e-mail, from an agency",
        (d) => !!d.users?.some((u) => u.name === null && u.primary_email === null && u.agency_id !== null),
      ],
      [
        "two people with one employee id",
        (d) => d.users?.filter((u) => u.employee_id === "E-0042").length === 2,
      ],
      ["ids of 13 and more digits", (d) => !!d.users?.some((u) => String(u.id).length >= 13)],
      [
        "service accounts without e-mail",
        (d) => !!d.serviceAccounts?.every((u) => u.primary_email === "" && u.emails === null),
      ],
      [
        "the role types, an unknown one among them",
        (d) =>
          ["job_admin", "site_admin", "deprecated_interviewer", "coordinator_plus"].every((type) =>
            d.userRoles?.some((r) => r.role_type === type),
          ),
      ],
      [
        "a permission whose role the list lacks",
        (d) => !!d.userJobPermissions?.some((p) => !d.userRoles?.some((r) => r.id === p.role_id)),
      ],
      [
        "two roles of one person on one job",
        (d) => {
          const pairs = d.userJobPermissions?.map((p) => `${p.user_id} ${p.job_id}`) ?? [];
          return new Set(pairs).size < pairs.length;
        },
      ],
      [
        "automated: true, false and null",
        (d) => [true, false, null].every((a) => d.userJobPermissions?.some((p) => p.automated === a)),
      ],
      [
        "a future permission for everything",
        (d) => !!d.futureJobPermissions?.some((p) => p.department_id === null && p.office_id === null),
      ],
      [
        "an e-mail that waits for verification",
        (d) => !!d.userEmails?.some((e) => e.verified === false && e.verification_token_sent_at !== null),
      ],
      [
        "an office without location",
        (d) => !!d.offices?.some((o) => o.location === null && o.external_id === "zrh"),
      ],
    ];
    let dump: Record<string, Row[]>;
    before(async () => {
      await using c = await client({ users });
      dump = (await c.sim.control.dump()) as never;
    });
    for (const [name, holds] of cases) test(name, () => assert.ok(holds(dump)));
  });
}

const sizes = {
  seed: 3,
  users: 200,
  jobs: 100,
  jobPermissions: 3000,
  eventsPerDay: 100,
  anchor: Date.parse("2026-11-23"),
  account: 0,
};

test("the same seed and sizes give the same organization to the byte; another account has other ids", () => {
  const text = (over: object): string => {
    const org = makeOrg({ ...sizes, ...over });
    return JSON.stringify([
      org.users,
      org.roles,
      org.jobs,
      org.emails,
      org.futurePermissions,
      org.permissions.page(Infinity, 5000, () => true),
    ]);
  };
  assert.equal(text({}), text({}));
  assert.notEqual(text({}), text({ seed: 4 }));
  const ids = (account: number): Set<number> =>
    new Set(makeOrg({ ...sizes, account }).users.map((u) => u.id));
  assert.equal(ids(0).intersection(ids(1)).size, 0);
});

test("permissions: as many as asked, none for Site Admins, one user's rows are those of the list", () => {
  const org = makeOrg(sizes);
  const rows = org.permissions.page(Infinity, 1e6, () => true);
  assert.equal(rows.length, 3003);
  assert.ok(rows.every((p) => !org.userById.get(p.userId)?.siteAdmin));
  const ids = rows.map((p) => p.id);
  assert.deepEqual(
    ids,
    [...new Set(ids)].sort((a, b) => b - a),
  );
  for (const user of org.users.slice(0, 50)) {
    const own = org.permissions.ofUser(user.id).map((p) => p.id);
    assert.deepEqual(
      own,
      rows
        .filter((p) => p.userId === user.id)
        .map((p) => p.id)
        .reverse(),
    );
  }
  for (const p of rows.slice(0, 100)) assert.deepEqual(org.permissions.get(p.id), p);
});

test("all ids are exact numbers", () => {
  const org = makeOrg({ ...sizes, users: 5000, account: 800 });
  assert.ok([...org.users, ...org.emails].every((r) => Number.isSafeInteger(r.id)));
  assert.equal(new Set(org.users.map((u) => u.id)).size, org.users.length);
});
