/** Where the program begins: hands the parts to the command line, and ends with its exit code. */
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { handlers } from "./api/handlers.ts";
import type { Program } from "./cli/installation.ts";
import { runCommandLine } from "./cli/main.ts";
import { type Builder, openInstallation } from "./installation.ts";
import { work } from "./work.ts";

const root = dirname(import.meta.dirname);
const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as { version: string };

const simulator = join(root, "simulator", "main.ts");

const builder: Builder = {
  version,
  handlers,
  consoleDir: join(root, "web", "dist"),
  sample: { main: import.meta.filename, simulator },
  async build({ config, dataDir, command, scheduled, log }) {
    const [{ openGlasshouse }, { SingleSignOn }] = await Promise.all([
      import("./glasshouse.ts"),
      import("./access/oidc.ts"),
    ]);
    const house = await openGlasshouse({
      dataDir,
      databaseUrl: config.databaseUrl,
      anyKey: command === "rotate-key",
      env: process.env,
      scheduled,
      // A server without its worker answers, and leaves the work to others.
      leavesWork: command === "serve",
      tellsAtEnd: command === "sync",
      log,
      timeScale: config.timeScale,
      alerts: config.alerts,
      sso: config.oidc && new SingleSignOn(config.oidc),
    });
    const { services, worker, now, close } = house;
    return { services, now, schedule: () => worker.schedule(), stop: () => worker.stop(), close };
  },
};

const program: Program = {
  version,
  simulator,
  open: (options) => openInstallation(builder, options),
  work: (options) => work(options, version),
  async restore({ file, dataDir, overwrite }) {
    const { restore } = await import("./store/upkeep/backup.ts");
    await restore(file, dataDir, { overwrite });
  },
  async move(options) {
    const { moveToPostgres } = await import("./store/upkeep/move.ts");
    return moveToPostgres({ ...options, env: process.env });
  },
};

process.exitCode = await runCommandLine(process.argv.slice(2), program);
