/**
 * Runs the tests: `npm test`, `npm run test:long`, `npm run check`.
 * Arguments that are not flags narrow the run to test files whose path contains one of them.
 */
import { spawnSync } from "node:child_process";
import { globSync } from "node:fs";
import { availableParallelism } from "node:os";
import { dirname, join } from "node:path";
import { parseArgs } from "node:util";

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
  const all = globSync("{src,simulator,bench,test,web}/**/*.test.ts", { cwd: root }).sort();
  const files = all.filter((file) => positionals.length === 0 || positionals.some((p) => file.includes(p)));
  if (files.length === 0) stop(`No test file matches ${positionals.join(" ")}.`);
  if (files.some((file) => file.startsWith("test/web/"))) await prepareBrowser();
  run(process.execPath, [
    "--disable-warning=ExperimentalWarning",
    "--test",
    "--test-timeout=600000",
    "--test-reporter=spec",
    // Files wait for processes and the network half of their time; Node would leave a core of two idle as well.
    `--test-concurrency=${availableParallelism() + 1}`,
    ...files,
  ]);
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
  const env = {
    GLASSHOUSE_TEST_SCREENSHOTS: positionals.length > 0 ? "1" : "0",
    ...process.env,
    ...(values.long ? { GLASSHOUSE_TEST_LONG: "1" } : {}),
  };
  const { status, signal } = spawnSync(command, args, { cwd: root, stdio: "inherit", env });
  if (status !== 0) stop(signal ? `Ended by ${signal}.` : "", status ?? 1);
}

function stop(message: string, code = 1): never {
  if (message) process.stderr.write(`${message}\n`);
  process.exit(code);
}
