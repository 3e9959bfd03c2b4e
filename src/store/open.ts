import { join, resolve } from "node:path";
import { openEmbedded } from "./open-embedded.ts";
import { openPostgres, type SharedOptions } from "./open-postgres.ts";
import type { Store } from "./store.ts";

/** Where the embedded database of a data directory lives. */
export function databaseFile(dataDir: string): string {
  return join(resolve(dataDir), "glasshouse.sqlite");
}

/** A file, or a database of PostgreSQL. */
export type StoreOptions = { file: string; readers?: number } | SharedOptions;

/** The database of an installation: embedded, unless a URL names one of PostgreSQL. */
export function databaseOf({
  dataDir,
  databaseUrl,
}: {
  dataDir: string;
  databaseUrl: string | null;
}): StoreOptions {
  return databaseUrl === null ? { file: databaseFile(dataDir) } : { url: databaseUrl, dataDir };
}

/**
 * Opens the database, made on first use (embedded: folder 0700, file 0600), and brings its schema up to date. Throws
 * DatabaseRefused, having changed nothing, for one of a newer Glasshouse, of another program, or no database at all.
 */
export function openStore(options: StoreOptions): Promise<Store> {
  return "url" in options ? openPostgres(options) : openEmbedded(options);
}
