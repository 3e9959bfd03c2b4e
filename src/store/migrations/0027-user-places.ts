/** Users of a department and of an office: what stands in their rows, the other way round. */
import { type Kysely, sql } from "kysely";
import { define } from "../engine/ddl.ts";
import { perEngine } from "../engine/engine.ts";

const PLACES = [
  ["user_department", "department_id", "department_ids_json"],
  ["user_office", "office_id", "office_ids_json"],
] as const;

export async function up(db: Kysely<unknown>): Promise<void> {
  for (const [table, column, listed] of PLACES) {
    await define(db, [
      `create table ${table} (
         connection integer not null, ${column} bigint not null, user_id bigint not null,
         primary key (connection, ${column}, user_id)) without rowid`,
    ]);
    const ids = perEngine({
      sqlite: sql`json_each(u.${sql.ref(listed)}) as place`,
      postgres: sql`jsonb_array_elements_text(cast(u.${sql.ref(listed)} as jsonb)) as place(value)`,
    });
    await sql`insert into ${sql.table(table)} (connection, ${sql.ref(column)}, user_id)
      select distinct u.connection, cast(place.value as bigint), u.user_id from "user" u cross join ${ids}`.execute(
      db,
    );
  }
}
