/** For tests: people who ask an API over real HTTP and a real database, under a clock that the test sets. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { openSession } from "../access/session.ts";
import type { MemberRole } from "../model/member.ts";
import { listTrail } from "../store/members/trail.ts";
import { API } from "./contract.ts";
import { handlers } from "./handlers.ts";
import { buildApp } from "./http/app.ts";
import { serveHttp } from "./http/server.ts";
import type { Services } from "./services.ts";
import { NOW, testContext } from "./testing.ts";

type TestContext = Parameters<typeof testContext>[0];

export const PASSWORD = "correct horse battery staple";

export interface Answered {
  status: number;
  // biome-ignore lint/suspicious/noExplicitAny: answers of many kinds
  body: any;
  /** Of the error; null: none. */
  code: string | null;
  /** What the answer gives to the browser. */
  headers: Record<string, string>;
}

export async function office(t: TestContext, fakes: Partial<Services> = {}) {
  const { context, store, connect, member } = await testContext(t, fakes);
  const clock = { now: NOW };
  const at = { ...context, now: () => clock.now };
  const config = { host: "127.0.0.1", port: 0, publicUrl: null };
  const http = await serveHttp(at, { config, handlers, consoleDir: join(store.dir, "console") });
  t.after(() => http.close());

  /** As a page of ours asks, or a program, by `headers`. */
  async function ask(
    headers: Record<string, string>,
    call: string,
    body?: unknown,
    status?: number,
  ): Promise<Answered> {
    const [method, path] = call.split(" ") as [string, string];
    const answer = await fetch(http.url + API + path, {
      method,
      headers: {
        origin: http.url,
        ...(body === undefined ? {} : { "content-type": "application/json" }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const json = JSON.parse((await answer.text()) || "null");
    if (status !== undefined) assert.equal(answer.status, status, `${call}: ${JSON.stringify(json)}`);
    const [set] = answer.headers.getSetCookie();
    return {
      status: answer.status,
      body: json,
      code: json?.error?.code ?? null,
      headers: set === undefined ? {} : { cookie: set.split(";")[0]! },
    };
  }

  /** Another session of a member, as a browser sends it. */
  const session = async (id: number) => {
    const facts = { ip: "192.0.2.7", agent: "A browser" };
    const { token } = await store.write((tx) => openSession(tx, id, facts, clock.now));
    return { cookie: `glasshouse_session=${token}` };
  };
  /** A member who is here. */
  const somebody = async (role: MemberRole, connections: number[] | null = null) => {
    const id = await member(role, connections);
    const headers = await session(id);
    const { body } = await ask(headers, "GET /session", undefined, 200);
    return { id, email: body.member.email as string, headers };
  };
  /** Over the socket of this machine. */
  const app = await buildApp(at, { guard: null, handlers });
  t.after(() => app.close());
  const machine = async (call: string, body?: object): Promise<Omit<Answered, "headers">> => {
    const [method, path] = call.split(" ") as ["GET" | "POST" | "PATCH" | "DELETE", string];
    const url = API + path;
    const answer = await app.inject({ method, url, ...(body === undefined ? {} : { payload: body }) });
    const json = answer.json();
    return { status: answer.statusCode, body: json, code: json?.error?.code ?? null };
  };
  const trail = () => listTrail(store.read, { before: null, limit: 100 });
  /** A connection's id. */
  const connected = async (name: string) => (await connect(name)).id;
  return { store, clock, url: http.url, ask, session, somebody, machine, connect: connected, trail };
}
