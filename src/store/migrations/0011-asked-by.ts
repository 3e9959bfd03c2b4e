/**
 * Why a run began and who wanted it (model/asked.ts): in the lane until a run answers it, whichever process does, then in
 * the run. What was asked for before is kept; by whom, nobody knows any more.
 */
import type { Kysely } from "kysely";
import { define } from "../ddl.ts";

const STATEMENTS = [
  "alter table lane add column asked_json text",
  "alter table run add column asker_json text",
  `update lane set asked_json = '{"trigger":"request","who":null}' where requested_at is not null`,
  `update lane set asked_json = '{"trigger":"connect","who":null}' where fence = 0`,
] as const;

export async function up(db: Kysely<unknown>): Promise<void> {
  await define(db, STATEMENTS);
}
