import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { type TestContext, test } from "node:test";
import { gunzipSync } from "node:zlib";

const root = dirname(import.meta.dirname);

/** A small console beside the real one, built by the real script. */
function project(t: TestContext) {
  const folder = mkdtempSync(join(root, "test", "tmp-build-"));
  t.after(() => rmSync(folder, { recursive: true }));
  for (const file of [
    "bin/console.mjs",
    "web/build.ts",
    "web/vite.config.ts",
    "src/api/wire.ts",
    "src/model/stream.ts",
    "src/model/words.ts",
    "package-lock.json",
  ]) {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    cpSync(join(root, file), join(folder, file));
  }
  const write = (name: string, text: string) => writeFileSync(join(folder, "web", name), text);
  const writeShared = (text: string) => writeFileSync(join(folder, "src", "api", "wire.ts"), text);
  write("index.html", '<div id="root"></div><script type="module" src="./main.tsx"></script>');
  write("main.tsx", 'document.getElementById("root")!.textContent = "first";');
  const build = () =>
    spawnSync(process.execPath, [join(folder, "web", "build.ts")], { cwd: folder, encoding: "utf8" });
  const dist = join(folder, "web", "dist");
  const script = () => {
    const [, path] = /src="\/(assets\/[^"]+\.js)"/.exec(readFileSync(join(dist, "index.html"), "utf8"))!;
    return join(dist, path!);
  };
  return { write, writeShared, build, dist, script };
}

test("the console is built once, and again only when a source has changed", (t) => {
  const { write, writeShared, build, dist, script } = project(t);
  assert.deepEqual([build().status, build().stderr], [0, ""]);
  assert.match(readFileSync(script(), "utf8"), /first/);
  assert.equal(gunzipSync(readFileSync(`${script()}.gz`)).toString(), readFileSync(script(), "utf8"));
  const one = statSync(dist).ino;
  build();
  write("some.test.ts", "// a test is no part of it");
  build();
  assert.equal(statSync(dist).ino, one, "nothing has changed: nothing is built");
  write("main.tsx", 'document.getElementById("root")!.textContent = "second";');
  assert.equal(build().status, 0);
  assert.match(readFileSync(script(), "utf8"), /second/);
  write("main.tsx", 'import { API } from "../src/api/wire.ts"; document.title = API;');
  build();
  writeShared('export const API = "/api/v7";');
  assert.equal(build().status, 0);
  assert.match(readFileSync(script(), "utf8"), /\/api\/v7/, "what pages share with commands is a source");
});

test("what can't be built leaves what was built before", (t) => {
  const { write, build, dist, script } = project(t);
  build();
  write("main.tsx", 'import "./gone.ts";');
  const { status, stderr } = build();
  assert.notEqual(status, 0);
  assert.match(stderr, /gone/);
  assert.match(readFileSync(script(), "utf8"), /first/);
  assert.ok(existsSync(join(dist, ".built")));
});
