/** Requests that no route and no hook ever sees: the same shape of an error, and the same headers. */
import type { Socket } from "node:net";
import type { FastifyReply } from "fastify";
import { errorBody } from "../errors.ts";
import { SECURITY_HEADERS } from "./headers.ts";

/** An address that can't be one reaches no hook. It isn't repeated. */
export function unroutable({ statusCode }: Error & { statusCode?: number }, reply: FastifyReply): void {
  void reply
    .code(statusCode ?? 400)
    .headers(SECURITY_HEADERS)
    .header("content-type", "application/json; charset=utf-8")
    .send(JSON.stringify(errorBody("invalid_request", "The address of this request can't be one.", null)));
}

const UNPARSED: Record<string, [status: string, why: string]> = {
  ERR_HTTP_REQUEST_TIMEOUT: ["408 Request Timeout", "The request took too long to come in."],
  HPE_HEADER_OVERFLOW: ["431 Request Header Fields Too Large", "The headers of the request are too large."],
};

/** What is no HTTP reaches no request at all. */
export function malformed({ code }: NodeJS.ErrnoException, socket: Socket): void {
  if (code === "ECONNRESET" || !socket.writable) return void socket.destroy();
  const [status, why] = UNPARSED[code ?? ""] ?? ["400 Bad Request", "This is no HTTP request."];
  const body = JSON.stringify(errorBody("invalid_request", why, null));
  const headers = {
    ...SECURITY_HEADERS,
    "content-type": "application/json; charset=utf-8",
    "content-length": String(Buffer.byteLength(body)),
    connection: "close",
  };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  socket.end([`HTTP/1.1 ${status}`, ...lines, "", body].join("\r\n"));
}
