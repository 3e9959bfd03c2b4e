/** For tests of every folder: a real database in a folder of its own, gone when the test has ended. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { databaseFile, openStore } from "./open.ts";
import type { Store } from "./store.ts";

interface TestContext {
  after(work: () => Promise<void> | void): void;
}

export function temporaryDir(t: TestContext): string {
  const dir = mkdtempSync(join(tmpdir(), "glasshouse-"));
  t.after(() => rmSync(dir, { recursive: true, force: true }));
  return dir;
}

/** An empty store, closed and deleted after the test. One reader thread: tests are many. */
export async function testStore(t: TestContext): Promise<Store & { dir: string }> {
  const dir = mkdtempSync(join(tmpdir(), "glasshouse-"));
  const store = await openStore({ file: databaseFile(dir), readers: 1 });
  t.after(async () => {
    await store.close();
    rmSync(dir, { recursive: true, force: true });
  });
  return { ...store, dir };
}
