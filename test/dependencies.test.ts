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

const WRONG = [
  [
    "a layer that imports a later one",
    "src/model/wrong/wrong.ts",
    'import type { Store } from "../../store/store.ts";\nexport type S = Store;\n',
    "model-imports-only-what-comes-before",
  ],
  [
    "an engine that knows a table of events",
    "src/store/engine/wrong/wrong.ts",
    'import { storeEvents } from "../../usage/events.ts";\nexport const s = storeEvents;\n',
    "engines-know-no-table",
  ],
  [
    "a page that runs code of the server",
    "web/wrong/runs.ts",
    'import { endpoints } from "../../src/api/contract.ts";\nexport const all = endpoints;\n',
    "web-takes-only-types-from-the-contract",
  ],
  [
    "a page that knows more than the contract",
    "web/wrong/knows.ts",
    'import type { ErrorCode } from "../../src/api/errors.ts";\nexport type E = ErrorCode;\n',
    "web-knows-only-the-contract",
  ],
  [
    "a server that imports a page",
    "src/api/wrong/wrong.ts",
    'import { ENDPOINTS } from "../../../web/api/endpoints.ts";\nexport const all = ENDPOINTS;\n',
    "nothing-imports-the-console",
  ],
  [
    "a file that pages run and that brings more of the server with it",
    "src/api/wire.ts",
    'export { endpoints } from "./contract.ts";\n',
    "what-pages-run-imports-nothing",
  ],
] as const;

test("the dependency rule notices", async (t) => {
  // In a copy: the sources are being read by tests that run meanwhile.
  const copy = mkdtempSync(join(tmpdir(), "glasshouse-"));
  t.after(() => rmSync(copy, { recursive: true }));
  for (const part of ["src", "web", "tsconfig.json", ".dependency-cruiser.mjs"]) {
    // The built console comes and goes.
    const filter = (path: string) => !path.startsWith(join(root, "web", "dist"));
    cpSync(join(root, part), join(copy, part), { recursive: true, filter });
  }
  for (const [, file, source] of WRONG) {
    mkdirSync(dirname(join(copy, file)), { recursive: true });
    writeFileSync(join(copy, file), source);
  }
  const { status, stdout } = cruise(copy, ...WRONG.map(([, file]) => file));
  assert.notEqual(status, 0);
  for (const [what, file, , rule] of WRONG) {
    await t.test(what, () => assert.match(stdout, new RegExp(`${rule}: ${file} `)));
  }
});
