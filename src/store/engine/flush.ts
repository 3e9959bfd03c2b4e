import { closeSync, fsyncSync, openSync } from "node:fs";

/** On the disk, not only in its cache. */
export function flushFile(path: string): void {
  // Windows flushes no file that is open for reading alone.
  flush(path, "r+");
}

/** Of what it holds, the names. */
export function flushFolder(path: string): void {
  // Windows keeps them by itself, and lets no folder be opened.
  if (process.platform !== "win32") flush(path, "r");
}

function flush(path: string, flags: "r" | "r+"): void {
  const handle = openSync(path, flags);
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}
