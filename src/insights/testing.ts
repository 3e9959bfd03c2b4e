/** For tests: a small company whose answers can be checked by hand. */
import { type Connection, DEFAULT_SETTINGS, GREENHOUSE_ORIGINS } from "../model/connection.ts";
import { dayZone } from "../model/day.ts";
import type { EventRecord } from "../model/records.ts";
import type { Span } from "../model/span.ts";
import { type Account, futureGrant, jobGrant, role, user } from "../store/listings/listing-testing.ts";
import type { Db } from "../store/store.ts";
import { connect, event, keep, rebuild } from "../store/usage/use-testing.ts";

export const NOW = Date.parse("2026-11-23T09:14:00Z");
export const zone = dayZone("Europe/Zurich");
const today = zone.day(NOW);
/** Noon, so many days ago. */
export const daysAgo = (days: number): number => zone.start(today - days) + 12 * 3_600_000;

export class Company {
  readonly account: Account;
  readonly connection: Connection;

  constructor(account: Account) {
    this.account = account;
    this.account.now = NOW - 12 * 3_600_000;
    this.connection = {
      id: account.connection,
      name: "Aldermoor",
      vendor: "greenhouse",
      credentialKind: "harvest_v3",
      fingerprint: "f",
      permissionType: "read",
      adminUserId: null,
      origins: GREENHOUSE_ORIGINS,
      settings: { ...DEFAULT_SETTINGS, timeZone: zone.timeZone },
      paused: false,
      frozenAt: null,
      viewerVersion: 1,
      organizationId: "400",
      clockSkewMs: 0,
      createdAt: 0,
    };
  }

  get db(): Db {
    return this.account.store.read;
  }

  /** Everything that Greenhouse lists of it. Run 1 lists users, run 8 the last stream. */
  async list(): Promise<void> {
    const { account } = this;
    const old = { createdAt: daysAgo(900) };
    await account.list("users", [
      user(1, { ...old, name: "Ines Okafor", siteAdmin: true, email: "ines@aldermoor.example" }),
      user(2, { ...old, name: "Tomas Wren", siteAdmin: true, email: "tomas@aldermoor.example" }),
      user(3, {
        ...old,
        name: "Mara Quill",
        employeeId: "E-7",
        departmentIds: ["50"],
        officeIds: ["60", "61"],
      }),
      user(4, { ...old, name: "Søren Ådeyemi", employeeId: "E-7", agencyId: "900", departmentIds: ["51"] }),
      user(5, { ...old, name: "Priya Halvorsen" }),
      user(6, { ...old, name: "Lou Castellane", deactivated: true }),
      user(7, { createdAt: daysAgo(5), name: "Zoë New" }),
      user(8, { ...old, name: null, email: null, emails: [] }),
      user(9, {
        ...old,
        name: "Payroll ISU",
        siteAdmin: true,
        serviceAccount: true,
        email: null,
        emails: [],
      }),
    ]);
    await account.list("roles", [role(10, "Standard"), role(11, "Private"), role(12, "Nobody's")]);
    await account.list("departments", [{ id: "50", name: "Engineering", parentId: null, externalId: null }]);
    await account.list("offices", [
      { id: "60", name: "Zürich", parentId: null, externalId: null, location: null },
      { id: "61", name: null, parentId: null, externalId: null, location: null },
    ]);
    const job = (id: string, facts: object) => ({
      id,
      name: `Job ${id}`,
      status: "open",
      confidential: false,
      departmentId: "50",
      officeIds: ["60"],
      ...facts,
    });
    await account.list("jobs", [
      job("100", {}),
      job("101", { status: "closed" }),
      job("102", { confidential: true }),
    ]);
    await account.list("job_grants", [
      jobGrant(1000, { userId: "3", roleId: "10", jobId: "100", automated: false, createdAt: daysAgo(300) }),
      jobGrant(1001, { userId: "3", roleId: "11", jobId: "101", automated: true }),
      jobGrant(1002, { userId: "3", roleId: "10", jobId: "102" }),
      jobGrant(1003, { userId: "4", roleId: "99", jobId: "100" }),
      jobGrant(1004, { userId: "6", roleId: "10", jobId: "100" }),
    ]);
    await account.list("future_job_grants", [
      futureGrant(2000, { userId: "3", roleId: "10", departmentId: "50", officeId: "60" }),
      futureGrant(2001, { userId: "4", roleId: "10", departmentId: "51" }),
      futureGrant(2002, { userId: "7", roleId: null }),
    ]);
    await account.levels();
  }

  /** Reads the log: these events, and that nothing else happened in the spans. */
  async read(events: EventRecord[], ...spans: Span[]): Promise<void> {
    await this.readWithoutEnd(events, ...spans);
    await rebuild(this.account);
  }

  /** The same while its run is under way still, or after it was killed. */
  async readWithoutEnd(events: EventRecord[], ...spans: Span[]): Promise<void> {
    await keep(this.account, events, { zone, now: NOW });
    for (const claim of spans) await keep(this.account, [], { claim, zone, now: NOW });
  }
}

export async function company(account: Account): Promise<Company> {
  await connect(account, zone.timeZone);
  return new Company(account);
}

/** A deed of somebody's, so many days ago at noon. */
export function deed(userId: number, days: number, facts: Partial<EventRecord> = {}): EventRecord {
  return event(daysAgo(days), { performerId: String(userId), ...facts });
}

/** A sign of life of the log each day, by nobody who counts: without one, silence isn't coverage. */
export function alive(from: number, to = 0): EventRecord[] {
  return Array.from({ length: from - to + 1 }, (_, i) =>
    event(daysAgo(to + i) - 11.5 * 3_600_000, {
      performerType: "api_key",
      performerId: "key",
      type: "harvest_access",
    }),
  );
}

/** Whole days, from so many days ago up to the start of another; by default up to an hour ago. */
export function whole(from: number, to?: number): Span {
  return { from: zone.start(today - from), to: to === undefined ? NOW - 3_600_000 : zone.start(today - to) };
}
