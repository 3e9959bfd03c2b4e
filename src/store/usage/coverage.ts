import type { ActivityPage } from "../../connectors/connector.ts";
import { type Span, subtract, union } from "../../model/span.ts";
import { deleteRows, insertRows } from "../engine/bulk.ts";
import type { Db, Tx } from "../store.ts";

/** A span that can't be read by any means, with the reader's word for why. */
export interface Hole extends Span {
  cause: string;
}

/**
 * The spans for which a source has been read completely, oldest first.
 * @param near only those that overlap this one, or lie right beside it
 */
export async function coverageSpans(
  db: Db | Tx,
  connection: number,
  source: string,
  near: Span | null = null,
): Promise<Span[]> {
  const rows = await db
    .selectFrom("coverage")
    .select(["from_at", "to_at"])
    .where("connection", "=", connection)
    .where("source", "=", source)
    .$if(near !== null, (query) => query.where("from_at", "<=", near!.to).where("to_at", ">=", near!.from))
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

/** The holes a reader has found, oldest first. `near` as with spans. */
export async function holesOf(
  db: Db | Tx,
  connection: number,
  source: string,
  near: Span | null = null,
): Promise<Hole[]> {
  const rows = await db
    .selectFrom("hole")
    .select(["from_at", "to_at", "cause"])
    .where("connection", "=", connection)
    .where("source", "=", source)
    .$if(near !== null, (query) => query.where("from_at", "<=", near!.to).where("to_at", ">=", near!.from))
    .orderBy("from_at")
    .execute();
  return rows.map(({ from_at, to_at, cause }) => ({ from: from_at, to: to_at, cause }));
}

/**
 * Takes back what was false, then claims what this answer read: a page that does both has read it anew.
 * @param before the spans that claims may touch; of others nothing changes
 */
export async function applyCoverage(
  tx: Tx,
  connection: number,
  source: string,
  before: readonly Span[],
  page: Pick<ActivityPage, "claim" | "unclaim" | "hole">,
): Promise<void> {
  const kept = page.unclaim ? subtract(before, [page.unclaim]) : union(before);
  const after = page.claim ? union(kept, page.claim) : kept;
  const row = ({ from, to }: Span) => [connection, source, from, to];
  await save(tx, "coverage", ["connection", "source", "from_at", "to_at"], before.map(row), after.map(row));
  if (page.claim || page.hole) await saveHoles(tx, connection, source, page);
}

async function saveHoles(
  tx: Tx,
  connection: number,
  source: string,
  { claim, hole }: Pick<ActivityPage, "claim" | "hole">,
): Promise<void> {
  const covered = [claim, hole].filter((span) => span !== null);
  const before = await holesOf(tx, connection, source, hull(covered));
  // What was read after all is no hole; of two causes for one moment the newer stays.
  const after: Hole[] = before.flatMap((old) =>
    subtract([old], covered).map((span) => ({ ...span, cause: old.cause })),
  );
  if (hole) after.push(hole);
  const row = ({ from, to, cause }: Hole) => [connection, source, from, to, cause];
  const columns = ["connection", "source", "from_at", "to_at", "cause"];
  await save(tx, "hole", columns, before.map(row), joined(after).map(row));
}

/** Neighbours of one cause are one hole. */
function joined(holes: readonly Hole[]): Hole[] {
  const one: Hole[] = [];
  for (const hole of holes.toSorted((a, b) => a.from - b.from)) {
    const last = one.at(-1);
    if (last && last.to === hole.from && last.cause === hole.cause) last.to = hole.to;
    else one.push({ ...hole });
  }
  return one;
}

/** From the first moment of any to the last; null: there is none. */
export function hull(spans: readonly Span[]): Span | null {
  if (spans.length === 0) return null;
  return {
    from: spans.reduce((least, { from }) => Math.min(least, from), Number.POSITIVE_INFINITY),
    to: spans.reduce((most, { to }) => Math.max(most, to), Number.NEGATIVE_INFINITY),
  };
}

/** Writes only what differs. Rows begin with their key: connection, source, from_at. */
async function save(
  tx: Tx,
  table: "coverage" | "hole",
  columns: readonly string[],
  before: readonly unknown[][],
  after: readonly unknown[][],
): Promise<void> {
  const text = (row: unknown[]) => JSON.stringify(row);
  const [known, wanted] = [new Set(before.map(text)), new Set(after.map(text))];
  const key = columns.slice(0, 3);
  await deleteRows(
    tx,
    table,
    key,
    before.filter((row) => !wanted.has(text(row))).map((row) => row.slice(0, 3)),
  );
  await insertRows(
    tx,
    table,
    columns,
    after.filter((row) => !known.has(text(row))),
  );
}
