/** Finds who answers: a remote server, the owner of the data directory, or this very process. */
import type { FastifyBaseLogger, FastifyInstance } from "fastify";
import { pino } from "pino";
import { buildApp } from "../api/app.ts";
import type { ApiContext, Handlers } from "../api/handler.ts";
import type { Services } from "../api/services.ts";
import type { Config } from "../config.ts";
import { connectOrOwn, type Ownership } from "../owner/owner.ts";
import type { Terminal } from "./terminal.ts";
import { inProcess, overHttp, overSocket, type Transport, Unreachable } from "./transport.ts";

export interface BuildOptions {
  config: Config;
  /** Real path; this process holds its lock. */
  dataDir: string;
  /** Run lanes when they are due; otherwise only what is asked for. */
  scheduled: boolean;
  log: FastifyBaseLogger;
}

/** The parts that act, as main.ts builds them over an open store. */
export interface Parts {
  services: Services;
  /** Runs end at their next safe point, and with them what follows their progress. */
  stop(): Promise<void>;
  /** Closes the store. */
  close(): Promise<void>;
}

/** What main.ts passes to the command line. */
export interface Program {
  version: string;
  /** Script of the simulator, run as a program of its own. */
  simulator: string;
  handlers: Handlers;
  /** Opens the store (migrating it) and builds what acts upon it. */
  build(options: BuildOptions): Promise<Parts>;
  /** Puts a backup in the place of an installation that nobody has open. */
  restore(options: { file: string; dataDir: string }): Promise<void>;
}

export interface Installation {
  transport: Transport;
  /** null: somebody else's. */
  own: { ownership: Ownership; parts: Parts; context: ApiContext; log: FastifyBaseLogger } | null;
  close(): Promise<void>;
}

export interface OpenOptions {
  program: Program;
  config: Config;
  terminal: Terminal;
  command: string;
  need?: "any" | "own";
  scheduled?: boolean;
}

/** How long open requests of other commands may take to end. */
const CLOSING_MS = 5_000;

export async function openInstallation(options: OpenOptions): Promise<Installation> {
  const { config, terminal } = options;
  const need = options.need ?? "any";
  if (config.remote && need === "any") {
    return { transport: overHttp(config.remote.url, config.remote.token), own: null, close: async () => {} };
  }
  const standing = await connectOrOwn(config.dataDir, {
    command: options.command,
    need,
    onWait: (owner) => {
      const who = owner ? `\`glasshouse ${owner.command}\` (process ${owner.pid})` : "another process";
      terminal.err.write(`Waiting for ${who} …\n`);
    },
  });
  if (standing.role === "owner") return ownInstallation(standing, options);
  return following(overSocket(standing.socket), options);
}

/** The owner may end between two calls: then this process finds the next one, or becomes it. */
function following(first: Transport, options: OpenOptions): Installation {
  let next: Installation | null = null;
  const transport: Transport = async (ask) => {
    if (next) return next.transport(ask);
    try {
      return await first(ask);
    } catch (error) {
      if (!(error instanceof Unreachable)) throw error;
      const { code } = error.cause as NodeJS.ErrnoException;
      // After a reset the owner may have acted already: asking again must change nothing.
      if (code !== "ECONNREFUSED" && code !== "ENOENT" && ask.method !== "GET") throw error;
      next = await openInstallation(options);
      return next.transport(ask);
    }
  };
  return { transport, own: null, close: async () => next?.close() };
}

async function ownInstallation(ownership: Ownership, options: OpenOptions): Promise<Installation> {
  const { program, config } = options;
  const log = logger(options);
  let parts: Parts | null = null;
  let app: FastifyInstance | null = null;
  try {
    const scheduled = options.scheduled ?? false;
    parts = await program.build({ config, dataDir: ownership.dataDir, scheduled, log });
    const context: ApiContext = { services: parts.services, config, version: program.version, now: Date.now };
    app = await buildApp(context, { guard: null, handlers: program.handlers, logger: log });
    await app.ready();
    await ownership.listen(app.server);
    return {
      transport: inProcess(app),
      own: { ownership, parts, context, log },
      close: () => closeAll(ownership, parts, app),
    };
  } catch (error) {
    await closeAll(ownership, parts, app);
    throw error;
  }
}

async function closeAll(
  ownership: Ownership,
  parts: Parts | null,
  app: FastifyInstance | null,
): Promise<void> {
  await parts?.stop();
  if (app) await closeApp(app);
  await parts?.close();
  ownership.release();
}

/** Lets open answers end, but not for ever: a client that doesn't read would hold us up. */
async function closeApp(app: FastifyInstance): Promise<void> {
  const late = setTimeout(() => app.server.closeAllConnections(), CLOSING_MS);
  app.server.closeIdleConnections();
  // Fastify closes only the servers that it has opened itself; this one listens at the owner's socket.
  const closed = new Promise<void>((done) =>
    app.server.listening ? app.server.close(() => done()) : done(),
  );
  await Promise.all([closed, app.close()]);
  clearTimeout(late);
}

/** `serve` logs; a single command is silent unless asked. Logs go to standard error. */
function logger({ config, command, terminal }: OpenOptions): FastifyBaseLogger {
  const level = command === "serve" || config.logLevelGiven ? config.logLevel : "silent";
  return pino(
    { level, base: null, timestamp: pino.stdTimeFunctions.isoTime },
    terminal.err as NodeJS.WriteStream,
  );
}
