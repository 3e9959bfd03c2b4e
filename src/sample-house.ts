/** *Look around with sample data*: `glasshouse demo` as a program of its own, which ends with this server. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { createServer } from "node:net";
import { createInterface } from "node:readline";
import type { SampleHouse } from "./api/connections/sample.ts";
import type { SampleView } from "./api/contract/sample.ts";
import { Client } from "./cli/client.ts";
import { SAMPLE_PORT, type SampleLine, sampleDir } from "./cli/commands/demo.ts";
import { overSocket } from "./cli/transport.ts";
import type { Config } from "./config.ts";
import { harmless } from "./model/harmless.ts";
import { isLoopback } from "./model/loopback.ts";
import { socketPath } from "./owner/socket.ts";

export interface SampleProgram {
  /** src/main.ts */
  main: string;
  /** Script of the simulator. */
  simulator: string;
  /** People; left out: as many as the command takes. */
  users?: number;
}

/** As bin/launch.mjs starts us. */
const QUIET = "--disable-warning=ExperimentalWarning";
const NOTHING: SampleView = { state: "none", step: null, url: null, why: null };
/** What is told of a failure. */
const WHY_LENGTH = 1000;
/** It ends runs at a safe point; what hangs then is ended hard. */
const ENDING_MS = 15_000;

/** Why sample data can't be started beside a server with this configuration; null: it can. */
export function sampleRefused(
  { host, publicUrl, trustProxy, databaseUrl }: Config,
  { simulator }: SampleProgram,
): string | null {
  if (!isLoopback(host) || publicUrl !== null || trustProxy.length > 0) {
    return "This server is for other machines too; sample data is opened on the one where it runs.";
  }
  if (databaseUrl !== null)
    return "This server keeps its data in PostgreSQL; sample data is never put there.";
  if (!existsSync(simulator)) return "This installation comes without the simulated Greenhouse.";
  return null;
}

export function sampleHouse(config: Config, program: SampleProgram): SampleHouse {
  let now = NOTHING;
  let child: ChildProcess | null = null;
  let starting: Promise<void> | null = null;

  async function launch(): Promise<void> {
    const users = program.users === undefined ? [] : ["--users", String(program.users)];
    const port = await freePort(config.host, SAMPLE_PORT);
    const started = spawn(process.execPath, [QUIET, program.main, "demo", "--json", ...users], {
      env: environment(config, port),
      // It ends when its standard input does: also where this process is killed.
      stdio: ["pipe", "pipe", "pipe"],
    });
    child = started;
    now = { ...NOTHING, state: "starting" };
    let complaint = "";
    started.stderr.setEncoding("utf8").on("data", (text: string) => {
      complaint = (complaint + text).slice(-WHY_LENGTH);
    });
    createInterface({ input: started.stdout }).on("line", (line) => {
      if (child !== started) return;
      const { step, url } = JSON.parse(line) as SampleLine;
      now = { ...now, state: step === "ready" ? "ready" : "starting", step, url };
    });
    const end = (code: number | null, why: string) => {
      if (child !== started) return;
      child = null;
      now =
        code === 0
          ? NOTHING
          : { ...NOTHING, state: "failed", why: why.trim().split("\n").map(harmless).join(" ") };
    };
    started.once("error", (error) => end(null, error.message));
    started.once("close", (code) => end(code, complaint || "The program ended before it was ready."));
  }

  return {
    refused: sampleRefused(config, program),
    view: () => now,
    async start() {
      if (child) return;
      starting ??= launch().finally(() => {
        starting = null;
      });
      await starting;
    },
    async newCode() {
      const client = new Client(overSocket(socketPath(sampleDir(config.dataDir))!));
      const { state } = await client.call("getSession", {});
      if (state !== "unclaimed") return null;
      const { code, endsAt } = await client.call("newSetupCode", { body: {} });
      return { code, endsAt };
    },
    async stop() {
      await starting;
      const ending = child;
      child = null;
      now = NOTHING;
      if (!ending || ending.exitCode !== null || ending.signalCode !== null) return;
      const late = setTimeout(() => ending.kill("SIGKILL"), ENDING_MS);
      ending.kill("SIGTERM");
      await once(ending, "exit");
      clearTimeout(late);
    },
  };
}

/** Its own settings: of ours only where the data lies, and the key that `glasshouse demo` in a terminal would have too. */
function environment({ dataDir, host, secretKey }: Config, port: number): NodeJS.ProcessEnv {
  const others = Object.entries(process.env).filter(([name]) => !name.startsWith("GLASSHOUSE_"));
  return {
    ...Object.fromEntries(others),
    GLASSHOUSE_DATA_DIR: dataDir,
    GLASSHOUSE_HOST: host,
    GLASSHOUSE_PORT: String(port),
    ...(secretKey === null ? {} : { GLASSHOUSE_SECRET_KEY: secretKey }),
  };
}

/** A port of its own, known beforehand: cookies are told apart by it. */
async function freePort(host: string, wish: number): Promise<number> {
  const probe = createServer();
  const taken = await new Promise<boolean>((done) => {
    probe.once("error", () => done(true)).listen(wish, host, () => done(false));
  });
  if (taken) {
    if (wish === 0) throw new Error(`No port is free at ${host}.`);
    return freePort(host, 0);
  }
  const { port } = probe.address() as { port: number };
  await new Promise((done) => probe.close(done));
  return port;
}
