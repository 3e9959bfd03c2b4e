/** Where the keys are kept. Never in the database, and so never in a backup. */
import { randomBytes } from "node:crypto";
import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import { flushFolder } from "../engine/flush.ts";

/** The part of the environment that names keys. */
export type KeySource = Partial<
  Record<"GLASSHOUSE_SECRET_KEY" | "GLASSHOUSE_SECRET_KEY_FILE", string | undefined>
>;

export interface Keys {
  /** The first one seals, all of them open. */
  keys: Uint8Array[];
  from: "environment" | "file";
  /** Written by a rotation that has not ended: the key that will seal. */
  pending: Uint8Array | null;
}

/** `secret.key`: the sealing key, and during a rotation the next one; base64. */
interface KeyFile {
  current: string;
  pending?: string;
}

const KEY_BYTES = 32;
const HOW_TO = "Make one with: openssl rand -base64 32";

/** A key that can't be used; the message never holds it. */
export class KeyRefused extends Error {
  override name = "KeyRefused";
}

export function keyFile(dataDir: string): string {
  return join(dataDir, "secret.key");
}

/** Reads the keys; makes the key file when there is none and the environment names none. @throws KeyRefused */
export function readKeys(dataDir: string, env: KeySource): Keys {
  const file = readKeyFile(dataDir);
  const named = fromEnvironment(env);
  if (named.length > 0) {
    return { keys: [...named, ...(file?.keys ?? [])], from: "environment", pending: null };
  }
  if (file) return file;
  const key = randomBytes(KEY_BYTES);
  writeKeyFile(dataDir, key, null);
  return { keys: [key], from: "file", pending: null };
}

/** Is there a key already, or would readKeys make one? */
export function hasKey(dataDir: string, env: KeySource): boolean {
  return fromEnvironment(env).length > 0 || existsSync(keyFile(dataDir));
}

export function newKey(): Uint8Array {
  return randomBytes(KEY_BYTES);
}

/** Written whole or not at all, and on the disk before it returns. */
export function writeKeyFile(dataDir: string, current: Uint8Array, pending: Uint8Array | null): void {
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  const path = keyFile(dataDir);
  const content: KeyFile = { current: base64(current), ...(pending ? { pending: base64(pending) } : {}) };
  const draft = openSync(`${path}.new`, "w", 0o600);
  writeSync(draft, JSON.stringify(content) + "\n");
  fsyncSync(draft);
  closeSync(draft);
  renameSync(`${path}.new`, path);
  flushFolder(dataDir);
}

function readKeyFile(dataDir: string): Keys | null {
  const path = keyFile(dataDir);
  if (!existsSync(path)) return null;
  let content: Partial<KeyFile>;
  try {
    content = JSON.parse(readFileSync(path, "utf8")) as Partial<KeyFile>;
  } catch {
    throw new KeyRefused(
      `${path} can't be read as a key file. Put back the one you have saved, or move it away.`,
    );
  }
  const current = asKey(content.current ?? "", path);
  const pending = content.pending ? asKey(content.pending, path) : null;
  return { keys: pending ? [current, pending] : [current], from: "file", pending };
}

/** One key, or several with the newest first, between which a rotation goes: separated by commas or white space. */
function fromEnvironment(env: KeySource): Uint8Array[] {
  const path = env.GLASSHOUSE_SECRET_KEY_FILE;
  const name = env.GLASSHOUSE_SECRET_KEY ? "GLASSHOUSE_SECRET_KEY" : "GLASSHOUSE_SECRET_KEY_FILE";
  const text = env.GLASSHOUSE_SECRET_KEY || (path ? readNamedFile(path) : "");
  const parts = text.split(/[\s,]+/).filter((part) => part !== "");
  if (parts.length === 0 && (path || env.GLASSHOUSE_SECRET_KEY))
    throw new KeyRefused(`${name} is empty. ${HOW_TO}`);
  return parts.map((part) => asKey(part, name));
}

function readNamedFile(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    throw new KeyRefused(`GLASSHOUSE_SECRET_KEY_FILE names ${path}, which can't be read.`, { cause: error });
  }
}

/** 32 bytes as base64 or as 64 hexadecimal digits. */
function asKey(text: string, where: string): Uint8Array {
  const bytes = /^[0-9a-f]{64}$/i.test(text) ? Buffer.from(text, "hex") : Buffer.from(text, "base64");
  if (bytes.length !== KEY_BYTES) throw new KeyRefused(`The key in ${where} is not 32 bytes. ${HOW_TO}`);
  return new Uint8Array(bytes);
}

function base64(key: Uint8Array): string {
  return Buffer.from(key).toString("base64");
}
