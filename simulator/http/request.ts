import type { IncomingMessage } from "node:http";

/** A request as the endpoints see it. */
export interface Call {
  method: string;
  path: string;
  query: URLSearchParams;
  /** The query as it was sent, without the question mark. */
  queryText: string;
  headers: IncomingMessage["headers"];
  body: string;
  /** Scheme and host as the caller wrote them, for links. */
  origin: string;
  /** Filled in on the way: which credential called, for the counters. */
  credential?: string;
}

/** Splits `Authorization: Basic …` into user and password (api.md §1.1, §2.1). Null when it is something else. */
export function basicAuth(header: string | undefined): { user: string; password: string } | null {
  const match = /^basic\s+(\S+)$/i.exec(header ?? "");
  if (!match) return null;
  const text = Buffer.from(match[1] as string, "base64").toString("utf8");
  const colon = text.indexOf(":");
  return colon < 0 ? null : { user: text.slice(0, colon), password: text.slice(colon + 1) };
}

/** The token of `Authorization: Bearer …`, or null. */
export function bearer(header: string | undefined): string | null {
  return /^bearer\s+(\S+)$/i.exec(header ?? "")?.[1] ?? null;
}

/** Reads a request's body, at most a megabyte of it. */
export async function readBody(message: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of message) {
    size += (part as Buffer).length;
    if (size > 1_048_576) break;
    parts.push(part as Buffer);
  }
  return Buffer.concat(parts).toString("utf8");
}
