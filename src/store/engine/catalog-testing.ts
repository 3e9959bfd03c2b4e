/** For tests: the tables as the database itself knows them. */
import { sql } from "kysely";
import type { Store } from "../store.ts";
import { perEngine } from "./engine.ts";

export interface Column {
  table: string;
  name: string;
  /** Its place in the primary key, from 1; 0: none. */
  key: number;
  /** Must be given. */
  needed: boolean;
}

/** In the order of the tables' names, then of their columns. Not the migrator's own, nor single months of events. */
export async function catalog(store: Store): Promise<Column[]> {
  const { rows } = await sql<{
    table: string;
    name: string;
    key: number;
    needed: number;
  }>`${COLUMNS}`.execute(store.read);
  return rows.map((row) => ({ ...row, needed: row.needed === 1 }));
}

const COLUMNS = perEngine({
  sqlite: sql`
    select t.name as "table", c.name, c.pk as key, c."notnull" and c.dflt_value is null as needed
    from sqlite_schema t join pragma_table_info(t.name) c
    where t.type = 'table' and t.name not like 'kysely%' and t.name not like 'sqlite%' order by t.name, c.cid`,
  postgres: sql`
    select t.relname as table, c.attname as name, coalesce(array_position(k.conkey, c.attnum), 0) as key,
      c.attnotnull and not c.atthasdef and c.attidentity = '' as needed
    from pg_class t join pg_attribute c on c.attrelid = t.oid and c.attnum > 0 and not c.attisdropped
      left join pg_constraint k on k.conrelid = t.oid and k.contype = 'p'
    where t.relnamespace = current_schema()::regnamespace and t.relkind in ('r', 'p') and not t.relispartition
      and t.relname not like 'kysely%' order by t.relname, c.attnum`,
});
