import type { IncomingMessage, Server, ServerResponse } from "node:http";
import { createServer } from "node:http";
import { promisify } from "node:util";
import { gzip } from "node:zlib";
import { isoTime } from "../clock.ts";
import type { Fault, FaultBook } from "../faults/rules.ts";
import { replacement, transformed } from "../faults/transform.ts";
import { isWireFault, sendBroken } from "../faults/wire.ts";
import type { Answer } from "./answer.ts";
import { json } from "./answer.ts";
import type { Ledger } from "./counters.ts";
import type { Call } from "./request.ts";
import { basicAuth, bearer, readBody } from "./request.ts";
import { endpointOf, routeCall } from "./route.ts";
import type { World } from "./world.ts";

const compress = promisify(gzip);
const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** What a server plays from. `control` answers requests under /_sim/. */
export interface Stage {
  world: World;
  faults: FaultBook;
  ledger: Ledger;
  control(call: Call, res: ServerResponse): Promise<void>;
}

/** Makes the HTTP server; several may share one stage (three ports). */
export function makeServer(stage: Stage): Server {
  const previous = new Map<string, string>();
  const server = createServer({ keepAliveTimeout: 30_000 }, (req, res) => {
    handle(stage, previous, req, res).catch((error: unknown) => {
      if (!res.headersSent) res.writeHead(500, { "Content-Type": "application/json" });
      res.end(
        JSON.stringify({
          message: `The simulator failed: ${error instanceof Error ? error.message : String(error)}`,
        }),
      );
    });
  });
  return server;
}

async function handle(
  stage: Stage,
  previous: Map<string, string>,
  req: IncomingMessage,
  res: ServerResponse,
): Promise<void> {
  const started = performance.now();
  res.sendDate = false;
  const call = await readCall(req);
  if (call.path.startsWith("/_sim/")) return stage.control(call, res);
  const { world, ledger } = stage;
  const { family, endpoint } = endpointOf(call.path);
  ledger.begin();
  let status = 0;
  let bytes = 0;
  let fault: Fault | null = null;
  try {
    call.credential =
      basicAuth(call.headers.authorization)?.user ??
      world.tokens.find(bearer(call.headers.authorization) ?? "")?.clientId ??
      "";
    const later =
      call.query.has("cursor") ||
      Number(call.query.get("page") ?? 1) > 1 ||
      call.headers["search-after"] !== undefined ||
      call.query.has("search_after");
    fault = stage.faults.next({
      endpoint,
      method: call.method,
      path: call.path,
      query: call.queryText,
      later,
      credential: call.credential === "" ? null : call.credential,
    });
    await wait(world, fault);
    const answer = await makeAnswer(world, call, fault, endpoint, previous);
    status = answer.status;
    if (fault && isWireFault(fault))
      bytes = await sendBroken(
        res,
        status,
        withDate(world, answer.headers, fault),
        Buffer.from(answer.body),
        fault,
      );
    else bytes = await send(world, call, res, answer, fault);
  } finally {
    ledger.end(family, {
      at: isoTime(world.clock.now()),
      method: call.method,
      path: call.path,
      query: call.queryText,
      endpoint,
      credential: known(world, call.credential),
      headers: shown(call),
      status,
      bytes,
      ms: Math.round((performance.now() - started) * 10) / 10,
      fault: fault?.kind ?? null,
    });
  }
}

async function readCall(req: IncomingMessage): Promise<Call> {
  const target = req.url ?? "/";
  const mark = target.indexOf("?");
  const queryText = mark < 0 ? "" : target.slice(mark + 1);
  const hasBody =
    req.headers["content-length"] !== undefined || req.headers["transfer-encoding"] !== undefined;
  return {
    method: req.method ?? "GET",
    path: mark < 0 ? target : target.slice(0, mark),
    query: new URLSearchParams(queryText),
    queryText,
    headers: req.headers,
    body: hasBody ? await readBody(req) : "",
    origin: `http://${req.headers.host ?? "localhost"}`,
  };
}

async function wait({ scenario: s }: World, fault: Fault | null): Promise<void> {
  const own = fault?.kind === "latency" ? fault.ms + Math.random() * (fault.jitterMs ?? 0) : 0;
  const ms = s["http.latencyMs"] + Math.random() * s["http.latencyJitterMs"] + own;
  if (ms > 0) await sleep(ms);
}

async function makeAnswer(
  world: World,
  call: Call,
  fault: Fault | null,
  endpoint: string,
  previous: Map<string, string>,
): Promise<Answer> {
  const replaced = fault && replacement(fault);
  if (replaced) {
    if (fault.kind === "status" && fault.heard) await routeCall(world, call);
    return replaced;
  }
  if (fault && (fault.kind === "reset" || fault.kind === "stall") && fault.heard === false)
    return json(503, { message: "Nobody heard it" });
  let answer: Answer;
  try {
    answer = await routeCall(world, call);
  } catch (error) {
    answer = json(500, {
      message: `The simulator failed: ${error instanceof Error ? error.message : String(error)}`,
    });
  }
  if (answer.status !== 200) return answer;
  const after = call.headers["search-after"];
  const changed = fault
    ? transformed(
        answer,
        fault,
        `${call.origin}${call.path}${call.queryText === "" ? "" : `?${call.queryText}`}`,
        previous.get(endpoint),
        Array.isArray(after) ? after[0] : after,
      )
    : answer;
  previous.set(endpoint, String(answer.body));
  return changed;
}

function withDate(
  world: World,
  headers: Record<string, string>,
  fault: Fault | null,
): Record<string, string> {
  const moved = world.scenario["http.dateOffsetSeconds"] + (fault?.kind === "date" ? fault.offsetSeconds : 0);
  return { Date: new Date(world.clock.now() + moved * 1000).toUTCString(), ...headers };
}

async function send(
  world: World,
  call: Call,
  res: ServerResponse,
  answer: Answer,
  fault: Fault | null,
): Promise<number> {
  const headers = withDate(world, answer.headers, fault);
  let body = typeof answer.body === "string" ? Buffer.from(answer.body) : answer.body;
  if (
    world.scenario["http.gzip"] &&
    body.length > 200 &&
    /\bgzip\b/.test(String(call.headers["accept-encoding"] ?? ""))
  ) {
    body = await compress(body, { level: 1 });
    headers["Content-Encoding"] = "gzip";
  }
  const length = answer.status === 204 ? {} : { "Content-Length": String(body.length) };
  res.writeHead(answer.status, { ...headers, ...length });
  res.end(body);
  return body.length;
}

/** A credential's name for the counters: only of credentials that exist, and of a v1 key, which is a secret, its end. */
function known({ scenario: s }: World, name: string | undefined): string | null {
  if (name === undefined) return null;
  if (Object.hasOwn(s["credentials.v3"], name)) return name;
  return Object.hasOwn(s["credentials.v1"], name) ? `v1 key …${name.slice(-4)}` : null;
}

/** Headers worth logging; never Authorization. */
function shown(call: Call): Record<string, string> {
  const names = [
    "user-agent",
    "accept",
    "accept-encoding",
    "content-type",
    "size",
    "pit-id",
    "search-after",
    "on-behalf-of",
    "connection",
  ];
  const out: Record<string, string> = {};
  for (const name of names) {
    const value = call.headers[name];
    if (value !== undefined) out[name] = Array.isArray(value) ? value.join(", ") : value;
  }
  const scheme = /^\w+/.exec(call.headers.authorization ?? "")?.[0];
  return scheme === undefined ? out : { ...out, authorization: `${scheme} …` };
}
