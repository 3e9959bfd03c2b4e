/** What the data takes, by table, with its indexes. */
import Database from "better-sqlite3";
import { databaseFile } from "../src/store/open.ts";
import { asked, type Place } from "./place.ts";

export interface TableSize {
  rows: number;
  bytes: number;
}

const SQLITE = `
  with sizes as (
    select coalesce(s.tbl_name, d.name) as name, sum(d.pgsize) as bytes
    from dbstat d left join sqlite_schema s on s.name = d.name where d.aggregate = true group by 1)
  select name, bytes from sizes`;

/** A month of events counts to its table. */
const POSTGRES = `
  select coalesce(i.inhparent::regclass::text, c.oid::regclass::text) as name,
    sum(pg_total_relation_size(c.oid)) as bytes
  from pg_class c left join pg_inherits i on i.inhrelid = c.oid
  where c.relkind = 'r' and c.relnamespace = current_schema()::regnamespace group by 1`;

export async function sizesOf(
  { dataDir, databaseUrl }: Place,
  tables: readonly string[],
): Promise<Map<string, TableSize>> {
  const found: { name: string; bytes: number }[] = [];
  const counted = new Map<string, number>();
  const countRows = (table: string) => `select count(*) as n from "${table}"`;
  if (databaseUrl === null) {
    const db = new Database(databaseFile(dataDir), { readonly: true });
    found.push(...(db.prepare(SQLITE).all() as typeof found));
    for (const table of tables) counted.set(table, (db.prepare(countRows(table)).get() as { n: number }).n);
    db.close();
  } else {
    await asked(databaseUrl, async (client) => {
      found.push(...(await client.query<(typeof found)[number]>(POSTGRES)).rows);
      for (const table of tables) {
        counted.set(table, Number((await client.query<{ n: string }>(countRows(table))).rows[0]!.n));
      }
    });
  }
  const bytes = new Map(found.map(({ name, bytes }) => [name.replaceAll('"', ""), Number(bytes)]));
  return new Map(tables.map((table) => [table, { rows: counted.get(table)!, bytes: bytes.get(table) ?? 0 }]));
}
