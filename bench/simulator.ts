/** The simulator in a process of its own, so that what is measured shares no event loop with it. */
import { spawn } from "node:child_process";
import { writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";

export interface Facts {
  urls: { harvest: string; auth: string; audit: string };
  clientId: string;
  clientSecret: string;
  v1Key: string;
  siteAdminId: number;
}

export interface BenchSimulator extends Facts {
  get<T>(path: string): Promise<T>;
  send(method: string, path: string, body?: unknown): Promise<void>;
  stop(): Promise<void>;
}

export interface Size {
  users: number;
  grants: number;
  eventsPerDay: number;
  timeScale?: number;
  limits: boolean;
  scenario?: Record<string, unknown>;
}

const root = dirname(import.meta.dirname);

export async function startBenchSimulator(size: Size): Promise<BenchSimulator> {
  const scenario = join(
    tmpdir(),
    `glasshouse-bench-${process.pid}-${Math.random().toString(36).slice(2)}.json`,
  );
  writeFileSync(scenario, JSON.stringify(size.scenario ?? {}));
  const args = [
    ...["--json", "--port", "0", "--users", String(size.users), "--scenario", scenario],
    ...["--job-permissions", String(size.grants), "--events-per-day", String(size.eventsPerDay)],
    ...["--time-scale", String(size.timeScale ?? 1), ...(size.limits ? [] : ["--no-limits"])],
  ];
  const child = spawn(
    process.execPath,
    ["--disable-warning=ExperimentalWarning", join(root, "simulator/main.ts"), ...args],
    {
      stdio: ["ignore", "pipe", "inherit"],
    },
  );
  const line = await new Promise<string>((resolve, reject) => {
    createInterface(child.stdout).once("line", resolve);
    child.once("exit", (code) => reject(new Error(`the simulator ended with ${code}`)));
  });
  const facts = JSON.parse(line) as Facts;
  const call = async (method: string, path: string, body?: unknown) => {
    const answer = await fetch(facts.urls.harvest + path, {
      method,
      ...(body === undefined
        ? {}
        : { body: JSON.stringify(body), headers: { "content-type": "application/json" } }),
    });
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
    return answer;
  };
  return {
    ...facts,
    get: async <T>(path: string) => (await (await call("GET", path)).json()) as T,
    send: async (method, path, body) => void (await call(method, path, body)),
    stop: () =>
      new Promise((resolve) => {
        child.once("exit", () => resolve());
        child.kill("SIGTERM");
      }),
  };
}
