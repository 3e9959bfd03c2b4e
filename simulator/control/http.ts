import type { ServerResponse } from "node:http";
import type { FaultRule } from "../faults/rules.ts";
import { drained } from "../http/drained.ts";
import type { Call } from "../http/request.ts";
import type { World } from "../http/world.ts";
import { recruitingLists } from "../recruiting/recruiting.ts";
import { BadRequest } from "../scenario.ts";
import { viewOf } from "../v3/filters.ts";
import type { AccountChange, ClockChange, Control, Mutation } from "./control.ts";
import type { DumpPart } from "./truth.ts";
import { dumpParts, partTexts } from "./truth.ts";

type Handler = (control: Control, call: Call, body: unknown) => unknown;
const list = <T>(body: unknown): T[] => (Array.isArray(body) ? body : [body]) as T[];
const range = ({ query }: Call): { after?: string; before?: string } => {
  const out: { after?: string; before?: string } = {};
  const [after, before] = [query.get("after"), query.get("before")];
  if (after !== null) out.after = after;
  if (before !== null) out.before = before;
  return out;
};

/** The control endpoint: method and path → what it does. Described in docs/simulator.md. */
export const controlRoutes: Record<string, Handler> = {
  "GET /_sim/state": (control) => control.state(),
  "GET /_sim/counters": (control) => control.counters(),
  "DELETE /_sim/counters": (control) => control.resetCounters(),
  "GET /_sim/requests": (control, { query }) => {
    const endpoint = query.get("endpoint");
    return control.requests({
      limit: Number(query.get("limit") ?? 100),
      ...(endpoint === null ? {} : { endpoint }),
    });
  },
  "DELETE /_sim/requests": (control) => control.clearRequests(),
  "GET /_sim/scenario": (control) => control.scenario(),
  "PATCH /_sim/scenario": (control, _call, body) => control.patchScenario(body as Record<string, unknown>),
  "DELETE /_sim/scenario": (control) => control.resetScenario(),
  "GET /_sim/clock": (control) => control.clock(),
  "POST /_sim/clock": (control, _call, body) => control.clock(body as ClockChange),
  "POST /_sim/mutations": (control, _call, body) => control.mutate(...list<Mutation | AccountChange>(body)),
  "GET /_sim/faults": (control) => control.faults(),
  "POST /_sim/faults": (control, _call, body) => ({ ids: control.addFaults(...list<FaultRule>(body)) }),
  "DELETE /_sim/faults": (control, { query }) => ({
    removed: control.clearFaults(query.has("id") ? Number(query.get("id")) : undefined),
  }),
  "GET /_sim/truth": (control, call) => control.truth(range(call)),
  "GET /_sim/activity": (control, call) => control.activity(range(call)),
  "GET /_sim/events/count": (control, call) => ({ events: control.eventCount(range(call)) }),
  "POST /_sim/tokens/revoke": (control, { query }) => ({
    revoked: control.revokeTokens(query.get("client_id") ?? undefined),
  }),
  "POST /_sim/pits/expire": (control) => control.expirePits(),
  "POST /_sim/limits/reset": (control) => control.resetLimits(),
  "POST /_sim/reset": (control) => control.reset(),
};

/** Answers a request under /_sim/: JSON in, JSON out; a mistake is a 400 that says what is wrong. */
export async function answerControl(
  control: Control,
  world: World,
  call: Call,
  res: ServerResponse,
): Promise<void> {
  const send = (status: number, value: unknown): void => {
    res.writeHead(status, { "Content-Type": "application/json" });
    res.end(`${JSON.stringify(value ?? { ok: true })}\n`);
  };
  try {
    if (call.method === "GET" && call.path === "/_sim/dump")
      return await streamDump(control, world, call, res);
    const handler = controlRoutes[`${call.method} ${call.path}`];
    if (!handler)
      return send(404, {
        error: `The control endpoint has no ${call.method} ${call.path}.`,
        routes: ["GET /_sim/dump", ...Object.keys(controlRoutes)],
      });
    send(200, await handler(control, call, call.body === "" ? {} : JSON.parse(call.body)));
  } catch (error) {
    if (error instanceof BadRequest) return send(400, { error: error.message });
    if (error instanceof SyntaxError) return send(400, { error: "The body is not JSON." });
    throw error;
  }
}

/** Streams the dump a row at a time. `parts=users,events` picks parts; `after` and `before` bound the events. */
async function streamDump(control: Control, world: World, call: Call, res: ServerResponse): Promise<void> {
  const wanted = call.query.get("parts")?.split(",") ?? dumpParts;
  const known: readonly string[] = [...dumpParts, ...recruitingLists];
  const wrong = wanted.find((part) => !known.includes(part));
  if (wrong !== undefined)
    throw new BadRequest(`The dump has no part "${wrong}"; it has ${known.join(", ")}.`);
  const events = wanted.includes("events") ? await control.truth(range(call)) : null;
  const { org } = world;
  res.writeHead(200, { "Content-Type": "application/json" });
  res.write(JSON.stringify({ organizationId: org.organizationId, now: control.clock().now }).slice(0, -1));
  for (const part of wanted as DumpPart[]) {
    if (part === "events") {
      res.write(`,"events":${JSON.stringify(events)}`);
      continue;
    }
    res.write(`,"${part}":[`);
    let buffer = "";
    let first = true;
    for (const text of partTexts(part, viewOf(world))) {
      buffer += first ? text : `,${text}`;
      first = false;
      if (buffer.length > 65_536) {
        if (!res.write(buffer)) await drained(res);
        if (res.destroyed) return;
        buffer = "";
      }
    }
    res.write(`${buffer}]`);
  }
  res.end("}");
}
