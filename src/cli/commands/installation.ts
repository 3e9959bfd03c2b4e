/** serve, worker, simulate, backup, restore, move, migrate, rotate-key: the installation itself. */
import { spawn } from "node:child_process";
import { resolve } from "node:path";
import type { Command } from "commander";
import { readConfig } from "../../config.ts";
import { connectOrOwn } from "../../owner/owner.ts";
import { Client } from "../client.ts";
import { type Context, EXIT, examples, output, UsageError } from "../context.ts";
import { write } from "../terminal.ts";
import { count, harmlessJson } from "../text.ts";
import { browserAddress, howToGetIn } from "./access.ts";

export function installationCommands(root: Command, context: Context): void {
  serve(root, context);
  worker(root, context);
  simulate(root, context);
  backup(root, context);
  restore(root, context);
  move(root, context);
  migrate(root, context);
  rotateKey(root, context);
}

function serve(root: Command, context: Context): void {
  const command = root
    .command("serve")
    .description("Run the API, the schedule and the worker until Ctrl-C.")
    .option("--no-worker", "the API alone: nothing is synced here");
  examples(command, ["serve", "serve --no-worker"]).action(async (given: { worker: boolean }) => {
    const { terminal } = context;
    const installation = await context.open("serve", { need: "own", scheduled: given.worker });
    try {
      const { place, serve } = installation.own!;
      const { url } = await serve();
      const address = browserAddress(url);
      const ways = await howToGetIn(new Client(installation.transport), context, address);
      await write(terminal.out, greeting(context, url, place, ways));
      await new Promise<void>((done) => {
        const unhook = terminal.onInterrupt(() => {
          unhook();
          done();
        });
      });
      await write(
        terminal.out,
        "\nStopping: runs end at their next safe point and go on at the next start.\n",
      );
    } finally {
      await installation.close();
    }
  });
}

function worker(root: Command, context: Context): void {
  const command = root
    .command("worker")
    .description(
      "Sync what is due beside other processes on one PostgreSQL, until Ctrl-C. As many as you like, on any machine.",
    );
  examples(command, ["worker"]).action(async () => {
    const { terminal, config } = context;
    if (config.databaseUrl === null) {
      throw new UsageError(
        "GLASSHOUSE_DATABASE_URL is not set. A worker works beside others on one PostgreSQL: name it there. The " +
          "embedded database has room for one process, and `glasshouse serve` syncs by itself.",
      );
    }
    const working = await context.program.work({ config, err: terminal.err });
    try {
      const told = working.url === null ? "" : ` Health and metrics at ${working.url}.`;
      await write(terminal.out, `A worker runs.${told} Ctrl-C stops it.\n`);
      const interrupted = new Promise<null>((done) => {
        const unhook = terminal.onInterrupt(() => {
          unhook();
          done(null);
        });
      });
      const refused = await Promise.race([interrupted, working.refused]);
      if (refused) throw refused;
      await write(
        terminal.out,
        "\nStopping: runs end at their next safe point, and other workers go on with them.\n",
      );
    } finally {
      await working.close();
    }
  });
}

function greeting({ program }: Context, url: string, place: string, ways: readonly string[]): string {
  return [
    `Glasshouse ${program.version} runs at ${url}`,
    `Data in ${place}.`,
    "",
    ...ways,
    "",
    "Or in a second terminal:",
    "  npm run -s glasshouse -- connections                       what is connected",
    "  npm run -s glasshouse -- connect greenhouse --help         connect your account",
    "  npm run -s glasshouse -- simulate                          or a simulated Greenhouse to try it with",
    "",
    "Ctrl-C stops it.",
    "",
  ].join("\n");
}

function simulate(root: Command, context: Context): void {
  root
    .command("simulate")
    .description("Run a simulated Greenhouse to try Glasshouse with. --help tells its flags.")
    .helpOption(false)
    .allowUnknownOption()
    .allowExcessArguments()
    .argument(
      "[flags...]",
      "as the simulator takes them: --users n, --days d, --events-per-day n, --seed s, --port p …",
    )
    .action(async (flags: string[]) => {
      const args = ["--disable-warning=ExperimentalWarning", context.program.simulator, ...flags];
      const env = withoutOurs(process.env);
      const child = spawn(process.execPath, args, { stdio: "inherit", cwd: context.terminal.cwd, env });
      // A terminal sends Ctrl-C to both; the simulator decides, and we end with it.
      const unhook = context.terminal.onInterrupt(() => child.kill("SIGTERM"));
      const code = await new Promise<number>((done, failed) => {
        child.once("error", failed);
        child.once("exit", (status) => done(status ?? 0));
      });
      unhook();
      context.exit = code === 0 ? EXIT.well : code === 2 ? EXIT.usage : EXIT.failed;
    });
}

/** A program that we only start has no use for our settings, and none of our secrets. */
function withoutOurs(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !name.startsWith("GLASSHOUSE_")));
}

function backup(root: Command, context: Context): void {
  const command = root
    .command("backup <file>")
    .description(
      "Write a consistent copy of the database, while everything runs. The key is not in it: keep it elsewhere.",
    );
  examples(output(command, { list: false }), ["backup /backups/glasshouse-2026-11-23.sqlite"]).action(
    (file: string, given: { json?: boolean }) =>
      context.withClient("backup", async (client) => {
        const { terminal } = context;
        const answer = await client.call("backup", { body: { file: resolve(terminal.cwd, file) } });
        if (given.json) return write(terminal.out, `${harmlessJson(answer, 2)}\n`);
        await write(
          terminal.out,
          `Written: ${answer.file} (${count(answer.bytes)} bytes). The key is not in it.\n`,
        );
      }),
  );
}

function restore(root: Command, context: Context): void {
  const command = root
    .command("restore <file>")
    .description(
      "Make a backup the data of this installation. Nothing else may be running. Data that is there already is refused.",
    )
    .option("--overwrite", "replace the data that is there: it is gone then");
  examples(command, [
    "restore /backups/glasshouse-2026-11-23.sqlite",
    "restore /backups/glasshouse-2026-11-23.sqlite --overwrite",
  ]).action(async (file: string, { overwrite = false }: { overwrite?: boolean }) => {
    const { terminal, config, program } = context;
    if (config.databaseUrl !== null) {
      throw new UsageError(
        "The data lies in PostgreSQL (GLASSHOUSE_DATABASE_URL): restore it with PostgreSQL's own pg_restore, into an " +
          "empty database. docs/backup.md has the commands.",
      );
    }
    const standing = await connectOrOwn(config.dataDir, { command: "restore", need: "own" });
    if (standing.role !== "owner") return;
    try {
      await program.restore({ file: resolve(terminal.cwd, file), dataDir: standing.dataDir, overwrite });
    } finally {
      standing.release();
    }
    await write(terminal.out, `Restored from ${file}.\n`);
    await write(
      terminal.out,
      "Credentials can be used if the key is the one they were sealed with; `glasshouse doctor` tells.\n" +
        "Alerts are off: switch destinations on where this installation is to speak (`glasshouse alerts`).\n",
    );
  });
}

function move(root: Command, context: Context): void {
  const command = root
    .command("move")
    .description(
      "Move this installation from the embedded database into an empty one of PostgreSQL. Nothing else may be running.",
    )
    .requiredOption("--to <url>", "the database, as in GLASSHOUSE_DATABASE_URL");
  examples(command, ["move --to postgres://glasshouse@db.example.com/glasshouse?sslmode=verify-full"]).action(
    async ({ to }: { to: string }) => {
      const { terminal, config, program } = context;
      if (config.databaseUrl !== null) {
        throw new UsageError(
          "The data lies in PostgreSQL already (GLASSHOUSE_DATABASE_URL). Unset it to move other data.",
        );
      }
      // Refuses what can't be used, and what would travel unprotected.
      const { databaseUrl: url } = readConfig({ GLASSHOUSE_DATABASE_URL: to });
      const standing = await connectOrOwn(config.dataDir, { command: "move", need: "own" });
      if (standing.role !== "owner") return;
      let moved: Awaited<ReturnType<typeof program.move>>;
      try {
        const onTable = (name: string) => void terminal.err.write(`${name} …\n`);
        moved = await program.move({ dataDir: standing.dataDir, url: url!, onTable });
      } finally {
        standing.release();
      }
      await write(
        terminal.out,
        `Moved ${count(moved.rows)} rows of ${moved.tables} tables: counts and checksums are equal.\n` +
          "Set GLASSHOUSE_DATABASE_URL (or GLASSHOUSE_DATABASE_URL_FILE) to the same address, and start. The key stays where it is. " +
          `Everybody signs in anew.\nThe embedded database is kept as ${moved.kept}; delete it once all is well.\n`,
      );
    },
  );
}

function migrate(root: Command, context: Context): void {
  const command = root
    .command("migrate")
    .description("Bring the database up to date with this version. Every start does it too.");
  examples(command, ["migrate"]).action(async () => {
    const installation = await context.open("migrate");
    try {
      // Whoever owns the installation has migrated it before it answers.
      await new Client(installation.transport).call("listConnections", {});
      await write(context.terminal.out, "The database is up to date.\n");
    } finally {
      await installation.close();
    }
  });
}

function rotateKey(root: Command, context: Context): void {
  const command = root
    .command("rotate-key")
    .description(
      "Seal every stored secret anew: with a fresh key, or with the first one in GLASSHOUSE_SECRET_KEY.",
    );
  examples(output(command, { list: false }), ["rotate-key"]).action((given: { json?: boolean }) =>
    context.withClient("rotate-key", async (client) => {
      const { terminal } = context;
      const answer = await client.call("rotateKey", {});
      if (answer.unreadable > 0) context.exit = EXIT.attention;
      if (given.json) return write(terminal.out, `${harmlessJson(answer, 2)}\n`);
      await write(terminal.out, `Sealed anew: ${count(answer.sealed)}.\n`);
      if (answer.unreadable > 0) {
        await write(
          terminal.out,
          `Left as they are: ${count(answer.unreadable)}, sealed with a key that isn't here. Replace those credentials.\n`,
        );
      }
    }),
  );
}
