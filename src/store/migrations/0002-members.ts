/**
 * Members, how they sign in, and what they did. Columns as in 0001; secrets are stored as hashes, or sealed.
 *
 * - `member.role` null: known, but nobody has given a role yet.
 * - `session`, `api_token`, `recovery_code` and `invitation` end with their member; `trail` stays, and names people itself.
 * - `trail.of_connection` stays when that connection is deleted.
 */
import type { Kysely } from "kysely";
import { define } from "../engine/ddl.ts";

const STATEMENTS = [
  `create table member (
     member integer primary key, email text not null, email_key text not null unique, name text not null, role text,
     password text, totp_key_version integer, totp_value blob, totp_on integer not null default 0,
     totp_step bigint not null default 0, limited integer not null default 0,
     created_at bigint not null, last_seen_at bigint)`,
  // The connections that a limited member may see.
  `create table member_connection (
     member integer not null, connection integer not null, primary key (member, connection)) without rowid`,
  `create table session (
     session integer primary key, member integer not null, hash blob not null unique, created_at bigint not null,
     last_seen_at bigint not null, ends_at bigint not null, ip text, agent text)`,
  `create index session_by_member on session (member, session)`,
  `create table recovery_code (
     member integer not null, hash blob not null, primary key (member, hash)) without rowid`,
  // One-time codes that let a member set a password. kind: join, reset.
  `create table invitation (
     invitation integer primary key, member integer not null, kind text not null, hash blob not null unique,
     created_at bigint not null, ends_at bigint not null)`,
  `create index invitation_by_member on invitation (member)`,
  `create table api_token (
     api_token integer primary key, member integer not null, name text not null, role text not null,
     hash blob not null unique, created_at bigint not null, ends_at bigint, last_used_at bigint)`,
  `create index api_token_by_member on api_token (member)`,
  // Tries of something that can be guessed, while they are young enough to count.
  `create table attempt (attempt integer primary key, what text not null, at bigint not null)`,
  `create index attempt_by_what on attempt (what, at)`,
  // Our own audit trail. result: ok, or the code of the error. by_: member, token, machine, nobody.
  `create table trail (
     trail integer primary key, at bigint not null, by_ text not null, member integer, api_token integer,
     name text not null, ip text, action text not null, target text, of_connection integer, result text not null,
     details_json text)`,
  `create index trail_by_member on trail (member, trail)`,
  `create index trail_by_action on trail (action, trail)`,
] as const;

export async function up(db: Kysely<unknown>): Promise<void> {
  await define(db, STATEMENTS);
}
