/** For tests: a session's parts against a simulator or a small server, with stores that live in memory. */
import { randomUUID } from "node:crypto";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import type { Credential, Origins } from "../../model/connection.ts";
import { DEFAULT_SETTINGS } from "../../model/connection.ts";
import type { ListStream } from "../../model/stream.ts";
import type {
  Known,
  ListOptions,
  Page,
  SessionOptions,
  Token,
  TokenStore,
  Traffic,
  TrafficStore,
} from "../connector.ts";
import { Authorization } from "./auth.ts";
import { Caller } from "./call.ts";
import { listV1, type V1Stream } from "./harvest-v1.ts";
import { listV3 } from "./harvest-v3.ts";

/** Windows and back-offs of tests pass so much faster. */
export const TEST_SCALE = 100;

export function memoryTokens(): TokenStore & { tokens: Map<string, Token>; mints: number } {
  const tokens = new Map<string, Token>();
  const locks = new Map<string, Promise<unknown>>();
  const store = {
    tokens,
    mints: 0,
    async get(key: string, stale: string | null, mint: () => Promise<Token>): Promise<Token> {
      const mine = (locks.get(key) ?? Promise.resolve()).then(async () => {
        const there = tokens.get(key);
        if (there && there.accessToken !== stale) return there;
        store.mints += 1;
        const token = await mint();
        tokens.set(key, token);
        return token;
      });
      locks.set(
        key,
        mine.catch(() => {}),
      );
      return mine;
    },
  };
  return store;
}

export function memoryTraffic(): TrafficStore & { known: Map<string, Traffic> } {
  const known = new Map<string, Traffic>();
  return {
    known,
    async change(fingerprint, change) {
      const traffic = known.get(fingerprint) ?? { budgets: [], alone: null, mintedAt: 0, endedEarly: [] };
      known.set(fingerprint, traffic);
      return change(traffic, Date.now());
    },
  };
}

export function sessionOptions(
  origins: Origins,
  credential: Credential,
  more: Partial<SessionOptions> & { adminUserId?: string | null; sharePercent?: number } = {},
): SessionOptions {
  const { adminUserId = null, sharePercent = 100, ...rest } = more;
  return {
    connection: {
      id: 1,
      fingerprint: randomUUID(),
      adminUserId,
      permissionType: "read",
      credentialKind: credential.kind,
      settings: { ...DEFAULT_SETTINGS, sharePercent },
    },
    credential,
    origins,
    tokens: memoryTokens(),
    traffic: memoryTraffic(),
    eventKey: new Uint8Array(32),
    signal: new AbortController().signal,
    timeScale: TEST_SCALE,
    ...rest,
  };
}

export function parts(options: SessionOptions) {
  const caller = new Caller(options);
  const authorization = new Authorization(caller);
  const list = <S extends ListStream>(stream: S, listOptions: Partial<ListOptions> = {}) => {
    const full: ListOptions = { resume: null, ...listOptions };
    return options.credential.kind === "harvest_v3"
      ? listV3(stream, caller, authorization, full)
      : (listV1(stream as V1Stream, caller, authorization, full) as unknown as ReturnType<typeof listV3<S>>);
  };
  return { caller, authorization, list };
}

/** All pages of a listing. */
export async function readAll<R>(pages: AsyncGenerator<Page<R>, void, void>) {
  const all: Page<R>[] = [];
  for await (const page of pages) all.push(page);
  return {
    pages: all,
    records: all.flatMap((page) => page.records),
    unreadable: all.flatMap((page) => page.unreadable),
  };
}

interface TestContext {
  after(work: () => Promise<void> | void): void;
}

/** A small server that plays one fault, gone when the test has ended. Its one origin stands for all three. */
export async function tinyServer(t: TestContext, answer: RequestListener): Promise<Origins> {
  const server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  t.after(() => {
    server.close();
    server.closeAllConnections();
  });
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { harvest: origin, auth: origin, audit: origin };
}

/** A store that has read nothing yet. */
export function knowsNothing(more: Partial<Known> = {}): Known {
  return { usersReadAt: null, userCount: 0, user: async () => null, lastSuccess: () => null, ...more };
}
