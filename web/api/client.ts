/** The API's client: calls by the name of their endpoint, typed by the contract. */
import type { Answer, Call, EndpointName, StreamItem } from "../../src/api/contract.ts";
import { events, addressOf as fill, UNATTENDED } from "../../src/api/wire.ts";
import { api } from "../text/api.ts";
import { attended } from "./attended.ts";
import { ENDPOINTS } from "./endpoints.ts";

export type { Answer, Call, EndpointName, StreamItem };

/** Told to the window when an answer says that the session has ended. */
export const SIGNED_OUT = "glasshouse:signed-out";

/** `second_factor_missing`: it is asked for since a moment ago. The sign-in leads to it. */
const ENDS_SESSION = new Set(["not_authorized", "second_factor_missing"]);

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

let lastAnswer = Date.now();
/** When the server last answered what somebody at this page asked, ms. */
export const answeredAt = (): number => lastAnswer;

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
  for await (const { event, data } of events(chunksOf(response.body!))) {
    if (event === "error") throw failureOf(data, response.status);
    yield JSON.parse(data) as StreamItem<N>;
  }
}

/** The address of an endpoint, for a link that the browser itself follows. */
export function addressOf<N extends EndpointName>(name: N, given: Call<N>): string {
  return whereTo(name, given).url;
}

function whereTo(name: EndpointName, given: Given): { method: string; url: string } {
  const [method, path] = ENDPOINTS[name].split(" ") as [string, string];
  return { method, url: fill(path, given) };
}

async function send(
  name: EndpointName,
  given: Given,
  accept: string,
  signal: AbortSignal | undefined,
): Promise<Response> {
  const { method, url } = whereTo(name, given);
  const byReader = attended();
  const response = await fetch(url, {
    method,
    headers: {
      accept,
      ...(byReader ? {} : { [UNATTENDED]: "true" }),
      ...(given.body === undefined ? {} : { "content-type": "application/json" }),
    },
    ...(given.body === undefined ? {} : { body: JSON.stringify(given.body) }),
    ...(signal ? { signal } : {}),
  }).catch((error: unknown) => {
    if (signal?.aborted) throw error;
    throw new ApiFailure(0, "unreachable", api.unreachable, api.unreachableCure);
  });
  if (response.ok) {
    if (byReader) lastAnswer = Date.now();
    return response;
  }
  const failure = failureOf(await response.text(), response.status);
  if (ENDS_SESSION.has(failure.code)) window.dispatchEvent(new Event(SIGNED_OUT));
  throw failure;
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

/** Not every browser can iterate over a stream by itself. */
async function* chunksOf(body: ReadableStream<Uint8Array>): AsyncGenerator<Uint8Array, void, void> {
  const reader = body.getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      yield value;
    }
  } finally {
    // Who stops listening in the middle lets the server know.
    await reader.cancel().catch(() => {});
  }
}
