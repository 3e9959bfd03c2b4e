import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { test } from "node:test";

const root = dirname(import.meta.dirname);

function launch(source: string) {
  const folder = mkdtempSync(join(root, "test", "tmp-launch-"));
  try {
    const script = join(folder, "script.ts");
    writeFileSync(script, source);
    return spawnSync(process.execPath, ["bin/launch.mjs", relative(root, script), "a b"], {
      cwd: root,
      encoding: "utf8",
    });
  } finally {
    rmSync(folder, { recursive: true });
  }
}

test("the launcher runs TypeScript under the pinned Node 24 with its arguments", () => {
  const { stdout, status } = launch("const v: string = process.version; console.log(v, process.argv[2]);");
  assert.match(stdout, /^v24\.\d+\.\d+ a b\n$/);
  assert.equal(status, 0);
});

test("the launcher passes on the exit code", () => {
  assert.equal(launch("process.exit(3)").status, 3);
});

test("without a script the launcher says how it is used", () => {
  const { stderr, status } = spawnSync(process.execPath, ["bin/launch.mjs"], { cwd: root, encoding: "utf8" });
  assert.equal(status, 1);
  assert.match(stderr, /Usage: node bin\/launch.mjs/);
});
