/** One-time links that take a credential from somebody who doesn't sign in. Columns as in 0001. */
import type { Kysely } from "kysely";
import { define } from "../engine/ddl.ts";

export async function up(db: Kysely<unknown>): Promise<void> {
  // connection null: a new one is made of draft_json. taken: a credential is being tried, or was kept.
  await define(db, [
    `create table credential_link (
       credential_link integer primary key, hash blob not null unique, connection integer, draft_json text not null,
       made_by text not null, created_at bigint not null, ends_at bigint not null, taken integer not null default 0)`,
  ]);
}
