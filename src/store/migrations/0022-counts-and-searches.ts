/**
 * Users are searched along an index, not row by row: on SQLite the one of names holds what is searched too (PostgreSQL takes
 * no long text into an index, and reads whole rows as fast). Addresses that were never confirmed have one of their own. And
 * users lie in the order in which they are counted: by level, status, and whether they are service accounts.
 */
import type { Kysely } from "kysely";
import { define } from "../engine/ddl.ts";
import { engineOf } from "../engine/engine.ts";
import type { Db } from "../store.ts";

const STATEMENTS = [
  `create index user_email_unconfirmed on user_email (connection, user_id, email)
     where verified = 0 and state = 'present'`,
  `create index user_by_state on "user" (
     connection, level, status, service_account, marked_service_account, user_id, agency_id, job_grants,
     future_job_grants, created_at, first_seen_at)`,
] as const;

const SQLITE = [
  "drop index user_by_name",
  `create index user_by_name on "user" (
     connection, sort_name, user_id, status, level, service_account, marked_service_account, agency_id, job_grants,
     future_job_grants, created_at, first_seen_at, search)`,
  // As it was, but made last: of indexes that cost the same SQLite takes the youngest, and this one lies in the order of users.
  "drop index user_facts",
  `create index user_facts on "user" (
     connection, user_id, status, level, service_account, marked_service_account, agency_id, job_grants,
     future_job_grants, created_at, first_seen_at)`,
] as const;

export async function up(db: Kysely<unknown>): Promise<void> {
  await define(db, STATEMENTS);
  if (engineOf(db as unknown as Db) === "sqlite") await define(db, SQLITE);
}
