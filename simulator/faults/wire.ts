import type { ServerResponse } from "node:http";
import { gzipSync } from "node:zlib";
import { drained } from "../http/drained.ts";
import type { Fault } from "./rules.ts";

const sleep = (ms: number): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(resolve, ms).unref();
  });

/** Whether a fault is one of how bytes are sent. */
export function isWireFault(fault: Fault): boolean {
  return ["stall", "drip", "cut", "reset", "gzipBomb", "endless"].includes(fault.kind);
}

/** Sends an answer the wrong way. Returns the bytes sent. */
export async function sendBroken(
  res: ServerResponse,
  status: number,
  headers: Record<string, string>,
  body: Buffer,
  fault: Fault,
): Promise<number> {
  switch (fault.kind) {
    case "stall":
      return 0;
    case "reset":
      return reset(res, status, headers, body, fault.after);
    case "cut":
      return cut(res, status, headers, body, fault.at, fault.how ?? "length");
    case "drip":
      return drip(res, status, headers, body, fault.bytesPerSecond ?? 10);
    case "gzipBomb":
      return bomb(res, status, headers, fault.megabytes ?? 1024);
    case "endless":
      return endless(res, status, headers);
    default:
      return 0;
  }
}

/** Closes the connection with a reset, before the head or after some bytes of the body. */
async function reset(
  res: ServerResponse,
  status: number,
  headers: Record<string, string>,
  body: Buffer,
  after: number | undefined,
): Promise<number> {
  if (after !== undefined) {
    res.writeHead(status, { ...headers, "Content-Length": String(body.length) });
    res.write(body.subarray(0, after));
    await sleep(20);
  }
  res.socket?.resetAndDestroy();
  return after ?? 0;
}

/** Promises a length and sends less, or breaks off a chunked body. */
async function cut(
  res: ServerResponse,
  status: number,
  headers: Record<string, string>,
  body: Buffer,
  at: number | undefined,
  how: "length" | "chunked",
): Promise<number> {
  const part = body.subarray(0, at ?? Math.floor(body.length / 2));
  res.writeHead(status, how === "length" ? { ...headers, "Content-Length": String(body.length) } : headers);
  res.write(part);
  await sleep(20);
  res.destroy();
  return part.length;
}

async function drip(
  res: ServerResponse,
  status: number,
  headers: Record<string, string>,
  body: Buffer,
  bytesPerSecond: number,
): Promise<number> {
  res.writeHead(status, { ...headers, "Content-Length": String(body.length) });
  let sent = 0;
  for (; sent < body.length && !res.destroyed; sent++) {
    res.write(body.subarray(sent, sent + 1));
    await sleep(1000 / bytesPerSecond);
  }
  res.end();
  return sent;
}

/** A small gzip stream that unpacks to many megabytes: members that follow one another. */
async function bomb(
  res: ServerResponse,
  status: number,
  headers: Record<string, string>,
  megabytes: number,
): Promise<number> {
  const member = gzipSync(Buffer.alloc(10 * 1024 * 1024, " "), { level: 9 });
  const head = gzipSync(Buffer.from("["));
  res.writeHead(status, { ...headers, "Content-Encoding": "gzip" });
  res.write(head);
  let sent = head.length;
  for (let i = 0; i < megabytes / 10 && !res.destroyed; i++, sent += member.length)
    if (!res.write(member)) await drained(res);
  res.end(gzipSync(Buffer.from("]")));
  return sent;
}

async function endless(
  res: ServerResponse,
  status: number,
  headers: Record<string, string>,
): Promise<number> {
  const chunk = Buffer.from('{"id":1,"name":"again"},'.repeat(500));
  res.writeHead(status, headers);
  res.write("[");
  let sent = 1;
  for (; !res.destroyed; sent += chunk.length) {
    if (!res.write(chunk)) await drained(res);
    else await sleep(0);
  }
  return sent;
}
