import type { Ids } from "./ids.ts";
import type { EmailRow, User } from "./types.ts";

/** The awkward people of api.md §6.2 and §6.4: present in every organization, however small. */
export interface Specials {
  ada: User;
  zoe: User;
  bo: User;
  nameless: User;
  rin: User;
  services: User[];
  extraEmails: EmailRow[];
}

const plain = {
  jobTitle: null,
  employeeId: null,
  deactivated: false,
  siteAdmin: false,
  agencyId: null,
  linkedCandidateIds: [],
  officeIds: [],
  departmentIds: [],
  tagIds: [],
  customFields: null,
  service: false,
  hidden: false,
  zone: 1,
  weight: 0,
  actsUntil: Infinity,
  gaps: [],
  formerly: [],
} satisfies Partial<User>;

/** Makes the awkward people. `anchor` is the start of the clock's first day. */
export function makeSpecials(ids: Ids, anchor: number): Specials {
  const day = 86_400_000;
  const person = (id: number, created: string, over: Partial<User>): User => {
    const createdAt = Date.parse(created);
    return {
      ...structuredClone(plain),
      id: ids.special(id),
      createdAt,
      updatedAt: createdAt,
      actsFrom: createdAt,
      firstName: null,
      lastName: null,
      name: null,
      primaryEmail: null,
      emails: [],
      ...over,
    };
  };
  const ada = person(4000001004, "2018-02-01T08:00:00.000Z", {
    firstName: "Ada",
    lastName: "Founder",
    name: "Ada Founder",
    primaryEmail: "ada@example.org",
    emails: ["ada@example.org"],
    siteAdmin: true,
    weight: 2,
    jobTitle: "Head of Talent",
    employeeId: "E-0001",
    updatedAt: anchor - 9 * day,
    officeIds: [ids.of("office", 0)],
    departmentIds: [ids.of("department", 0)],
  });
  const zoe = person(4109876543004, "2024-03-04T10:11:12.345Z", {
    firstName: "Zoë",
    lastName: "Ångström-O’Neill",
    name: "Zoë Ångström-O’Neill",
    primaryEmail: "zoe.a@example.org",
    emails: ["zoe.a@example.org", "ZOE.A@example.org"],
    jobTitle: "Senior Recruiter",
    employeeId: "E-0042",
    weight: 3,
    updatedAt: anchor - 3 * day,
    officeIds: [ids.of("office", 0)],
    tagIds: [ids.of("tag", 0)],
    customFields: { cost_center: { name: "Cost Center", type: "single_select", value: "R&D / 北京" } },
  });
  const bo = person(4109876001004, "2019-01-01T00:00:00.000Z", {
    firstName: "Bo",
    name: "Bo",
    primaryEmail: "bo.left@example.org",
    emails: ["bo.left@example.org"],
    deactivated: true,
    siteAdmin: true,
    updatedAt: Date.parse("2025-06-30T23:59:59.999Z"),
    linkedCandidateIds: [ids.of("candidate", 40)],
  });
  const nameless = person(5407147002, "2022-05-05T05:05:05.005Z", {
    employeeId: "E-0042",
    agencyId: ids.of("agency", 0),
  });
  const rin = person(4000000112, "2020-01-01T00:00:00.000Z", {
    firstName: "Rin",
    lastName: "佐藤",
    name: "Rin 佐藤",
    deactivated: true,
    siteAdmin: true,
    updatedAt: anchor - 145 * day,
    officeIds: [ids.of("office", 1)],
  });
  const service = (id: number, name: string): User =>
    person(id, "2026-08-15T09:00:00.000Z", {
      firstName: name,
      name,
      primaryEmail: "",
      emails: null,
      siteAdmin: true,
      service: true,
    });
  const services = [service(4109870000004, "SaaS connector"), service(4109870001004, "Nightly export")];
  const email = (
    index: number,
    userId: number,
    address: string,
    verified: boolean,
    at: number,
  ): EmailRow => ({
    id: index,
    userId,
    email: address,
    verified,
    sentAt: verified ? null : at,
    createdAt: at,
    updatedAt: at,
  });
  const extraEmails = [
    email(1, zoe.id, "z@example.net", false, anchor - 22 * day),
    email(2, nameless.id, "agency.inbox@example.net", false, anchor - 400 * day),
  ];
  return { ada, zoe, bo, nameless, rin, services, extraEmails };
}
