/** Asks Greenhouse: waits for its limits, tries again where that makes sense, and names what went wrong. */
import { randomUUID } from "node:crypto";
import type { Origins, PermissionType } from "../../model/connection.ts";
import type { SessionOptions } from "../connector.ts";
import { ConnectorError, type Family, type Fault } from "../errors.ts";
import { exchange, type HttpAnswer, type HttpMethod } from "../http.ts";
import { endsEarly, parseExact, TooHeavy } from "../json.ts";
import { type Limiter, limiterOf, pause, StayAway, type Waiter } from "../limiter.ts";
import { type BudgetFamily, retryAfter } from "../rate-limit.ts";
import { LONGEST_WAIT_MS, MAX_THROTTLES, nextTry } from "../retry.ts";
import { scrub } from "../scrub.ts";
import { type Habit, habitOf } from "./habit.ts";
import { errorIdIn, saidIn } from "./said.ts";

const MEGABYTE = 1024 * 1024;
const IDLE_MS = 30_000;
const TOTAL_MS = 120_000;

export interface Call {
  method: HttpMethod;
  url: URL;
  headers?: Record<string, string>;
  body?: string;
  /** The limits this call counts in, the narrowest first. */
  families: readonly [BudgetFamily, ...BudgetFamily[]];
  maxBytes?: number;
  idleMs?: number;
  totalMs?: number;
  /** Reads the body of a good answer; JSON unless said otherwise. Throws SyntaxError. */
  parse?: (text: string) => unknown;
  /** false: a time-out is the caller's to deal with. */
  retryTimeouts?: boolean;
  /** Never sent again where it may have arrived: only a 429, and a token that has ended, are no arrival. */
  once?: boolean;
  /** The token that must be good when the call leaves: asked for when its turn has come, after whatever wait. */
  bearer?: () => Promise<string>;
  /** Awaited when its turn has come, right before it leaves; what it throws keeps it from leaving. */
  beforeSending?: () => Promise<void>;
}

/** A good answer: 2xx, read and parsed. */
export interface Answer extends Omit<HttpAnswer, "text"> {
  body: unknown;
  /** What it says in words, scrubbed: an error may come with a good status. null: nothing. */
  said: string | null;
}

/** One account's way to Greenhouse, without authorization: see auth.ts for that. */
export class Caller implements Waiter {
  readonly options: SessionOptions;
  /** Names this conversation among all that use the credential. */
  readonly id = randomUUID();
  readonly limiter: Limiter;
  readonly timeScale: number;
  readonly now: () => number;
  readonly #origins: string[];
  readonly habit: Habit;

  readonly meter: Waiter["meter"] = {
    requests: 0,
    waitedMs: 0,
    throttled: 0,
    bytes: 0,
    waitingUntil: null,
    clockSkewMs: null,
  };

  constructor(options: SessionOptions) {
    this.options = options;
    this.now = options.now ?? Date.now;
    this.timeScale = options.timeScale && options.timeScale > 0 ? options.timeScale : 1;
    this.limiter = limiterOf(options.traffic, options.connection.fingerprint, this.timeScale);
    this.habit = habitOf(options);
    this.#origins = Object.values(options.origins).map((origin) => new URL(origin).origin);
  }

  get signal(): AbortSignal {
    return this.options.signal;
  }

  onProgress(): void {
    this.options.onProgress?.(this.meter);
  }

  /** A URL of this connection. `path` may be a whole next link: its origin is checked before it is asked. */
  url(origin: keyof Origins, path: string, query: Record<string, string> = {}): URL {
    const url = new URL(path, this.options.origins[origin]);
    for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
    return url;
  }

  /**
   * Asks until there is a good answer or no hope for one. Throws ConnectorError, with the request behind it;
   * rejects with the signal's reason when aborted.
   */
  async call(call: Call): Promise<Answer> {
    let failed = 0;
    let throttled = 0;
    for (;;) {
      try {
        return await this.#once(call, throttled > 0);
      } catch (error) {
        if (!(error instanceof ConnectorError) || error.cause instanceof StayAway) throw error;
        error.tries = failed + throttled + 1;
        if (error.family === "rate_limited") {
          throttled += 1;
          if (throttled >= MAX_THROTTLES || (error.retryAfterMs ?? 0) > LONGEST_WAIT_MS) throw error;
          continue; // slot() waits until the limit lets us
        }
        failed += 1;
        if (error.family === "unavailable" && (error.retryAfterMs ?? 0) > LONGEST_WAIT_MS)
          this.limiter.close(addressOf(call), error.retryAfterMs!, this.now());
        if (call.once) throw error;
        const patient = error.fault !== "timed_out" || call.retryTimeouts !== false;
        const wait = patient ? nextTry(error, failed, Math.random(), this.timeScale) : null;
        if (wait === null) throw error;
        await pause(wait, this);
      }
    }
  }

  /** @param again it was answered 429 already */
  async #once(call: Call, again: boolean): Promise<Answer> {
    const { connection } = this.options;
    refuseWriting(call, connection.permissionType);
    const closed = this.limiter.closedFor(addressOf(call), this.now());
    if (closed > 0) throw notAsked(call, "unavailable", new StayAway(closed), this.now());
    const sentAt = await this.limiter
      .slot(call.families, connection.settings.sharePercent, this, this.id)
      .catch((error) => {
        throw error instanceof StayAway ? notAsked(call, "rate_limited", error, this.now()) : error;
      });
    this.meter.requests += 1;
    let answer: HttpAnswer | null = null;
    let penalty: number | null = null;
    let bearer: string | undefined;
    try {
      bearer = await call.bearer?.();
      await call.beforeSending?.();
      answer = await exchange({
        method: call.method,
        url: call.url,
        headers: { ...call.headers, ...(bearer && { authorization: `Bearer ${bearer}` }) },
        body: call.body,
        origins: this.#origins,
        maxBytes: call.maxBytes ?? 16 * MEGABYTE,
        idleMs: call.idleMs ?? IDLE_MS,
        totalMs: call.totalMs ?? TOTAL_MS,
        signal: this.signal,
        now: this.now,
      });
      this.meter.bytes += answer.bytes;
      if (answer.date !== null) this.meter.clockSkewMs = skew(answer.date, answer.ask.at, answer.headersAt);
    } finally {
      penalty = await this.limiter.settle(call.families, sentAt, answer, again);
      if (answer && familyOf(answer.status) === "rate_limited") this.meter.throttled += 1;
      this.onProgress();
    }
    if (answer.status >= 200 && answer.status < 300) return this.#read(call, answer, bearer);
    throw this.#error(call, answer, penalty, bearer);
  }

  #read(call: Call, { text, ...answer }: HttpAnswer, bearer: string | undefined): Answer {
    if (text.trim() === "") {
      if (isWrite(call)) return { ...answer, body: null, said: null };
      // No content is said to be none: of a list, no rows.
      if (answer.status === 204 && call.method === "GET") return { ...answer, body: [], said: null };
      throw unreadable(call, answer, "cut", "nothing at all");
    }
    try {
      const body = (call.parse ?? parseExact)(text);
      const words = Array.isArray(body) ? null : saidIn(body);
      return { ...answer, body, said: words && this.scrubbed(words, bearer) };
    } catch (cause) {
      const heavy = cause instanceof TooHeavy ? cause.message : null;
      if (!heavy && !(cause instanceof SyntaxError)) throw cause;
      const size = `${answer.bytes.toLocaleString("en-US")} bytes`;
      const [fault, words]: [Fault, string] = heavy
        ? ["too_large", `JSON of ${heavy}`]
        : isHtml(text, answer.headers)
          ? ["html", "an HTML page"]
          : endsEarly(cause, text)
            ? ["cut", `cut off after ${size}`]
            : ["garbled", `not JSON (${size})`];
      // The parser's own message quotes the text it failed on: it is not kept as a cause.
      throw unreadable(call, answer, fault, words);
    }
  }

  /** @param bearer must not come back in it */
  #error(call: Call, answer: HttpAnswer, penalty: number | null, bearer: string | undefined): ConnectorError {
    const { ask, status } = answer;
    const body = parsed(answer.text);
    ask.requestId ??= errorIdIn(body);
    const html = isHtml(answer.text, answer.headers);
    const words = html ? "an HTML page" : saidIn(body);
    const said =
      status >= 300 && status < 400 ? target(answer, call.url) : words && this.scrubbed(words, bearer);
    const family = familyOf(status);
    const told = retryAfter(answer.headers["retry-after"], answer.date, this.now());
    const untold = family === "rate_limited" && !told && !answer.headers["x-ratelimit-reset"];
    const redirect = status >= 300 && status < 400;
    const fault: Fault | null = redirect ? "redirect" : untold ? "wait_untold" : html ? "html" : null;
    return new ConnectorError(
      family,
      `Greenhouse answered ${status} to ${ask.method} ${ask.path}${said ? `: ${said}` : ""}`,
      ask,
      { said, retryAfterMs: penalty ?? told, fault },
    );
  }

  scrubbed(text: string, bearer?: string): string {
    const { clientId, secret } = this.options.credential;
    return scrub(text, [secret, clientId, bearer]);
  }
}

function unreadable(
  { method }: Call,
  { ask, status }: Omit<HttpAnswer, "text">,
  fault: Fault,
  said: string,
): ConnectorError {
  const message = `${method} ${ask.path} answered ${status} with ${said}`;
  return new ConnectorError("unreadable", message, ask, { fault, said });
}

/** The only POSTs that change nothing: those for a token. */
const MINTS: readonly string[] = ["/token", "/auth/jwt_access_token"];

const isWrite = ({ method, url }: Call) =>
  method !== "GET" && !(method === "POST" && MINTS.includes(url.pathname));

/** A connection that may only read can't write, whatever its credential could do. */
function refuseWriting(call: Call, permissionType: PermissionType): void {
  if (!isWrite(call) || permissionType === "read_and_act") return;
  throw new TypeError(`${call.method} refused: this connection may only read`);
}

/** An earlier answer told us to stay away, and that time isn't over. */
function notAsked({ method, url }: Call, family: Family, told: StayAway, at: number): ConnectorError {
  const ask = {
    method,
    path: url.pathname,
    host: url.host,
    status: null,
    at,
    requestId: null,
  };
  return new ConnectorError(
    family,
    `${method} ${url.pathname} not asked: an earlier answer told us to wait`,
    ask,
    { retryAfterMs: told.ms, cause: told },
  );
}

const addressOf = ({ url }: Call) => `${url.host}${url.pathname}`;

/** What a status that isn't good means. */
export function familyOf(status: number): Family {
  if (status === 429) return "rate_limited";
  if (status >= 500 || status === 408 || status === 425) return "unavailable";
  if (status === 401 || status === 402 || status === 403) return "refused";
  if (status === 404 || status === 410) return "gone";
  return status < 400 ? "unreadable" : "invalid";
}

/** Greenhouse's clock minus ours, as far as a Date of whole seconds, made between asking and now, can tell. */
export function skew(date: number, askedAt: number, now: number): number {
  if (date > now) return date - now;
  return Math.min(0, date + 1000 - askedAt);
}

function isHtml(text: string, headers: Record<string, string>): boolean {
  return (
    /^\s*(<!doctype|<html|<\?xml|<head|<body)/i.test(text) ||
    (/text\/html/i.test(headers["content-type"] ?? "") && /^\s*</.test(text))
  );
}

function parsed(text: string): unknown {
  try {
    return parseExact(text);
  } catch {
    return null;
  }
}

/** Where a redirect leads, without its query. */
function target(answer: HttpAnswer, from: URL): string {
  const location = answer.headers.location ?? "";
  if (!URL.canParse(location, from.href)) return "a redirect";
  const to = new URL(location, from);
  return scrub(`a redirect to ${to.origin}${to.pathname}`, []);
}
