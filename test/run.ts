/**
 * Runs the tests: `npm test`, `npm run test:long`, `npm run check`.
 * Arguments that are not flags narrow the run to test files whose path contains one of them.
 */
import { spawnSync } from "node:child_process";
import { globSync } from "node:fs";
import { availableParallelism } from "node:os";
import { dirname, join } from "node:path";
import { parseArgs } from "node:util";
import { HOW_TO_GET, onPostgres } from "./engines.ts";

const root = dirname(import.meta.dirname);
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { long: { type: "boolean" }, check: { type: "boolean" } },
});

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
  let worst = test(files);
  for (const { major, of } of onPostgres(values.long ?? false)) {
    worst = Math.max(worst, await testOnPostgres(major, matching(of)));
  }
  if (worst > 0) stop("", worst);
}

function matching(patterns: readonly string[]): string[] {
  const all = globSync([...patterns], { cwd: root, exclude: ["**/node_modules/**"] }).sort();
  return all.filter((file) => positionals.length === 0 || positionals.some((p) => file.includes(p)));
}

/** @returns the exit code */
function test(files: string[]): number {
  return outcomeOf(process.execPath, [
    "--disable-warning=ExperimentalWarning",
    "--test",
    "--test-timeout=600000",
    "--test-reporter=spec",
    // Files wait for processes, pages and the network for more than half of their time.
    `--test-concurrency=${availableParallelism() + 2}`,
    ...files,
  ]);
}

/** The same tests once more, on a server of our own. */
async function testOnPostgres(major: number | null, files: string[]): Promise<number> {
  if (files.length === 0) return 0;
  const { startPostgres } = await import("./postgres.ts");
  const server = await startPostgres(major);
  if (!server) {
    process.stderr.write(`\nNot tested on PostgreSQL: ${HOW_TO_GET(major)}\n`);
    return major === null || values.long ? 1 : 0;
  }
  process.stdout.write(`\nOn PostgreSQL ${server.version}:\n`);
  process.env.GLASSHOUSE_TEST_POSTGRES = server.url;
  try {
    const { makeTemplate } = await import("../src/store/testing.ts");
    await makeTemplate();
    return test(files);
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
  const env = {
    GLASSHOUSE_TEST_SCREENSHOTS: positionals.length > 0 ? "1" : "0",
    ...process.env,
    ...(values.long ? { GLASSHOUSE_TEST_LONG: "1" } : {}),
  };
  const { status, signal } = spawnSync(command, args, { cwd: root, stdio: "inherit", env });
  if (signal) process.stderr.write(`Ended by ${signal}.\n`);
  return status ?? 1;
}

function stop(message: string, code = 1): never {
  if (message) process.stderr.write(`${message}\n`);
  process.exit(code);
}
