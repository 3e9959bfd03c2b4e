/** Grants by how they were made, and the ledger by run, are read along an index. Columns as in 0001. */
import type { Kysely } from "kysely";
import { define } from "../engine/ddl.ts";

const STATEMENTS = [
  "create index job_grant_by_made on job_grant (connection, automated, grant_id) where state = 'present'",
  "create index change_by_run on change (connection, run, seq)",
];

export async function up(db: Kysely<unknown>): Promise<void> {
  await define(db, STATEMENTS);
}
