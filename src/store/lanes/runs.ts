import type { Selectable } from "kysely";
import type { AskedFor, Asker, RunTrigger } from "../../model/asked.ts";
import type { UnreadableRecord } from "../../model/records.ts";
import type { Lane, Stream } from "../../model/stream.ts";
import type { Schema } from "../schema.ts";
import type { Db, Tx } from "../store.ts";
import { holdLane, type LaneClaim, setLaneRun } from "./lanes.ts";

/** An example of each unreadable record is kept, not all of a broken listing's. */
const KEEP_UNREADABLE = 50;

export interface Run {
  id: number;
  connection: number;
  lane: Lane;
  trigger: RunTrigger;
  /** null: nobody in particular, or it isn't known any more. */
  asker: Asker | null;
  startedAt: number;
  /** null: under way, or stopped and to be resumed. */
  endedAt: number | null;
  outcome: string | null;
  requests: number;
  waitedMs: number;
  throttled: number;
  error: unknown;
  steps: Step[];
}

export interface Step {
  stream: Stream;
  outcome: string | null;
  startedAt: number;
  endedAt: number | null;
  rows: number;
  added: number;
  changed: number;
  removed: number;
  unreadable: UnreadableRecord[];
  requests: number;
  waitedMs: number;
  error: unknown;
}

/** Begins a run and notes it in its lane, or goes on with the one that was cut or stopped. @throws FenceLost */
export async function resumeOrStartRun(tx: Tx, claim: LaneClaim, now: number): Promise<number> {
  await holdLane(tx, claim);
  if (claim.run !== null) return claim.run;
  const asked = claim.asked ?? { trigger: "schedule", who: null };
  const started = await startRun(tx, { connection: claim.connection, lane: claim.lane, asked, now });
  await setLaneRun(tx, claim, started);
  return started;
}

export async function startRun(
  tx: Tx,
  run: { connection: number; lane: Lane; asked: AskedFor; now: number },
): Promise<number> {
  const row = await tx
    .insertInto("run")
    .values({
      connection: run.connection,
      lane: run.lane,
      trigger_: run.asked.trigger,
      asker_json: jsonOrNull(run.asked.who),
      started_at: run.now,
      requests: 0,
      waited_ms: 0,
      throttled: 0,
    })
    .returning("run")
    .executeTakeFirstOrThrow();
  return row.run;
}

/**
 * Adds what this stretch of the run has used. `open`: it was stopped and will be resumed, so it stays its lane's run.
 */
export async function endRun(
  tx: Tx,
  run: number,
  end: {
    outcome: string;
    now: number;
    requests: number;
    waitedMs: number;
    throttled: number;
    error: unknown;
    open?: boolean;
  },
): Promise<void> {
  await tx
    .updateTable("run")
    .set((eb) => ({
      outcome: end.outcome,
      ended_at: end.open ? null : end.now,
      requests: eb("requests", "+", end.requests),
      waited_ms: eb("waited_ms", "+", end.waitedMs),
      throttled: eb("throttled", "+", end.throttled),
      error_json: jsonOrNull(end.error),
    }))
    .where("run", "=", run)
    .execute();
  if (!end.open) await tx.updateTable("lane").set({ run: null }).where("run", "=", run).execute();
}

/** A step that was begun before a cut goes on with its counts. */
export async function startStep(tx: Tx, run: number, stream: Stream, now: number): Promise<void> {
  await tx
    .insertInto("step")
    .values({
      run,
      stream,
      started_at: now,
      rows: 0,
      added: 0,
      changed: 0,
      removed: 0,
      unreadable_json: "[]",
      requests: 0,
      waited_ms: 0,
    })
    .onConflict((conflict) =>
      conflict.columns(["run", "stream"]).doUpdateSet({ outcome: null, ended_at: null, error_json: null }),
    )
    .execute();
}

/** `rows` is what the step has read so far; the other counts are this page's, and are added. */
export async function updateStep(
  tx: Tx,
  run: number,
  stream: Stream,
  page: { rows: number; added: number; changed: number; removed?: number; unreadable: UnreadableRecord[] },
): Promise<void> {
  const unreadable =
    page.unreadable.length > 0 ? await withMore(tx, run, stream, page.unreadable) : undefined;
  await tx
    .updateTable("step")
    .set((eb) => ({
      rows: page.rows,
      added: eb("added", "+", page.added),
      changed: eb("changed", "+", page.changed),
      removed: eb("removed", "+", page.removed ?? 0),
      ...(unreadable ? { unreadable_json: unreadable } : {}),
    }))
    .where("run", "=", run)
    .where("stream", "=", stream)
    .execute();
}

async function withMore(tx: Tx, run: number, stream: Stream, more: UnreadableRecord[]): Promise<string> {
  const row = await tx
    .selectFrom("step")
    .select("unreadable_json")
    .where("run", "=", run)
    .where("stream", "=", stream)
    .executeTakeFirst();
  const before = JSON.parse(row?.unreadable_json ?? "[]") as UnreadableRecord[];
  return JSON.stringify([...before, ...more].slice(0, KEEP_UNREADABLE));
}

export async function endStep(
  tx: Tx,
  run: number,
  stream: Stream,
  end: { outcome: string; now: number; requests: number; waitedMs: number; error: unknown },
): Promise<void> {
  await tx
    .updateTable("step")
    .set((eb) => ({
      outcome: end.outcome,
      ended_at: end.now,
      requests: eb("requests", "+", end.requests),
      waited_ms: eb("waited_ms", "+", end.waitedMs),
      error_json: jsonOrNull(end.error),
    }))
    .where("run", "=", run)
    .where("stream", "=", stream)
    .execute();
}

/** Newest first, with their steps. `before`: only runs older than this one. */
export async function listRuns(
  db: Db | Tx,
  connection: number,
  page: { limit: number; before?: number | null },
): Promise<Run[]> {
  const rows = await db
    .selectFrom("run")
    .selectAll()
    .where("connection", "=", connection)
    .$if(page.before != null, (query) => query.where("run", "<", page.before!))
    .orderBy("run", "desc")
    .limit(page.limit)
    .execute();
  return withSteps(db, rows);
}

export async function getRun(db: Db | Tx, run: number): Promise<Run | null> {
  const rows = await db.selectFrom("run").selectAll().where("run", "=", run).execute();
  return (await withSteps(db, rows))[0] ?? null;
}

async function withSteps(db: Db | Tx, runs: Selected<"run">[]): Promise<Run[]> {
  if (runs.length === 0) return [];
  const steps = await db
    .selectFrom("step")
    .selectAll()
    .where(
      "run",
      "in",
      runs.map((each) => each.run),
    )
    .orderBy("started_at")
    .execute();
  return runs.map((row) => ({
    id: row.run,
    connection: row.connection,
    lane: row.lane as Lane,
    trigger: row.trigger_,
    asker: parsed(row.asker_json) as Asker | null,
    startedAt: row.started_at,
    endedAt: row.ended_at,
    outcome: row.outcome,
    requests: row.requests,
    waitedMs: row.waited_ms,
    throttled: row.throttled,
    error: parsed(row.error_json),
    steps: steps.filter((step) => step.run === row.run).map(toStep),
  }));
}

type Selected<T extends "run" | "step"> = Selectable<Schema[T]>;

function toStep(row: Selected<"step">): Step {
  return {
    stream: row.stream as Stream,
    outcome: row.outcome,
    startedAt: row.started_at,
    endedAt: row.ended_at,
    rows: row.rows,
    added: row.added,
    changed: row.changed,
    removed: row.removed,
    unreadable: JSON.parse(row.unreadable_json) as UnreadableRecord[],
    requests: row.requests,
    waitedMs: row.waited_ms,
    error: parsed(row.error_json),
  };
}

function jsonOrNull(value: unknown): string | null {
  return value == null ? null : JSON.stringify(value);
}

function parsed(json: string | null): unknown {
  return json === null ? null : JSON.parse(json);
}

/** Has this stream's step of the run come to its end, and its verdict with it? */
export async function stepEnded(db: Db, run: number, stream: Stream): Promise<boolean> {
  const step = await db
    .selectFrom("step")
    .select("outcome")
    .where("run", "=", run)
    .where("stream", "=", stream)
    .executeTakeFirst();
  return step !== undefined && step.outcome !== null;
}

export interface RunEnd {
  run: number;
  lane: Lane;
  startedAt: number;
  endedAt: number | null;
  /** `stopped` where it will be resumed: it has not ended then. */
  outcome: string | null;
  requests: number;
  throttled: number;
  waitedMs: number;
}

/** Runs of a connection that began after this one, and those named, oldest first: what became of them. */
export async function runsSince(
  db: Db,
  connection: number,
  after: number,
  named: readonly number[],
): Promise<RunEnd[]> {
  const rows = await db
    .selectFrom("run")
    .select(["run", "lane", "started_at", "ended_at", "outcome", "requests", "throttled", "waited_ms"])
    .where("connection", "=", connection)
    .where((eb) => eb.or([eb("run", ">", after), ...(named.length > 0 ? [eb("run", "in", [...named])] : [])]))
    .orderBy("run")
    .execute();
  return rows.map((row) => ({
    run: row.run,
    lane: row.lane as Lane,
    startedAt: row.started_at,
    endedAt: row.ended_at,
    outcome: row.outcome,
    requests: row.requests,
    throttled: row.throttled,
    waitedMs: row.waited_ms,
  }));
}

/** The connection's newest run before which all have ended; 0: none has. */
export async function newestEnded(db: Db, connection: number): Promise<number> {
  const row = await db
    .selectFrom("run")
    .select((eb) => eb.fn.max("run").as("run"))
    .where("connection", "=", connection)
    .where((eb) =>
      eb.not(
        eb.exists(
          eb
            .selectFrom("lane")
            .select("lane.lane")
            .whereRef("lane.connection", "=", "run.connection")
            .whereRef("lane.run", "<=", "run.run"),
        ),
      ),
    )
    .executeTakeFirst();
  return row?.run ?? 0;
}
