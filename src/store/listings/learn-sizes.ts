/**
 * What PostgreSQL's planner knows of tables that have just been filled. Autovacuum finds out within minutes, and never of
 * all months of events together; until then every question would be planned for empty tables. SQLite is told of the sizes
 * it has to expect (statistics.ts).
 */
import { sql } from "kysely";
import type { ListStream } from "../../model/stream.ts";
import type { Store } from "../store.ts";
import { layoutOf } from "./rows.ts";

/** Fewer new events change no plan. */
const MANY_EVENTS = 10_000;

interface Deps {
  store: Store;
  log: { warn(about: object, text: string): void };
}

/** After the first complete listing of a stream. */
export async function learnListed(deps: Deps, stream: ListStream): Promise<void> {
  await learn(deps, [layoutOf(stream).table, "user", "user_role", "change", "listing"]);
}

/** After events were read. */
export async function learnEvents(deps: Deps, stored: number): Promise<void> {
  if (stored < MANY_EVENTS) return;
  await learn(deps, ["event", "usage_day", "usage_user", "request_day", "event_hour", "org_day"]);
}

/** After deeds were read. */
export async function learnDeeds(deps: Deps, stored: number): Promise<void> {
  if (stored < MANY_EVENTS) return;
  await learn(deps, ["recruiting_deed", "recruiting_day", "recruiting_user"]);
}

/** What was read is stored by now: a failure here costs nobody a run. */
async function learn({ store, log }: Deps, tables: readonly string[]): Promise<void> {
  if (store.engine === "sqlite") return;
  const names = sql.join([...new Set(tables)].map((table) => sql.table(table)));
  // What somebody else is looking at already is left to them.
  await store
    .write((tx) => sql`analyze (skip_locked) ${names}`.execute(tx))
    .catch((error) => log.warn({ err: error, tables }, "the planner isn't told of new sizes"));
}
