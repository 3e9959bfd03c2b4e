// Is the built console that of the sources? Node built-ins only, and nothing newer than Node 18: the launcher asks.
import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const web = join(root, "web");

export const DIST = join(web, "dist");
/** The file in it that holds the hash of what it was built from. */
export const STAMP = ".built";

/** The files elsewhere that pages run, as .dependency-cruiser.mjs has it. */
const OUTSIDE = ["../src/api/wire.ts", "../src/model/stream.ts", "../src/model/words.ts"];

/** @returns {boolean} */
export function isBuilt() {
  try {
    return readFileSync(join(DIST, STAMP), "utf8") === stampOfSources();
  } catch {
    return false;
  }
}

/** @returns {string} */
export function stampOfSources() {
  const hash = createHash("sha256").update(readFileSync(join(root, "package-lock.json")));
  for (const path of [...sources(""), ...OUTSIDE])
    hash.update(`\0${path}\0`).update(readFileSync(join(web, path)));
  return hash.digest("hex");
}

/**
 * Files below web/ by their path, sorted; built ones and tests left out.
 * @param {string} folder
 * @returns {string[]}
 */
function sources(folder) {
  const entries = readdirSync(join(web, folder), { withFileTypes: true });
  entries.sort((a, b) => (a.name < b.name ? -1 : 1));
  return entries.flatMap((entry) => {
    const path = folder ? `${folder}/${entry.name}` : entry.name;
    if (entry.isDirectory()) return folder === "" && entry.name.startsWith("dist") ? [] : sources(path);
    return /\.test\.ts$/.test(path) ? [] : [path];
  });
}
