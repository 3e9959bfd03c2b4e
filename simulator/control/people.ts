import type { Org } from "../org/org.ts";
import type { User } from "../org/types.ts";
import type { Mutation, Stage } from "./mutations.ts";

/** Remembers who somebody was, so that events before now keep the old name and address. */
export function remember(user: User, now: number): void {
  user.formerly.push({ until: now, name: user.name, primaryEmail: user.primaryEmail });
}

/** Adds a user who never acts by itself. */
export function addUser({ org, now }: Stage, m: Extract<Mutation, { op: "addUser" }>): User {
  const id = (org.users.at(-1)?.id ?? 0) + 1000;
  const [firstName, lastName] = [m.firstName ?? "New", m.lastName ?? null];
  const primaryEmail = m.email === undefined ? `new.${id}@example.org` : m.email;
  const user: User = {
    id,
    createdAt: now,
    updatedAt: now,
    firstName,
    lastName,
    name: lastName === null ? firstName : `${firstName} ${lastName}`,
    primaryEmail,
    emails: primaryEmail ? [primaryEmail] : [],
    jobTitle: null,
    employeeId: m.employeeId ?? null,
    deactivated: false,
    siteAdmin: m.siteAdmin ?? false,
    agencyId: null,
    linkedCandidateIds: [],
    officeIds: m.officeIds ?? [],
    departmentIds: m.departmentIds ?? [],
    tagIds: [],
    customFields: null,
    service: m.service ?? false,
    hidden: false,
    zone: 0,
    weight: 0,
    actsFrom: now,
    actsUntil: Infinity,
    gaps: [],
    formerly: [],
  };
  org.users = [...org.users, user];
  org.userById.set(id, user);
  if (primaryEmail) pushEmail(org, user.id, primaryEmail, now);
  return user;
}

function pushEmail(org: Org, userId: number, email: string, now: number): void {
  org.emails.push({
    id: (org.emails.at(-1)?.id ?? 0) + 1000,
    userId,
    email,
    verified: true,
    sentAt: null,
    createdAt: now,
    updatedAt: now,
  });
}

/** Gives a user another primary e-mail; the old address is gone from user_emails. */
export function changeEmail({ org, now }: Stage, user: User, email: string | null): void {
  remember(user, now);
  const old = user.primaryEmail;
  user.primaryEmail = email;
  user.emails = [...(email ? [email] : []), ...(user.emails ?? []).filter((e) => e !== old && e !== email)];
  org.emails = org.emails.filter((e) => e.userId !== user.id || e.email !== old);
  if (email && !org.emails.some((e) => e.email.toLowerCase() === email.toLowerCase()))
    pushEmail(org, user.id, email, now);
}

/** Makes somebody Basic: no permissions, no role in a hiring team, no pending approval (api.md §1.7). */
export function revoke(org: Org, user: User, now: number): void {
  for (const row of org.permissions.ofUser(user.id)) org.permissions.remove(row.id);
  org.futurePermissions = org.futurePermissions.filter((row) => row.userId !== user.id);
  user.siteAdmin = false;
  org.stripped.set(user.id, now);
}
