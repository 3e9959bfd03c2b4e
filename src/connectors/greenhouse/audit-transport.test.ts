import assert from "node:assert/strict";
import { test } from "node:test";
import { ConnectorError } from "../errors.ts";
import { auditTransport } from "./audit-transport.ts";
import type { Answer, Call } from "./call.ts";

const ask = (path: string, status: number) => ({
  method: "GET" as const,
  path,
  host: "audit.test",
  status,
  at: 0,
  requestId: null,
});
const gone = (path: string) => new ConnectorError("gone", "not found", ask(path, 404));
const redirect = (path: string) =>
  new ConnectorError("unreadable", "moved", ask(path, 308), {
    fault: "redirect",
    said: "a redirect to https://audit.test/events/",
  });
const refused = (path: string) => new ConnectorError("refused", "forbidden", ask(path, 403));

/** What each path answers; null: well. */
function log(answers: Record<string, ((path: string) => Error) | null>) {
  const calls: Call[] = [];
  const transport = auditTransport(
    { url: (_, path) => new URL(path, "https://audit.test") },
    {
      audit: async (call) => {
        calls.push(call);
        const { pathname } = call.url;
        const error = answers[pathname]?.(pathname);
        if (error) throw error;
        return { body: [], ask: ask(pathname, 200), date: null } as unknown as Answer;
      },
    },
  );
  const paths = () => calls.map(({ url }) => url.pathname);
  return { calls, paths, get: (paged = false) => transport.get({}, {}, paged) };
}

test("a log that knows only /events/ is asked there, from then on", async () => {
  for (const elsewhere of [gone, redirect]) {
    const { get, paths } = log({ "/events": elsewhere, "/events/": null });
    await get();
    await get();
    assert.deepEqual(paths(), ["/events", "/events/", "/events/"]);
  }
});

test("a log that is to be found at neither path is told by the first answer, and the other is tried once", async () => {
  const { get, paths } = log({ "/events": gone, "/events/": redirect });
  for (let n = 0; n < 2; n += 1) await assert.rejects(get(), { family: "gone" });
  assert.deepEqual(paths(), ["/events", "/events/", "/events"]);
});

test("what is refused is not asked elsewhere, nor is a page that is gone where others were", async () => {
  const forbidden = log({ "/events": refused });
  await assert.rejects(forbidden.get(), { family: "refused" });
  assert.deepEqual(forbidden.paths(), ["/events"]);
  const answers: Parameters<typeof log>[0] = { "/events": null };
  const expired = log(answers);
  await expired.get(true);
  answers["/events"] = gone;
  await assert.rejects(expired.get(true), { family: "gone" });
  assert.deepEqual(expired.paths(), ["/events", "/events"]);
});

test("a page that stalls is asked for again; of an unpaged answer a shorter one", async () => {
  const { get, calls } = log({ "/events": null });
  await get(false);
  await get(true);
  assert.deepEqual(
    calls.map(({ retryTimeouts }) => retryTimeouts),
    [false, true],
  );
});
