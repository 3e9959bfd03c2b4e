/**
 * Of a one-time link: the member whose rights it rests on (null: whoever is at this machine), and until when it is in the
 * hands of somebody who tries it. Columns as in 0001.
 */
import type { Kysely } from "kysely";
import { define } from "../engine/ddl.ts";

const STATEMENTS = [
  "alter table credential_link add column member integer",
  "alter table credential_link add column taken_until bigint not null default 0",
  "alter table credential_link drop column taken",
] as const;

export async function up(db: Kysely<unknown>): Promise<void> {
  await define(db, STATEMENTS);
}
