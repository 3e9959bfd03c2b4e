import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { test } from "node:test";

const root = dirname(import.meta.dirname);

function cruise() {
  const tool = join(root, "node_modules/dependency-cruiser/bin/dependency-cruiser.mjs");
  const args = [tool, "src", "simulator", "--config", ".dependency-cruiser.mjs", "--output-type", "err"];
  return spawnSync(process.execPath, args, { cwd: root, encoding: "utf8" });
}

test("nothing imports what comes after it, and only the store knows SQL", () => {
  const { status, stdout, stderr } = cruise();
  assert.equal(status, 0, stdout + stderr);
});

test("the dependency rule notices a forbidden import", () => {
  const folder = join(root, "src/model/tmp-forbidden");
  mkdirSync(folder, { recursive: true });
  try {
    writeFileSync(
      join(folder, "wrong.ts"),
      'import type { Store } from "../../store/store.ts";\nexport type S = Store;\n',
    );
    const { status, stdout } = cruise();
    assert.notEqual(status, 0);
    assert.match(stdout, /model-imports-only-what-comes-before/);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
