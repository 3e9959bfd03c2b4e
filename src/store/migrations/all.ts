import { type Kysely, sql } from "kysely";
import { type Migration, Migrator } from "kysely/migration";
import { engineOf } from "../engine/engine.ts";
import { DatabaseRefused } from "../engine/errors.ts";
import type { Schema } from "../schema.ts";
import type { Db, Store } from "../store.ts";
import * as foundation from "./0001-foundation.ts";
import * as members from "./0002-members.ts";
import * as savedViews from "./0003-saved-views.ts";
import * as credentialLinks from "./0004-credential-links.ts";
import * as lists from "./0005-lists.ts";
import * as signIn from "./0006-sign-in.ts";
import * as madeAndRuns from "./0007-made-and-runs.ts";
import * as workers from "./0010-workers.ts";
import * as askedByAndAddresses from "./0011-asked-by-and-addresses.ts";
import * as employees from "./0012-employees.ts";
import * as recruiting from "./0013-recruiting.ts";
import * as actions from "./0015-actions.ts";
import * as findings from "./0016-findings.ts";
import * as unjudged from "./0017-unjudged.ts";
import * as dataVersion from "./0019-data-version.ts";
import * as alerts from "./0021-alerts.ts";
import * as countsAndSearches from "./0022-counts-and-searches.ts";
import * as userPlaces from "./0027-user-places.ts";
import * as linkMakers from "./0028-link-makers.ts";
import * as ways from "./0032-ways.ts";
import * as userAddresses from "./0034-user-addresses.ts";
import * as strangers from "./0035-strangers.ts";
import * as emailKeys from "./0037-email-keys.ts";
import * as unreadGrants from "./0039-unread-grants.ts";

/** Forward only, applied in the order of their names. */
const MIGRATIONS: Record<string, Migration> = {
  "0001-foundation": foundation,
  "0002-members": members,
  "0003-saved-views": savedViews,
  "0004-credential-links": credentialLinks,
  "0005-lists": lists,
  "0006-sign-in": signIn,
  "0007-made-and-runs": madeAndRuns,
  "0010-workers": workers,
  "0011-asked-by-and-addresses": askedByAndAddresses,
  "0012-employees": employees,
  "0013-recruiting": recruiting,
  "0015-actions": actions,
  "0016-findings": findings,
  "0017-unjudged": unjudged,
  "0019-data-version": dataVersion,
  "0021-alerts": alerts,
  "0022-counts-and-searches": countsAndSearches,
  "0027-user-places": userPlaces,
  "0028-link-makers": linkMakers,
  "0032-ways": ways,
  "0034-user-addresses": userAddresses,
  "0035-strangers": strangers,
  "0037-email-keys": emailKeys,
  "0039-unread-grants": unreadGrants,
};

/** How many a database has had that is up to date. */
export const MIGRATED = Object.keys(MIGRATIONS).length;

/** What was applied, oldest first. */
export async function appliedMigrations(db: Kysely<Schema>): Promise<string[]> {
  const { rows } = await sql<{ name: string }>`select name from kysely_migration order by name`.execute(db);
  return rows.map(({ name }) => name);
}

/** @param applied from appliedMigrations @throws DatabaseRefused */
export function refuseNewer(applied: readonly string[], place: string, cure: string): void {
  const unknown = applied.filter((name) => !(name in MIGRATIONS));
  if (unknown.length === 0) return;
  throw new DatabaseRefused(
    "newer",
    `${place} was written by a newer Glasshouse (it has had the migration ${unknown.at(-1)}, which this one ` +
      `doesn't know). ${cure}`,
  );
}

export function isMigrated(applied: readonly string[]): boolean {
  return Object.keys(MIGRATIONS).every((name) => applied.includes(name));
}

/** @throws DatabaseRefused where a newer version has migrated it since it was opened */
export async function requireOurs({ read, place }: Pick<Store, "read" | "place">): Promise<void> {
  refuseNewer(await appliedMigrations(read), place, "Start the newer version here, too.");
}

/**
 * Of two processes that start at once, PostgreSQL lets one do it while the other waits. Transactions of an older version that are
 * under way end first, and none begins until this has ended: then it is refused (postgres.ts).
 */
export async function migrate(db: Kysely<Schema>): Promise<void> {
  const alone = Object.entries(MIGRATIONS).map(([name, { up }]) => {
    return [name, { up: (tx: Kysely<unknown>) => keepWriters(tx).then(() => up(tx)) }] as const;
  });
  const getMigrations = async () => Object.fromEntries(alone);
  const migrator = new Migrator({ db, provider: { getMigrations } });
  const { error } = await migrator.migrateToLatest();
  if (error) throw error;
}

async function keepWriters(tx: Kysely<unknown>): Promise<void> {
  if (engineOf(tx as Db) === "postgres") await sql`lock table kysely_migration in exclusive mode`.execute(tx);
}
