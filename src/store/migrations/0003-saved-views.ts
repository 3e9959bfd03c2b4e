/** Views of a list that members keep: its address behind a name. Columns as in 0001. `owner` 0: this machine. */
import type { Kysely } from "kysely";
import { define } from "../engine/ddl.ts";

export async function up(db: Kysely<unknown>): Promise<void> {
  await define(db, [
    `create table saved_view (
       saved_view integer primary key, owner integer not null, page text not null, name text not null,
       name_key text not null, query text not null, shared integer not null, created_at bigint not null,
       unique (owner, page, name_key))`,
  ]);
}
