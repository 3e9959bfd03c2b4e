/** Builds the console into web/dist where its sources have changed: `node web/build.ts`. */
import { existsSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DIST, isBuilt, STAMP, stampOfSources } from "../bin/console.mjs";

if (!isBuilt()) await build();

/** Into a folder of its own first: a server that runs meanwhile never sees half of it. */
async function build(): Promise<void> {
  const stamp = stampOfSources();
  const { build: bundle } = await import("vite");
  const { default: config } = await import("./vite.config.ts");
  const fresh = `${DIST}-${process.pid}`;
  try {
    await bundle({
      ...config,
      logLevel: "warn",
      build: { ...config.build, outDir: fresh, emptyOutDir: true },
    });
    writeFileSync(join(fresh, STAMP), stamp);
    if (existsSync(DIST)) {
      renameSync(DIST, `${fresh}-old`);
      rmSync(`${fresh}-old`, { recursive: true });
    }
    renameSync(fresh, DIST);
  } finally {
    rmSync(fresh, { recursive: true, force: true });
  }
}
