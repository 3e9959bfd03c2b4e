/** One way to ask: of the app in this process, of the owner over its socket, or of a server far away. */
import { type ClientRequest, type IncomingMessage, request as plain, type RequestOptions } from "node:http";
import { request as secure } from "node:https";
import type { Readable } from "node:stream";
import type { FastifyInstance } from "fastify";

export interface Ask {
  method: string;
  /** With its query string. */
  path: string;
  accept: string;
  body?: string;
}

export interface Reply {
  status: number;
  body: Readable;
}

export type Transport = (ask: Ask) => Promise<Reply>;

/** The server can't be reached: nothing has been asked of it. */
export class Unreachable extends Error {
  override name = "Unreachable";
}

/** The handlers of this process, through the same routes as everybody's. */
export function inProcess(app: FastifyInstance): Transport {
  return async ({ method, path, accept, body }) => {
    const answer = await app.inject({
      method: method as "GET",
      url: path,
      headers: headersOf(accept, body),
      ...(body === undefined ? {} : { payload: body }),
      payloadAsStream: true,
    });
    return { status: answer.statusCode, body: answer.stream() };
  };
}

export function overSocket(socketPath: string): Transport {
  return (ask) => send(plain, { socketPath }, ask, "The running Glasshouse");
}

export function overHttp(url: URL, token: string): Transport {
  const options = {
    host: url.hostname.replace(/^\[(.*)\]$/, "$1"),
    port: url.port || (url.protocol === "https:" ? 443 : 80),
    headers: { authorization: `Bearer ${token}`, host: url.host },
  };
  const base = url.pathname.replace(/\/$/, "");
  const request = url.protocol === "https:" ? secure : plain;
  return (ask) => send(request, options, { ...ask, path: base + ask.path }, url.origin);
}

type Requester = (options: RequestOptions, answered: (answer: IncomingMessage) => void) => ClientRequest;

function send(request: Requester, options: RequestOptions, ask: Ask, whom: string): Promise<Reply> {
  return new Promise((done, failed) => {
    const asking = request(
      {
        ...options,
        method: ask.method,
        path: ask.path,
        headers: { ...headersOf(ask.accept, ask.body), ...(options.headers as Record<string, string>) },
      },
      (answer) => done({ status: answer.statusCode ?? 0, body: answer }),
    );
    asking.once("error", (error: NodeJS.ErrnoException) => {
      failed(new Unreachable(`${whom} can't be reached (${error.code ?? error.message}).`, { cause: error }));
    });
    asking.end(ask.body);
  });
}

function headersOf(accept: string, body: string | undefined): Record<string, string> {
  const json: Record<string, string> =
    body === undefined
      ? {}
      : { "content-type": "application/json", "content-length": String(Buffer.byteLength(body)) };
  return { accept, ...json };
}
