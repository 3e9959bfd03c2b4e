/** After a calm sync the store says what the account says; a second sync writes nothing; changes are in the ledger. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { sql } from "kysely";
import type { Simulator } from "../simulator/index.ts";
import type { Glasshouse } from "../src/glasshouse.ts";
import { causes, connect, draftFor, dumpOf, open, simulate, sync } from "./harness.ts";

type House = Glasshouse & { dataDir: string };
type Row = Record<string, unknown>;

/** Ids as text, as the store gives them. */
async function rows(house: House, query: string): Promise<Row[]> {
  return (await sql.raw<Row>(query).execute(house.store.read)).rows;
}

/** As they are written, none twice in another case. */
const written = (mails: string[]) =>
  [...new Map(mails.toReversed().map((mail) => [mail.toLowerCase(), mail])).values()].sort();

async function assertAgrees(house: House, sim: Simulator, kind: string): Promise<void> {
  const truth = await sim.control.dump({});
  const people = [...truth.users, ...(kind === "harvest_v3" ? truth.serviceAccounts : [])];
  const stored = await rows(house, `select * from "user" where state = 'present' order by user_id`);
  assert.deepEqual(
    stored.map((row) => ({
      id: String(row.user_id),
      name: row.name,
      emails: written(JSON.parse(row.emails_json as string)),
      deactivated: row.deactivated === 1,
      siteAdmin: row.site_admin === 1,
    })),
    people
      .map((user) => ({
        id: String(user.id),
        name: ((user.name as string | null) ?? "").trim() || null,
        emails: written([
          ...(user.primary_email ? [user.primary_email as string] : []),
          ...((user.emails as string[] | null) ?? []),
        ]),
        deactivated: user.deactivated,
        siteAdmin: user.site_admin,
      }))
      .sort((a, b) => Number(BigInt(a.id) - BigInt(b.id))),
  );
  const ids = async (table: string, column: string) => {
    const present = `select ${column} as row_id from ${table} where state = 'present' order by ${column}`;
    return (await rows(house, present)).map((row) => String(row.row_id));
  };
  const listed = (list: Row[]) => list.map((row) => String(row.id));
  // v1 knows no role of a Site Admin (api.md §1.6).
  const roles = truth.userRoles.filter((role) => kind === "harvest_v3" || role.role_type !== "site_admin");
  assert.deepEqual(await ids("role", "role_id"), listed(roles), "roles");
  assert.deepEqual(await ids("department", "department_id"), listed(truth.departments), "departments");
  assert.deepEqual(await ids("office", "office_id"), listed(truth.offices), "offices");
  assert.deepEqual(await ids("job", "job_id"), listed(truth.jobs), "jobs");
  assert.deepEqual(await ids("job_grant", "grant_id"), listed(truth.userJobPermissions), "job grants");
  assert.deepEqual(
    await ids("future_job_grant", "grant_id"),
    listed(truth.futureJobPermissions),
    "future job grants",
  );

  const admins = new Set(people.filter((user) => user.site_admin).map((user) => String(user.id)));
  const holders = new Set(
    [...truth.userJobPermissions, ...truth.futureJobPermissions].map((grant) => String(grant.user_id)),
  );
  for (const row of stored) {
    const id = String(row.user_id);
    const level = admins.has(id) ? "site_admin" : holders.has(id) ? "job_admin" : "basic";
    assert.equal(row.level, level, `level of ${id}`);
  }
}

async function countOf(house: House, table: string): Promise<number> {
  return Number((await rows(house, `select count(*) as n from "${table}"`))[0]!.n);
}

for (const kind of ["harvest_v3", "harvest_v1"] as const) {
  test(`${kind}: the store says what the account says, also after changes, and each change is in the ledger`, async (t) => {
    const sim = await simulate(t, { users: 60, eventsPerDay: 60, freeze: true });
    const house = await open(t);
    const { connection } = await connect(house, draftFor(sim, kind));
    await sync(house, connection);
    assert.ok(
      Object.values(await causes(house, connection)).every((cause) => cause === null),
      JSON.stringify(await causes(house, connection)),
    );
    await assertAgrees(house, sim, kind);
    assert.equal(await countOf(house, "change"), kind === "harvest_v3" ? 8 : 7, "one baseline a stream");

    const before = await dumpOf(house);
    await sync(house, connection);
    const { listing: _, ...after } = await dumpOf(house);
    for (const table of Object.keys(after))
      assert.deepEqual(after[table], before[table], `${table} is as it was`);

    const truth = await sim.control.dump({});
    const someone = truth.users.find((user) => !user.site_admin && !user.deactivated && user.primary_email)!;
    const grant = truth.userJobPermissions[0]!;
    const promoted = truth.userJobPermissions.find(
      (each) => ![grant.user_id, someone.id].includes(each.user_id),
    )!;
    sim.control.mutate(
      { op: "setSiteAdmin", userId: promoted.user_id as number, value: true },
      { op: "renameUser", userId: someone.id as number, firstName: "Renamed", lastName: "Person" },
      { op: "removeJobPermission", id: grant.id as number },
      { op: "addUser", firstName: "New", lastName: "Comer", email: "new.comer@aldermoor.example" },
    );
    // v1: one whose grants alone are refused keeps theirs, and takes no removal of others' with them.
    const refused = truth.userJobPermissions.find(
      (each) => ![grant.user_id, promoted.user_id].includes(each.user_id),
    )!;
    sim.control.addFaults({
      match: { path: `/v1/users/${refused.user_id}/permissions/jobs` },
      fault: { kind: "status", status: 403 },
    });
    // Users first: v1 asks for grants user by user, and a Site Admin holds none.
    await sync(house, connection, { lanes: ["directory"] });
    await sync(house, connection);
    await assertAgrees(house, sim, kind);
    const kinds = await rows(
      house,
      "select stream, kind, row_id from change where kind <> 'baseline' and stream <> 'user_emails' order by seq",
    );
    const told = kinds.map((row) => `${row.stream} ${row.kind}`);
    for (const expected of ["users changed", "users added", "job_grants removed"]) {
      assert.ok(told.includes(expected), `${expected} is in ${told.join(", ")}`);
    }
  });
}

for (const [name, scenario] of [
  ["performers named by id", {}],
  ["half of the page views naming their performer by address only", { "audit.mailOnlyShare": 0.5 }],
] as const) {
  test(`use: per user and day the store counts what the log holds, by people only: ${name}`, async (t) => {
    const sim = await simulate(t, { users: 60, eventsPerDay: 200, freeze: true, scenario });
    const house = await open(t);
    const { connection } = await connect(house, draftFor(sim, "harvest_v3"));
    await sync(house, connection);
    const [stored] = (await rows(
      house,
      "select count(*) as n, min(at) as first, max(at) as last from event",
    )) as [Row];
    const iso = (at: unknown) => new Date(Number(at)).toISOString();
    const truth = await sim.control.truth({ after: iso(stored.first), before: iso(stored.last) });
    assert.equal(Number(stored.n), truth.events, "every event once");
    // Performers whom no listing names are kept, and shown once they are listed; the truth knows only who is.
    const known = new Set(
      (await rows(house, `select user_id from "user"`)).map((row) => String(row.user_id)),
    );
    const services = new Set(
      (await rows(house, `select user_id from "user" where service_account = 1`)).map((row) =>
        String(row.user_id),
      ),
    );
    const days = await rows(
      house,
      "select user_id, day, viewed + changed + acted + other as n from usage_day order by 1, 2",
    );
    const actual: Record<string, Record<string, number>> = {};
    for (const row of days.filter((each) => known.has(String(each.user_id)))) {
      const day = new Date(Number(row.day) * 86_400_000).toISOString().slice(0, 10);
      const user = String(row.user_id);
      actual[user] = { ...actual[user], [day]: Number(row.n) };
    }
    const expected = Object.entries(truth.users)
      .filter(([id, user]) => user.counted > 0 && !services.has(id))
      .map(([id, user]) => [id, user.days] as const);
    for (const [id, counted] of expected) assert.deepEqual(actual[id], counted, `days of ${id}`);
    assert.deepEqual(Object.keys(actual).sort(), expected.map(([id]) => id).sort());
    const covered = await rows(house, "select from_at, to_at from coverage");
    const covers = covered.reduce((sum, row) => sum + Number(row.to_at) - Number(row.from_at), 0);
    assert.ok(covers > 28.5 * 86_400_000, `covers ${covers / 86_400_000} days`);
  });
}
