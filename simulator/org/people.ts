import { fraction, hash, heavyTail, pick } from "../random.ts";
import type { Ids } from "./ids.ts";
import type { Specials } from "./specials.ts";
import type { EmailRow, OrgSizes, User } from "./types.ts";
import { firstNames, jobTitles, lastNames, zones } from "./words.ts";

const day = 86_400_000;

/** The usual people beside the special ones, oldest id first. Some never act, some stopped weeks ago (api.md §7). */
export function makePeople(sizes: OrgSizes, ids: Ids, departments: number, offices: number): User[] {
  const count = Math.max(0, sizes.users - 5);
  return Array.from({ length: count }, (_, i) => makePerson(sizes, ids, i, count, departments, offices));
}

function makePerson(
  sizes: OrgSizes,
  ids: Ids,
  i: number,
  count: number,
  departments: number,
  offices: number,
): User {
  const { seed, anchor } = sizes;
  const h = (salt: number): number => hash(seed, i, 1, salt);
  const f = (salt: number): number => fraction(seed, i, 1, salt);
  const firstName = pick(firstNames, h(1));
  const lastName = f(2) < 0.02 ? null : pick(lastNames, h(2));
  const slug = `${firstName}.${lastName ?? "only"}`
    .normalize("NFD")
    .replace(/[^a-zA-Z.]/g, "")
    .toLowerCase();
  const primaryEmail = `${slug}.${i}@example.org`;
  const createdAt = Math.floor(anchor - 8 * 365 * day + ((i + f(3)) / (count + 1)) * (8 * 365 - 2) * day);
  const deactivated = f(4) < 0.12;
  const siteAdmin = f(5) < 0.03;
  const silent = i % 9 === 1 || f(6) < 0.15;
  const stopped = !silent && (i % 11 === 3 || f(7) < 0.08);
  const left = createdAt + f(8) * (anchor - createdAt);
  const actsUntil = deactivated
    ? f(9) < 0.3
      ? anchor - (1 + f(8) * 25) * day
      : left
    : stopped
      ? anchor - (8 + f(8) * 20) * day
      : Infinity;
  const emails = f(10) < 0.1 ? [primaryEmail, `${slug}.${i}@sub.example.net`] : [primaryEmail];
  return {
    id: ids.user(i, count),
    createdAt,
    updatedAt: Math.floor(
      deactivated ? Math.max(createdAt, actsUntil) : createdAt + f(11) * (anchor - createdAt),
    ),
    firstName,
    lastName,
    name: lastName === null ? firstName : `${firstName} ${lastName}`,
    primaryEmail,
    emails,
    jobTitle: f(12) < 0.7 ? pick(jobTitles, h(12)) : null,
    employeeId: f(13) < 0.8 ? `E-${String(i + 1000).padStart(6, "0")}` : null,
    deactivated,
    siteAdmin,
    agencyId: f(14) < 0.03 ? ids.of("agency", h(14) % 5) : null,
    linkedCandidateIds: f(15) < 0.05 ? [ids.of("candidate", 100 + i)] : [],
    officeIds: f(16) < 0.9 ? [ids.of("office", h(16) % offices)] : [],
    departmentIds: f(17) < 0.85 ? [ids.of("department", h(17) % departments)] : [],
    tagIds: f(18) < 0.1 ? [ids.of("tag", h(18) % 3)] : [],
    customFields:
      f(19) < 0.3
        ? { cost_center: { name: "Cost Center", type: "single_select", value: `CC-${h(19) % 40}` } }
        : null,
    service: false,
    hidden: false,
    zone: zoneOf(f(20)),
    weight: silent ? 0 : heavyTail(f(21), f(22), 1.3),
    actsFrom: createdAt,
    actsUntil: Math.floor(actsUntil),
    gaps: [],
    formerly: [],
  };
}

function zoneOf(u: number): number {
  let left = u;
  for (const [zone, part] of zones) {
    left -= part;
    if (left < 0) return zone;
  }
  return 0;
}

/** The rows of user_emails: each address of each user, and some that wait for verification (api.md §2.5). */
export function makeEmails(users: readonly User[], specials: Specials, ids: Ids, seed: number): EmailRow[] {
  const rows: EmailRow[] = [...specials.extraEmails];
  let next = 10;
  for (const user of users) {
    const seen = new Set<string>();
    for (const email of user.emails ?? []) {
      if (seen.has(email.toLowerCase())) continue;
      seen.add(email.toLowerCase());
      rows.push({
        id: ids.of("email", next++),
        userId: user.id,
        email,
        verified: true,
        sentAt: null,
        createdAt: user.createdAt,
        updatedAt: user.createdAt,
      });
    }
    if (user.primaryEmail && fraction(seed, next, 2, 1) < 0.03) {
      const sentAt = user.createdAt + 86_400_000;
      rows.push({
        id: ids.of("email", next++),
        userId: user.id,
        email: `waiting.${next}@example.com`,
        verified: false,
        sentAt,
        createdAt: sentAt,
        updatedAt: sentAt,
      });
    }
  }
  return rows.sort((a, b) => a.id - b.id);
}
