import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";

export const root = dirname(import.meta.dirname);

export function cacheFolder(): string {
  const cache = join(root, "node_modules", ".cache");
  mkdirSync(cache, { recursive: true });
  return cache;
}

/**
 * Gives `work` a folder of its own and removes it afterwards. It lies beside the program and not in the system's
 * folder for temporary files, which may be in memory: what is synced to disk must reach a disk.
 */
export async function inFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(cacheFolder(), "bench-"));
  try {
    return await work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
