// Completes package-lock.json with the other platforms' optional packages: `node bin/complete-lock.mjs`.
// Some registries (mirrors, proxies) serve only one platform's binaries. npm then leaves the others out of the
// lockfile, and `npm ci` refuses such a lockfile everywhere. Run this after each change of a dependency.
import { readFileSync, writeFileSync } from "node:fs";

const path = new URL("../package-lock.json", import.meta.url);
const lock = JSON.parse(readFileSync(path, "utf8"));
const SYSTEMS = ["android", "darwin", "freebsd", "linux", "openharmony", "win32", "wasm32"];
const CPUS = ["arm64", "x64", "arm", "ia32", "ppc64", "riscv64", "s390x", "loong64"];

for (const [folder, entry] of Object.entries(lock.packages)) {
  for (const [name, version] of Object.entries(entry.optionalDependencies ?? {})) {
    const places = [`${folder}/node_modules/${name}`, `node_modules/${name}`];
    if (places.some((place) => lock.packages[place])) continue;
    const words = name.split(/[/-]/);
    const system = SYSTEMS.find((each) => words.includes(each));
    const cpu = CPUS.find((each) => words.includes(each));
    if (!system || !/^\d/.test(version)) throw new Error(`${name}@${version}: for which system is it?`);
    lock.packages[`node_modules/${name}`] = {
      version,
      ...(cpu ? { cpu: [cpu] } : {}),
      ...(entry.dev ? { dev: true } : {}),
      optional: true,
      // A musl build isn't for a glibc system, and npm checks libc only where a package says it.
      os: [system],
      ...(words.includes("musl") ? { libc: ["musl"] } : {}),
    };
  }
}
const sorted = Object.entries(lock.packages).sort(([a], [b]) => (a < b ? -1 : 1));
lock.packages = Object.fromEntries(sorted);
writeFileSync(path, `${JSON.stringify(lock, null, 2)}\n`);
