/**
 * Several processes on one database. Columns as in 0001.
 *
 * lane: what was asked for and by whom it is done, so that any process can take it up; progress_json: how far the run is,
 * for whoever watches. traffic: what all who work with a credential know together (connectors/connector.ts), changed by
 * whoever knows its version. lease: what one process at a time does. worker: who works, or has worked lately.
 */
import type { Kysely } from "kysely";
import { define } from "../engine/ddl.ts";

const STATEMENTS = [
  "alter table lane add column requested_only_json text",
  "alter table lane add column claimed_at bigint",
  "alter table lane add column stop text",
  "alter table lane add column progress_json text",
  "create index lane_by_due on lane (due_at)",
  "create index lane_by_request on lane (requested_at) where requested_at is not null",
  "create index lane_by_owner on lane (owner) where owner is not null",
  "drop table rate_budget",
  `create table traffic (
     fingerprint text primary key, version bigint not null, traffic_json text not null) without rowid`,
  `create table lease (name text primary key, holder text not null, until_at bigint not null) without rowid`,
  `create table worker (
     worker text primary key, host text not null, pid integer not null, started_at bigint not null,
     seen_at bigint not null, ended_at bigint, running integer not null) without rowid`,
] as const;

export async function up(db: Kysely<unknown>): Promise<void> {
  await define(db, STATEMENTS);
}
