/** Are the tests of what matters most awake? Three faults are planted into a copy of the sources; each must turn a test red. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { cpSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { temporaryFolder } from "./harness.ts";

const root = join(import.meta.dirname, "..");
const skip = process.env.GLASSHOUSE_TEST_LONG ? false : "only in npm run test:long";

const PLANTED: { name: string; file: string; is: string; becomes: string; caughtBy: [string, string] }[] = [
  {
    name: "the fence is ignored",
    file: "src/store/lanes/lanes.ts",
    is: "if (numUpdatedRows !== 1n) throw",
    becomes: "if (numUpdatedRows > 1n) throw",
    caughtBy: ["src/store/lanes/lanes.test.ts", "a worker that was overtaken can't save a checkpoint"],
  },
  {
    name: "nothing is held",
    file: "src/model/holding.ts",
    is: "if (absent === 0 || before === 0) return false;",
    becomes: "if (absent === 0 || before !== -1) return false;",
    caughtBy: ["src/store/listings/absence.test.ts", "a large loss is held"],
  },
  {
    name: "coverage reaches an hour too far",
    file: "src/connectors/greenhouse/audit/slices.ts",
    is: "to: floorSecond(sure - lag) };",
    becomes: "to: floorSecond(sure - lag + HOUR) };",
    caughtBy: [
      "src/connectors/greenhouse/audit/reader.test.ts",
      "events arrive within the lag: what is claimed was complete",
    ],
  },
];

function copyOfSources(t: TestContext): string {
  const copy = temporaryFolder(t);
  for (const part of ["src", "simulator", "test", "package.json", "tsconfig.json"]) {
    cpSync(join(root, part), join(copy, part), { recursive: true });
  }
  symlinkSync(join(root, "node_modules"), join(copy, "node_modules"));
  return copy;
}

/** The names of the tests that fail. */
function failing(folder: string, file: string): string[] {
  const { NODE_TEST_CONTEXT: _, ...env } = process.env;
  const { status, stdout } = spawnSync(
    process.execPath,
    ["--disable-warning=ExperimentalWarning", "--test", "--test-reporter=tap", file],
    { cwd: folder, env, encoding: "utf8" },
  );
  const names = [...stdout.matchAll(/^\s*not ok \d+ - (.*)$/gm)].map(([, name]) => name!);
  assert.equal(status === 0, names.length === 0, stdout);
  return names;
}

for (const { name, file, is, becomes, caughtBy } of PLANTED) {
  test(`planted: ${name}`, { skip }, (t) => {
    const copy = copyOfSources(t);
    const [testFile, testName] = caughtBy;
    assert.deepEqual(failing(copy, testFile), [], "all is well before");
    const source = readFileSync(join(copy, file), "utf8");
    assert.ok(source.includes(is), `${file} has changed: plant the fault anew`);
    writeFileSync(join(copy, file), source.replace(is, becomes));
    const caught = failing(copy, testFile);
    assert.ok(
      caught.some((each) => each.includes(testName)),
      `fails: ${caught.join("; ")}`,
    );
  });
}
