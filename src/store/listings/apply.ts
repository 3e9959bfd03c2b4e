/** A page of a listing, compared with what is stored and applied to it. */
import { sql } from "kysely";
import type { Covers, HeldBy } from "../../connectors/connector.ts";
import type {
  FutureJobGrantRecord,
  JobGrantRecord,
  RecordOf,
  UserEmailRecord,
  UserRecord,
} from "../../model/records.ts";
import type { RowChange, StoredRow } from "../../model/row-change.ts";
import type { GrantStream, ListStream } from "../../model/stream.ts";
import { dataChanged } from "../connections/data-version.ts";
import { matchesStale } from "../employees/employee-matches.ts";
import { deleteRows, idList, insertRows, updateRows } from "../engine/bulk.ts";
import { addChanges, difference, type LedgerEntry, type Sighting } from "../ledger/ledger.ts";
import type { Db, Tx } from "../store.ts";
import { meetAddresses, meetUsers } from "../usage/strangers.ts";
import { countGrantsOf, GrantCounts, isGrants } from "../users/grant-counts.ts";
import { keepUnreadGrants } from "../users/unread-grants.ts";
import { keepPlaces } from "../users/user-places.ts";
import { columnsToRead, type Layout, layoutOf, toStored } from "./rows.ts";

export interface AppliedPage extends Sighting {
  stream: ListStream;
  /** The stream never had a complete listing: its first one is a single entry of the ledger. */
  baseline: boolean;
  /** The user whose grants this page told, all of them (v1). */
  grantsOf?: string | null;
  /** Grants of this page that can't be read. */
  unread?: readonly HeldBy[] | undefined;
}

/** The present rows that a page speaks for, and the rows with these ids in whatever state. */
export async function storedRows<S extends ListStream>(
  db: Db | Tx,
  connection: number,
  stream: S,
  covers: Covers,
  ids: readonly string[],
): Promise<StoredRow<RecordOf[S]>[]> {
  const layout = layoutOf(stream);
  const covered = await select(db, layout, connection, spokenFor(layout, covers));
  const known = new Set(covered.map((row) => row.record.id));
  const others = ids.filter((id) => !known.has(id));
  if (others.length === 0) return covered;
  return covered.concat(
    await select(db, layout, connection, sql`${sql.ref(layout.id)} in ${idList(others)}`),
  );
}

function spokenFor(layout: Layout<ListStream>, covers: Covers) {
  if (covers.by === "nothing") return null;
  if (covers.by === "user") return sql`state = 'present' and user_id = ${covers.userId}`;
  const column = sql.ref(layout.id);
  const below = covers.to === null ? sql`` : sql` and ${column} < ${covers.to}`;
  return sql`state = 'present' and ${column} >= ${covers.from}${below}`;
}

async function select<S extends ListStream>(
  db: Db | Tx,
  layout: Layout<S>,
  connection: number,
  condition: ReturnType<typeof spokenFor>,
): Promise<StoredRow<RecordOf[S]>[]> {
  if (condition === null) return [];
  const { rows } = await sql<Record<string, unknown>>`
    select ${sql.raw(columnsToRead(layout as unknown as Layout<ListStream>))} from ${sql.table(layout.table)}
    where connection = ${connection} and ${condition} order by ${sql.ref(layout.id)}`.execute(db);
  return rows.map((row) => toStored(layout, row));
}

/**
 * Stores what a page changes, with its ledger entries and counts; absent rows are only noted (see absence.ts).
 * @returns rows that are new or back, and rows with other values
 */
export async function applyPage<S extends ListStream>(
  tx: Tx,
  page: AppliedPage & { stream: S },
  changes: readonly RowChange<RecordOf[S]>[],
): Promise<{ added: number; changed: number }> {
  const of = (kind: RowChange<unknown>["kind"]) => changes.filter((change) => change.kind === kind);
  const [added, updated, returned, absent] = [of("add"), of("update"), of("return"), of("absent")];
  await add(tx, page, added);
  await overwrite(tx, page, updated, false);
  await overwrite(tx, page, returned, true);
  if (page.stream === "users") {
    const kept = [...added, ...updated, ...returned] as unknown as RowChange<UserRecord>[];
    await keepPlaces(tx, page.connection, kept);
    await meetUsers(tx, page.connection, kept);
  }
  if (page.stream === "user_emails") {
    const kept = [...added, ...updated, ...returned] as unknown as RowChange<UserEmailRecord>[];
    const addresses = kept.flatMap(({ before, after }) =>
      [before, after].flatMap((each) => each?.email ?? []),
    );
    await meetAddresses(tx, page.connection, addresses);
  }
  if (page.stream === "users" && added.length > 0) {
    await countGrantsOf(
      tx,
      page.connection,
      added.map((change) => change.id),
    );
  }
  const entries = [...added, ...updated, ...returned].map((change) => entry(page, change)).filter(tells);
  if (!page.baseline) {
    if (isGrants(page.stream))
      await count(tx, page.connection, page.stream, changes as readonly GrantChange[]);
    await addChanges(tx, page, entries);
  }
  if (entries.length > 0) await dataChanged(tx, page.connection, "listed");
  if (ofPeople(page.stream) && entries.length > 0) await matchesStale(tx, page.connection);
  await noteAbsent(tx, page, absent, updated);
  if (page.grantsOf) await noteGrantsRead(tx, page);
  const { stream, unread = [] } = page;
  if (isGrants(stream) && unread.length > 0) await keepUnreadGrants(tx, { ...page, stream }, unread);
  return { added: added.length + returned.length, changed: updated.length };
}

/** What users are matched with employees by. */
export const ofPeople = (stream: ListStream): boolean => stream === "users" || stream === "user_emails";

async function add<S extends ListStream>(
  tx: Tx,
  page: AppliedPage & { stream: S },
  changes: readonly RowChange<RecordOf[S]>[],
): Promise<void> {
  const layout = layoutOf(page.stream);
  const isUsers = page.stream === "users";
  const columns = ["connection", layout.id, "state", "first_seen_at", ...layout.columns];
  if (isUsers) columns.push("level", "status_since_at");
  const rows = changes.map(({ id, after }) => {
    const row = [page.connection, id, "present", page.now, ...layout.toCells(after!)];
    if (isUsers) row.push(firstLevel(after as UserRecord), page.baseline ? null : page.now);
    return row;
  });
  await insertRows(tx, layout.table, columns, rows);
}

/** Before refreshLevels knows better. */
function firstLevel(user: UserRecord): "site_admin" | "unknown" {
  return user.siteAdmin ? "site_admin" : "unknown";
}

async function overwrite<S extends ListStream>(
  tx: Tx,
  page: AppliedPage & { stream: S },
  changes: readonly RowChange<RecordOf[S]>[],
  returned: boolean,
): Promise<void> {
  if (changes.length === 0) return;
  const layout = layoutOf(page.stream);
  const set = layout.columns.map((column) => `"${column}" = $${column}`);
  if (returned) set.push("state = 'present'", "gone_at = null");
  if (page.stream === "users")
    set.push("status_since_at = case when t.status = $status then t.status_since_at else $first_seen_at end");
  await updateRows(tx, layout.table, ["connection", layout.id], set, {
    // What it is seen at now bears the name of a column of its type.
    names: [...layout.columns, "first_seen_at", "connection", layout.id],
    rows: changes.map(({ id, after }) => [...layout.toCells(after!), page.now, page.connection, id]),
  });
}

type GrantChange = RowChange<JobGrantRecord | FutureJobGrantRecord>;

async function count(
  tx: Tx,
  connection: number,
  stream: GrantStream,
  changes: readonly GrantChange[],
): Promise<void> {
  const counts = new GrantCounts();
  for (const { kind, before, after } of changes) {
    if (kind === "absent") continue;
    if (kind === "update") counts.count(before!, -1);
    counts.count(after!, 1);
  }
  await counts.save(tx, connection, stream);
}

function entry<S extends ListStream>(page: { stream: S }, change: RowChange<RecordOf[S]>): LedgerEntry {
  const { kind, id, before, after } = change;
  const about = { stream: page.stream, rowId: id, userId: layoutOf(page.stream).userOf(after!) };
  if (kind === "add") return { ...about, kind: "added", before: null, after: after! };
  if (kind === "return") return { ...about, kind: "returned", before: before!, after: after! };
  return { ...about, kind: "changed", ...difference(before!, after!) };
}

/** A row that was only touched says nothing of who has what. */
function tells(entry: LedgerEntry): boolean {
  return entry.kind !== "changed" || Object.keys(entry.after ?? {}).length > 0;
}

async function noteAbsent(
  tx: Tx,
  page: AppliedPage,
  absent: readonly { id: string }[],
  seen: readonly { id: string }[],
): Promise<void> {
  const { connection, stream } = page;
  await insertRows(
    tx,
    "absent",
    ["connection", "stream", "row_id"],
    absent.map(({ id }) => [connection, stream, id]),
    "do nothing",
  );
  // A grant that has moved to a user further on was missed where it used to be.
  await notAbsent(
    tx,
    connection,
    stream,
    seen.map(({ id }) => id),
  );
}

async function noteGrantsRead(tx: Tx, page: AppliedPage): Promise<void> {
  await tx
    .updateTable("user")
    .set({ grants_read_at: page.now })
    .where("connection", "=", page.connection)
    .where("user_id", "=", page.grantsOf!)
    .execute();
}

/** A listing begins from its first page: what an earlier one lacked is forgotten. */
export async function beginListing(tx: Tx, connection: number, stream: ListStream): Promise<void> {
  await tx.deleteFrom("absent").where("connection", "=", connection).where("stream", "=", stream).execute();
}

const ROWS_AT_ONCE = 5_000;

/** For a listing in no order: absent is every present row but these. */
export async function markAbsentExcept(
  tx: Tx,
  connection: number,
  stream: ListStream,
  seen: { has(id: string): boolean },
): Promise<void> {
  await beginListing(tx, connection, stream);
  const { table, id } = layoutOf(stream);
  for (let after = "0", more = true; more; ) {
    const { rows } = await sql<{ row_id: string }>`
      select ${sql.ref(id)} as row_id from ${sql.table(table)}
      where connection = ${connection} and state = 'present' and ${sql.ref(id)} > ${after}
      order by ${sql.ref(id)} limit ${ROWS_AT_ONCE}`.execute(tx);
    more = rows.length === ROWS_AT_ONCE;
    after = rows.at(-1)?.row_id ?? after;
    const absent = rows.map((row) => row.row_id).filter((row) => !seen.has(row));
    const columns = ["connection", "stream", "row_id"];
    await insertRows(
      tx,
      "absent",
      columns,
      absent.map((row) => [connection, stream, row]),
    );
  }
}

/** Users whom the listing that has just ended lacked. */
export async function absentUsers(
  db: Db | Tx,
  connection: number,
  limit: number,
): Promise<{ id: string; serviceAccount: boolean }[]> {
  const rows = await db
    .selectFrom("absent")
    .innerJoin("user", (join) =>
      join.onRef("user.connection", "=", "absent.connection").onRef("user.user_id", "=", "absent.row_id"),
    )
    .select(["absent.row_id", "user.service_account"])
    .where("absent.connection", "=", connection)
    .where("absent.stream", "=", "users")
    .orderBy("absent.row_id")
    .limit(limit)
    .execute();
  return rows.map(({ row_id, service_account }) => ({ id: row_id, serviceAccount: service_account === 1 }));
}

/** These were not in the listing, and are there all the same. */
export async function notAbsent(
  tx: Tx,
  connection: number,
  stream: ListStream,
  ids: readonly string[],
): Promise<void> {
  await deleteRows(
    tx,
    "absent",
    ["connection", "stream", "row_id"],
    ids.map((id) => [connection, stream, id]),
  );
}
