#!/usr/bin/env node
// Runs a script of this repository under the pinned Node, installing what is missing first.
// Usage: node bin/launch.mjs SCRIPT.ts [ARG ...]
// Node built-ins only, and nothing newer than Node 18: this file must run on whatever `node` the machine has.
import { spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, realpathSync, rmSync, statSync, writeFileSync } from "node:fs";
import { constants } from "node:os";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { isBuilt } from "./console.mjs";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const modules = join(root, "node_modules");
const marker = join(modules, ".glasshouse-install");
const lock = join(root, ".install.lock");
const LOOK_MS = 300;
/** Is the lock ours? */
let installing = false;

/**
 * The heap of the main thread and of each worker thread: flags win over a thread's own limits (measured; nodejs/node#43991).
 * Without a limit for young objects V8 gives them more of the heap than there is, and then collects all of it many times a
 * second (measured).
 */
export const HEAP = ["--max-old-space-size=160", "--max-semi-space-size=4"];
/** glibc keeps freed memory apart for each thread, 15 MB more than two such places do (measured). */
const ARENAS = { MALLOC_ARENA_MAX: "2" };

/** For programs that only install or build: they have no use for our settings, and none of our secrets. */
const FOREIGN = Object.fromEntries(
  Object.entries(process.env).filter(([name]) => !name.startsWith("GLASSHOUSE_")),
);

const wanted = createHash("sha256")
  .update(readFileSync(join(root, "package-lock.json")))
  .digest("hex");

export async function launch(script, args) {
  if (!installed()) await install();
  const node = pinnedNode();
  if (servesConsole(script, args) && !isBuilt()) buildConsole(node);
  const flags = ["--disable-warning=ExperimentalWarning", ...HEAP];
  const env = { NODE_COMPILE_CACHE: join(modules, ".cache", "compile"), ...ARENAS, ...process.env };
  const child = spawn(node, [...flags, join(root, script), ...args], { stdio: "inherit", env });
  // A terminal sends Ctrl-C to child and launcher alike: the child decides, the launcher waits for it. Whoever sends it to
  // the launcher alone has no terminal.
  const atTerminal = [process.stdin, process.stdout, process.stderr].some(({ isTTY }) => isTTY);
  process.on("SIGINT", () => !atTerminal && child.kill("SIGINT"));
  for (const signal of ["SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal));
  // npm that is told to end leaves its scripts behind: whoever started us through it wants us gone as well.
  const parent = process.ppid;
  if (process.env.npm_lifecycle_event) {
    setInterval(() => process.ppid !== parent && child.kill("SIGTERM"), 500).unref();
  }
  child.on("error", (error) => fail(`${node} could not be started: ${error.message}`));
  child.on("exit", (code, signal) => process.exit(code ?? 128 + (constants.signals[signal] ?? 0)));
}

function installed() {
  return existsSync(marker) && readFileSync(marker, "utf8") === wanted;
}

async function install() {
  await waitForTurn();
  try {
    if (installed()) return;
    process.stderr.write("Installing what Glasshouse needs (npm ci), once …\n");
    // npm sets npm_execpath to its own script, as others do to theirs; without it this was started by hand.
    const { npm_execpath: runner = "" } = process.env;
    const npm = basename(runner) === "npm-cli.js" ? runner : null;
    // Also where NODE_ENV is production: tests and checks are among what is installed.
    const args = ["ci", "--ignore-scripts", "--include=dev", "--no-audit", "--no-fund", "--loglevel=error"];
    const run = npm
      ? spawnSync(process.execPath, [npm, ...args], { cwd: root, env: FOREIGN, stdio: ["ignore", 2, 2] })
      : spawnSync("npm", args, {
          cwd: root,
          env: FOREIGN,
          stdio: ["ignore", 2, 2],
          shell: process.platform === "win32",
        });
    if (run.status !== 0) {
      fail(
        "npm ci failed; what it said stands above. Glasshouse needs the npm registry, " +
          `and to write in ${modules}.` +
          (run.error ? ` (${run.error.message})` : ""),
      );
    }
    writeFileSync(marker, wanted);
  } finally {
    rmSync(lock, { force: true, recursive: true });
    installing = false;
  }
}

/** Two first commands may start at once: only one installs, the other waits. */
async function waitForTurn() {
  for (let looks = 0; ; looks += 1) {
    try {
      mkdirSync(lock);
      installing = true;
      writeFileSync(join(lock, "owner"), markOf(process.pid));
      return;
    } catch (error) {
      if (error.code !== "EEXIST") {
        fail(`${root} can't be written to (${error.code}). Run this as the user who owns it.`);
      }
    }
    if (!ownerLives()) rmSync(lock, { force: true, recursive: true });
    if (looks === 10) process.stderr.write(`Another command is installing (${lock}): waiting for it …\n`);
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
}

function ownerLives() {
  try {
    const mark = readFileSync(join(lock, "owner"), "utf8");
    const [pid] = mark.split(" ").map(Number);
    process.kill(pid, 0);
    return markOf(pid) === mark;
  } catch (error) {
    if (error.code === "EPERM") return true;
    // None yet: its owner made the folder a moment ago, and will write it; or was cut off just then.
    return error.code === "ENOENT" && isYoung(lock);
  }
}

/** A process and when it began: in a new container, or after a restart, another has its number. */
function markOf(pid) {
  try {
    // The name, in parentheses, may hold anything; the start is the 20th word behind it.
    return `${pid} ${
      readFileSync(`/proc/${pid}/stat`, "utf8")
        .replace(/^.*\) /s, "")
        .split(" ")[19]
    }`;
  } catch {
    return String(pid);
  }
}

function isYoung(path) {
  try {
    return Date.now() - statSync(path).mtimeMs < 30 * LOOK_MS;
  } catch {
    return true; // gone: the next look makes it anew
  }
}

/** Only these show the console; every other command does without. */
function servesConsole(script, args) {
  const command = args.find((arg) => !arg.startsWith("-"));
  return script === "src/main.ts" && (command === "serve" || command === "demo") && !args.includes("--help");
}

/** In a process of its own, so that the server never loads what builds. It can do without a console. */
function buildConsole(node) {
  process.stderr.write("Building the console, once …\n");
  const run = spawnSync(node, [join(root, "web", "build.ts")], {
    cwd: root,
    env: FOREIGN,
    stdio: ["ignore", 2, 2],
  });
  if (run.status !== 0) {
    process.stderr.write(
      "The console could not be built; why stands above. The API and the command line work without it.\n",
    );
  }
}

/** Node 24 comes as an optional dependency; where none exists for this machine, its own Node must do. */
function pinnedNode() {
  const name = { win32: "node.exe" }[process.platform] ?? "node";
  const packages = [
    `node-${process.platform}-${process.arch}`,
    `node-bin-${process.platform}-${process.arch}`,
  ];
  if (process.platform === "win32") packages.push(`node-win-${process.arch}`);
  for (const each of packages) {
    for (const path of [join(modules, each, "bin", name), join(modules, each, name)]) {
      if (existsSync(path) && spawnSync(path, ["--version"]).status === 0) return path;
    }
  }
  const [major, minor] = process.versions.node.split(".").map(Number);
  if (major > 22 || (major === 22 && minor >= 18)) return process.execPath;
  fail(
    `No packaged Node 24 fits this machine (${process.platform}-${process.arch}) and its own Node is ` +
      `${process.version}. Install Node 24 (22.18 at least) and run the command again.`,
  );
}

function fail(message) {
  if (installing) rmSync(lock, { force: true, recursive: true });
  process.stderr.write(`${message}\n`);
  process.exit(1);
}

if (process.argv[1] && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) {
  const [script, ...args] = process.argv.slice(2);
  if (!script) fail("Usage: node bin/launch.mjs SCRIPT.ts [ARG ...]");
  await launch(script, args);
}
