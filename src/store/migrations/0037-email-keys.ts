/** An e-mail address of the list of addresses as it is compared, beside the one as Greenhouse writes it (rows.ts): letters beyond ASCII too. */
import type { Kysely } from "kysely";
import { define } from "../engine/ddl.ts";

const STATEMENTS = [
  "alter table user_email add column email_key text not null default ''",
  "update user_email set email_key = lower(trim(email))",
  "drop index user_email_by_email",
  "create index user_email_by_email on user_email (connection, email_key)",
] as const;

export async function up(db: Kysely<unknown>): Promise<void> {
  await define(db, STATEMENTS);
}
