/** The lists of a large company: users, roles, departments, offices, jobs and grants. */
import { DAY_MS, grantId, jobId, roleId, userId, type Writer, YEAR_DAYS } from "./company-writer.ts";

export const ROLES = 40;
const DEPARTMENTS = 200;
const OFFICES = 60;
const FIRST = [
  "Ada",
  "Bo",
  "Chidi",
  "Dana",
  "Eve",
  "Farid",
  "Grace",
  "Hana",
  "Ivo",
  "June",
  "Kofi",
  "Lea",
  "Mia",
];
const LAST = [
  "Abara",
  "Berg",
  "Costa",
  "Dubois",
  "Ek",
  "Fontaine",
  "Gruber",
  "Haas",
  "Ito",
  "Jansen",
  "Kowalski",
];

export async function lists(writer: Writer, users: number, jobs: number): Promise<void> {
  await writer.list("roles", ROLES, (i) => ({
    id: String(roleId(i)),
    name: `Role ${i}`,
    type: i < 4 ? "interviewer" : "job_admin",
  }));
  await writer.list("departments", DEPARTMENTS, (i) => ({
    id: String(100 + i),
    name: `Department ${i}`,
    parentId: i < 10 ? null : String(100 + (i % 10)),
    externalId: null,
  }));
  await writer.list("offices", OFFICES, (i) => ({
    id: String(1000 + i),
    name: `Office ${i}`,
    parentId: null,
    externalId: null,
    location: null,
  }));
  await writer.list("jobs", jobs, (i) => ({
    id: String(jobId(i)),
    name: `Job ${i}`,
    status: i % 5 === 0 ? "open" : "closed",
    confidential: i % 50 === 0,
    departmentId: String(100 + (i % DEPARTMENTS)),
    officeIds: [String(1000 + (i % OFFICES))],
  }));
  const addresses: [string, number][] = [];
  await writer.list("users", users, (i) => {
    const name = `${FIRST[i % FIRST.length]} ${LAST[Math.floor(i / FIRST.length) % LAST.length]} ${i}`;
    const email = `${name.toLowerCase().replaceAll(" ", ".")}@aldermoor.example`;
    if (i % 500 !== 499) addresses.push([email, userId(i)]);
    return {
      id: String(userId(i)),
      name,
      email: i % 500 === 499 ? null : email,
      emails: i % 500 === 499 ? [] : [email],
      employeeId: i % 3 === 0 ? null : `E${i}`,
      jobTitle: `Title ${i % 90}`,
      deactivated: i % 7 === 6,
      siteAdmin: i % 30 === 0,
      serviceAccount: i % 5000 === 4999,
      agencyId: i % 100 === 50 ? "77" : null,
      departmentIds: [String(100 + (i % DEPARTMENTS))],
      officeIds: [String(1000 + (i % OFFICES))],
      createdAt: writer.now - Math.floor(writer.random() * 5 * YEAR_DAYS) * DAY_MS,
      updatedAt: writer.now - Math.floor(writer.random() * YEAR_DAYS) * DAY_MS,
    };
  });
  const of = (places: number, from: number) =>
    Array.from({ length: users }, (_, i) => [from + (i % places), userId(i)]);
  await writer.rows("user_department", ["department_id", "user_id"], of(DEPARTMENTS, 100));
  await writer.rows("user_office", ["office_id", "user_id"], of(OFFICES, 1000));
  await writer.rows("user_address", ["address", "user_id"], addresses);
  await writer.list("user_emails", 2 * users, (i) => ({
    id: String(70_000_000 + i),
    userId: String(userId(Math.floor(i / 2))),
    email: `address.${i}@aldermoor.example`,
    verified: i % 2 === 0,
  }));
}

/** Five roles a user; a few users hold thousands of grants, most hold few. */
export async function grants(writer: Writer, users: number, jobs: number, grants: number): Promise<void> {
  // Far apart by id, whoever holds many.
  const holder = () => (Math.floor(users * writer.random() ** 2.2) * 7919) % users;
  const grant = (i: number) => {
    const user = holder();
    const role = 4 + ((user * 13 + Math.floor(writer.random() * 5) * 7) % (ROLES - 4));
    const createdAt = writer.now - Math.floor(writer.random() * 2 * YEAR_DAYS) * DAY_MS;
    return {
      id: String(grantId(i)),
      userId: String(userId(user)),
      roleId: String(roleId(role)),
      createdAt,
    };
  };
  await writer.list("job_grants", grants, (i) => ({
    ...grant(i),
    jobId: String(jobId(Math.floor(writer.random() * jobs))),
    automated: i % 3 === 0,
  }));
  await writer.list("future_job_grants", 2 * users, (i) => ({
    ...grant(i),
    departmentId: i % 4 === 0 ? null : String(100 + (i % DEPARTMENTS)),
    officeId: i % 5 === 0 ? null : String(1000 + (i % OFFICES)),
  }));
  await writer.run(`
    insert into user_role (connection, user_id, role_id, n)
      select connection, user_id, role_id, count(*) from (
        select connection, user_id, role_id from job_grant union all
        select connection, user_id, role_id from future_job_grant) held
      group by 1, 2, 3`);
  for (const table of ["job_grant", "future_job_grant"]) {
    await writer.run(`
      update "user" set ${table}s = held.n
      from (select connection, user_id, count(*) as n from ${table} group by 1, 2) as held
      where "user".connection = held.connection and "user".user_id = held.user_id`);
  }
  await writer.run(`
    update "user" set level = case when site_admin = 1 then 'site_admin'
      when job_grants + future_job_grants > 0 then 'job_admin' else 'basic' end`);
}
