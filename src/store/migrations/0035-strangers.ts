/**
 * Users of the audit log whom no list of users has, by UTC day (strangers.ts). `due`: who has the address has changed since. Columns as in
 * 0001.
 */
import type { Kysely } from "kysely";
import { define } from "../engine/ddl.ts";

const STATEMENTS = [
  // performer: the user_id that their events bear, else the performer.
  `create table stranger (
     connection integer not null, day integer not null, performer text not null, address text not null,
     due integer not null default 0, primary key (connection, day, performer, address)) without rowid`,
  `create index stranger_by_address on stranger (connection, address, performer)`,
  `create index stranger_due on stranger (connection, day) where due = 1`,
] as const;

export async function up(db: Kysely<unknown>): Promise<void> {
  await define(db, STATEMENTS);
}
