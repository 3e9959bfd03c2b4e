import type { ActivityPage } from "../connectors/connector.ts";
import { type Span, subtract, union } from "../model/span.ts";
import type { Db, Tx } from "./store.ts";

/** A span that can't be read by any means, with the reader's word for why. */
export interface Hole extends Span {
  cause: string;
}

/** The spans for which a source has been read completely, oldest first. */
export async function coverageSpans(db: Db | Tx, connection: number, source: string): Promise<Span[]> {
  const rows = await db
    .selectFrom("coverage")
    .select(["from_at", "to_at"])
    .where("connection", "=", connection)
    .where("source", "=", source)
    .orderBy("from_at")
    .execute();
  return rows.map(({ from_at, to_at }) => ({ from: from_at, to: to_at }));
}

/** Up to when a source has been read, by connection; one of which nothing was read is not among them. */
export async function coveredUpTo(
  db: Db | Tx,
  connections: readonly number[],
  source: string,
): Promise<Map<number, number>> {
  const rows = await db
    .selectFrom("coverage")
    .select(({ fn }) => ["connection", fn.max("to_at").as("to")])
    .where("connection", "in", [...connections])
    .where("source", "=", source)
    .groupBy("connection")
    .execute();
  return new Map(rows.map(({ connection, to }) => [connection, Number(to)]));
}

/** The holes a reader has found, oldest first. */
export async function holesOf(db: Db | Tx, connection: number, source: string): Promise<Hole[]> {
  const rows = await db
    .selectFrom("hole")
    .select(["from_at", "to_at", "cause"])
    .where("connection", "=", connection)
    .where("source", "=", source)
    .orderBy("from_at")
    .execute();
  return rows.map(({ from_at, to_at, cause }) => ({ from: from_at, to: to_at, cause }));
}

/** Takes back what was false, then claims what this answer read: a page that does both has read it anew. */
export async function applyCoverage(
  tx: Tx,
  connection: number,
  source: string,
  before: readonly Span[],
  page: Pick<ActivityPage, "claim" | "unclaim" | "hole">,
): Promise<void> {
  const kept = page.unclaim ? subtract(before, [page.unclaim]) : union(before);
  const after = page.claim ? union(kept, page.claim) : kept;
  await saveSpans(tx, connection, source, before, after);
  if (page.claim || page.hole) await saveHoles(tx, connection, source, page);
}

async function saveSpans(
  tx: Tx,
  connection: number,
  source: string,
  before: readonly Span[],
  after: readonly Span[],
): Promise<void> {
  const same = (a: Span) => (b: Span) => a.from === b.from && a.to === b.to;
  const gone = before.filter((span) => !after.some(same(span))).map((span) => span.from);
  const added = after.filter((span) => !before.some(same(span)));
  if (gone.length > 0) {
    await tx
      .deleteFrom("coverage")
      .where("connection", "=", connection)
      .where("source", "=", source)
      .where("from_at", "in", gone)
      .execute();
  }
  if (added.length === 0) return;
  await tx
    .insertInto("coverage")
    .values(added.map(({ from, to }) => ({ connection, source, from_at: from, to_at: to })))
    .execute();
}

async function saveHoles(
  tx: Tx,
  connection: number,
  source: string,
  { claim, hole }: Pick<ActivityPage, "claim" | "hole">,
): Promise<void> {
  const before = await holesOf(tx, connection, source);
  // What was read after all is no hole; of two causes for one moment the newer stays.
  const covered = [claim, hole].filter((span) => span !== null);
  const after: Hole[] = before.flatMap((old) =>
    subtract([old], covered).map((span) => ({ ...span, cause: old.cause })),
  );
  if (hole) after.push(hole);
  if (before.length === 0 && after.length === 0) return;
  await tx.deleteFrom("hole").where("connection", "=", connection).where("source", "=", source).execute();
  if (after.length === 0) return;
  await tx
    .insertInto("hole")
    .values(after.map(({ from, to, cause }) => ({ connection, source, from_at: from, to_at: to, cause })))
    .execute();
}
