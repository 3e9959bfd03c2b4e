/**
 * Why a run began and who wanted it (model/asked.ts): in the lane until a run answers it, whichever process does, then in
 * the run. What was asked for before is kept; by whom, nobody knows any more.
 *
 * Addresses are kept as Greenhouse writes them, and compared in lower case.
 */
import type { Kysely } from "kysely";
import { define } from "../engine/ddl.ts";

const STATEMENTS = [
  "alter table lane add column asked_json text",
  "alter table run add column asker_json text",
  `update lane set asked_json = '{"trigger":"request","who":null}' where requested_at is not null`,
  `update lane set asked_json = '{"trigger":"connect","who":null}' where fence = 0`,
  "drop index user_email_by_email",
  "create index user_email_by_email on user_email (connection, lower(email))",
] as const;

export async function up(db: Kysely<unknown>): Promise<void> {
  await define(db, STATEMENTS);
}
