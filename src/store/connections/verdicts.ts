import { STREAMS, type Stream } from "../../model/stream.ts";
import type { Verdict } from "../../model/verdict.ts";
import { lockConnection } from "../engine/engine.ts";
import type { Db, Tx } from "../store.ts";

export interface StoredVerdict {
  verdict: Verdict;
  /** When the stream got into this state for this cause. */
  since: number;
  /** The stream's last complete read that was believed; null: never. */
  lastSuccessAt: number | null;
  /** Rows that the stream's list had after it; of what no page lists, those read. */
  rows: number | null;
}

/** @param read given when the stream was read to its end, whatever its verdict. `at`: when; null: it is held, and none that succeeded */
export async function saveVerdict(
  tx: Tx,
  connection: number,
  verdict: Verdict,
  now: number,
  read?: { rows: number | null; at?: number | null },
): Promise<void> {
  await lockConnection(tx, connection);
  const before = await find(tx, connection, verdict.stream);
  const same = before && before.verdict.state === verdict.state && before.verdict.cause === verdict.cause;
  const facts = verdict.state === "well" ? { ...verdict.facts, ...stopBefore(before) } : verdict.facts;
  const values = {
    verdict_json: JSON.stringify({ ...verdict, facts }),
    since_at: same ? before.since : now,
    ...(read && read.rows !== null && { rows: read.rows }),
    ...(read && read.at !== null && { last_success_at: read.at ?? now }),
  };
  await tx
    .insertInto("verdict")
    .values({ connection, stream: verdict.stream, ...values })
    .onConflict((conflict) => conflict.columns(["connection", "stream"]).doUpdateSet(values))
    .execute();
}

/** Of a stream that is well again: since when it had not been, why, and until when it had been read. */
function stopBefore(before: StoredVerdict | null): Verdict["facts"] {
  if (!before) return {};
  const { state, cause, facts } = before.verdict;
  const { stoppedAt, stoppedBy, readBefore } = facts;
  if (state === "well" && stoppedAt && stoppedBy && readBefore) return { stoppedAt, stoppedBy, readBefore };
  const stood = state === "stopped" || state === "waiting_for_users";
  if (!stood || cause === null || before.lastSuccessAt === null) return {};
  return { stoppedAt: before.since, stoppedBy: cause, readBefore: before.lastSuccessAt };
}

/** In the order of STREAMS; a stream that was never judged has none. */
export async function listVerdicts(db: Db | Tx, connection: number): Promise<StoredVerdict[]> {
  const found = await select(db, connection).execute();
  const verdicts = found.map(toVerdict);
  return STREAMS.flatMap((stream) => verdicts.filter((each) => each.verdict.stream === stream));
}

/** Those of several connections, in one read. */
export async function verdictsByConnection(
  db: Db | Tx,
  connections: readonly number[],
): Promise<Map<number, StoredVerdict[]>> {
  const rows = await db
    .selectFrom("verdict")
    .select(["connection", "verdict_json", "since_at", "last_success_at", "rows"])
    .where("connection", "in", [...connections])
    .execute();
  const of = Map.groupBy(rows, ({ connection }) => connection);
  return new Map([...of].map(([connection, each]) => [connection, each.map(toVerdict)]));
}

async function find(db: Db | Tx, connection: number, stream: Stream): Promise<StoredVerdict | null> {
  const row = await select(db, connection).where("stream", "=", stream).executeTakeFirst();
  return row ? toVerdict(row) : null;
}

function select(db: Db | Tx, connection: number) {
  return db
    .selectFrom("verdict")
    .select(["verdict_json", "since_at", "last_success_at", "rows"])
    .where("connection", "=", connection);
}

function toVerdict(row: {
  verdict_json: string;
  since_at: number;
  last_success_at: number | null;
  rows: number | null;
}): StoredVerdict {
  return {
    verdict: JSON.parse(row.verdict_json) as Verdict,
    since: row.since_at,
    lastSuccessAt: row.last_success_at,
    rows: row.rows,
  };
}
