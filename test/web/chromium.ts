/** Finds the Chromium that the browser tests drive. */
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";

/** Best the one without windows: with the others the same tests take nearly half as much time again (measured). */
const NAMES = [
  "chromium-headless-shell",
  "chromium",
  "chromium-browser",
  "google-chrome",
  "google-chrome-stable",
];
/** How often another program's hold on apt's lists is waited for, and how long each time. */
const TRIES = 60;
const WAIT_MS = 5_000;

/** Path of a Chromium; as root on Debian it is installed when there is none. Throws an Error that says what to do. */
export function chromium(): string {
  const found = find();
  if (found) return found;
  if (process.getuid?.() === 0 && existsSync("/etc/debian_version") && onPath("apt-get")) install();
  const installed = find();
  if (installed) return installed;
  throw new Error(
    "The tests of the console need Chromium, and there is none. Install it (on Debian: `sudo apt-get install chromium-headless-shell`), " +
      "or say where it is: GLASSHOUSE_TEST_CHROMIUM=/path/to/chromium.",
  );
}

function find(): string | null {
  const told = process.env.GLASSHOUSE_TEST_CHROMIUM;
  if (told && !existsSync(told))
    throw new Error(`GLASSHOUSE_TEST_CHROMIUM names ${told}, which is not there.`);
  if (told) return told;
  for (const name of NAMES) {
    const path = onPath(name);
    if (path) return path;
  }
  const fixed = [
    "/usr/bin/chromium",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
  ];
  return fixed.find((path) => existsSync(path)) ?? null;
}

function onPath(name: string): string | null {
  const folders = (process.env.PATH ?? "").split(delimiter).filter(Boolean);
  return folders.map((folder) => join(folder, name)).find((path) => existsSync(path)) ?? null;
}

function install(): void {
  process.stderr.write("Installing Chromium for the tests of the console (apt-get), once …\n");
  apt("update");
  try {
    apt("install", "--yes", "--no-install-recommends", "chromium-headless-shell");
  } catch {
    // Older releases have it in one package alone.
    apt("install", "--yes", "--no-install-recommends", "chromium");
  }
}

/** What it says is told only if it fails. */
function apt(...args: string[]): void {
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  for (let tries = 1; ; tries++) {
    const run = spawnSync("apt-get", ["-qq", "-o", "DPkg::Lock::Timeout=300", ...args], {
      encoding: "utf8",
      env,
    });
    if (run.status === 0) return;
    if (!/Could not get lock/.test(run.stderr) || tries === TRIES) {
      throw new Error(`apt-get ${args.join(" ")} failed:\n${run.stdout}${run.stderr}`);
    }
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, WAIT_MS);
  }
}
