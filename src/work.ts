/** A worker beside others: no API, no lock of a data directory, only what is due. */
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { metricsText, ownMachine } from "./api/http/health.ts";
import type { Program, Working } from "./cli/installation.ts";
import type { Config } from "./config.ts";
import type { Glasshouse } from "./glasshouse.ts";
import { logger } from "./installation.ts";

/** The database has heard of a worker that is well within this time. */
const HEARD_WITHIN_MS = 15_000;

export async function work(
  { config, err }: Parameters<Program["work"]>[0],
  version: string,
): Promise<Working> {
  const { openGlasshouse } = await import("./glasshouse.ts");
  const house = await openGlasshouse({
    dataDir: config.dataDir,
    databaseUrl: config.databaseUrl,
    env: process.env,
    scheduled: true,
    makesKey: false,
    log: logger({ config, command: "worker", err }),
    timeScale: config.timeScale,
    alerts: config.alerts,
  });
  let health: Server | null = null;
  try {
    health = config.workerAddress && (await tellHealth(house, config.workerAddress, version));
  } catch (error) {
    await house.close();
    throw error;
  }
  return {
    url: health && addressOf(health),
    refused: new Promise((tell) => {
      house.presence!.onRefused = tell;
    }),
    async close() {
      health?.close();
      health?.closeAllConnections();
      await house.close();
    },
  };
}

/** What can be read here are counts: it needs no sign-in. */
async function tellHealth(
  house: Glasshouse,
  { host, port }: NonNullable<Config["workerAddress"]>,
  version: string,
): Promise<Server> {
  const machine = ownMachine(version);
  const server = createServer(async (request, response) => {
    const say = (status: number, text: string) => {
      response.writeHead(status, { "content-type": "text/plain; version=0.0.4; charset=utf-8" }).end(text);
    };
    const path = request.url?.split("?", 1)[0];
    if (request.method !== "GET") return say(405, "GET only\n");
    if (path === "/healthz") return say(200, "ok\n");
    if (path === "/readyz") {
      const why = notReady(house);
      return why === null ? say(200, "ready\n") : say(503, `${why}\n`);
    }
    if (path !== "/metrics") return say(404, "not found\n");
    try {
      say(200, metricsText(await house.services.metrics(), machine()));
    } catch {
      say(503, "the database can't be asked\n");
    }
  });
  server.once("close", machine.stop);
  await new Promise<void>((done, failed) => {
    server.once("error", failed);
    server.listen(port, host, done);
  });
  return server;
}

function notReady({ presence, worker }: Glasshouse): string | null {
  if (worker.stopping) return "the worker is ending";
  const heard = presence?.saidAt ?? null;
  const silent = heard === null || performance.now() - heard > HEARD_WITHIN_MS;
  return silent ? "the database doesn't hear of this worker" : null;
}

function addressOf(server: Server): string {
  const { address, family, port } = server.address() as AddressInfo;
  return `http://${family === "IPv6" ? `[${address}]` : address}:${port}`;
}
