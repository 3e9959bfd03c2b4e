/**
 * Findings (model/finding.ts). Columns as in 0001.
 *
 * - finding.subject: a user's id, a role's id, an address; empty: the whole account. owner_member: a member; by_name: who
 *   changed its state last.
 * - finding_check: when each rule was last judged, and why it could not be (reason; null: it could).
 * - watched_event: events about API keys and webhooks (model/watched.ts), kept for ever. target empty: not told.
 * - connection.credential_at: since when the credential is the one it is; null: before this was kept.
 */
import type { Kysely } from "kysely";
import { define } from "../engine/ddl.ts";

const STATEMENTS = [
  `create table finding (
     connection integer not null, rule text not null, subject text not null, user_id bigint, severity text not null,
     told text not null, rows bigint not null, evidence_json text not null, rows_at_json text, coverage text not null,
     state text not null, state_at bigint not null, first_seen_at bigint not null, last_seen_at bigint not null,
     returned integer not null, accepted_until_at bigint, accepted_reason text, owner_member integer, by_name text,
     fixed_run integer, primary key (connection, rule, subject)) without rowid`,
  "create index finding_by_user on finding (connection, user_id) where user_id is not null",
  `create table finding_check (
     connection integer not null, rule text not null, at bigint not null, reason text,
     primary key (connection, rule)) without rowid`,
  `create table watched_event (
     connection integer not null, at bigint not null, hash blob not null, n integer not null, thing text not null,
     target text not null, label text not null, user_id bigint, performer text,
     primary key (connection, at, hash, n)) without rowid`,
  "alter table connection add column credential_at bigint",
] as const;

export async function up(db: Kysely<unknown>): Promise<void> {
  await define(db, STATEMENTS);
}
