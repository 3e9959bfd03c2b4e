/**
 * Alerts (model/alerts/alert.ts). Columns as in 0001.
 *
 * - alert: what happened. Written with what it tells, one transaction at a time, so that ids come in the order of commits.
 * - alert_state: of a connection, what was last told: its state, every cause told since it was last connected, and since
 *   when it isn't (since_at; null: it is).
 * - destination: owner_member null: the installation's. address: of a mail; told: what may be shown of another address.
 *   limited: only of destination_connection. heard_json: by topic the last alert that is in a message, or that was there
 *   when the topic was asked for; of the weekly report a time.
 * - destination_secret: url, secret, old_secret.
 * - delivery: one message; fence and lease as of a lane. said_at: the time that the message itself tells. body_json: of a report
 *   alone. report_connection, report_day: which report it is, none twice.
 * - delivery_connection: what it is about. told_json: the connection's name, and how many alerts of each topic it tells or counts.
 */
import type { Kysely } from "kysely";
import { define } from "../engine/ddl.ts";

const STATEMENTS = [
  `create table alert (
     alert integer primary key, connection integer not null, topic text not null, at bigint not null,
     told text not null, rule text, user_id bigint, path text not null)`,
  "create index alert_of_connection on alert (connection, alert)",
  "create index alert_of_topic on alert (topic, alert)",
  "create index alert_by_at on alert (at)",
  `create table alert_state (
     connection integer not null primary key, state text not null, causes_json text not null, since_at bigint)`,
  `create table destination (
     destination integer primary key, channel text not null, name text not null, owner_member integer, address text,
     told text not null, topics_json text not null, limited integer not null, zone text not null, hour integer not null,
     quiet_from text, quiet_to text, is_on integer not null, off_reason text, heard_json text not null,
     old_secret_ends_at bigint, made_at bigint not null)`,
  `create table destination_connection (
     destination integer not null, connection integer not null, primary key (destination, connection)) without rowid`,
  "create index destination_connection_by_connection on destination_connection (connection, destination)",
  `create table destination_secret (
     destination integer not null, field text not null, key_version integer not null, value blob not null,
     primary key (destination, field)) without rowid`,
  `create table delivery (
     delivery integer primary key, destination integer not null, kind text not null, message text not null,
     subject text not null, lines_json text not null, more integer not null, body_json text, state text not null,
     attempts_json text not null, failures integer not null, due_at bigint not null, fence bigint not null, owner text,
     lease_until_at bigint, said_at bigint not null, made_at bigint not null, ended_at bigint, replay_of integer,
     report_connection integer, report_day integer)`,
  "create index delivery_of_destination on delivery (destination, delivery)",
  "create index delivery_to_do on delivery (due_at) where state = 'waiting'",
  "create index delivery_by_made on delivery (made_at)",
  `create unique index delivery_of_report on delivery (destination, report_connection, report_day)
     where report_day is not null`,
  `create table delivery_connection (
     delivery integer not null, connection integer not null, told_json text not null,
     primary key (delivery, connection)) without rowid`,
  "create index delivery_connection_by_connection on delivery_connection (connection, delivery)",
] as const;

export async function up(db: Kysely<unknown>): Promise<void> {
  await define(db, STATEMENTS);
}
