/** Grants that a listing told and that can't be read, and who holds them (users/unread-grants.ts). Columns as in 0001. */
import type { Kysely } from "kysely";
import { define } from "../engine/ddl.ts";

const STATEMENTS = [
  `create table unread_grant (
     connection integer not null, stream text not null, grant_id bigint not null, user_id bigint not null,
     seen_at bigint not null, primary key (connection, stream, grant_id)) without rowid`,
  `create index unread_grant_by_user on unread_grant (connection, user_id)`,
] as const;

export async function up(db: Kysely<unknown>): Promise<void> {
  await define(db, STATEMENTS);
}
