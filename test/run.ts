/**
 * Runs the tests: `npm test`, `npm run test:long`, `npm run check`.
 * Arguments that are not flags narrow the run to test files whose path contains one of them.
 */
import { spawnSync } from "node:child_process";
import { chmodSync, globSync, mkdtempSync, rmSync, statfsSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { finished } from "node:stream/promises";
import { run as runFiles } from "node:test";
import { spec } from "node:test/reporters";
import { parseArgs } from "node:util";
import { HOW_TO_GET, onPostgres } from "./engines.ts";

const root = dirname(import.meta.dirname);
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { long: { type: "boolean" }, check: { type: "boolean" } },
});

/**
 * The launcher's limits are for a server that should stay small. Tests that hold the simulator too would spend a quarter of
 * their time on collecting (measured). 0: as Node sets it; threads of the store keep to their own (src/store/engine/thread.ts).
 */
const HEAP = [
  "--max-old-space-size=0",
  "--min-semi-space-size=16",
  "--max-semi-space-size=16",
  "--single-threaded-gc",
];
const NO_HOOKS = ["--import", join(import.meta.dirname, "no-hooks.ts")];

/** In memory where there is room: no test pulls the plug, so none needs to wait until the disk has it all. */
const MEMORY = "/dev/shm";
const ROOM = 4e9;
const folder = mkdtempSync(join(hasRoom() ? MEMORY : tmpdir(), "glasshouse-tests-"));
// Some servers run as nobody.
chmodSync(folder, 0o711);
process.env.TMPDIR = folder;
// Of an installation that its user runs: no test shall know of it.
for (const name of Object.keys(process.env)) {
  if (name.startsWith("GLASSHOUSE_") && !name.startsWith("GLASSHOUSE_TEST_")) delete process.env[name];
}
process.on("exit", () => rmSync(folder, { recursive: true, force: true }));
for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, () => process.exit(1));

if (values.check) {
  tool("format and lint", "@biomejs/biome/bin/biome", ["check", "--error-on-warnings"]);
  tool("types", "typescript/bin/tsc", ["--noEmit"]);
  tool("types of the console", "typescript/bin/tsc", ["--noEmit", "-p", "web"]);
  tool("types of its tests", "typescript/bin/tsc", ["--noEmit", "-p", "web/tsconfig.test.json"]);
  tool("dead code", "knip/bin/knip.js", []);
}
await runTests();

async function runTests(): Promise<void> {
  const files = matching(["{src,simulator,bench,test,web}/**/*.test.ts"]);
  if (files.length === 0) stop(`No test file matches ${positionals.join(" ")}.`);
  if (files.some((file) => file.startsWith("test/web/"))) await prepareBrowser();
  await prepareDatabase();
  let well = await test(dearestFirst(files));
  for (const { major, of } of onPostgres(values.long ?? false)) {
    const passed = await testOnPostgres(major, dearestFirst(matching(of)));
    well &&= passed;
  }
  if (!well) process.exitCode = 1;
}

function matching(patterns: readonly string[]): string[] {
  const all = globSync([...patterns], { cwd: root, exclude: ["**/node_modules/**"] }).sort();
  return all.filter((file) => positionals.length === 0 || positionals.some((p) => file.includes(p)));
}

/** Whole installations and pages by turns, then what stands beside its subject: that is quick, and fills the end. */
function dearestFirst(files: readonly string[]): string[] {
  const pages = files.filter((file) => file.startsWith("test/web/"));
  const whole = files.filter((file) => file.startsWith("test/") && !pages.includes(file));
  const turns = Array.from({ length: Math.max(pages.length, whole.length) }, (_, i) => [pages[i], whole[i]]);
  const beside = files.filter((file) => !file.startsWith("test/"));
  return [...turns.flat().filter((file) => file !== undefined), ...beside];
}

/** @returns whether all passed */
async function test(files: readonly string[]): Promise<boolean> {
  let failed = 0;
  const tests = runFiles({
    files: files.map((file) => join(root, file)),
    cwd: root,
    execArgv: ["--disable-warning=ExperimentalWarning", ...HEAP, ...(positionals.length > 0 ? [] : NO_HOOKS)],
    // A thousand histories are one test.
    timeout: values.long ? 4 * 3_600_000 : 600_000,
    // Files wait for processes, pages and the network for more than half of their time.
    concurrency: availableParallelism() + 2,
    env: environment(),
  });
  tests.on("test:fail", () => failed++);
  const told = tests.compose(new spec());
  told.pipe(process.stdout, { end: false });
  await finished(told, { writable: false });
  return failed === 0;
}

/** The same tests once more, on a server of our own. @returns whether all passed */
async function testOnPostgres(major: number | null, files: string[]): Promise<boolean> {
  if (files.length === 0) return true;
  const { startPostgres } = await import("./postgres.ts");
  const server = await startPostgres(major);
  if (!server) {
    process.stderr.write(`\nNot tested on PostgreSQL: ${HOW_TO_GET(major)}\n`);
    return major !== null && !values.long;
  }
  process.stdout.write(`\nOn PostgreSQL ${server.version}:\n`);
  process.env.GLASSHOUSE_TEST_POSTGRES = server.url;
  try {
    const { makeTemplate } = await import("../src/store/testing.ts");
    await makeTemplate();
    return await test(files);
  } finally {
    delete process.env.GLASSHOUSE_TEST_POSTGRES;
    await server.stop();
  }
}

/** Once, before files that run side by side would each do it. What is missing, their tests say and fail by. */
async function prepareBrowser(): Promise<void> {
  const { chromium } = await import("./web/chromium.ts");
  try {
    process.env.GLASSHOUSE_TEST_CHROMIUM = chromium();
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n`);
  }
  run(process.execPath, [join(root, "web", "build.ts")]);
}

/** An empty one, of which each test takes a copy: to make every table anew takes longer than many a test. */
async function prepareDatabase(): Promise<void> {
  const { makeEmbeddedTemplate } = await import("../src/store/testing.ts");
  process.env.GLASSHOUSE_TEST_TEMPLATE = join(folder, "empty.sqlite");
  await makeEmbeddedTemplate(process.env.GLASSHOUSE_TEST_TEMPLATE);
}

function tool(what: string, path: string, args: string[]): void {
  process.stdout.write(`${what} …\n`);
  run(process.execPath, [join(root, "node_modules", path), ...args]);
}

function run(command: string, args: string[]): void {
  const status = outcomeOf(command, args);
  if (status !== 0) stop("", status);
}

/** Its exit code. */
function outcomeOf(command: string, args: string[]): number {
  const { status, signal } = spawnSync(command, args, { cwd: root, stdio: "inherit", env: environment() });
  if (signal) process.stderr.write(`Ended by ${signal}.\n`);
  return status ?? 1;
}

function environment(): NodeJS.ProcessEnv {
  return {
    GLASSHOUSE_TEST_SCREENSHOTS: positionals.length > 0 ? "1" : "0",
    ...process.env,
    ...(values.long ? { GLASSHOUSE_TEST_LONG: "1" } : {}),
  };
}

function hasRoom(): boolean {
  try {
    const { bavail, bsize } = statfsSync(MEMORY);
    return bavail * bsize > ROOM;
  } catch {
    return false;
  }
}

function stop(message: string, code = 1): never {
  if (message) process.stderr.write(`${message}\n`);
  process.exit(code);
}
