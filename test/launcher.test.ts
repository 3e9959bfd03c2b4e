import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, relative } from "node:path";
import { type TestContext, test } from "node:test";

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

/** A clone in which nothing is installed, and an npm that only tells how it was asked. */
function clone(t: TestContext) {
  const folder = mkdtempSync(join(tmpdir(), "glasshouse-clone-"));
  t.after(() => rmSync(folder, { recursive: true }));
  for (const file of ["bin/launch.mjs", "bin/console.mjs", "package-lock.json"])
    cpSync(join(root, file), join(folder, file));
  writeFileSync(join(folder, "script.ts"), 'console.log("ran");');
  const npm = join(folder, "npm-cli.js");
  writeFileSync(
    npm,
    'console.error(process.argv.slice(2).join(" ")); require("fs").mkdirSync("node_modules");',
  );
  const lock = join(folder, ".install.lock");
  const start = (launcher = join(folder, "bin", "launch.mjs")) =>
    spawnSync(process.execPath, [launcher, "script.ts"], {
      cwd: folder,
      encoding: "utf8",
      env: { ...process.env, npm_execpath: npm, NODE_ENV: "production" },
    });
  return { folder, lock, start };
}

test("where nothing is installed the launcher does it once, with what tests need, whatever NODE_ENV says", (t) => {
  const { folder, lock, start } = clone(t);
  const first = start();
  assert.equal(first.stdout, "ran\n");
  assert.match(first.stderr, /^ci --ignore-scripts --include=dev/m);
  assert.ok(!existsSync(lock));
  symlinkSync(join(folder, "bin"), join(folder, "by-another-name"));
  const second = start(join(folder, "by-another-name", "launch.mjs"));
  assert.deepEqual([second.stdout, second.stderr], ["ran\n", ""]);
});

for (const [what, owner] of [
  ["of a process whose number another has now", `${process.pid} 1`],
  ["of a process that is gone", "4000000 1"],
] as const) {
  test(`an install that was cut off is made anew: its lock is ${what}`, (t) => {
    const { lock, start } = clone(t);
    mkdirSync(lock);
    writeFileSync(join(lock, "owner"), owner);
    assert.equal(start().stdout, "ran\n");
  });
}
