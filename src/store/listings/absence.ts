/** The end of a complete listing: what it lacked is removed, not visible any more, or held. */
import { sql } from "kysely";
import { judgeAbsence } from "../../model/holding.ts";
import type { RecordOf } from "../../model/records.ts";
import { type GrantStream, type ListStream, laneOf } from "../../model/stream.ts";
import { dataChanged } from "../connections/data-version.ts";
import { matchesStale } from "../employees/employee-matches.ts";
import { idList } from "../engine/bulk.ts";
import { lockConnection } from "../engine/engine.ts";
import { fenceOff } from "../lanes/lanes.ts";
import { addChanges, type LedgerEntry, nextSeq, type Sighting } from "../ledger/ledger.ts";
import type { Tx } from "../store.ts";
import { meetAddresses } from "../usage/strangers.ts";
import { countFirstListing, GrantCounts, isGrants } from "../users/grant-counts.ts";
import { refreshLevels } from "../users/levels.ts";
import { forgetUnreadGrants } from "../users/unread-grants.ts";
import { beginListing, ofPeople } from "./apply.ts";
import { countPresent, heldListing, type Listing, lastListing } from "./listed.ts";
import { columnsToRead, type Layout, layoutOf } from "./rows.ts";

const ROWS_AT_ONCE = 500;

export interface CompleteListing {
  connection: number;
  stream: ListStream;
  run: number;
  startedAt: number;
  now: number;
  /** Rows that it holds. */
  rows: number;
  /** Of the connection when the listing began. */
  viewerVersion: number;
  /** It held a record whose id can't be read, which could be any row: nothing is absent for certain. */
  blind?: boolean;
}

/**
 * Judges what a complete listing lacked (model/holding.ts), and records the listing as proof unless it is held.
 * The first one of a stream is its baseline.
 *
 * @returns rows that are removed or not visible from now on; `held`: nothing was, the loss is kept for a later listing
 */
export async function finishListing(
  tx: Tx,
  listing: CompleteListing,
): Promise<{ removed: number; held: boolean }> {
  const { connection, stream, run, now } = listing;
  const last = await lastListing(tx, connection, stream);
  const seen: Sighting = { connection, run, now, after: last?.endedAt ?? null };
  let removed = 0;
  if (!listing.blind) {
    const held = await heldListing(tx, connection, stream);
    const absent = await countRows(tx, "absent", connection, stream);
    const judgement = judgeAbsence({
      stream,
      before: last?.rows ?? 0,
      absent,
      listed: listing.rows,
      run,
      startedAt: listing.startedAt,
      viewerChanged: last !== null && last.viewerVersion !== listing.viewerVersion,
      held: held && { ...held, rows: held.rowsAbsent, agreed: await lacksHeldRows(tx, connection, stream) },
    });
    if (judgement.kind === "hold") {
      await hold(tx, listing, { before: last?.rows ?? 0, absent, ...judgement });
      await beginListing(tx, connection, stream);
      return { removed: 0, held: true };
    }
    removed = await takeAway(tx, {
      ...seen,
      stream,
      from: "absent",
      as: judgement.as,
      silent: last === null,
    });
    await letGo(tx, connection, stream);
    if (isGrants(stream)) await forgetUnreadGrants(tx, { connection, stream, startedAt: listing.startedAt });
  }
  await beginListing(tx, connection, stream);
  if (!last && isGrants(stream)) await countFirstListing(tx, connection, stream);
  if (!last) await dataChanged(tx, connection, "listed");
  const rows = await countPresent(tx, connection, stream);
  if (!last) {
    const about = { stream, kind: "baseline", rowId: null, userId: null, before: null } as const;
    await addChanges(tx, seen, [{ ...about, after: { rows } }]);
  }
  await record(tx, { ...listing, endedAt: now, rows });
  return { removed, held: false };
}

/**
 * A person says that the held listing is right: what it lacked goes now, and the listing becomes the stream's last
 * complete one. A listing of this lane under way loses it, and starts again.
 *
 * @returns null when none is held
 */
export async function acceptHeld(
  tx: Tx,
  connection: number,
  stream: ListStream,
  now: number,
): Promise<{ removed: number } | null> {
  await lockConnection(tx, connection);
  const held = await heldListing(tx, connection, stream);
  if (!held) return null;
  await fenceOff(tx, connection, [laneOf(stream)]);
  const last = await lastListing(tx, connection, stream);
  const viewer = await tx
    .selectFrom("held")
    .select("viewer_version")
    .where("connection", "=", connection)
    .where("stream", "=", stream)
    .executeTakeFirstOrThrow();
  const removed = await takeAway(tx, {
    connection,
    stream,
    run: held.run,
    after: last?.endedAt ?? null,
    now,
    from: "held_row",
    as: last && last.viewerVersion !== viewer.viewer_version ? "not_visible" : "removed",
    silent: false,
  });
  await letGo(tx, connection, stream);
  await beginListing(tx, connection, stream);
  await record(tx, {
    connection,
    stream,
    run: held.run,
    startedAt: held.lastSeenAt,
    endedAt: held.lastSeenAt,
    viewerVersion: viewer.viewer_version,
    rows: await countPresent(tx, connection, stream),
  });
  await refreshLevels(tx, connection, held.run, now);
  return { removed };
}

async function record(
  tx: Tx,
  listing: { connection: number; stream: ListStream } & Omit<Listing, "seq">,
): Promise<void> {
  await tx
    .insertInto("listing")
    .values({
      connection: listing.connection,
      stream: listing.stream,
      seq: await nextSeq(tx, listing.connection),
      run: listing.run,
      started_at: listing.startedAt,
      ended_at: listing.endedAt,
      rows: listing.rows,
      viewer_version: listing.viewerVersion,
    })
    .execute();
}

async function hold(
  tx: Tx,
  listing: CompleteListing,
  loss: { before: number; absent: number; needsPerson: boolean; anew: boolean },
): Promise<void> {
  const { connection, stream, run, now } = listing;
  const values = {
    rows_before: loss.before,
    rows_absent: loss.absent,
    listed: listing.rows,
    last_seen_at: now,
    needs_person: loss.needsPerson ? 1 : 0,
    viewer_version: listing.viewerVersion,
  };
  await tx
    .insertInto("held")
    .values({ connection, stream, run, since_at: now, ...values })
    .onConflict((conflict) =>
      conflict
        .columns(["connection", "stream"])
        .doUpdateSet({ ...values, ...(loss.anew ? { run, since_at: now } : {}) }),
    )
    .execute();
  // The rows that a second listing has to lack again stay; a person decides on what is lacking now.
  if (!loss.anew && !loss.needsPerson) return;
  await tx.deleteFrom("held_row").where("connection", "=", connection).where("stream", "=", stream).execute();
  await sql`
    insert into held_row (connection, stream, row_id)
    select connection, stream, row_id from absent
    where connection = ${connection} and stream = ${stream}`.execute(tx);
}

async function letGo(tx: Tx, connection: number, stream: ListStream): Promise<void> {
  for (const table of ["held", "held_row"] as const) {
    await tx.deleteFrom(table).where("connection", "=", connection).where("stream", "=", stream).execute();
  }
}

async function countRows(
  tx: Tx,
  table: "absent" | "held_row",
  connection: number,
  stream: ListStream,
): Promise<number> {
  const { n } = await tx
    .selectFrom(table)
    .select((eb) => eb.fn.countAll<number>().as("n"))
    .where("connection", "=", connection)
    .where("stream", "=", stream)
    .executeTakeFirstOrThrow();
  return n;
}

async function lacksHeldRows(tx: Tx, connection: number, stream: ListStream): Promise<boolean> {
  const back = await tx
    .selectFrom("held_row")
    .select("row_id")
    .where("connection", "=", connection)
    .where("stream", "=", stream)
    .where(
      sql<boolean>`not exists (select 1 from absent as a where a.connection = held_row.connection
        and a.stream = held_row.stream and a.row_id = held_row.row_id)`,
    )
    .limit(1)
    .executeTakeFirst();
  return back === undefined;
}

interface TakingAway extends Sighting {
  stream: ListStream;
  from: "absent" | "held_row";
  as: "removed" | "not_visible";
  /** Before the baseline nothing has an entry. */
  silent: boolean;
}

async function takeAway(tx: Tx, taking: TakingAway): Promise<number> {
  const { connection, stream, from } = taking;
  let taken = 0;
  for (let after = "0", more = true; more; ) {
    const ids = await tx
      .selectFrom(from)
      .select("row_id")
      .where("connection", "=", connection)
      .where("stream", "=", stream)
      .where("row_id", ">", after)
      .orderBy("row_id")
      .limit(ROWS_AT_ONCE)
      .execute();
    more = ids.length === ROWS_AT_ONCE;
    if (ids.length === 0) break;
    after = ids.at(-1)!.row_id;
    const rows = ids.map((row) => row.row_id);
    taken += await takeRows(tx, taking, layoutOf(stream) as unknown as Layout<ListStream>, rows);
  }
  if (taken > 0) await dataChanged(tx, connection, "listed");
  if (taken > 0 && ofPeople(stream)) await matchesStale(tx, connection);
  return taken;
}

async function takeRows(
  tx: Tx,
  taking: TakingAway,
  layout: Layout<ListStream>,
  ids: readonly string[],
): Promise<number> {
  const { connection, stream, as, now } = taking;
  const table = sql.table(layout.table);
  const which = sql`connection = ${connection} and state = 'present' and ${sql.ref(layout.id)} in ${idList(ids)}`;
  const { rows } = await sql<Record<string, unknown>>`
    select ${sql.raw(columnsToRead(layout))} from ${table} where ${which} order by ${sql.ref(layout.id)}`.execute(
    tx,
  );
  const records = rows.map((row) => layout.toRecord(row));
  const missing =
    stream === "users" && as === "removed" ? sql`, status = 'missing', status_since_at = ${now}` : sql``;
  await sql`update ${table} set state = ${as}, gone_at = ${now}${missing} where ${which}`.execute(tx);
  if (stream === "user_emails") {
    const addresses = (records as RecordOf["user_emails"][]).map(({ email }) => email);
    await meetAddresses(tx, connection, addresses);
  }
  if (isGrants(stream) && !taking.silent) {
    const counts = new GrantCounts();
    for (const record of records) counts.count(record as RecordOf[GrantStream], -1);
    await counts.save(tx, connection, stream);
  }
  if (!taking.silent) {
    await addChanges(
      tx,
      taking,
      records.map(
        (record): LedgerEntry => ({
          stream,
          kind: as,
          rowId: record.id,
          userId: layout.userOf(record as never),
          before: record,
          after: null,
        }),
      ),
    );
  }
  return records.length;
}
