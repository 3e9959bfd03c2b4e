import type { Simulator, SimulatorOptions } from "./index.ts";
import { startSimulator } from "./index.ts";

/** An answer as a test reads it. */
export interface Got {
  status: number;
  headers: Headers;
  text: string;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of every shape.
  body: any;
}
/** A small client for the tests of the simulator itself. */
export interface Client {
  sim: Simulator;
  get(path: string, headers?: Record<string, string>): Promise<Got>;
  token(sub?: number | string, clientId?: string): Promise<Got>;
  bearer(sub?: number | string): Promise<Record<string, string>>;
  v1: Record<string, string>;
  post(path: string, body: string, headers?: Record<string, string>): Promise<Got>;
  /** Any method; a body that is no text is sent as JSON. */
  send(method: string, path: string, headers: Record<string, string>, body?: unknown): Promise<Got>;
  /** Follows `next` links to the end. */
  all(path: string, headers: Record<string, string>): Promise<Record<string, unknown>[]>;
  [Symbol.asyncDispose](): Promise<void>;
}

export const basic = (user: string, password: string): Record<string, string> => ({
  authorization: `Basic ${Buffer.from(`${user}:${password}`).toString("base64")}`,
});
export const form = { "content-type": "application/x-www-form-urlencoded" };
/** A Monday noon, so that the days before it have events. */
export const noon = "2026-11-23T12:00:00.000Z";

async function ask(url: string, init: RequestInit): Promise<Got> {
  const response = await fetch(url, { redirect: "manual", ...init });
  const text = await response.text();
  let body: unknown = null;
  try {
    body = JSON.parse(text);
  } catch {
    body = null;
  }
  return { status: response.status, headers: response.headers, text, body };
}

/** Starts a simulator for a test: 40 people, a frozen clock and no rate limits unless told otherwise. */
export async function client(options: SimulatorOptions = {}): Promise<Client> {
  const sim = await startSimulator({
    users: 40,
    eventsPerDay: 300,
    now: noon,
    freeze: true,
    rateLimits: false,
    ...options,
  });
  const absolute = (path: string): string => (path.startsWith("http") ? path : sim.url + path);
  const get = (path: string, headers: Record<string, string> = {}): Promise<Got> =>
    ask(absolute(path), { headers });
  const post = (path: string, body: string, headers: Record<string, string> = {}): Promise<Got> =>
    ask(absolute(path), { method: "POST", body, headers });
  const token = (sub?: number | string, clientId = sim.clientId): Promise<Got> => {
    const body = `grant_type=client_credentials${sub === undefined ? "" : `&sub=${sub}`}`;
    return post("/token", body, { ...basic(clientId, sim.clientSecret), ...form });
  };
  return {
    sim,
    get,
    post,
    send: (method, path, headers, body) =>
      ask(absolute(path), {
        method,
        headers,
        ...(body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) }),
      }),
    token,
    bearer: async (sub) => ({ authorization: `Bearer ${(await token(sub)).body.access_token}` }),
    v1: basic(sim.v1Key, ""),
    async all(path, headers) {
      const rows: Record<string, unknown>[] = [];
      for (let next: string | null = path; next !== null; ) {
        const got: Got = await get(next, headers);
        if (got.status !== 200) throw new Error(`${next}: ${got.status} ${got.text}`);
        rows.push(...got.body);
        next = nextLink(got);
      }
      return rows;
    },
    [Symbol.asyncDispose]: () => sim.close(),
  };
}

/** The `next` relation of an answer's Link header. */
export function nextLink(got: Got): string | null {
  return /<([^>]*)>;\s*rel="?next"?/.exec(got.headers.get("link") ?? "")?.[1] ?? null;
}
