/**
 * What lists need to be read in their order: jobs by name, as people search for them (`searchable` of model/text.ts), and
 * our audit trail by token and by time. Columns as in 0001.
 */
import { type Kysely, sql } from "kysely";
import { searchable } from "../../model/text.ts";
import { define } from "../engine/ddl.ts";

const STATEMENTS = [
  "alter table job add column sort_name text not null default ''",
  "alter table job add column search text not null default ''",
  "create index job_by_name on job (connection, sort_name, job_id)",
  "create index trail_by_token on trail (api_token, trail) where api_token is not null",
  "create index trail_by_time on trail (at, trail)",
];

export async function up(db: Kysely<unknown>): Promise<void> {
  await define(db, STATEMENTS);
  const { rows } = await sql<{ connection: number; job_id: string; name: string | null }>`
    select connection, job_id, name from job`.execute(db);
  for (const { connection, job_id, name } of rows) {
    await sql`update job set sort_name = ${searchable(name ?? "")}, search = ${searchable(`${name ?? ""}\n${job_id}`)}
      where connection = ${connection} and job_id = ${job_id}`.execute(db);
  }
}
