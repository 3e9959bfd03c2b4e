/**
 * Every endpoint with queries, paths and bodies that nobody should send, of those whom it answers: refused by name, never by
 * a fault of ours.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { pino } from "pino";
import { actorOfSession } from "../../src/access/session.ts";
import type { Endpoint } from "../../src/api/contract/kit.ts";
import { API, endpoints } from "../../src/api/contract.ts";
import { handlers } from "../../src/api/handlers.ts";
import { buildApp } from "../../src/api/http/app.ts";
import { testContext } from "../../src/api/testing.ts";
import { bodiesOf } from "./bodies.ts";
import { runs } from "./runs.ts";

const ODD = [
  ...[
    "",
    " ",
    "\u0000",
    "'",
    '"',
    "' or 1=1 --",
    "%",
    "_",
    "\\",
    "*",
    "(",
    "-1",
    "0",
    "1",
    "1.5",
    "1e999",
    "NaN",
  ],
  ...[
    "9223372036854775807",
    "9223372036854775808",
    "9".repeat(40),
    "true",
    "false",
    "null",
    "[]",
    "{}",
    ",,,",
    "a,b",
  ],
  ...[
    "../../etc/passwd",
    "\u202e",
    "constructor",
    "__proto__",
    "2026-11-23",
    "2026-02-30",
    "2026-11-23T09:02Z",
  ],
  ...[
    "0000-01-01",
    "275760-09-13",
    "W10",
    "bnVsbA",
    "WyJ1c2VycyIsMV0",
    "active",
    "unused",
    "users",
    "x".repeat(2500),
  ],
];
const odd = fc.oneof(
  fc.constantFrom(...ODD),
  fc.string({ unit: "binary", maxLength: 30 }).map((text) => text.toWellFormed()),
);

const oddBody = fc.oneof(
  fc.jsonValue({ maxDepth: 4 }),
  fc.dictionary(
    fc.constantFrom(
      "name",
      "email",
      "code",
      "password",
      "role",
      "connections",
      "credential",
      "settings",
      "lanes",
      "query",
      "rules",
      "shared",
      "id",
      "__proto__",
    ),
    fc.oneof(odd, fc.jsonValue({ maxDepth: 2 })),
    { maxKeys: 6 },
  ),
);

/** What acts on the world is played by services that a test has to name. */
const ACTS = "this test does not expect that call";

for (const method of ["GET", "POST", "PUT", "PATCH", "DELETE"] as const) {
  test(`${method}: any query, path and body is answered or refused by name`, async (t) => {
    const said: string[] = [];
    const { context, connect, session } = await testContext(t);
    // Hardly anybody asks so often that they are told to wait.
    let now = context.now();
    context.now = () => now;
    // Faults of ours are told to the log alone.
    const logger = pino({ level: "error" }, { write: (line: string) => void said.push(line) });
    const app = await buildApp(context, { guard: null, handlers, logger });
    t.after(() => app.close());
    const forPeople = await buildApp(context, { guard: null, handlers, logger });
    t.after(() => forPeople.close());
    forPeople.addHook("onRequest", async (request) => {
      request.who = await signedIn();
    });
    await connect("Aldermoor");
    let { cookie } = await session("admin");
    /** Some requests end the session of an admin, or their role. */
    const signedIn = async () => {
      const who = await actorOfSession(context.services.store, cookie.split("=")[1]!, now);
      if (who.kind === "member" && who.role === "admin") return who;
      ({ cookie } = await session("admin"));
      return signedIn();
    };
    const some = (Object.values(endpoints) as Endpoint[]).filter((endpoint) => endpoint.method === method);
    assert.ok(some.length > 0);
    const bodies = new Map(
      some.flatMap((endpoint) => {
        if (!endpoint.body) return [];
        const fits = { weight: 3, arbitrary: bodiesOf(endpoint.body, odd) };
        return [[endpoint, fc.oneof(fits, { weight: 1, arbitrary: oddBody })] as const];
      }),
    );
    const asked = fc.constantFrom(...some).chain((endpoint) => {
      const names = Object.keys(endpoint.query?.shape ?? {});
      const query =
        names.length > 0
          ? fc.dictionary(fc.constantFrom(...names), fc.array(odd, { minLength: 1, maxLength: 2 }))
          : fc.constant({});
      const values = fc.array(fc.oneof(odd, fc.constantFrom("1", "users")), { minLength: 3, maxLength: 3 });
      return fc.record({
        endpoint: fc.constant(endpoint),
        query,
        values,
        body: bodies.get(endpoint) ?? fc.constant(undefined),
      });
    });
    await fc.assert(
      fc.asyncProperty(asked, async ({ endpoint, query, values, body }) => {
        let n = 0;
        const path = endpoint.path.replaceAll(/\{(\w+)\}/g, (_all, name: string) =>
          name === "c" ? "1" : encodeURIComponent(values[n++ % values.length]!),
        );
        const search = new URLSearchParams(
          Object.entries(query as Record<string, string[]>).flatMap(([name, all]) =>
            all.map((value): [string, string] => [name, value]),
          ),
        );
        now += 1000;
        const answer = await (endpoint.by === "session" ? forPeople : app).inject({
          method,
          url: `${API}${path}?${search}`,
          ...(body === undefined
            ? {}
            : { headers: { "content-type": "application/json" }, payload: JSON.stringify(body) }),
        });
        if (answer.statusCode < 400) return;
        const { error } = answer.json();
        assert.match(error.code, /^[a-z_]+$/);
        assert.ok(answer.statusCode < 500 || error.code === "internal");
        // What a fault of ours would tell stays in the log.
        assert.doesNotMatch(error.message, /SQLITE|select |\bat .*\.ts|node_modules/);
      }),
      runs(method === "GET" ? 300 : 150),
    );
    assert.deepEqual(
      said.filter((line) => !line.includes(ACTS)),
      [],
    );
  });
}
