/**
 * unjudged: a run of this lane has ended, and what follows from it for findings isn't written yet. Written with the run's end and
 * taken away with the findings, so that a kill between the two loses none. Columns as in 0001.
 */
import type { Kysely } from "kysely";
import { define } from "../engine/ddl.ts";

const STATEMENTS = [
  `create table unjudged (
     connection integer not null, lane text not null, primary key (connection, lane)) without rowid`,
] as const;

export async function up(db: Kysely<unknown>): Promise<void> {
  await define(db, STATEMENTS);
}
