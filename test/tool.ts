/** Runs a development tool under the pinned Node: `npm run format`. */
import { spawnSync } from "node:child_process";
import { dirname, join } from "node:path";

const [name, ...args] = process.argv.slice(2);
const paths: Record<string, string> = { biome: "@biomejs/biome/bin/biome", tsc: "typescript/bin/tsc" };
const path = paths[name ?? ""];
if (!path) throw new Error(`Unknown tool: ${name}`);
const { status } = spawnSync(
  process.execPath,
  [join(dirname(import.meta.dirname), "node_modules", path), ...args],
  {
    stdio: "inherit",
  },
);
process.exit(status ?? 1);
