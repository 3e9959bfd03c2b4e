/**
 * data_version: how often a part of what is stored of a connection has changed (store/connections/data-version.ts has the parts).
 * finding_check.basis: what the rule rested on when it was judged, as a digest. Columns as in 0001.
 */
import type { Kysely } from "kysely";
import { define } from "../engine/ddl.ts";

const STATEMENTS = [
  `create table data_version (
     connection integer not null, part text not null, n bigint not null, primary key (connection, part)) without rowid`,
  "alter table finding_check add column basis text",
] as const;

export async function up(db: Kysely<unknown>): Promise<void> {
  await define(db, STATEMENTS);
}
