/** Of a session: how its member has shown who they are. Those of before may be of a password alone. Columns as in 0001. */
import type { Kysely } from "kysely";
import { define } from "../engine/ddl.ts";

const STATEMENTS = ["alter table session add column way text not null default 'password'"] as const;

export async function up(db: Kysely<unknown>): Promise<void> {
  await define(db, STATEMENTS);
}
