/** For tests of every folder: a real database in a folder of its own, gone when the test has ended. */
import { randomBytes } from "node:crypto";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Worker } from "node:worker_threads";
import pg from "pg";
import { DEFAULT_SETTINGS, GREENHOUSE_ORIGINS } from "../model/connection.ts";
import { fingerprintOf, type NewConnection } from "./connections/connections.ts";
import { threads } from "./engine/thread.ts";
import type { Role } from "./engine/worker.ts";
import { databaseFile, openStore, type StoreOptions } from "./open.ts";
import type { Seal } from "./secrets/seal.ts";
import type { Store } from "./store.ts";

/** Of this process, with no file open: to start a thread takes longer than most tests ask of it. */
const idle: Record<Role, Worker[]> = { write: [], read: [] };
const { start } = threads;
threads.start = (role) => idle[role].pop() ?? start(role);
threads.end = async (worker, role) => {
  for (const event of ["message", "error", "exit"]) worker.removeAllListeners(event);
  idle[role].push(worker);
};

interface TestContext {
  after(work: () => Promise<void> | void): void;
}

export function temporaryDir(t: TestContext): string {
  const dir = mkdtempSync(join(tmpdir(), "glasshouse-"));
  t.after(() => rmSync(dir, { recursive: true, force: true }));
  return dir;
}

/** An empty store, closed and deleted after the test: on the engine that the tests run on. */
export async function testStore(t: TestContext): Promise<Store & { dir: string }> {
  const { options, discard } = await emptyDatabase();
  const store = await openStore(options);
  t.after(async () => {
    await store.close();
    await discard();
  });
  return { ...store, dir: store.dataDir };
}

/** An empty database to be opened by a test. @param migrated false: without any table */
export async function emptyDatabase({ migrated = true } = {}): Promise<{
  options: StoreOptions;
  discard: () => Promise<void>;
}> {
  const dir = mkdtempSync(join(tmpdir(), "glasshouse-"));
  const removeDir = () => rmSync(dir, { recursive: true, force: true });
  if (testServer() === null) {
    if (migrated) await layDatabase(dir);
    // One reader thread: tests are many.
    return { options: { file: databaseFile(dir), readers: 1 }, discard: async () => removeDir() };
  }
  const name = (migrated && emptied.pop()) || (await newDatabase(migrated));
  return {
    options: { url: databaseUrl(name), dataDir: dir },
    async discard() {
      removeDir();
      if (!migrated) return onServer(`drop database ${name} with (force)`);
      await onServer(EMPTY, name);
      emptied.push(name);
    },
  };
}

/** Databases of this process that no test uses: to empty one takes a hundredth of the time that a new one does. */
const emptied: string[] = [];

async function newDatabase(migrated: boolean): Promise<string> {
  const name = `test_${randomBytes(8).toString("hex")}`;
  await onServer(`create database ${name}${migrated ? ` template ${TEMPLATE}` : ""}`);
  return name;
}

/** Every row, and every number that was given; months of events stay made. */
const EMPTY = `do $$ declare name text; begin
  for name in select relname from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'p')
    and not relispartition and relname not like 'kysely%'
  loop execute format('delete from %I', name); end loop;
  for name in select relname from pg_class where relnamespace = 'public'::regnamespace and relkind = 'S'
  loop execute format('alter sequence %I restart', name); end loop;
end $$`;

/** The server of PostgreSQL that these tests run on (test/run.ts), as the URL of one of its databases; null: embedded. */
export const testServer = (): string | null => process.env.GLASSHOUSE_TEST_POSTGRES || null;
const TEMPLATE = "glasshouse_template";

/** Made once for all tests: to migrate each one's own would take longer than most of them. */
export async function makeTemplate(): Promise<void> {
  await onServer(`create database ${TEMPLATE}`);
  const store = await openStore({ url: databaseUrl(TEMPLATE), dataDir: tmpdir() });
  await store.close();
}

let template: Promise<Buffer> | null = null;

/** An empty embedded database into a folder that has nothing yet: who opens it finds every table made. */
export async function layDatabase(dir: string): Promise<void> {
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  if (readdirSync(dir).length > 0) return;
  template ??= embeddedTemplate();
  writeFileSync(databaseFile(dir), await template, { mode: 0o600 });
}

/** Made once for all tests (test/run.ts), else once for each file of them. */
async function embeddedTemplate(): Promise<Buffer> {
  const made = process.env.GLASSHOUSE_TEST_TEMPLATE;
  if (made) return readFileSync(made);
  const dir = mkdtempSync(join(tmpdir(), "glasshouse-"));
  await makeEmbeddedTemplate(databaseFile(dir));
  const bytes = readFileSync(databaseFile(dir));
  rmSync(dir, { recursive: true });
  return bytes;
}

export async function makeEmbeddedTemplate(file: string): Promise<void> {
  await (await openStore({ file, readers: 1 })).close();
}

export function databaseUrl(name: string): string {
  const url = new URL(testServer()!);
  url.pathname = name;
  return url.href;
}

/** One statement of the tests' own, in no transaction. */
export async function onServer(statement: string, database?: string): Promise<void> {
  const client = new pg.Client({ connectionString: database ? databaseUrl(database) : testServer()! });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}

/** What createConnection takes, for a v3 credential that no other test connection has. */
export function newConnection(
  seal: Seal,
  facts: {
    name?: string;
    clientId?: string;
    secret?: string;
    adminUserId?: string | null;
    now?: number;
  } = {},
): NewConnection {
  const name = facts.name ?? "acme";
  const credential = {
    kind: "harvest_v3",
    clientId: facts.clientId ?? `client of ${name}`,
    secret: facts.secret ?? `secret of ${name}`,
  } as const;
  return {
    name,
    credential,
    permissionType: "read",
    adminUserId: facts.adminUserId ?? null,
    origins: GREENHOUSE_ORIGINS,
    settings: DEFAULT_SETTINGS,
    fingerprint: fingerprintOf(seal, GREENHOUSE_ORIGINS, credential),
    now: facts.now ?? 0,
  };
}
