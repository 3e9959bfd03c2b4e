/** Builds the console into web/dist where its sources have changed: `node web/build.ts`. */
import { globSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import { DIST, isBuilt, STAMP, stampOfSources } from "../bin/console.mjs";

if (!isBuilt()) {
  await build().catch((error: Error) => {
    // Its stack is that of the build tools: where in our sources it is, the message says.
    process.stderr.write(`${stripVTControlCharacters(error.message)}\n`);
    process.exitCode = 1;
  });
}

/** Into a folder of its own first: a server that runs meanwhile never sees half of it. */
async function build(): Promise<void> {
  const stamp = stampOfSources();
  const { build: bundle } = await import("vite");
  const { default: config } = await import("./vite.config.ts");
  const fresh = `${DIST}-${process.pid}`;
  try {
    await bundle({ ...config, build: { ...config.build, outDir: fresh } });
    compress(join(fresh, "assets"));
    writeFileSync(join(fresh, STAMP), stamp);
    replace(DIST, fresh);
  } finally {
    rmSync(fresh, { recursive: true, force: true });
  }
}

/** Beside each file its compressed ones: the server only picks. */
function compress(folder: string): void {
  const params = { [constants.BROTLI_PARAM_QUALITY]: 9 };
  for (const name of globSync("*.{js,css,svg}", { cwd: folder })) {
    const path = join(folder, name);
    const bytes = readFileSync(path);
    writeFileSync(`${path}.gz`, gzipSync(bytes, { level: 9 }));
    writeFileSync(`${path}.br`, brotliCompressSync(bytes, { params }));
  }
}

/** Two may build at once; whoever ends last stays. */
function replace(folder: string, by: string): void {
  for (let tries = 1; ; tries++) {
    try {
      renameSync(by, folder);
      return;
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if ((code !== "ENOTEMPTY" && code !== "EEXIST" && code !== "EPERM") || tries === 5) throw error;
    }
    const old = `${by}-old`;
    try {
      renameSync(folder, old);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    }
    rmSync(old, { recursive: true, force: true });
  }
}
