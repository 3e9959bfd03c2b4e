/** One process at a time owns a data directory; every other command is its client. docs/decisions.md says why. */
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import type { Server } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { OwnerError, openDataDir } from "./data-dir.ts";
import { takeLock } from "./lock.ts";
import { answers, claimSocketPath, listenPrivately, removeSocket, socketPath } from "./socket.ts";

/** Who owns the directory: for people to read, never to decide by. */
export interface OwnerInfo {
  pid: number;
  /** `serve`, `sync`, … */
  command: string;
  /** Where it also serves HTTP; null: nowhere. */
  url: string | null;
}

export interface Ownership {
  role: "owner";
  dataDir: string;
  /** Serves the other commands of this user from now on. */
  listen(server: Server): Promise<void>;
  describe(info: Partial<OwnerInfo>): void;
  /** After the server has closed and the database with it. */
  release(): void;
}

export interface Client {
  role: "client";
  socket: string;
  owner: OwnerInfo | null;
}

export interface OwnOptions {
  command: string;
  /** `own`: only ownership will do (serve, restore, rotate-key). */
  need: "any" | "own";
  /** How long to wait for an owner that is just starting or ending. */
  waitMs?: number;
  /** Called once, when there is something to wait for. */
  onWait?: (owner: OwnerInfo | null) => void;
}

const LOOK_EVERY_MS = 100;
const WAIT_MS = 20_000;
/** A single command that owns the directory ends by itself; nothing says when. */
const WAIT_FOR_OWNERSHIP_MS = 5_000;

/**
 * The owner's client if another owner lives, else the owner. Waits for one that is starting or ending, and throws
 * OwnerError, saying who it is, when that takes too long.
 */
export async function connectOrOwn(path: string, options: OwnOptions): Promise<Ownership | Client> {
  const dataDir = openDataDir(path);
  const wait = options.waitMs ?? (options.need === "own" ? WAIT_FOR_OWNERSHIP_MS : WAIT_MS);
  for (let waited = 0; ; waited += LOOK_EVERY_MS) {
    const lock = takeLock(dataDir);
    if (lock) return own(dataDir, lock, options.command);
    const socket = socketPath(dataDir);
    const owner = ownerOf(dataDir);
    if (options.need === "any" && socket && (await answers(socket))) return { role: "client", socket, owner };
    const settled = options.need === "own" && owner?.command === "serve";
    if (waited >= wait || settled) throw new OwnerError(busy(dataDir, owner, options));
    if (waited === 10 * LOOK_EVERY_MS) options.onWait?.(owner);
    await sleep(LOOK_EVERY_MS);
  }
}

function own(dataDir: string, lock: { release(): void }, command: string): Ownership {
  const file = join(dataDir, "owner.json");
  let info: OwnerInfo = { pid: process.pid, command, url: null };
  const describe = (more: Partial<OwnerInfo>) => {
    info = { ...info, ...more };
    writeFileSync(file, JSON.stringify(info), { mode: 0o600 });
  };
  try {
    removeSocket(dataDir);
    describe({});
  } catch (error) {
    lock.release();
    throw error;
  }
  return {
    role: "owner",
    dataDir,
    listen: (server) => listenPrivately(server, claimSocketPath(dataDir)),
    describe,
    release() {
      removeSocket(dataDir);
      rmSync(file, { force: true });
      lock.release();
    },
  };
}

function ownerOf(dataDir: string): OwnerInfo | null {
  try {
    return JSON.parse(readFileSync(join(dataDir, "owner.json"), "utf8")) as OwnerInfo;
  } catch {
    return null;
  }
}

function busy(dataDir: string, owner: OwnerInfo | null, { need, command }: OwnOptions): string {
  const who = owner ? `\`glasshouse ${owner.command}\` (process ${owner.pid})` : "Another process";
  if (need === "own" && owner?.command === "serve" && command === "serve") {
    return `Glasshouse is already running on ${dataDir}: ${who}${owner.url ? ` at ${owner.url}` : ""}.`;
  }
  if (need === "own") return `${who} is using ${dataDir}. Stop it, or wait for its end, and run this again.`;
  return `${who} holds ${dataDir} but doesn't answer. Wait for its end or stop it, and run this again.`;
}
