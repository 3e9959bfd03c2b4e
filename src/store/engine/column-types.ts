/** What PostgreSQL has to be told of arrays: the types of a table's columns, read once. */
import { sql } from "kysely";
import type { Tx } from "../store.ts";

const known = new Map<string, ReadonlyMap<string, string>>();

/** By column. Migrations run before anything else does, so that they stay what they are. */
export async function columnTypes(tx: Tx, table: string): Promise<ReadonlyMap<string, string>> {
  const found = known.get(table);
  if (found) return found;
  const { rows } = await sql<{ name: string; type: string }>`
    select column_name as name, data_type as type from information_schema.columns
    where table_schema = current_schema() and table_name = ${table}`.execute(tx);
  const types = new Map(rows.map(({ name, type }) => [name, type]));
  known.set(table, types);
  return types;
}
