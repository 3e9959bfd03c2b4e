import { sql } from "kysely";
import type { ActivityPage, Stored } from "../../connectors/connector.ts";
import type { DayZone } from "../../model/day.ts";
import type { EventRecord } from "../../model/records.ts";
import { counts, kindOfUse, performerOf } from "../../model/usage.ts";
import { ownWritesAmong } from "../actions/own-writes.ts";
import { type GivenType, given } from "../engine/bulk.ts";
import { hexOf } from "../engine/engine.ts";
import { findPerformers, type Performing } from "../ledger/performers.ts";
import type { Tx } from "../store.ts";
import { applyCoverage, coverageSpans, hull } from "./coverage.ts";
import { makeMonths } from "./months.ts";
import { addToRollUps, type PreparedEvent } from "./roll-up.ts";
import { keepStrangers } from "./strangers.ts";
import { keepWatched } from "./watched.ts";
import { NO_WORD, type Words, wordsFor } from "./words.ts";

export type UsageSource = "audit_log";

export interface EventContext {
  zone: DayZone;
  now: number;
}

/**
 * Stores one answer of the log, in the transaction of its checkpoint: inserts what is new, rolls up only what was
 * inserted, and extends, takes back or holes the coverage. The same answer again changes nothing.
 */
export async function storeEvents(
  tx: Tx,
  connection: number,
  source: UsageSource,
  page: ActivityPage,
  context: EventContext,
): Promise<Stored> {
  const times = page.events.map(({ at }) => ({ from: at, to: at }));
  const touched = hull([...times, page.claim, page.unclaim].filter((span) => span !== null));
  const before = touched ? await coverageSpans(tx, connection, source, touched) : [];
  const inserted = page.events.length === 0 ? [] : await insertEvents(tx, connection, page.events, context);
  await applyCoverage(tx, connection, source, before, page);
  const late = inserted.filter((at) => before.some((span) => span.from <= at && at < span.to));
  return {
    inserted: inserted.length,
    oldestLate: late.length === 0 ? null : late.reduce((oldest, at) => Math.min(oldest, at)),
  };
}

/** The times of the events that were new. */
async function insertEvents(
  tx: Tx,
  connection: number,
  records: EventRecord[],
  { zone, now }: EventContext,
): Promise<number[]> {
  const performers = await findPerformers(tx, connection, records);
  const words = await wordsFor(
    tx,
    records.flatMap((event) => [event.performerType, event.type, event.requestType, event.targetType]),
  );
  const switchedOff = await switchedOffRequests(tx, connection);
  const isOwn = await ownWritesAmong(tx, connection, records);
  const events = records.map((record) => {
    const performer = performers(record);
    return prepare(record, performer, words, { switchedOff, own: isOwn(record, performer.userId) });
  });
  // In the order of the key: neighbours land on the same pages of the tree.
  events.sort((a, b) => a.record.at - b.record.at || (a.record.hash < b.record.hash ? -1 : 1));
  await makeMonths(
    tx,
    records.map(({ at }) => at),
    now,
  );
  const columns = sql.join(Object.keys(COLUMNS).map((column) => sql.ref(column)));
  const rowsGiven = given(
    tx,
    COLUMNS,
    events.map((event) => asRow(event, words)),
  );
  const { rows } = await sql<{ at: number; hash: string; n: number }>`
    insert into event (connection, ${columns}) select ${connection}, ${columns} from ${rowsGiven} where true
    on conflict do nothing returning at, ${hexOf(sql`hash`)} as hash, n`.execute(tx);
  const isNew = new Set(rows.map(({ at, hash, n }) => `${at} ${hash} ${n}`));
  const fresh = events.filter(({ record }) => isNew.delete(`${record.at} ${record.hash} ${record.n}`));
  await addToRollUps(tx, connection, fresh, zone);
  await keepWatched(tx, connection, fresh);
  await keepStrangers(tx, connection, fresh);
  return fresh.map(({ record }) => record.at);
}

function prepare(
  record: EventRecord,
  { userId, serviceAccount, said, strangeAddress }: Performing,
  words: Words,
  { switchedOff, own }: { switchedOff: ReadonlySet<number>; own: boolean },
): PreparedEvent {
  const { performerType, type, requestType, targetType } = record;
  const off = switchedOff.has(requestType === null ? NO_WORD : words.get(requestType)!);
  const performance = { performerType, type, known: userId !== null, serviceAccount, switchedOff: off };
  return {
    record,
    userId,
    said,
    strangeAddress,
    performer: performerOf(performance),
    kind: kindOfUse({ type, targetType, path: record.meta?.path != null }),
    counts: !own && counts(performance),
  };
}

/** In the order of asRow. */
const COLUMNS: Record<string, GivenType> = {
  at: "number",
  hash: "bytes",
  n: "number",
  performer_type: "number",
  user_id: "id",
  performer: "text",
  type: "number",
  request_type: "number",
  request: "text",
  target_type: "number",
  target: "text",
  ip: "text",
  meta_json: "text",
  counts: "number",
};

function asRow({ record, userId, said, counts }: PreparedEvent, words: Words): unknown[] {
  const word = (text: string | null) => (text === null ? null : words.get(text)!);
  return [
    record.at,
    record.hash,
    record.n,
    word(record.performerType),
    userId,
    said,
    word(record.type),
    word(record.requestType),
    record.requestId,
    word(record.targetType),
    record.targetId,
    record.ip,
    record.meta === null ? null : JSON.stringify(record.meta),
    counts ? 1 : 0,
  ];
}

async function switchedOffRequests(tx: Tx, connection: number): Promise<ReadonlySet<number>> {
  const rows = await tx
    .selectFrom("request_rule")
    .select("request_type")
    .where("connection", "=", connection)
    .where("counts", "=", 0)
    .execute();
  return new Set(rows.map((row) => row.request_type));
}
