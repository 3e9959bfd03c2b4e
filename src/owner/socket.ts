/** Where the owner of a data directory listens for the other commands of the same user. */
import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { request } from "node:http";
import type { Server } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

/** A unix socket's path is cut at 104 bytes on macOS and 108 on Linux, the closing zero included. */
const LONGEST = 103;

/** Holds the socket's path where the data directory's own is too long for a socket. */
const ELSEWHERE = "socket";

function ownPath(dataDir: string): string {
  if (process.platform === "win32") {
    return `\\\\.\\pipe\\glasshouse-${createHash("sha256").update(dataDir).digest("hex").slice(0, 32)}`;
  }
  return join(dataDir, "glasshouse.sock");
}

const fits = (path: string) => process.platform === "win32" || Buffer.byteLength(path) <= LONGEST;

/** Where the living owner's socket is; null: it has none yet. */
export function socketPath(dataDir: string): string | null {
  const path = ownPath(dataDir);
  if (fits(path)) return path;
  try {
    return readFileSync(join(dataDir, ELSEWHERE), "utf8");
  } catch {
    return null;
  }
}

/** Only the lock's holder may call this: removes what a killed owner left behind and says where to listen. */
export function claimSocketPath(dataDir: string): string {
  removeSocket(dataDir);
  const path = ownPath(dataDir);
  if (fits(path)) return path;
  // A folder that nobody else can have made or may enter (0700).
  const elsewhere = join(mkdtempSync(join(tmpdir(), "glasshouse-")), "sock");
  if (!fits(elsewhere)) {
    rmSync(dirname(elsewhere), { recursive: true });
    throw new Error(
      `Neither ${path} nor ${elsewhere} is short enough for a socket (${LONGEST} bytes). ` +
        "Name a shorter GLASSHOUSE_DATA_DIR or TMPDIR.",
    );
  }
  writeFileSync(join(dataDir, ELSEWHERE), elsewhere, { mode: 0o600 });
  return elsewhere;
}

export function removeSocket(dataDir: string): void {
  if (process.platform === "win32") return; // a pipe goes with its process
  const path = socketPath(dataDir);
  if (path) rmSync(path, { force: true });
  if (path && path !== ownPath(dataDir)) {
    rmSync(dirname(path), { recursive: true, force: true });
    rmSync(join(dataDir, ELSEWHERE), { force: true });
  }
}

/** Listens with a socket file that only this user can open (0600 from its first moment). */
export function listenPrivately(server: Server, path: string): Promise<void> {
  return new Promise((done, failed) => {
    server.once("error", failed);
    const mask = process.umask(0o177);
    try {
      server.listen(path, () => {
        server.off("error", failed);
        done();
      });
    } finally {
      process.umask(mask); // the file was made inside listen()
    }
  });
}

/** Does somebody answer at this socket? */
export function answers(path: string): Promise<boolean> {
  return new Promise((done) => {
    const ask = request({ socketPath: path, path: "/healthz", timeout: 2000 }, (answer) => {
      answer.resume();
      done(answer.statusCode === 200);
    });
    ask.on("timeout", () => ask.destroy());
    ask.on("error", () => done(false));
    ask.end();
  });
}
