/** One request to a receiver: what it answered, or what went wrong. Never throws, never follows, never waits for long. */
import { type Dispatcher, request } from "undici";
import { trouble } from "../connectors/network-errors.ts";
import { proxied, proxyInForce } from "../connectors/proxy.ts";
import { AddressRefused, checkName, checkUrl, guardedLookup, type Lookup } from "./guard.ts";
import { said } from "./said.ts";

/** Of an answer so much is read, for the log. */
const READ_BYTES = 1024;

export interface Outcome {
  /** of: delivered; later: try again; refused: trying again hardly helps; gone: never again. */
  result: "delivered" | "later" | "refused" | "gone";
  /** null: no answer came. */
  status: number | null;
  text: string;
  /** The receiver asks to be left alone for so long. */
  waitMs: number | null;
}

export interface Sending {
  toPrivate: boolean;
  timeoutMs: number;
  now: () => number;
  /** For tests: what a name leads to. */
  lookup?: Lookup | undefined;
}

/** @param secrets what must not be told, should the answer repeat it */
export async function post(
  address: string,
  body: string,
  headers: Record<string, string>,
  secrets: readonly string[],
  { toPrivate, timeoutMs, now, lookup }: Sending,
): Promise<Outcome> {
  try {
    const url = checkUrl(address, toPrivate);
    if (!toPrivate && proxyInForce()) await checkName(url, lookup);
    const answer = await request(url, {
      method: "POST",
      headers: { "content-type": "application/json", "user-agent": "Glasshouse", ...headers },
      body,
      signal: AbortSignal.timeout(timeoutMs),
      dispatcher: dispatcher(toPrivate, lookup),
    });
    const { statusCode: status } = answer;
    const text = said(await beginning(answer.body), [address, ...pathParts(url), ...secrets]);
    const told = `${status}${text === "" ? "" : `: ${text}`}`;
    const waitMs = retryAfter(answer.headers["retry-after"], now());
    return { result: resultOf(status), status, text: told, waitMs };
  } catch (error) {
    if (error instanceof Error && causedBy(error)) {
      return { result: "refused", status: null, text: causedBy(error)!.message, waitMs: null };
    }
    return { result: "later", status: null, text: wordsOf(error), waitMs: null };
  }
}

/** 2xx: it took it. A redirect is refused: whoever it leads to was never checked, nor meant. */
function resultOf(status: number): Outcome["result"] {
  if (status >= 200 && status < 300) return "delivered";
  if (status === 410) return "gone";
  if (status >= 500 || [408, 425, 429].includes(status)) return "later";
  return "refused";
}

function causedBy(error: unknown): AddressRefused | null {
  for (let each = error; each instanceof Error; each = each.cause) {
    if (each instanceof AddressRefused) return each;
    const within =
      each instanceof AggregateError ? each.errors.find((one) => one instanceof AddressRefused) : null;
    if (within) return within as AddressRefused;
  }
  return null;
}

function wordsOf(error: unknown): string {
  if (error instanceof Error && error.name === "TimeoutError") return "no answer in time";
  const { family, words } = trouble(error, proxyInForce());
  return family === "proxy" ? `the proxy: ${words}` : words;
}

async function beginning(body: Dispatcher.ResponseData["body"]): Promise<string> {
  const parts: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const part of body as AsyncIterable<Buffer>) {
      parts.push(part);
      bytes += part.length;
      if (bytes >= READ_BYTES) break;
    }
  } catch {
    // What came before it broke off is enough: the status decides.
  }
  body.destroy();
  return Buffer.concat(parts).subarray(0, READ_BYTES).toString();
}

/** Seconds, or a date; at most a day is waited. */
function retryAfter(header: string | string[] | undefined, now: number): number | null {
  const value = Array.isArray(header) ? header[0] : header;
  if (!value) return null;
  const ms = /^\d+$/.test(value) ? Number(value) * 1000 : Date.parse(value) - now;
  return Number.isFinite(ms) && ms > 0 ? Math.min(ms, 86_400_000) : null;
}

/** Whoever knows these can post in our name. */
function pathParts({ pathname, search }: URL): string[] {
  const parts = pathname.split("/").filter((part) => part.length >= 6);
  return [
    ...(pathname.length >= 6 ? [pathname] : []),
    ...parts,
    ...(search.length > 1 ? [search.slice(1)] : []),
  ];
}

const shared = new Map<"private" | "public" | Lookup, Dispatcher>();

/** Where private addresses aren't allowed, no connection is made without a look at the address. */
function dispatcher(toPrivate: boolean, lookup: Lookup | undefined): Dispatcher {
  const by = toPrivate ? "private" : (lookup ?? "public");
  let known = shared.get(by);
  if (!known) {
    known = proxied({ connect: toPrivate ? {} : { lookup: guardedLookup(lookup) } });
    shared.set(by, known);
  }
  return known;
}
