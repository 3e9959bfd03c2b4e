/** The program as `npm start` runs it, in a process of its own, asked over HTTP as the console asks it. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { LANE_NAMES, LANES, type Lane, type Stream } from "../src/model/stream.ts";
import { root } from "./folder.ts";
import { childOf, figuresOf, type ProcessFigures } from "./process.ts";
import type { BenchSimulator } from "./simulator.ts";

/** What is measured; recruiting activity is off (NOT_SYNCED). */
export const SYNCED: readonly Lane[] = LANE_NAMES.filter((lane) => lane !== "recruiting_activity");
export const NOT_SYNCED: readonly Stream[] = LANES.recruiting_activity;

/** Where the simulator sets no limits, its documented ones are not to be waited for either. */
export const NO_LIMITS = 1_000_000;

export interface ServerOptions {
  dataDir: string;
  databaseUrl?: string | null;
  timeScale?: number;
  /** Without its worker nothing is synced. */
  worker?: boolean;
  simulator?: BenchSimulator;
}

export interface BenchServer {
  url: string;
  /** Of the program, not of its launcher. */
  pid: number;
  /** Of an admin who is signed in. */
  cookie: string;
  call<T>(method: string, path: string, body?: unknown): Promise<T>;
  figures(): ProcessFigures;
  stop(): Promise<void>;
}

const ADMIN = { email: "bench@glasshouse.example", password: "what a bench signs in with" };

/** The first time with the setup code, which a server without a terminal writes to a file. */
async function signIn(url: string, dataDir: string): Promise<string> {
  const file = join(dataDir, "setup-code");
  const claim = existsSync(file);
  const answer = await fetch(`${url}/api/v1/${claim ? "setup" : "session"}`, {
    method: "POST",
    headers: { origin: url, "content-type": "application/json" },
    body: JSON.stringify(claim ? { ...ADMIN, name: "Bench", code: readFileSync(file, "utf8") } : ADMIN),
  });
  if (!answer.ok) throw new Error(`signing in: ${answer.status} ${await answer.text()}`);
  return answer.headers.getSetCookie()[0]!.split(";")[0]!;
}

export async function startServer(options: ServerOptions): Promise<BenchServer> {
  const { dataDir, worker = true } = options;
  const child = begin(["serve", ...(worker ? [] : ["--no-worker"])], options);
  const ended = once(child, "exit");
  const url = await said(child, /runs at (\S+)/);
  const pid = childOf(child.pid!);
  const cookie = await signIn(url, dataDir);
  return {
    url,
    pid,
    cookie,
    async call<T>(method: string, path: string, body?: unknown): Promise<T> {
      const answer = await fetch(`${url}/api/v1${path}`, {
        method,
        headers: { cookie, origin: url, "content-type": "application/json" },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
      return (await answer.json()) as T;
    },
    figures: () => figuresOf(pid),
    async stop() {
      child.kill("SIGTERM");
      await ended;
    },
  };
}

export interface BenchWorker {
  figures(): ProcessFigures;
  stop(): Promise<void>;
}

/** One more worker, beside others on one PostgreSQL. */
export async function startWorker(options: ServerOptions): Promise<BenchWorker> {
  const child = begin(["worker"], options);
  const ended = once(child, "exit");
  await said(child, /(A worker runs)/);
  const pid = childOf(child.pid!);
  return {
    figures: () => figuresOf(pid),
    async stop() {
      child.kill("SIGTERM");
      await ended;
    },
  };
}

/** Our program, through its launcher, with no setting but these. */
function begin(args: readonly string[], options: ServerOptions) {
  const { dataDir, databaseUrl, timeScale = 1, simulator } = options;
  const inherited = Object.entries(process.env).filter(([name]) => !name.startsWith("GLASSHOUSE_"));
  return spawn(process.execPath, ["bin/launch.mjs", "src/main.ts", ...args], {
    cwd: root,
    stdio: ["ignore", "pipe", "inherit"],
    env: {
      ...Object.fromEntries(inherited),
      GLASSHOUSE_DATA_DIR: dataDir,
      GLASSHOUSE_PORT: "0",
      GLASSHOUSE_LOG_LEVEL: "warn",
      GLASSHOUSE_TIME_SCALE: String(timeScale),
      ...(databaseUrl && { GLASSHOUSE_DATABASE_URL: databaseUrl }),
      ...(simulator && {
        GLASSHOUSE_GREENHOUSE_HARVEST_URL: simulator.urls.harvest,
        GLASSHOUSE_GREENHOUSE_AUTH_URL: simulator.urls.auth,
        GLASSHOUSE_GREENHOUSE_AUDIT_URL: simulator.urls.audit,
      }),
    },
  });
}

/** What it says to its user, once it says so. */
function said(child: ReturnType<typeof begin>, what: RegExp): Promise<string> {
  return new Promise((found, failed) => {
    createInterface(child.stdout).on("line", (line) => {
      const told = what.exec(line);
      if (told) found(told[1]!);
    });
    child.once("exit", (code) => failed(new Error(`the program ended with ${code}`)));
  });
}

interface Run {
  lane: string;
  startedAt: string;
  endedAt: string | null;
  outcome: string | null;
  requests: number;
  throttled: number;
  error: unknown;
  steps: { stream: string; rows: number; error: unknown }[];
}

/** Connects the simulator's account in a server that syncs nothing, which is then stopped. */
export async function connect(
  simulator: BenchSimulator,
  options: ServerOptions,
  name = "bench",
): Promise<void> {
  const server = await startServer({ ...options, simulator, worker: false });
  try {
    await server.call("POST", "/connections", {
      name,
      credential: { kind: "harvest_v3", clientId: simulator.clientId, secret: simulator.clientSecret },
      adminUser: String(simulator.siteAdminId),
      settings: { sharePercent: 100, off: NOT_SYNCED },
    });
  } finally {
    await server.stop();
  }
}

/** Waits until every lane has run once: how long from the first start to the last end, and the events it brought. */
export async function firstSync(
  server: BenchServer,
  onWait: (runs: readonly Run[]) => void,
): Promise<{ ms: number; events: number }> {
  for (;;) {
    await sleep(1000);
    const { items: runs } = await server.call<{ items: Run[] }>("GET", "/connections/bench/runs");
    const failed = runs.find((run) => run.outcome !== null && run.outcome !== "complete");
    if (failed) throw new Error(`a run ended ${failed.outcome}: ${JSON.stringify(failed)}`);
    const ended = runs.filter((run) => run.endedAt !== null).map(({ lane }) => lane);
    if (SYNCED.every((lane) => ended.includes(lane))) {
      const starts = runs.map((run) => Date.parse(run.startedAt));
      const ends = runs.map((run) => Date.parse(run.endedAt!));
      const log = runs.flatMap(({ steps }) => steps).find(({ stream }) => stream === "audit_log");
      return { ms: Math.max(...ends) - Math.min(...starts), events: log?.rows ?? 0 };
    }
    onWait(runs);
  }
}
