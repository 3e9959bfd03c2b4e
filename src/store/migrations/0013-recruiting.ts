/**
 * Recruiting activity: what Greenhouse's lists tell of who did something, and when. Columns as in 0001.
 *
 * recruiting_deed: one for each row of a list, source and user; `source` as in model/recruiting.ts, `row_id` of the list.
 * recruiting_day: deeds by day, counts by source in the row. recruiting_user: the newest of each source, and of all.
 */
import { type Kysely, sql } from "kysely";
import { define } from "../engine/ddl.ts";

const STATEMENTS = [
  `create table recruiting_deed (
     connection integer not null, source text not null, row_id bigint not null, user_id bigint not null,
     at bigint not null, primary key (connection, source, row_id, user_id)) without rowid`,
  "create index recruiting_deed_by_time on recruiting_deed (connection, at)",
  `create table recruiting_day (
     connection integer not null, day integer not null, user_id bigint not null, scorecard integer not null,
     interview integer not null, scheduling integer not null, reply integer not null, approval integer not null,
     rejection integer not null, primary key (connection, day, user_id)) without rowid`,
  "create index recruiting_day_by_user on recruiting_day (connection, user_id, day)",
  `create table recruiting_user (
     connection integer not null, user_id bigint not null, at bigint not null, source text not null,
     scorecard_at bigint, interview_at bigint, scheduling_at bigint, reply_at bigint, approval_at bigint,
     rejection_at bigint, primary key (connection, user_id)) without rowid`,
  // Users none of whose addresses is confirmed are looked for.
  `create index user_email_confirmed on user_email (connection, user_id) where verified = 1 and state = 'present'`,
] as const;

export async function up(db: Kysely<unknown>): Promise<void> {
  await define(db, STATEMENTS);
  await sql`insert into lane (connection, lane, fence, due_at, failures)
    select connection, 'recruiting_activity', 0, 0, 0 from connection`.execute(db);
}
