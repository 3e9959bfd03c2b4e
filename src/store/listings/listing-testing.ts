/** For tests: a connection whose streams are listed by hand. */
import { after } from "node:test";
import type { HeldBy } from "../../connectors/connector.ts";
import type { RecordOf, UserRecord } from "../../model/records.ts";
import type { RowChange } from "../../model/row-change.ts";
import type { ListStream } from "../../model/stream.ts";
import { openStore } from "../open.ts";
import type { Store } from "../store.ts";
import { emptyDatabase } from "../testing.ts";
import {
  applyPage,
  beginListing,
  finishListing,
  lastListing,
  refreshLevels,
  storedRows,
} from "./listings.ts";
import { layoutOf } from "./rows.ts";

export const MINUTE = 60_000;

export function user(id: number | string, facts: Partial<UserRecord> = {}): UserRecord {
  return {
    id: String(id),
    name: `User ${id}`,
    email: `u${id}@example.com`,
    emails: [`u${id}@example.com`],
    employeeId: null,
    jobTitle: null,
    deactivated: false,
    siteAdmin: false,
    serviceAccount: false,
    agencyId: null,
    departmentIds: [],
    officeIds: [],
    createdAt: null,
    updatedAt: null,
    ...facts,
  };
}

export function role(id: number | string, name = `Role ${id}`): RecordOf["roles"] {
  return { id: String(id), name, type: "job_admin" };
}

export function jobGrant(
  id: number | string,
  facts: Partial<RecordOf["job_grants"]> = {},
): RecordOf["job_grants"] {
  return {
    id: String(id),
    userId: "1",
    roleId: "10",
    jobId: "100",
    automated: null,
    createdAt: null,
    ...facts,
  };
}

export function futureGrant(
  id: number | string,
  facts: Partial<RecordOf["future_job_grants"]> = {},
): RecordOf["future_job_grants"] {
  return {
    id: String(id),
    userId: "1",
    roleId: "10",
    departmentId: null,
    officeId: null,
    createdAt: null,
    ...facts,
  };
}

/** Its clock goes on by an hour with each listing. */
export class Account {
  readonly store: Store;
  readonly connection: number;
  now = 1_000_000_000;
  run = 0;
  viewerVersion = 1;

  constructor(store: Store, connection = 1) {
    this.store = store;
    this.connection = connection;
  }

  /** One page that holds everything, to its end. */
  async list<S extends ListStream>(
    stream: S,
    records: RecordOf[S][],
    options: { blind?: boolean; later?: number; end?: false; unread?: HeldBy[] } = {},
  ): Promise<{ removed: number; held: boolean; added: number; changed: number }> {
    this.now += options.later ?? 60 * MINUTE;
    this.run++;
    const { store, connection, run, now } = this;
    const previous = await lastListing(store.read, connection, stream);
    await store.write((tx) => beginListing(tx, connection, stream));
    const ids = records.map((record) => record.id);
    const covers = { by: "ids", from: "0", to: null } as const;
    const stored = await storedRows(store.read, connection, stream, covers, ids);
    const changes = compare<RecordOf[S]>(stored, records);
    const page = {
      connection,
      stream,
      run,
      now,
      after: previous?.endedAt ?? null,
      baseline: previous === null,
      unread: options.unread,
    };
    const counts = await store.write((tx) => applyPage(tx, page, changes));
    if (options.end === false) return { ...counts, removed: 0, held: false };
    const end = await store.write((tx) =>
      finishListing(tx, {
        connection,
        stream,
        run,
        startedAt: now,
        now,
        rows: records.length,
        viewerVersion: this.viewerVersion,
        blind: options.blind ?? false,
      }),
    );
    return { ...counts, ...end };
  }

  levels(): Promise<number> {
    return this.store.write((tx) => refreshLevels(tx, this.connection, this.run, this.now));
  }

  async states(stream: ListStream): Promise<Record<string, string>> {
    const layout = layoutOf(stream);
    const rows = (await this.store.read
      .selectFrom(layout.table as "role")
      .selectAll()
      .where("connection", "=", this.connection)
      .execute()) as unknown as Record<string, string>[];
    return Object.fromEntries(rows.map((row) => [row[layout.id]!, row.state!]));
  }

  /** `kind stream row: before → after`, in order. */
  async ledger(): Promise<string[]> {
    const rows = await this.store.read
      .selectFrom("change")
      .selectAll()
      .where("connection", "=", this.connection)
      .orderBy("seq")
      .execute();
    return rows.map(
      (row) => `${row.kind} ${row.stream} ${row.row_id}: ${row.before_json} → ${row.after_json}`,
    );
  }
}

/** Accounts of one store that is shared by the tests of a file: each has a connection number of its own. */
export function accounts(): () => Promise<Account> {
  const made = emptyDatabase().then(async ({ options, discard }) => ({
    store: await openStore(options),
    discard,
  }));
  let connections = 0;
  after(async () => {
    const { store, discard } = await made;
    await store.close();
    await discard();
  });
  return async () => new Account((await made).store, ++connections);
}

function compare<R extends { id: string }>(
  stored: { record: R; state: string }[],
  records: R[],
): RowChange<R>[] {
  const changes: RowChange<R>[] = [];
  const known = new Map(stored.map((row) => [row.record.id, row]));
  const listed = new Set(records.map((record) => record.id));
  for (const after of records) {
    const row = known.get(after.id);
    const same = row && JSON.stringify(row.record) === JSON.stringify(after);
    if (!row) changes.push({ kind: "add", id: after.id, before: null, after });
    else if (row.state !== "present")
      changes.push({ kind: "return", id: after.id, before: row.record, after });
    else if (!same) changes.push({ kind: "update", id: after.id, before: row.record, after });
  }
  for (const { record, state } of stored) {
    if (state === "present" && !listed.has(record.id)) {
      changes.push({ kind: "absent", id: record.id, before: record, after: null });
    }
  }
  return changes;
}
