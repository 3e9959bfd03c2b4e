import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { test } from "node:test";

const root = dirname(import.meta.dirname);

function cruise(cwd: string, ...folders: string[]) {
  const tool = join(root, "node_modules/dependency-cruiser/bin/dependency-cruiser.mjs");
  const args = [tool, ...folders, "--config", ".dependency-cruiser.mjs", "--output-type", "err"];
  return spawnSync(process.execPath, args, { cwd, encoding: "utf8" });
}

test("nothing imports what comes after it, and only the store knows SQL", () => {
  const { status, stdout, stderr } = cruise(root, "src", "simulator", "web");
  assert.equal(status, 0, stdout + stderr);
});

for (const [what, folder, source, rule] of [
  [
    "a layer that imports a later one",
    "src/model",
    'import type { Store } from "../../store/store.ts";\nexport type S = Store;\n',
    "model-imports-only-what-comes-before",
  ],
  [
    "a page that runs code of the server",
    "web",
    'import { endpoints } from "../../src/api/contract.ts";\nexport const all = endpoints;\n',
    "web-takes-only-types-from-the-contract",
  ],
  [
    "a page that knows more than the contract",
    "web",
    'import type { ErrorCode } from "../../src/api/errors.ts";\nexport type E = ErrorCode;\n',
    "web-knows-only-the-contract",
  ],
  [
    "a server that imports a page",
    "src/api",
    'import { ENDPOINTS } from "../../../web/api/endpoints.ts";\nexport const all = ENDPOINTS;\n',
    "nothing-imports-the-console",
  ],
] as const) {
  test(`the dependency rule notices ${what}`, () => {
    // In a copy: the sources are being read by tests that run meanwhile.
    const copy = mkdtempSync(join(tmpdir(), "glasshouse-"));
    try {
      for (const part of ["src", "web", "tsconfig.json", ".dependency-cruiser.mjs"]) {
        cpSync(join(root, part), join(copy, part), { recursive: true });
      }
      const wrong = join(copy, folder, "wrong");
      mkdirSync(wrong);
      writeFileSync(join(wrong, "wrong.ts"), source);
      const { status, stdout } = cruise(copy, join(folder, "wrong"));
      assert.notEqual(status, 0);
      assert.match(stdout, new RegExp(rule));
    } finally {
      rmSync(copy, { recursive: true });
    }
  });
}
