/** The simulator in a thread of its own: it ends with us, however we end. It is a program that we only start. */
import { Worker } from "node:worker_threads";

export interface RunningSimulator {
  urls: { harvest: string; auth: string; audit: string };
  clientId: string;
  clientSecret: string;
  siteAdminId: number;
  /** Its control endpoint (docs/simulator.md). */
  control(path: string, body?: unknown, method?: "POST" | "PATCH"): Promise<unknown>;
  stop(): Promise<void>;
}

const HEAP_MB = 256;

/** @param flags as the simulator takes them; it says on one line of JSON where it listens */
export async function startSimulator(script: string, flags: readonly string[]): Promise<RunningSimulator> {
  const worker = new Worker(script, {
    argv: [...flags, "--json"],
    stdout: true,
    stderr: true,
    resourceLimits: { maxOldGenerationSizeMb: HEAP_MB },
  });
  const facts = await new Promise<string>((ready, failed) => {
    let said = "";
    let complaint = "";
    worker.stderr.setEncoding("utf8").on("data", (text: string) => {
      complaint += text;
    });
    worker.stdout.setEncoding("utf8").on("data", (text: string) => {
      said += text;
      if (said.includes("\n")) ready(said);
    });
    worker.once("error", failed);
    worker.once("exit", () => failed(new Error(complaint.trim() || "The simulator ended.")));
  });
  const { urls, clientId, clientSecret, siteAdminId } = JSON.parse(facts) as RunningSimulator;
  return {
    urls,
    clientId,
    clientSecret,
    siteAdminId,
    async control(path, body, method = "POST") {
      const answer = await fetch(`${urls.harvest}/_sim/${path}`, {
        method: body === undefined ? "GET" : method,
        body: body === undefined ? undefined : JSON.stringify(body),
      });
      const text = await answer.text();
      if (!answer.ok) throw new Error(`The simulator refused ${path}: ${text}`);
      return JSON.parse(text);
    },
    async stop() {
      await worker.terminate();
    },
  };
}
