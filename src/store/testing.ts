/** For tests of every folder: a real database in a folder of its own, gone when the test has ended. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DEFAULT_SETTINGS, GREENHOUSE_ORIGINS } from "../model/connection.ts";
import { fingerprintOf, type NewConnection } from "./connections.ts";
import { databaseFile, openStore } from "./open.ts";
import type { Seal } from "./seal.ts";
import type { Store } from "./store.ts";

interface TestContext {
  after(work: () => Promise<void> | void): void;
}

export function temporaryDir(t: TestContext): string {
  const dir = mkdtempSync(join(tmpdir(), "glasshouse-"));
  t.after(() => rmSync(dir, { recursive: true, force: true }));
  return dir;
}

let template: Promise<Buffer> | null = null;

/** An empty database with its tables, made once in a process: to migrate each test's own would take as long as to open it. */
async function newDatabase(): Promise<Buffer> {
  const dir = mkdtempSync(join(tmpdir(), "glasshouse-"));
  const file = databaseFile(dir);
  await (await openStore({ file, readers: 1 })).close();
  const bytes = readFileSync(file);
  rmSync(dir, { recursive: true });
  return bytes;
}

/** An empty store, closed and deleted after the test. One reader thread: tests are many. */
export async function testStore(t: TestContext): Promise<Store & { dir: string }> {
  template ??= newDatabase();
  const dir = mkdtempSync(join(tmpdir(), "glasshouse-"));
  writeFileSync(databaseFile(dir), await template, { mode: 0o600 });
  const store = await openStore({ file: databaseFile(dir), readers: 1 });
  t.after(async () => {
    await store.close();
    rmSync(dir, { recursive: true, force: true });
  });
  return { ...store, dir };
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
