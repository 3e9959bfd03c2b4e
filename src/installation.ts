/** Finds who answers: a remote server, the owner of the data directory, or this very process. */
import type { FastifyBaseLogger, FastifyInstance } from "fastify";
import { pino } from "pino";
import type { ApiContext, Handlers } from "./api/handler.ts";
import { buildApp } from "./api/http/app.ts";
import { closeServer, type HttpServer, serveHttp } from "./api/http/server.ts";
import type { Services } from "./api/services.ts";
import type { Installation, OpenOptions } from "./cli/installation.ts";
import { inProcess, overHttp, overSocket, type Transport, Unreachable } from "./cli/transport.ts";
import type { Config } from "./config.ts";
import { harmlessLine } from "./model/harmless.ts";
import { connectOrOwn, type Ownership } from "./owner/owner.ts";
import { type SampleProgram, sampleHouse } from "./sample-house.ts";
import { markSample } from "./store/upkeep/sample.ts";

export interface BuildOptions {
  config: Config;
  /** Real path; this process holds its lock. */
  dataDir: string;
  /** `serve`, `sync`, … */
  command: string;
  scheduled: boolean;
  log: FastifyBaseLogger;
}

/** The parts that act, over an open store. */
export interface Parts {
  services: Services;
  /** Their clock. */
  now: () => number;
  /** From now on lanes run when they are due. */
  schedule(): void;
  /** Runs end at their next safe point, and with them what follows their progress. */
  stop(): Promise<void>;
  /** Closes the store. */
  close(): Promise<void>;
}

export interface Builder {
  version: string;
  handlers: Handlers;
  /** Where the built console lies. */
  consoleDir: string;
  /** Sample data that can be started beside a server. */
  sample?: SampleProgram;
  /** Opens the store (migrating it) and builds what acts upon it. */
  build(options: BuildOptions): Promise<Parts>;
}

export async function openInstallation(builder: Builder, options: OpenOptions): Promise<Installation> {
  const { config, need, err } = options;
  if (config.remote && need === "any") {
    return { transport: overHttp(config.remote.url, config.remote.token), own: null, close: async () => {} };
  }
  const standing = await connectOrOwn(config.dataDir, {
    command: options.command,
    need,
    onWait: (owner) => {
      const who = owner ? `\`glasshouse ${owner.command}\` (process ${owner.pid})` : "another process";
      err.write(`Waiting for ${who} …\n`);
    },
  });
  if (standing.role === "owner") return ownInstallation(standing, builder, options);
  return following(overSocket(standing.socket), builder, options);
}

/** A server that is closing answers 503 and does nothing. */
const ENDING = 503;

/** The owner may end between two calls: then this process finds the next one, or becomes it. */
function following(first: Transport, builder: Builder, options: OpenOptions): Installation {
  let next: Installation | null = null;
  const transport: Transport = async (ask) => {
    if (next) return next.transport(ask);
    try {
      const reply = await first(ask);
      if (reply.status !== ENDING) return reply;
    } catch (error) {
      if (!(error instanceof Unreachable)) throw error;
      const { code } = error.cause as NodeJS.ErrnoException;
      // After a reset the owner may have acted already: asking again must change nothing.
      if (code !== "ECONNREFUSED" && code !== "ENOENT" && ask.method !== "GET") throw error;
    }
    next = await openInstallation(builder, options);
    return next.transport(ask);
  };
  return { transport, own: null, close: async () => next?.close() };
}

async function ownInstallation(
  ownership: Ownership,
  builder: Builder,
  options: OpenOptions,
): Promise<Installation> {
  const { handlers, version, consoleDir } = builder;
  const { config } = options;
  const scheduled = options.scheduled !== false;
  const { dataDir } = ownership;
  const log = logger(options);
  let parts: Parts | null = null;
  let app: FastifyInstance | null = null;
  let http: HttpServer | null = null;
  const sample =
    builder.sample && options.command === "serve" ? sampleHouse(config, builder.sample) : undefined;
  const close = async () => {
    await Promise.all([parts?.stop(), sample?.stop()]);
    await Promise.all([app && closeServer(app), http?.close()]);
    await parts?.close();
    ownership.release();
  };
  try {
    parts = await builder.build({
      config,
      dataDir,
      command: options.command,
      scheduled: options.scheduled === true,
      log,
    });
    if (options.sample) await parts.services.store.write(markSample);
    const { services, now } = parts;
    const context: ApiContext = { services, config, version, scheduled, now, sample };
    app = await buildApp(context, { guard: null, handlers, logger: log });
    await app.ready();
    await ownership.listen(app.server);
    const serve = async () => {
      http = await serveHttp(context, { config, handlers, consoleDir, logger: log });
      ownership.describe({ url: http.url });
      return http;
    };
    const { schedule } = parts;
    return { transport: inProcess(app), own: { place: parts.services.store.place, schedule, serve }, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** `serve` logs; a single command is silent unless asked. Logs go to standard error. */
export function logger({
  config,
  command,
  err,
}: Pick<OpenOptions, "config" | "command" | "err">): FastifyBaseLogger {
  const serves = command === "serve" || command === "worker";
  const level = serves || config.logLevelGiven ? config.logLevel : "silent";
  // What others wrote is in it, and people read it on a terminal: pino escapes no direction and no C1 control.
  const harmless = { write: (line: string) => void err.write(harmlessLine(line)) };
  return pino({ level, base: null, timestamp: pino.stdTimeFunctions.isoTime }, harmless);
}
