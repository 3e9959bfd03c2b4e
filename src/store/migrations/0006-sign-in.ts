/**
 * Signing in without a password. Columns as in 0001. What belongs to a member ends with them, by the database itself:
 * a number that is given anew must bring nobody in.
 */
import type { Kysely } from "kysely";
import { define } from "../engine/ddl.ts";

const STATEMENTS = [
  // Whom an issuer of OpenID Connect knows under this subject.
  `create table identity (
     issuer text not null, subject text not null, member integer not null references member (member) on delete cascade,
     created_at bigint not null, primary key (issuer, subject)) without rowid`,
  `create unique index identity_by_member on identity (member, issuer)`,
  // user_handle: what the device knows its owner by; the same for all passkeys of a member.
  `create table passkey (
     passkey integer primary key, member integer not null references member (member) on delete cascade,
     credential blob not null unique, public_key blob not null, user_handle blob not null, counter bigint not null,
     transports_json text not null, synced integer not null, name text not null, created_at bigint not null,
     last_used_at bigint)`,
  `create index passkey_by_member on passkey (member, passkey)`,
  // What a browser has begun and not yet brought to an end. kind: sso, passkey_sign_in, passkey_new.
  `create table begun (
     hash blob primary key, kind text not null, member integer references member (member) on delete cascade,
     back text, ends_at bigint not null) without rowid`,
] as const;

export async function up(db: Kysely<unknown>): Promise<void> {
  await define(db, STATEMENTS);
}
