/** Where a measurement keeps its data: a folder, and a database of PostgreSQL where it runs on that. */
import { randomBytes } from "node:crypto";
import pg from "pg";
import { databaseOf, openStore } from "../src/store/open.ts";
import type { KeyRing } from "../src/store/secrets/seal.ts";
import { openSeal } from "../src/store/secrets/shared-key.ts";
import type { Store } from "../src/store/store.ts";
import { startPostgres } from "../test/postgres.ts";
import { inFolder } from "./folder.ts";

export interface Place {
  dataDir: string;
  /** null: the embedded database. */
  databaseUrl: string | null;
}

/** A server of PostgreSQL that measurements make their databases on. */
export interface BenchPostgres {
  url: string;
  version: string;
  stop(): Promise<void>;
}

/** As a server of its own is: what is told to be on the disk is there. */
const DURABLE = {
  fsync: "on",
  full_page_writes: "on",
  synchronous_commit: "on",
  shared_buffers: "1GB",
  max_wal_size: "4GB",
  wal_level: "replica",
};

/** @param url of a server that runs already; "": one of our own, from the package that the tests use */
export async function benchPostgres(url: string, folder: string): Promise<BenchPostgres> {
  if (url === "") {
    const own = await startPostgres(null, { folder, settings: DURABLE });
    if (!own) throw new Error("There is no PostgreSQL here. Name a server: --postgres=postgres://…");
    return own;
  }
  const version = await asked(url, async (client) => {
    const { rows } = await client.query<{ server_version: string }>("show server_version");
    return rows[0]!.server_version;
  });
  return { url, version, stop: async () => {} };
}

/** Gives `work` a folder and an empty database of its own, and removes both afterwards. */
export function inPlace<T>(postgres: BenchPostgres | null, work: (place: Place) => Promise<T>): Promise<T> {
  return inFolder(async (dataDir) => {
    if (postgres === null) return work({ dataDir, databaseUrl: null });
    const name = `glasshouse_bench_${randomBytes(4).toString("hex")}`;
    await makeDatabase(postgres, name);
    try {
      return await work({ dataDir, databaseUrl: databaseAt(postgres, name) });
    } finally {
      await dropDatabase(postgres, name);
    }
  });
}

export async function makeDatabase({ url }: BenchPostgres, name: string): Promise<void> {
  await asked(url, (client) => client.query(`create database ${name} encoding 'UTF8' template template0`));
}

export async function dropDatabase({ url }: BenchPostgres, name: string): Promise<void> {
  await asked(url, (client) => client.query(`drop database if exists ${name} with (force)`));
}

export function databaseAt({ url }: BenchPostgres, name: string): string {
  const at = new URL(url);
  at.pathname = name;
  return at.href;
}

/** The store of a place, and the key that its secrets are sealed with. */
export async function openPlace(place: Place): Promise<{ store: Store; seal: KeyRing }> {
  const store = await openStore(databaseOf(place));
  return { store, seal: await openSeal(store, {}, { anyKey: false }) };
}

/** One connection of PostgreSQL, for what the store has no words for. */
export async function asked<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

export const engineName = (postgres: BenchPostgres | null): string =>
  postgres ? `PostgreSQL ${postgres.version}` : "embedded";
