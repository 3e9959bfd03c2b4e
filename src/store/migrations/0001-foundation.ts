/**
 * The first schema, in the words of ddl.ts.
 *
 * - `connection` (a small integer) leads every key; no foreign key crosses connections.
 * - Columns that end in `_id` hold Greenhouse ids: 64-bit integers here, exact strings in code (store/engine/dialect.ts).
 * - Columns that end in `_at` are milliseconds since the epoch. `day` is days since 1970-01-01 in the connection's zone.
 * - Columns that end in `_json` hold JSON text. Flags are 0 and 1.
 * - `state` of a listed row: `present`, `removed`, or `not_visible` (absent since the viewer changed).
 */
import type { Kysely } from "kysely";
import { define } from "../engine/ddl.ts";

/** Behind every listed row. */
const LISTED = "state text not null, first_seen_at bigint not null, gone_at bigint";

const STATEMENTS = [
  `create table connection (
     connection integer primary key, name text not null, name_key text not null unique, vendor text not null,
     credential_kind text not null, fingerprint text not null unique, permission_type text not null,
     admin_user text, origins_json text not null, settings_json text not null, paused integer not null,
     frozen_at bigint, viewer_version integer not null, organization text, deleting integer not null,
     clock_skew_ms bigint not null default 0,
     created_at bigint not null)`,
  `create table secret (
     connection integer not null, field text not null, key_version integer not null, value blob not null,
     primary key (connection, field))`,
  `create table token (
     fingerprint text primary key, key_version integer not null, value blob not null, expires_at bigint not null,
     minted_at bigint not null)`,
  `create table rate_budget (
     fingerprint text not null, family text not null, budget_json text not null, primary key (fingerprint, family))`,

  `create table "user" (
     connection integer not null, user_id bigint not null, name text, email text, emails_json text not null,
     employee text, job_title text, deactivated integer not null, site_admin integer not null,
     service_account integer not null, marked_service_account integer not null default 0, agency_id bigint,
     department_ids_json text not null, office_ids_json text not null, created_at bigint, updated_at bigint,
     status text not null, status_since_at bigint, level text not null,
     job_grants integer not null default 0, future_job_grants integer not null default 0, grants_read_at bigint,
     sort_name text not null, search text not null, ${LISTED}, primary key (connection, user_id)) without rowid`,
  `create index user_by_name on "user" (
     connection, sort_name, user_id, status, level, service_account, marked_service_account, agency_id, job_grants,
     future_job_grants, created_at, first_seen_at)`,
  `create table user_email (
     connection integer not null, email_id bigint not null, user_id bigint not null, email text not null,
     verified integer not null, ${LISTED}, primary key (connection, email_id)) without rowid`,
  // What lists count and filter by, in a tenth of the rows' size.
  `create index user_facts on "user" (
     connection, user_id, status, level, service_account, marked_service_account, agency_id, job_grants,
     future_job_grants, created_at, first_seen_at)`,
  `create index user_by_employee on "user" (connection, employee) where employee is not null`,
  `create index user_by_email on "user" (connection, lower(email)) where email is not null`,
  `create index user_without_email on "user" (connection, user_id) where email is null`,
  `create index user_email_by_user on user_email (connection, user_id)`,
  `create index user_email_by_email on user_email (connection, email)`,
  `create table role (
     connection integer not null, role_id bigint not null, name text, type text, ${LISTED},
     primary key (connection, role_id)) without rowid`,
  `create table department (
     connection integer not null, department_id bigint not null, name text, parent_id bigint, external text, ${LISTED},
     primary key (connection, department_id)) without rowid`,
  `create table office (
     connection integer not null, office_id bigint not null, name text, parent_id bigint, external text,
     location text, ${LISTED}, primary key (connection, office_id)) without rowid`,
  `create table job (
     connection integer not null, job_id bigint not null, name text, status text, confidential integer,
     department_id bigint, office_ids_json text not null, ${LISTED}, primary key (connection, job_id)) without rowid`,
  `create table job_grant (
     connection integer not null, grant_id bigint not null, user_id bigint not null, role_id bigint,
     job_id bigint not null, automated integer, created_at bigint, ${LISTED},
     primary key (connection, grant_id)) without rowid`,
  `create index job_grant_by_user on job_grant (connection, user_id, grant_id)`,
  `create index job_grant_by_role on job_grant (connection, role_id, user_id, grant_id)`,
  `create index job_grant_by_job on job_grant (connection, job_id, grant_id)`,
  `create table future_job_grant (
     connection integer not null, grant_id bigint not null, user_id bigint not null, role_id bigint,
     department_id bigint, office_id bigint, created_at bigint, ${LISTED},
     primary key (connection, grant_id)) without rowid`,
  `create index future_job_grant_by_user on future_job_grant (connection, user_id, grant_id)`,
  `create index future_job_grant_by_role on future_job_grant (connection, role_id, user_id, grant_id)`,
  `create index future_job_grant_by_place on future_job_grant (connection, department_id, office_id, state, grant_id)`,
  // Present grants of both kinds by user and role; role_id 0 stands for "no role told".
  `create table user_role (
     connection integer not null, user_id bigint not null, role_id bigint not null, n integer not null,
     primary key (connection, user_id, role_id)) without rowid`,
  `create index user_role_by_role on user_role (connection, role_id, user_id, n)`,

  // Every complete listing: what proves an *as of*. seq orders listings and changes alike.
  `create table listing (
     connection integer not null, stream text not null, seq integer not null, run integer not null,
     started_at bigint not null, ended_at bigint not null, rows integer not null, viewer_version integer not null,
     primary key (connection, stream, seq)) without rowid`,
  // Rows of the running (or held) listing that Greenhouse did not return.
  `create table absent (
     connection integer not null, stream text not null, row_id bigint not null,
     primary key (connection, stream, row_id)) without rowid`,
  `create table held (
     connection integer not null, stream text not null, run integer not null, since_at bigint not null,
     rows_before integer not null, rows_absent integer not null, listed integer not null, last_seen_at bigint not null,
     needs_person integer not null, viewer_version integer not null, primary key (connection, stream)) without rowid`,
  `create table held_row (
     connection integer not null, stream text not null, row_id bigint not null,
     primary key (connection, stream, row_id)) without rowid`,
  // The ledger. kind: baseline, added, changed, removed, not_visible, returned, level.
  `create table change (
     connection integer not null, seq integer not null, stream text not null, kind text not null, row_id bigint,
     user_id bigint, before_json text, after_json text, run integer not null, after_at bigint, seen_at bigint not null,
     event_at bigint, event_hash blob, event_n integer, by_name text,
     primary key (connection, seq)) without rowid`,
  `create index change_by_row on change (connection, stream, row_id, seq)`,
  `create index change_by_time on change (connection, seen_at, stream, kind, seq)`,
  `create index change_by_user on change (connection, user_id, seq)`,

  // --- use
  `create table word (word integer primary key, text text not null unique)`,
  `create table event (
     connection integer not null, at bigint not null, hash blob not null, n integer not null, performer_type integer,
     user_id bigint, performer text, type integer, request_type integer, request text, target_type integer,
     target text, ip text, meta_json text, counts integer not null, primary key (connection, at, hash, n)) without rowid monthly`,
  `create index event_by_user on event (connection, user_id, at) where user_id is not null`,
  // counts: 1 where the event is a person's deed and its request type counts (rolled up), else 0.
  `create table usage_day (
     connection integer not null, day integer not null, user_id bigint not null, viewed integer not null,
     changed integer not null, acted integer not null, other integer not null,
     primary key (connection, day, user_id)) without rowid`,
  `create index usage_day_by_user on usage_day (connection, user_id, day)`,
  `create table usage_user (
     connection integer not null, user_id bigint not null, at bigint not null, hash blob not null, n integer not null,
     source text not null, type text, request_type text, target_type text,
     primary key (connection, user_id)) without rowid`,
  // Distinct active people a day, by dimension: all, kind, level, role, department, office.
  `create table org_day (
     connection integer not null, day integer not null, dimension text not null, value text not null,
     people integer not null, deeds integer not null, primary key (connection, day, dimension, value)) without rowid`,
  // Days whose actives must be counted anew; recount 1: from the raw events, for a rule or the time zone has changed.
  `create table dirty_day (
     connection integer not null, day integer not null, recount integer not null default 0,
     primary key (connection, day)) without rowid`,
  // All events by hour (for silence) and by request type and day (for "what counts").
  `create table event_hour (
     connection integer not null, hour bigint not null, n integer not null, people integer not null,
     primary key (connection, hour)) without rowid`,
  `create table request_day (
     connection integer not null, day integer not null, performer_type integer not null, request_type integer not null,
     n integer not null, primary key (connection, day, performer_type, request_type)) without rowid`,
  `create table request_rule (
     connection integer not null, request_type integer not null, counts integer not null,
     primary key (connection, request_type)) without rowid`,
  // Days before before_day keep the roll-up of an older time zone or older request rules: their events are gone.
  `create table older_day (
     connection integer not null, before_day integer not null, cause text not null, time_zone text not null,
     primary key (connection, before_day, cause)) without rowid`,
  `create table coverage (
     connection integer not null, source text not null, from_at bigint not null, to_at bigint not null,
     primary key (connection, source, from_at)) without rowid`,
  `create table hole (
     connection integer not null, source text not null, from_at bigint not null, to_at bigint not null,
     cause text not null, primary key (connection, source, from_at)) without rowid`,
  `create table license_rule (
     connection integer not null, position integer not null, level text not null, status text not null, type text,
     purchased bigint, price_cents bigint, currency text, primary key (connection, position)) without rowid`,

  // --- work
  `create table lane (
     connection integer not null, lane text not null, fence integer not null, owner text, lease_until_at bigint,
     due_at bigint not null, requested_at bigint, requested_full integer not null default 0, failures integer not null,
     run integer, checkpoint_json text, primary key (connection, lane)) without rowid`,
  `create table run (
     run integer primary key, connection integer not null, lane text not null, trigger_ text not null,
     started_at bigint not null, ended_at bigint, outcome text, requests integer not null, waited_ms bigint not null,
     throttled integer not null, error_json text)`,
  `create index run_by_connection on run (connection, run)`,
  `create table step (
     run integer not null, stream text not null, outcome text, started_at bigint not null, ended_at bigint,
     rows integer not null, added integer not null, changed integer not null, removed integer not null,
     unreadable_json text not null, requests integer not null, waited_ms bigint not null, error_json text,
     primary key (run, stream)) without rowid`,
  `create table verdict (
     connection integer not null, stream text not null, verdict_json text not null, since_at bigint not null,
     last_success_at bigint, rows integer, primary key (connection, stream)) without rowid`,
  `create table setting (name text primary key, value_json text not null) without rowid`,
] as const;

export async function up(db: Kysely<unknown>): Promise<void> {
  await define(db, STATEMENTS);
}
