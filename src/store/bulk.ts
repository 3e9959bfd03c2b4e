/** Statements over many rows at once. What SQLite is good at stays behind these functions. */
import { CompiledQuery, type RawBuilder, sql } from "kysely";
import { Rows } from "./dialect.ts";
import type { Schema } from "./schema.ts";
import type { Tx } from "./store.ts";

/**
 * Runs one statement for each row of parameters, in one message to the writer's thread.
 * @returns how many rows were changed in all
 */
export async function runForEach(
  tx: Tx,
  statement: string,
  rows: readonly (readonly unknown[])[],
): Promise<number> {
  if (rows.length === 0) return 0;
  const { numAffectedRows } = await tx.executeQuery(CompiledQuery.raw(statement, [new Rows(rows)]));
  return Number(numAffectedRows ?? 0n);
}

/**
 * Inserts rows given as arrays in the order of `columns`.
 * @param onConflict what follows `on conflict`, such as `do nothing`; without it a conflict fails
 */
export function insertRows(
  tx: Tx,
  table: keyof Schema,
  columns: readonly string[],
  rows: readonly (readonly unknown[])[],
  onConflict?: string,
): Promise<number> {
  const marks = columns.map(() => "?").join(", ");
  const conflict = onConflict ? ` on conflict ${onConflict}` : "";
  return runForEach(tx, `insert into "${table}" (${columns.join(", ")}) values (${marks})${conflict}`, rows);
}

/** `(1, 2, …)` for `column in ${idList(ids)}`: one parameter, however many ids. They are exact. */
export function idList(ids: readonly string[]): RawBuilder<string> {
  for (const id of ids) {
    if (!/^-?\d{1,19}$/.test(id)) throw new TypeError("an id must be a number of at most 19 digits");
  }
  return sql`(select value from json_each(${`[${ids.join(",")}]`}))`;
}
