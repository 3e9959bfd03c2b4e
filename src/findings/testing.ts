/** For tests: a small company that things happen to, and what is found in it. */
import assert from "node:assert/strict";
import { alive, type Company, company, daysAgo, deed, NOW, whole, zone } from "../insights/testing.ts";
import type { EmployeeFacts } from "../model/employees/employee-plan.ts";
import { FINDING_RULES, type FindingRule, isOver } from "../model/finding.ts";
import type { RecordOf } from "../model/records.ts";
import type { ListStream } from "../model/stream.ts";
import { addEmployees, lockEmployees } from "../store/employees/employees.ts";
import { checksOf, findingsOf, saveFindings } from "../store/findings/findings.ts";
import { type Account, futureGrant, jobGrant, role, user } from "../store/listings/listing-testing.ts";
import { storeDeeds } from "../store/usage/deeds.ts";
import { judge } from "./judge.ts";

export const DAY = 86_400_000;
export const HOUR = DAY / 24;

/** A company that things happen to, and our clock. */
export class World {
  readonly here: Company;
  now = NOW;
  #lists: { [S in ListStream]?: RecordOf[S][] } = {};
  #n = 0;

  constructor(here: Company) {
    this.here = here;
  }

  get store() {
    return this.here.account.store;
  }

  get id() {
    return this.here.connection.id;
  }

  /** A number that nothing else has. */
  next(): number {
    return ++this.#n;
  }

  /** Lists a stream with some rows changed: as it was listed before, where `change` says nothing. */
  async list<S extends ListStream>(
    stream: S,
    change: (rows: RecordOf[S][]) => RecordOf[S][] = (rows) => rows,
    { end, levels = true }: { end?: false; levels?: boolean } = {},
  ) {
    const before = (this.#lists[stream] ?? START[stream]) as RecordOf[S][];
    const rows = change(before);
    this.#lists = { ...this.#lists, [stream]: rows };
    const { account } = this.here;
    account.now = this.now - HOUR;
    await account.list(stream, rows, end === false ? { end } : {});
    if (levels) await account.levels();
  }

  /** Lists a stream with one row changed. */
  change<S extends ListStream>(stream: S, id: number, facts: (row: RecordOf[S]) => Partial<RecordOf[S]>) {
    return this.list(stream, (rows) =>
      rows.map((row) => (row.id === String(id) ? { ...row, ...facts(row) } : row)),
    );
  }

  async settings(patch: object) {
    const { settings } = this.here.connection;
    settings.findings = { ...settings.findings, ...patch };
  }

  /** @returns the rules that were asked */
  async judge(): Promise<FindingRule[]> {
    return (await judge(this.store, this.here.connection, this.now)).asked;
  }

  /** Everything that is kept of findings, but by what it was decided that nothing has changed. */
  async kept() {
    const checks = await checksOf(this.store.read, this.id);
    return {
      findings: await findingsOf(this.store.read, this.id, FINDING_RULES),
      checks: checks.map(({ rule, at, reason }) => `${rule} ${at} ${reason}`).sort(),
    };
  }

  /** Asking all rules changes nothing of what is kept. */
  async mustBeRight(after: string): Promise<void> {
    const before = await this.kept();
    const { written } = await judge(this.store, this.here.connection, this.now, null, { anew: true });
    assert.deepEqual(written, [], after);
    assert.deepEqual(await this.kept(), before, after);
  }
}

const old = { createdAt: daysAgo(900) };
const START: { [S in ListStream]?: RecordOf[S][] } = {
  users: [
    user(1, { ...old, name: "Ines Okafor", siteAdmin: true }),
    user(2, { ...old, name: "Tomas Wren", siteAdmin: true }),
    user(3, { ...old, name: "Mara Quill", employeeId: "E-7" }),
    user(4, { ...old, name: "Søren Ådeyemi", employeeId: "E-7", agencyId: "900" }),
    user(5, { ...old, name: "Priya Halvorsen" }),
    user(6, { ...old, name: "Lou Castellane", deactivated: true }),
  ],
  roles: [role(10, "Standard"), role(11, "Private")],
  jobs: [job(100, "open"), job(101, "closed")],
  job_grants: [
    jobGrant(1000, { userId: "3", roleId: "10", jobId: "100" }),
    jobGrant(1001, { userId: "3", roleId: "11", jobId: "101" }),
    jobGrant(1002, { userId: "6", roleId: "10", jobId: "100" }),
  ],
  future_job_grants: [futureGrant(2000, { userId: "4", departmentId: "50" })],
};

function job(id: number, status: string): RecordOf["jobs"] {
  const facts = { name: `Job ${id}`, confidential: false, departmentId: null, officeIds: [] };
  return { id: String(id), status, ...facts };
}

export async function world(account: Account): Promise<World> {
  const it = new World(await company(account));
  for (const stream of ["users", "roles", "jobs", "job_grants"] as const) await it.list(stream);
  await it.here.read([...alive(60), deed(1, 2), deed(2, 35)], whole(60));
  return it;
}

export async function employ(it: World, facts: Partial<EmployeeFacts>): Promise<void> {
  const plain = {
    number: null,
    emails: [],
    name: null,
    department: null,
    manager: null,
    startedDay: null,
    leftDay: null,
    leftAt: null,
    told: null,
    toldAt: it.now - 60 * DAY,
    backAt: null,
    wasLeftDay: null,
    source: "csv",
  } as const;
  await it.store.write(async (tx) => {
    await lockEmployees(tx);
    await addEmployees(tx, [{ ...plain, emails: [], ...facts }], it.now);
  });
}

/** Somebody decides on a finding. */
export async function decide(it: World, rule: FindingRule, facts: object): Promise<void> {
  const [finding] = await findingsOf(it.store.read, it.id, [rule]);
  if (!finding || isOver(finding)) return;
  await it.store.write((tx) =>
    saveFindings(tx, it.id, [{ ...finding, stateAt: it.now, accepted: null, by: "M. Ito", ...facts }]),
  );
}

export const scorecard = (it: World, userId: string) =>
  it.store.write((tx) =>
    storeDeeds(
      tx,
      it.id,
      "scorecards",
      { deeds: [{ source: "scorecard", rowId: String(it.next()), userId, at: it.now - HOUR }], claim: null },
      zone,
    ),
  );
