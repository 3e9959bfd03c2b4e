/** One question, one answer: bounded in size and time, never redirected, never sent to a foreign origin. */
import { readFileSync } from "node:fs";
import type { Readable } from "node:stream";
import { createBrotliDecompress, createGunzip, createInflate } from "node:zlib";
import { request as undiciRequest } from "undici";
import type { Ask } from "../model/verdict.ts";
import { ConnectorError, type Fault } from "./errors.ts";
import { decodeBody } from "./json.ts";
import { trouble } from "./network-errors.ts";
import { dispatcher, proxyInForce } from "./proxy.ts";

export type HttpMethod = "GET" | "POST" | "PATCH" | "DELETE";

export interface HttpRequest {
  method: HttpMethod;
  url: URL;
  headers: Record<string, string>;
  body?: string;
  /** The connection's own origins; a URL of any other is refused before anything is sent. */
  origins: readonly string[];
  /** Accepted size of the body after decompression. */
  maxBytes: number;
  /** No headers, or nothing more of the body, for so long: given up. */
  idleMs: number;
  /** The whole exchange, body included. */
  totalMs: number;
  signal: AbortSignal;
  /** Our clock, ms. */
  now: () => number;
}

export interface HttpAnswer {
  status: number;
  /** Names in lower case; a header sent several times is joined by a comma. */
  headers: Record<string, string>;
  /** Decompressed and decoded. Of an error answer, as much as could be read. */
  text: string;
  bytes: number;
  invalidUtf8: boolean;
  ask: Ask;
  /** The Date header, ms; null where none was sent. */
  date: number | null;
  /** When the headers had come in (our clock, ms). */
  headersAt: number;
}

/** Firewalls before an API turn away who doesn't name themselves. */
const { version } = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8")) as {
  version: string;
};
const USER_AGENT = `Glasshouse/${version}`;

/** Of an error's body nobody needs more. */
const ERROR_BODY_BYTES = 64 * 1024;
const REQUEST_ID_HEADERS = ["x-request-id", "request-id", "x-correlation-id", "x-amzn-requestid", "cf-ray"];

/**
 * Sends one request and reads its answer, whatever its status. Throws ConnectorError (`network`, `tls`, `proxy`,
 * `unreadable`) if no complete answer came, and the signal's reason if it was aborted.
 */
export async function exchange(request: HttpRequest): Promise<HttpAnswer> {
  const { url, method } = request;
  const ask: Ask = {
    method,
    path: url.pathname,
    host: url.host,
    status: null,
    at: request.now(),
    requestId: null,
  };
  if (!request.origins.includes(url.origin)) {
    throw new ConnectorError(
      "invalid",
      `${url.origin} is not one of this connection's own origins: nothing was sent there`,
      ask,
      {
        fault: "foreign",
      },
    );
  }
  request.signal.throwIfAborted();
  const limit = AbortSignal.timeout(request.totalMs);
  const signal = AbortSignal.any([request.signal, limit]);
  try {
    const response = await undiciRequest(url, {
      dispatcher: dispatcher(),
      method,
      headers: {
        accept: "application/json",
        "accept-encoding": "gzip, br",
        "user-agent": USER_AGENT,
        ...request.headers,
      },
      body: request.body ?? null,
      headersTimeout: request.idleMs,
      bodyTimeout: request.idleMs,
      signal,
    });
    const headersAt = request.now();
    const headers = flat(response.headers);
    ask.status = response.statusCode;
    ask.requestId = requestId(headers);
    const failed = response.statusCode >= 300;
    const body = await readBody(
      response.body,
      headers["content-encoding"],
      failed ? ERROR_BODY_BYTES : request.maxBytes,
    );
    if (body.fault === "cut") signal.throwIfAborted();
    if (body.fault !== null && !failed) throw unreadable(ask, body, request);
    const { text, invalid } = decodeBody(body.data, headers["content-type"]);
    return {
      status: response.statusCode,
      headers,
      text,
      bytes: body.bytes,
      invalidUtf8: invalid,
      ask,
      date: time(headers.date),
      headersAt,
    };
  } catch (error) {
    if (error instanceof ConnectorError) throw error;
    request.signal.throwIfAborted();
    throw limit.aborted ? stalled(ask, request, error) : unreachable(ask, request, error);
  }
}

interface Body {
  data: Buffer;
  /** Read before the end or the fault, decompressed. */
  bytes: number;
  fault: Fault | null;
  cause?: unknown;
}

/** Reads and decompresses until the end, the limit or a fault; never throws, except for an abort or a time-out. */
async function readBody(body: Readable, encoding: string | undefined, maxBytes: number): Promise<Body> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  const decoded = decompress(body, encoding);
  const end = (fault: Fault | null, cause?: unknown): Body => ({
    data: Buffer.concat(chunks),
    bytes,
    fault,
    cause,
  });
  if (decoded === null) {
    body.on("error", () => {}).destroy();
    return end("garbled", new Error("unknown content encoding"));
  }
  try {
    for await (const chunk of decoded as AsyncIterable<Buffer>) {
      bytes += chunk.length;
      if (bytes > maxBytes) return end("too_large");
      chunks.push(chunk);
    }
    return end(null);
  } catch (cause) {
    const { code, name } = cause as { code?: string; name?: string };
    if (name === "AbortError" || name === "TimeoutError" || code === "UND_ERR_BODY_TIMEOUT") throw cause;
    const broken =
      code === "Z_DATA_ERROR" ||
      code === "ERR__ERROR_FORMAT" ||
      code?.startsWith("ERR_BROTLI") ||
      code?.startsWith("ERR_PADDING");
    return end(broken ? "garbled" : "cut", cause);
  } finally {
    body.on("error", () => {}).destroy();
    decoded.on("error", () => {}).destroy();
  }
}

function decompress(body: Readable, encoding = "identity"): Readable | null {
  const name = encoding.trim().toLowerCase();
  if (name === "identity" || name === "") return body;
  const options = { chunkSize: 64 * 1024 };
  const through =
    name === "gzip" || name === "x-gzip"
      ? createGunzip(options)
      : name === "br"
        ? createBrotliDecompress(options)
        : name === "deflate"
          ? createInflate(options)
          : null;
  if (through) body.on("error", (error) => through.destroy(error)).pipe(through);
  return through;
}

function unreadable(ask: Ask, body: Body, request: HttpRequest): ConnectorError {
  const size = `${body.bytes.toLocaleString("en-US")} bytes`;
  const words =
    body.fault === "too_large"
      ? `more than ${request.maxBytes.toLocaleString("en-US")} bytes (${size} read)`
      : body.fault === "cut"
        ? `cut off after ${size}`
        : `garbled after ${size}`;
  return new ConnectorError(
    "unreadable",
    `${where(ask)} answered ${ask.status}, but the answer is ${words}`,
    ask,
    {
      fault: body.fault,
      said: words,
      cause: body.cause,
    },
  );
}

function stalled(ask: Ask, request: HttpRequest, cause: unknown): ConnectorError {
  const seconds = Math.max(1, Math.round(request.totalMs / 1000));
  const words = `no complete answer in ${seconds} s`;
  return new ConnectorError("network", `${where(ask)}: ${words}`, ask, {
    fault: "timed_out",
    said: words,
    cause,
  });
}

function unreachable(ask: Ask, request: HttpRequest, cause: unknown): ConnectorError {
  const found = trouble(cause, request.url.protocol === "https:" ? proxyInForce() : null);
  const words =
    found.fault === "timed_out"
      ? `no answer in ${Math.max(1, Math.round(request.idleMs / 1000))} s`
      : found.words;
  const said = found.code && found.fault !== "timed_out" ? `${words} (${found.code})` : words;
  return new ConnectorError(found.family, `${where(ask)}: ${words}`, ask, {
    fault: found.fault,
    said,
    cause,
  });
}

function where(ask: Ask): string {
  return `${ask.method} ${ask.host}${ask.path}`;
}

function flat(headers: Record<string, string | string[] | undefined>): Record<string, string> {
  const result: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined) result[name.toLowerCase()] = Array.isArray(value) ? value.join(", ") : value;
  }
  return result;
}

function requestId(headers: Record<string, string>): string | null {
  const found = REQUEST_ID_HEADERS.map((name) => headers[name]).find(Boolean);
  return found?.replace(/[^\x21-\x7e]/g, "").slice(0, 100) || null;
}

function time(date: string | undefined): number | null {
  const at = date ? Date.parse(date) : Number.NaN;
  return Number.isNaN(at) ? null : at;
}
