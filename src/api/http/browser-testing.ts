/** For tests: a server over real HTTP, and browsers of their own cookies that ask it as pages of ours do. */
import { join } from "node:path";
import type { SingleSignOn } from "../../access/oidc.ts";
import { handlers } from "../handlers.ts";
import { NOW, testContext } from "../testing.ts";
import { serveHttp } from "./server.ts";

type TestContext = Parameters<typeof testContext>[0];

export interface Answered {
  status: number;
  // biome-ignore lint/suspicious/noExplicitAny: answers of many kinds
  body: any;
  /** Of the error; null: there is none. */
  code: string | null;
  /** As the server set them. */
  cookies: string[];
}

export async function serverForBrowsers(t: TestContext, { sso = null }: { sso?: SingleSignOn | null } = {}) {
  const { context, store, ...people } = await testContext(t, { sso });
  const clock = { now: NOW };
  const config = { host: "127.0.0.1", port: 0, publicUrl: null };
  const http = await serveHttp(
    { ...context, now: () => clock.now },
    { config, handlers, consoleDir: join(store.dir, "console") },
  );
  t.after(() => http.close());
  const url = http.url.replace("127.0.0.1", "localhost");

  /** `as`: signed in from the start. `at`: another of the server's own addresses. */
  function browser({ as, at = url }: { as?: { cookie: string }; at?: string } = {}) {
    const jar = new Map<string, string>();
    const keep = (cookie: string) => {
      const [name, value] = cookie.split(";", 1)[0]!.split(/=(.*)/s) as [string, string];
      if (value === "") jar.delete(name);
      else jar.set(name, value);
    };
    if (as) keep(as.cookie);
    async function ask(call: string, body?: unknown): Promise<Answered> {
      const [method, path] = call.split(" ") as [string, string];
      const answer = await fetch(`${at}/api/v1${path}`, {
        method,
        headers: {
          origin: at,
          cookie: [...jar].map(([name, value]) => `${name}=${value}`).join("; "),
          ...(body === undefined ? {} : { "content-type": "application/json" }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      const cookies = answer.headers.getSetCookie();
      for (const cookie of cookies) keep(cookie);
      const json = JSON.parse((await answer.text()) || "null");
      return { status: answer.status, body: json, code: json?.error?.code ?? null, cookies };
    }
    return { ask, jar };
  }
  return { ...people, store, clock, url, browser };
}
