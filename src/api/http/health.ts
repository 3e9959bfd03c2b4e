/** For operators: does it live, is it ready, how is it doing. */
import { monitorEventLoopDelay } from "node:perf_hooks";
import type { FastifyInstance, FastifyRequest } from "fastify";
import { ApiError, errorBody } from "../errors.ts";
import type { ApiContext } from "../handler.ts";
import type { Metrics } from "../services.ts";
import { authorize } from "./guard.ts";

const PLAIN = "text/plain; charset=utf-8";

export function health(app: FastifyInstance, { services, version }: ApiContext): void {
  const machine = ownMachine(version);
  app.addHook("onClose", async () => machine.stop());

  const open = { schema: { hide: true } as object, config: { open: true } };
  app.get("/healthz", open, async (_request, reply) => reply.type(PLAIN).send("ok\n"));
  app.get("/readyz", open, async (_request, reply) => {
    const why = await services.notReady();
    if (why === null) return reply.type(PLAIN).send("ready\n");
    return reply.code(503).send(errorBody("not_ready", why));
  });
  const operator = async (request: FastifyRequest) => {
    authorize(request, { needs: "operator" });
    const { who } = request;
    if (who.kind === "member" && who.connections !== null) {
      throw new ApiError(
        "not_allowed",
        "These are counts of all connections, and you see some of them.",
        "Ask an admin.",
      );
    }
  };
  app.get("/metrics", { schema: { hide: true } as object, onRequest: operator }, async (_request, reply) => {
    const text = metricsText(await services.metrics(), machine());
    return reply.type("text/plain; version=0.0.4; charset=utf-8").send(text);
  });
}

interface Machine {
  version: string;
  delayMaxMs: number;
  delayP99Ms: number;
  residentBytes: number;
  uptimeSeconds: number;
}

/** What is told of this process: each time since the last, until it is stopped. */
export function ownMachine(version: string): (() => Machine) & { stop(): void } {
  const delay = monitorEventLoopDelay({ resolution: 20 });
  delay.enable();
  const look = (): Machine => {
    const seen = {
      version,
      delayMaxMs: delay.max / 1e6,
      delayP99Ms: delay.percentile(99) / 1e6,
      residentBytes: process.memoryUsage.rss(),
      uptimeSeconds: process.uptime(),
    };
    delay.reset();
    return seen;
  };
  return Object.assign(look, { stop: () => void delay.disable() });
}

/** Prometheus' text format. */
export function metricsText(work: Metrics, machine: Machine): string {
  const seconds = (ms: number) => String(ms / 1000);
  const metrics: [name: string, type: string, help: string, samples: [labels: string, value: string][]][] = [
    [
      "glasshouse_info",
      "gauge",
      "Version of the running program.",
      [[`{version="${machine.version}"}`, "1"]],
    ],
    [
      "glasshouse_runs_total",
      "counter",
      "Sync runs ended since start.",
      work.runs.map(({ lane, outcome, count }) => [`{lane="${lane}",outcome="${outcome}"}`, String(count)]),
    ],
    ["glasshouse_runs_running", "gauge", "Sync runs under way.", [["", String(work.runningRuns)]]],
    [
      "glasshouse_workers",
      "gauge",
      "Workers that live, of all processes on a shared database.",
      work.workers.length > 0 ? [["", String(work.workers.filter(({ alive }) => alive).length)]] : [],
    ],
    [
      "glasshouse_worker_runs_running",
      "gauge",
      "Sync runs under way, by worker.",
      work.workers
        .filter(({ alive }) => alive)
        .map(({ worker, running }) => [`{worker="${worker}"}`, String(running)]),
    ],
    [
      "glasshouse_greenhouse_requests_total",
      "counter",
      "Requests sent to Greenhouse.",
      [["", String(work.requests)]],
    ],
    [
      "glasshouse_greenhouse_throttled_total",
      "counter",
      "Answers with status 429.",
      [["", String(work.throttled)]],
    ],
    [
      "glasshouse_greenhouse_wait_seconds_total",
      "counter",
      "Time waited for Greenhouse's rate limits.",
      [["", seconds(work.waitedMs)]],
    ],
    [
      "glasshouse_alert_messages_waiting",
      "gauge",
      "Messages of alerts that are not sent yet.",
      [["", String(work.messages.waiting)]],
    ],
    [
      "glasshouse_alert_messages_given_up",
      "gauge",
      "Messages of alerts of the last seven days that were given up.",
      [["", String(work.messages.givenUp)]],
    ],
    [
      "glasshouse_event_loop_delay_max_seconds",
      "gauge",
      "Longest delay of the event loop since the last scrape.",
      [["", seconds(machine.delayMaxMs)]],
    ],
    [
      "glasshouse_event_loop_delay_p99_seconds",
      "gauge",
      "99th percentile of the event loop's delay since the last scrape.",
      [["", seconds(machine.delayP99Ms)]],
    ],
    [
      "process_resident_memory_bytes",
      "gauge",
      "Resident memory of the process.",
      [["", String(machine.residentBytes)]],
    ],
    ["process_uptime_seconds", "gauge", "Time since start.", [["", String(machine.uptimeSeconds)]]],
  ];
  return metrics
    .flatMap(([name, type, help, samples]) => [
      `# HELP ${name} ${help}`,
      `# TYPE ${name} ${type}`,
      ...samples.map(([labels, value]) => `${name}${labels} ${value}`),
    ])
    .join("\n")
    .concat("\n");
}
