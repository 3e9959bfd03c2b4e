/** Whose an e-mail address is: what stands in the rows of users, the other way round (user-places.ts). Columns as in 0001. */
import { type Kysely, sql } from "kysely";
import { define } from "../engine/ddl.ts";
import { perEngine } from "../engine/engine.ts";

export async function up(db: Kysely<unknown>): Promise<void> {
  await define(db, [
    `create table user_address (
       connection integer not null, address text not null, user_id bigint not null,
       primary key (connection, address, user_id)) without rowid`,
  ]);
  const addresses = perEngine({
    sqlite: sql`json_each(u.emails_json) as j`,
    postgres: sql`jsonb_array_elements_text(cast(u.emails_json as jsonb)) as j(value)`,
  });
  await sql`insert into user_address (connection, address, user_id)
    select distinct u.connection, lower(trim(j.value)), u.user_id from "user" u cross join ${addresses}`.execute(
    db,
  );
}
