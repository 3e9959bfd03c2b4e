/**
 * The directory of employees, of the installation and of no connection, and who of them is which user. Columns as in 0001.
 *
 * - `employee.told`: the state as it was said; null: only the dates tell (model/employees/employee.ts). `left_day`: the last day of
 *   work; `left_at`: with it the very moment, without it when we were told of a leaving of no date. `back_at`, `was_left_day`: who had left
 *   and works here again.
 * - `employee.scim_json`: the resource as its SCIM client wrote it, of the attributes that we keep. `scim_gone`: deleted
 *   there; the row stays. `version` grows with each change.
 * - `…_key`: as `keyOf` of model/employees/employee.ts makes it.
 * - `employee_match`: whom a user may be, counted anew where `employee_match_state.stale` is 1.
 * - `employee_link.employee` null: a person said that the user is nobody of the directory.
 */
import type { Kysely } from "kysely";
import { define } from "../engine/ddl.ts";

const STATEMENTS = [
  `create table employee (
     employee integer not null primary key, number text, number_key text, name text, department text, manager text,
     started_day integer, left_day integer, left_at bigint, told text, told_at bigint not null, source text not null,
     back_at bigint, was_left_day integer, scim_json text, scim_user_key text, scim_external text,
     scim_gone integer not null default 0, version integer not null, created_at bigint not null,
     updated_at bigint not null, sort_name text not null, search text not null)`,
  `create unique index employee_by_number on employee (number_key) where number_key is not null`,
  `create unique index employee_by_scim_user on employee (scim_user_key) where scim_user_key is not null`,
  `create index employee_by_scim_external on employee (scim_external) where scim_external is not null`,
  `create index employee_by_name on employee (sort_name, employee)`,
  `create table employee_email (
     employee integer not null, email_key text not null, email text not null, position integer not null,
     primary key (employee, email_key)) without rowid`,
  `create index employee_email_by_email on employee_email (email_key, employee)`,
  `create table employee_link (
     connection integer not null, user_id bigint not null, employee integer, by_name text not null, at bigint not null,
     primary key (connection, user_id)) without rowid`,
  `create index employee_link_by_employee on employee_link (employee, connection) where employee is not null`,
  `create table employee_match (
     connection integer not null, user_id bigint not null, employee integer not null, rung integer not null,
     match_key text not null, employees integer not null, best_of_employee integer not null, users integer not null,
     settled integer not null, primary key (connection, user_id, employee)) without rowid`,
  `create index employee_match_by_employee on employee_match (connection, employee, user_id)`,
  `create table employee_match_state (
     connection integer not null primary key, stale integer not null, generation integer not null)`,
  // What is told of the directory: when it was last imported, by whom and how, and from where SCIM was last heard.
  `create table employee_import (
     employee_import integer primary key, at bigint not null, kind text not null, by_name text not null,
     whole integer not null, rows integer not null, added integer not null, changed integer not null,
     gone integer not null)`,
  `create table own_domain (domain text primary key) without rowid`,
  `create table scim_token (
     scim_token integer primary key, name text not null, hash blob not null unique, made_by text not null,
     created_at bigint not null, last_used_at bigint)`,
] as const;

export async function up(db: Kysely<unknown>): Promise<void> {
  await define(db, STATEMENTS);
}
