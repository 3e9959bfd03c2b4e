/** The HTTP port: by its own names only; who may do what is told by session or API token. */
import type { FastifyBaseLogger, FastifyInstance } from "fastify";
import type { Config } from "../../config.ts";
import { isLoopback } from "../../model/loopback.ts";
import type { ApiContext, Handlers } from "../handler.ts";
import { buildApp } from "./app.ts";

export interface HttpServer {
  url: string;
  close(): Promise<void>;
}

export interface HttpOptions {
  config: Pick<Config, "host" | "port" | "publicUrl">;
  handlers: Handlers;
  /** Where the built console lies. */
  consoleDir: string;
  logger?: FastifyBaseLogger;
}

/** Listens. Throws an Error that says what to do when the port is taken. */
export async function serveHttp(context: ApiContext, options: HttpOptions): Promise<HttpServer> {
  const { config, handlers, consoleDir, logger } = options;
  let port = config.port;
  const own = () => ["localhost", "127.0.0.1", "[::1]"].map((host) => `${host}:${port}`);
  const { publicUrl } = config;
  const app = await buildApp(context, {
    handlers,
    // Its own level: what listens is said by who started it.
    logger: logger?.child({}),
    guard: {
      hosts: () => [...own(), ...(publicUrl ? [publicUrl.host] : [])],
      port: config.port,
      address: () => new URL(publicUrl?.origin ?? `http://localhost:${port}`),
      origins: () => [...own().map((host) => `http://${host}`), ...(publicUrl ? [publicUrl.origin] : [])],
    },
  });
  const { serveConsole } = await import("./console.ts");
  await serveConsole(app, consoleDir);
  try {
    const { level } = app.log;
    app.log.level = "warn";
    await app.listen({ host: config.host, port: config.port });
    app.log.level = level;
  } catch (error) {
    await app.close();
    const { code } = error as NodeJS.ErrnoException;
    if (code === "EADDRINUSE" || code === "EACCES") {
      const why = code === "EACCES" ? "may not be used by this user" : "is taken by another program";
      throw new Error(`Port ${config.port} ${why}. Choose another one with GLASSHOUSE_PORT.`, {
        cause: error,
      });
    }
    throw error;
  }
  const address = app.server.address();
  if (address !== null && typeof address === "object") port = address.port;
  const host = config.host.includes(":") ? `[${config.host}]` : config.host;
  // Who listens on every address is not called by one of them.
  const url = isLoopback(config.host) || !publicUrl ? `http://${host}:${port}` : publicUrl.origin;
  return { url, close: () => closeServer(app) };
}

/** How long open answers may take to end. */
const CLOSING_MS = 5_000;

/** Lets open answers end, but not for ever: a client that doesn't read would hold us up. */
export async function closeServer(app: FastifyInstance): Promise<void> {
  const late = setTimeout(() => app.server.closeAllConnections(), CLOSING_MS);
  // Fastify closes only a server that it has opened itself; the owner's listens at its socket.
  const closed = new Promise<void>((done) =>
    app.server.listening ? app.server.close(() => done()) : done(),
  );
  app.server.closeIdleConnections();
  await Promise.all([closed, app.close()]);
  clearTimeout(late);
}
