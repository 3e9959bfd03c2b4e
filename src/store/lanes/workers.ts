/** Who works on this database, or has worked on it lately. Each worker says so itself, by the database's clock. */
import { sql } from "kysely";
import { leaseClock } from "../engine/engine.ts";
import type { Db, Tx } from "../store.ts";

/** Silent for so long, a worker is taken for dead: as long as its leases hold. */
const ALIVE_MS = 20_000;
const REMEMBERED_MS = 30 * 86_400_000;

export interface WorkerSeen {
  worker: string;
  host: string;
  pid: number;
  startedAt: number;
  seenAt: number;
  /** null: it has not said that it ends. */
  endedAt: number | null;
  alive: boolean;
  /** Runs under way when it was last seen. */
  running: number;
}

/** It lives, and does so many runs. */
export async function sayAlive(
  tx: Tx,
  who: { worker: string; host: string; pid: number; running: number },
  now: number,
): Promise<void> {
  const clock = leaseClock(now);
  const { running, ...facts } = who;
  await tx
    .insertInto("worker")
    .values({ ...facts, started_at: clock, seen_at: clock, ended_at: null, running })
    .onConflict((conflict) => conflict.column("worker").doUpdateSet({ seen_at: clock, running }))
    .execute();
}

/** It ends. Those not seen for a month are forgotten. */
export async function sayEnded(tx: Tx, worker: string, now: number): Promise<void> {
  const clock = leaseClock(now);
  await tx
    .updateTable("worker")
    .set({ seen_at: clock, ended_at: clock, running: 0 })
    .where("worker", "=", worker)
    .execute();
  await tx.deleteFrom("worker").where("seen_at", "<", sql<number>`${clock} - ${REMEMBERED_MS}`).execute();
}

/** The latest seen first. */
export async function workersSeen(db: Db, now: number): Promise<WorkerSeen[]> {
  const rows = await db
    .selectFrom("worker")
    .selectAll()
    .select((eb) =>
      eb
        .case()
        .when(
          eb.and([
            eb("ended_at", "is", null),
            eb("seen_at", ">", sql<number>`${leaseClock(now)} - ${ALIVE_MS}`),
          ]),
        )
        .then(1)
        .else(0)
        .end()
        .as("alive"),
    )
    .orderBy("seen_at", "desc")
    .orderBy("worker")
    .execute();
  return rows.map((row) => ({
    worker: row.worker,
    host: row.host,
    pid: row.pid,
    startedAt: row.started_at,
    seenAt: row.seen_at,
    endedAt: row.ended_at,
    alive: row.alive === 1,
    running: row.running,
  }));
}
