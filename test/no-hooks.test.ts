import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";

const FAULTS = {
  "an assertion": "test('a', async () => assert.equal(1, 2));",
  "an error that nobody waits for": "test('a', () => void setTimeout(() => { throw new Error('late'); }));",
  "a rejection that nobody waits for": "test('a', () => void Promise.reject(new Error('late')));",
};

for (const [what, source] of Object.entries(FAULTS)) {
  test(`without the hooks of node:test, ${what} fails its file too`, (t) => {
    const folder = mkdtempSync(join(tmpdir(), "glasshouse-"));
    t.after(() => rmSync(folder, { recursive: true }));
    const file = join(folder, "a.test.mjs");
    writeFileSync(file, `import assert from "node:assert"; import { test } from "node:test"; ${source}`);
    const flags = [
      "--disable-warning=ExperimentalWarning",
      "--import",
      join(import.meta.dirname, "no-hooks.ts"),
    ];
    const { NODE_TEST_CONTEXT: _, ...env } = process.env;
    const { status, stdout } = spawnSync(process.execPath, [...flags, file], { encoding: "utf8", env });
    assert.notEqual(status, 0, stdout);
    assert.match(stdout, /late|1 == 2/);
  });
}
