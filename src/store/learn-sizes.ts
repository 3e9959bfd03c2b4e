/**
 * What PostgreSQL's planner knows of tables that have just been filled. Autovacuum finds out within minutes, and never of
 * all months of events together; until then every question would be planned for empty tables. SQLite is told of the sizes
 * it has to expect (statistics.ts).
 */
import { sql } from "kysely";
import type { ListStream } from "../model/stream.ts";
import { layoutOf } from "./rows.ts";
import type { Store } from "./store.ts";

/** Fewer new events change no plan. */
const MANY_EVENTS = 10_000;

/** After the first complete listing of a stream. */
export async function learnListed(store: Store, stream: ListStream): Promise<void> {
  await learn(store, [layoutOf(stream).table, "user", "user_role", "change", "listing"]);
}

/** After events were read. */
export async function learnEvents(store: Store, stored: number): Promise<void> {
  if (stored < MANY_EVENTS) return;
  await learn(store, ["event", "usage_day", "usage_user", "request_day", "event_hour", "org_day"]);
}

/** After deeds were read. */
export async function learnDeeds(store: Store, stored: number): Promise<void> {
  if (stored < MANY_EVENTS) return;
  await learn(store, ["recruiting_deed", "recruiting_day", "recruiting_user"]);
}

async function learn(store: Store, tables: readonly string[]): Promise<void> {
  if (store.engine === "sqlite") return;
  const names = sql.join([...new Set(tables)].map((table) => sql.table(table)));
  // What somebody else is looking at already is left to them.
  await store.write((tx) => sql`analyze (skip_locked) ${names}`.execute(tx));
}
