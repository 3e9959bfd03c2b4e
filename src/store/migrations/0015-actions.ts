/**
 * Actions: what Glasshouse changes in Greenhouse (model/action.ts). Columns as in 0001.
 *
 * action: one preview, and what became of it; fence and lease as of a lane. ends_at: until when it can be applied, or
 * approved. acting_user_id: the admin user in whose name Greenhouse is asked. undoes: the action that it takes back.
 * action_target: one person or grant; before_json: as the preview showed it; after_json: as read back; sent_at: our clock.
 * change.action: the action that a change follows from.
 */
import type { Kysely } from "kysely";
import { define } from "../engine/ddl.ts";

const STATEMENTS = [
  `create table action (
     action integer primary key, connection integer not null, kind text not null, state text not null,
     acting_user_id bigint, service_accounts integer not null, undoes integer, needs_approval integer not null,
     targets integer not null, not_told_json text not null,
     made_member integer, made_by text not null, made_at bigint not null, ends_at bigint not null, applied_at bigint,
     approved_member integer, approved_by text, approved_at bigint,
     stopped_by text, started_at bigint, ended_at bigint,
     fence bigint not null, owner text, lease_until_at bigint, due_at bigint not null, failures integer not null)`,
  "create index action_of_connection on action (connection, action)",
  "create index action_to_do on action (connection, due_at) where state in ('approved', 'running')",
  `create table action_target (
     connection integer not null, action integer not null, n integer not null,
     user_id bigint not null, grant_kind text, grant_id bigint,
     state text not null, refusal text, said text, before_json text not null, after_json text, duties_json text,
     ask_json text, follow text, sent_at bigint, ended_at bigint,
     primary key (connection, action, n)) without rowid`,
  `create index action_target_sent on action_target (connection, user_id, sent_at) where sent_at is not null`,
  `create index action_target_of_state on action_target (connection, action, state, n)`,
  "alter table change add column action integer",
] as const;

export async function up(db: Kysely<unknown>): Promise<void> {
  await define(db, STATEMENTS);
}
