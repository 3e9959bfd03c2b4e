/** The API's client: calls by the name of their endpoint, typed by the contract. */

import type { ErrorBody } from "../api/contract/kit.ts";
import { type Answer, type Call, type EndpointName, endpoints, type StreamItem } from "../api/contract.ts";
import { addressOf, events } from "../api/wire.ts";
import type { Reply, Transport } from "./transport.ts";

/** The API refused. */
export class Refused extends Error {
  override name = "Refused";
  readonly code: ErrorBody["error"]["code"];
  readonly cure: string | null;
  readonly body: ErrorBody;

  constructor(body: ErrorBody) {
    super(body.error.message);
    this.code = body.error.code;
    this.cure = body.error.cure ?? null;
    this.body = body;
  }
}

interface Given {
  params?: Record<string, unknown>;
  query?: Record<string, unknown>;
  body?: unknown;
}
interface Paged {
  items: unknown[];
  nextCursor: string | null;
}
type Lists = { [N in EndpointName]: Answer<N> extends Paged ? N : never }[EndpointName];

export class Client {
  readonly #ask: Transport;

  constructor(transport: Transport) {
    this.#ask = transport;
  }

  async call<N extends EndpointName>(name: N, call: Call<N>): Promise<Answer<N>> {
    const reply = await this.#send(name, call, "application/json");
    return JSON.parse(await textOf(reply)) as Answer<N>;
  }

  /** What the endpoint streams, one by one. */
  async *stream<N extends EndpointName>(name: N, call: Call<N>): AsyncGenerator<StreamItem<N>, void, void> {
    const reply = await this.#send(name, call, "text/event-stream");
    for await (const { event, data } of events(reply.body)) {
      if (event === "error") throw new Refused(JSON.parse(data) as ErrorBody);
      yield JSON.parse(data) as StreamItem<N>;
    }
  }

  /** All pages of a list, up to `limit` rows. */
  async *pages<N extends Lists>(
    name: N,
    call: Call<N>,
    limit: number | null,
  ): AsyncGenerator<Answer<N>, void, void> {
    const query = (call as Given).query ?? {};
    let cursor: string | null = null;
    for (let left = limit ?? Number.POSITIVE_INFINITY; left > 0; ) {
      const page = { ...query, limit: Math.min(left, PAGE), ...(cursor === null ? {} : { cursor }) };
      const answer = (await this.call(name, { ...call, query: page } as Call<N>)) as Answer<N> & Paged;
      yield answer;
      left -= answer.items.length;
      cursor = answer.nextCursor;
      if (cursor === null) return;
    }
  }

  async #send(name: EndpointName, call: Given, accept: string): Promise<Reply> {
    const { method, path } = endpoints[name];
    const reply = await this.#ask({
      method,
      path: addressOf(path, call),
      accept,
      ...(call.body === undefined ? {} : { body: JSON.stringify(call.body) }),
    });
    if (reply.status < 400) return reply;
    throw new Refused(errorOf(await textOf(reply), reply.status));
  }
}

/** Rows asked for at once; a table is printed as they come. */
const PAGE = 500;

function errorOf(text: string, status: number): ErrorBody {
  try {
    const body = JSON.parse(text) as ErrorBody;
    if (typeof body.error.message === "string") return body;
  } catch {
    // not ours: a proxy's page, perhaps
  }
  return {
    error: { code: "internal", message: `The server answered ${status}, and not in the way of Glasshouse.` },
  };
}

async function textOf(reply: Reply): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of reply.body) chunks.push(Buffer.from(chunk as Uint8Array));
  return Buffer.concat(chunks).toString("utf8");
}
