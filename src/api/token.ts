import { randomBytes } from "node:crypto";
import { closeSync, constants, fchmodSync, openSync, readFileSync, writeSync } from "node:fs";
import { join } from "node:path";

/** The token that guards the HTTP port: made at the first start, in a file that only its owner can read (0600). */
export function localToken(dataDir: string): string {
  const file = join(dataDir, "token");
  const found = read(file);
  if (found) return found;
  const token = randomBytes(32).toString("base64url");
  const handle = openSync(file, constants.O_CREAT | constants.O_WRONLY | constants.O_TRUNC, 0o600);
  try {
    fchmodSync(handle, 0o600);
    writeSync(handle, `${token}\n`);
  } finally {
    closeSync(handle);
  }
  return token;
}

function read(file: string): string | null {
  try {
    const text = readFileSync(file, "utf8").trim();
    return text.length >= 32 ? text : null;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
    throw error;
  }
}
