import { mkdirSync, realpathSync, statSync } from "node:fs";
import { userInfo } from "node:os";

/** Why this process can't have the data directory, and what to do. */
export class OwnerError extends Error {
  override name = "OwnerError";
}

/**
 * Makes the data directory (0700) where there is none, and refuses one that belongs to somebody else before anything
 * in it is opened. Returns its real path.
 */
export function openDataDir(path: string, uid: number | undefined = process.getuid?.()): string {
  try {
    mkdirSync(path, { recursive: true, mode: 0o700 });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    // EEXIST: a file stands there; the check below says so.
    if (code !== "EEXIST") throw new OwnerError(cannot(path, code), { cause: error });
  }
  let stats: ReturnType<typeof statSync>;
  try {
    stats = statSync(path);
  } catch (error) {
    throw new OwnerError(cannot(path, (error as NodeJS.ErrnoException).code), { cause: error });
  }
  if (!stats.isDirectory()) {
    throw new OwnerError(`${path} is not a directory. Name another one in GLASSHOUSE_DATA_DIR.`);
  }
  if (uid !== undefined && stats.uid !== uid) {
    throw new OwnerError(
      `The data directory ${path} belongs to user ${stats.uid}, and you are ${nameOf(uid)}. Nothing was opened. ` +
        "Run this as its owner (for example with sudo -u), or name another directory in GLASSHOUSE_DATA_DIR.",
    );
  }
  return realpathSync(path);
}

function cannot(path: string, code: string | undefined): string {
  return `The data directory ${path} can't be made or read (${code}). Name another one in GLASSHOUSE_DATA_DIR.`;
}

function nameOf(uid: number): string {
  try {
    return `${userInfo().username} (user ${uid})`;
  } catch {
    return `user ${uid}`; // a container may run as a user that has no name
  }
}
