/** The API's client: calls by the name of their endpoint, typed by the contract. */
import type { Answer, Call, EndpointName, StreamItem } from "../../src/api/contract.ts";
import { api } from "../text/api.ts";
import { ENDPOINTS } from "./endpoints.ts";

export type { Answer, Call, EndpointName, StreamItem };

const API = "/api/v1";
/** Told to the window when an answer says that the session has ended. */
export const SIGNED_OUT = "glasshouse:signed-out";

/** The API refused, or could not be reached (then `status` is 0). */
export class ApiFailure extends Error {
  override name = "ApiFailure";
  readonly status: number;
  readonly code: string;
  readonly cure: string | null;

  constructor(status: number, code: string, message: string, cure: string | null = null) {
    super(message);
    this.status = status;
    this.code = code;
    this.cure = cure;
  }
}

interface Given {
  params?: Record<string, unknown>;
  query?: Record<string, unknown>;
  body?: unknown;
}

export async function call<N extends EndpointName>(
  name: N,
  given: Call<N>,
  signal?: AbortSignal,
): Promise<Answer<N>> {
  const response = await send(name, given, "application/json", signal);
  return (await response.json()) as Answer<N>;
}

/** What the endpoint streams, one by one, until it ends or `signal` ends it. */
export async function* stream<N extends EndpointName>(
  name: N,
  given: Call<N>,
  signal?: AbortSignal,
): AsyncGenerator<StreamItem<N>, void, void> {
  const response = await send(name, given, "text/event-stream", signal);
  for await (const { event, data } of events(response.body!)) {
    if (event === "error") throw failureOf(data, response.status);
    yield JSON.parse(data) as StreamItem<N>;
  }
}

/** The address of an endpoint, for a link that the browser itself follows. */
export function addressOf<N extends EndpointName>(name: N, given: Call<N>): string {
  return whereTo(name, given).url;
}

function whereTo(name: EndpointName, { params, query }: Given): { method: string; url: string } {
  const [method, path] = ENDPOINTS[name].split(" ") as [string, string];
  const filled = path.replace(/\{(\w+)\}/g, (_, key: string) => encodeURIComponent(String(params?.[key])));
  return { method, url: API + filled + queryText(query) };
}

async function send(
  name: EndpointName,
  given: Given,
  accept: string,
  signal: AbortSignal | undefined,
): Promise<Response> {
  const { method, url } = whereTo(name, given);
  const response = await fetch(url, {
    method,
    headers: {
      accept,
      ...(given.body === undefined ? {} : { "content-type": "application/json" }),
    },
    ...(given.body === undefined ? {} : { body: JSON.stringify(given.body) }),
    ...(signal ? { signal } : {}),
  }).catch((error: unknown) => {
    if (signal?.aborted) throw error;
    throw new ApiFailure(0, "unreachable", api.unreachable, api.unreachableCure);
  });
  if (response.ok) return response;
  const failure = failureOf(await response.text(), response.status);
  if (failure.code === "not_authorized") window.dispatchEvent(new Event(SIGNED_OUT));
  throw failure;
}

/** Undefined and null are left out; several values become several parameters. */
function queryText(query: Record<string, unknown> = {}): string {
  const search = new URLSearchParams();
  for (const [key, value] of Object.entries(query)) {
    for (const each of Array.isArray(value) ? value : [value]) {
      if (each !== undefined && each !== null) search.append(key, String(each));
    }
  }
  return search.size > 0 ? `?${search}` : "";
}

function failureOf(text: string, status: number): ApiFailure {
  try {
    const { error } = JSON.parse(text) as { error: { code: string; message: string; cure?: string } };
    if (typeof error.message === "string") {
      return new ApiFailure(status, error.code, error.message, error.cure ?? null);
    }
  } catch {
    // not ours: a proxy's page, perhaps
  }
  return new ApiFailure(status, "not_ours", api.notOurs(status), api.notOursCure);
}

/** Server-sent events out of a stream of bytes; comments are skipped. */
export async function* events(
  body: ReadableStream<Uint8Array>,
): AsyncGenerator<{ event: string; data: string }, void, void> {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  let rest = "";
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      const blocks = (rest + decoder.decode(value, { stream: true })).split("\n\n");
      rest = blocks.pop()!;
      for (const block of blocks) {
        const field = (name: string) =>
          block
            .split("\n")
            .flatMap((line) => (line.startsWith(`${name}: `) ? line.slice(name.length + 2) : []));
        const data = field("data").join("\n");
        if (data !== "") yield { event: field("event")[0] ?? "message", data };
      }
    }
  } finally {
    // Who stops listening in the middle lets the server know.
    await reader.cancel().catch(() => {});
  }
}
