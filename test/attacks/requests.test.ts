/** Requests that no browser of ours would send, byte by byte, and what every answer must carry. */
import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { newSetupCode } from "../../src/access/setup.ts";
import { handlers } from "../../src/api/handlers.ts";
import { serveHttp } from "../../src/api/http/server.ts";
import { NOW, testContext } from "../../src/api/testing.ts";
import { listTrail } from "../../src/store/members/trail.ts";

const PUBLIC = "https://glasshouse.example.com";

async function server(t: TestContext, trustProxy: readonly string[] = []) {
  const built = await testContext(t);
  const consoleDir = join(built.store.dir, "console");
  mkdirSync(join(consoleDir, "assets"), { recursive: true });
  writeFileSync(join(consoleDir, "index.html"), '<meta name="csp-nonce" content="__NONCE__">');
  writeFileSync(join(consoleDir, "assets", "main-1a2b.js"), "export {};");
  const publicUrl = new URL(PUBLIC);
  const context = { ...built.context, config: { ...built.context.config, publicUrl, trustProxy } };
  const config = { host: "127.0.0.1", port: 0, publicUrl };
  const http = await serveHttp(context, { config, handlers, consoleDir });
  t.after(() => http.close());
  const { host, port } = new URL(http.url);

  /** Sends these bytes and reads until the server ends the connection; `Connection: close` is up to the request. */
  const raw = (text: string): Promise<{ status: number; headers: Map<string, string>; body: string }> =>
    new Promise((done, failed) => {
      const socket = connect(Number(port), "127.0.0.1");
      let answer = "";
      socket.setEncoding("latin1").on("data", (part) => (answer += part));
      socket.once("error", failed);
      socket.once("close", () => {
        const [head, ...rest] = answer.split("\r\n\r\n");
        const [first, ...lines] = head!.split("\r\n");
        const headers = lines.map((line) => line.split(/: (.*)/s) as [string, string]);
        done({
          status: Number(first!.split(" ")[1]),
          headers: new Map(headers.map(([name, value]) => [name.toLowerCase(), value])),
          body: rest.join("\r\n\r\n"),
        });
      });
      socket.write(text);
    });
  /** A whole request, with these headers beside its host. */
  const ask = (first: string, headers: Record<string, string> = {}, body = "") => {
    const all = { host, connection: "close", "content-length": String(Buffer.byteLength(body)), ...headers };
    const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}`);
    return raw([`${first} HTTP/1.1`, ...lines, "", body].join("\r\n"));
  };
  return { ...built, host, url: http.url, raw, ask };
}

type Answer = Awaited<ReturnType<Awaited<ReturnType<typeof server>>["raw"]>>;

/** A file whose name holds its hash. */
const FOR_EVER = "public, max-age=31536000, immutable";

/** What a browser is told with every answer, whoever made it. */
function guarded({ status, headers }: Answer, what: string): void {
  for (const [name, value] of [
    ["x-content-type-options", "nosniff"],
    ["x-frame-options", "DENY"],
    ["referrer-policy", "no-referrer"],
    ["cross-origin-opener-policy", "same-origin"],
    ["cross-origin-resource-policy", "same-origin"],
  ] as const) {
    assert.equal(headers.get(name), value, `${what} (${status}): ${name}`);
  }
  const policy = headers.get("content-security-policy") ?? "";
  const directives = new Map(policy.split("; ").map((each) => each.split(/ (.*)/s) as [string, string]));
  for (const name of ["default-src", "object-src", "frame-ancestors", "base-uri"]) {
    assert.equal(directives.get(name), "'none'", `${what}: ${name}`);
  }
  for (const [name, sources] of directives) {
    const allowed = name === "style-src" ? /^'self' 'nonce-[\w+/=]{20,}'$/ : /^'(self|none)'$/;
    assert.match(sources, allowed, `${what}: ${name}`);
  }
  assert.equal(headers.get("cache-control"), what === "a script" ? FOR_EVER : "no-store", what);
  assert.equal(headers.get("access-control-allow-origin"), undefined, what);
  assert.equal(headers.get("server"), undefined, what);
  assert.equal(headers.get("x-powered-by"), undefined, what);
  const type = headers.get("content-type");
  if (type && !/zip|json$/.test(type)) assert.match(type, /charset=utf-8/i, what);
}

test("every kind of answer carries the headers, and a policy without an exception", async (t) => {
  const { ask, session, connect } = await server(t);
  await connect('Alder"; filename="../moor.html');
  const admin = await session("admin");
  for (const [what, status, answer] of [
    ["the console", 200, ask("GET /users")],
    ["a script", 200, ask("GET /assets/main-1a2b.js")],
    ["a script that is gone", 404, ask("GET /assets/gone.js")],
    ["health", 200, ask("GET /healthz")],
    ["readiness", 200, ask("GET /readyz")],
    ["metrics", 200, ask("GET /metrics", admin)],
    ["the description of the API", 200, ask("GET /api/v1/openapi.json", admin)],
    ["a list", 200, ask("GET /api/v1/connections", admin)],
    ["a file", 200, ask("GET /api/v1/connections/1/users/export", admin)],
    ["a JSON file", 200, ask("GET /api/v1/connections/1/users/export?format=json", admin)],
    ["a bundle", 200, ask("GET /api/v1/connections/1/support-bundle", admin)],
    ["nobody", 401, ask("GET /api/v1/connections")],
    ["no endpoint", 404, ask("GET /api/v1/nothing", admin)],
    ["no method", 404, ask("PUT /api/v1/connections", { ...admin, origin: PUBLIC })],
    ["another name", 403, ask("GET /", { host: "evil.example" })],
    ["a page of another site", 403, ask("GET /api/v1/session", { origin: "https://evil.example" })],
    ["an address that can't be one", 400, ask("GET /api/v1/connections/%zz")],
    ["an address out of the folder", 400, ask("GET /assets/%2e%2e/%2e%2e/package.json")],
    ["no HTTP", 400, ask("GET / ICE-CREAM\r\nx:")],
  ] as const) {
    const got = await answer;
    assert.equal(got.status, status, what);
    guarded(got, what);
    const named = got.headers.get("content-disposition");
    if (FILES.includes(what))
      assert.match(named ?? "", /^attachment; filename="[\w-]+\.(csv|json|zip)"$/, what);
    else assert.equal(named, undefined, what);
    if (status >= 400 && what !== "a script that is gone") {
      assert.equal(typeof JSON.parse(got.body).error.code, "string", what);
    }
  }
});

const FILES = ["a file", "a JSON file", "a bundle"];

type Row = [
  what: string,
  first: string,
  headers: Record<string, string | undefined>,
  body: string,
  status: number,
];
const REFUSED: readonly Row[] = [
  ["no host", "GET /", { host: undefined }, "", 403],
  ["two hosts", "GET /", { x: "1\r\nhost: evil.example" }, "", 403],
  ["another host before ours", "GET /", { host: "evil.example\r\nhost: localhost" }, "", 403],
  ["a host with a user", "GET /", { host: "evil.example@localhost" }, "", 403],
  ["a host with a dot behind", "GET /", { host: "localhost." }, "", 403],
  ["a host of the public name with another port", "GET /", { host: "glasshouse.example.com:8443" }, "", 403],
  [
    "a host that a proxy forwards",
    "GET /",
    { host: "evil.example", "x-forwarded-host": "localhost" },
    "",
    403,
  ],
  ["two lengths", "POST /api/v1/session", { "content-length": "2\r\ncontent-length: 3" }, "{}", 400],
  ["a length and chunks", "POST /api/v1/session", { "transfer-encoding": "chunked" }, "0\r\n\r\n", 400],
  ["chunks with a blank", "POST /api/v1/session", { "transfer-encoding ": "chunked" }, "0\r\n\r\n", 400],
  ["chunks of another kind", "POST /api/v1/session", { "transfer-encoding": "xchunked" }, "", 400],
  ["a folded header", "GET /", { x: "a\r\n b" }, "", 400],
  ["headers of 20 kB", "GET /", { x: "a".repeat(20_000) }, "", 431],
  ["TRACE", "TRACE /", {}, "", 403],
  ["a preflight of another site", "OPTIONS /api/v1/session", { origin: "https://evil.example" }, "", 403],
  ["another method in a header", "GET /api/v1/backup", { "x-http-method-override": "POST" }, "", 401],
  ["the parent of a folder", "GET /assets/../../package.json", {}, "", 400],
  ["the parent, with the other slash", "GET /assets/..%5c..%5cpackage.json", {}, "", 400],
  ["a zero in a file's name", "GET /assets/main-1a2b.js%00.css", {}, "", 400],
  ["what the build leaves beside the page", "GET /assets/%2e%2e/.built", {}, "", 400],
  ["a body that is no JSON", "POST /api/v1/session", { "content-type": "text/plain" }, "{}", 400],
  ["a form", "POST /api/v1/session", { "content-type": "application/x-www-form-urlencoded" }, "a=b", 400],
  ["a prototype", "POST /api/v1/session", {}, '{"__proto__":{"email":"a"}}', 400],
  ["a constructor", "POST /api/v1/session", {}, '{"constructor":{"prototype":{"email":"a"}}}', 400],
  ["brackets in brackets", "POST /api/v1/session", {}, "[".repeat(40) + "]".repeat(40), 400],
  ["brackets without end", "POST /api/v1/session", {}, "[".repeat(900_000), 400],
  ["a body of 1 MB", "POST /api/v1/session", {}, `"${"a".repeat(1_000_000)}"`, 413],
  ["a name that is text elsewhere", "POST /api/v1/session", {}, '{"email":["a"],"password":{"$ne":1}}', 400],
];

test("refused, and told so with every header", async (t) => {
  const { host, raw, member } = await server(t);
  await member("admin");
  const port = host.split(":")[1];
  for (const [what, first, headers, body, status] of REFUSED) {
    await t.test(what, async () => {
      const posts = first.startsWith("POST");
      const all: Record<string, string | undefined> = {
        host,
        origin: posts ? PUBLIC : undefined,
        connection: "close",
        "content-type": posts ? "application/json" : undefined,
        "content-length": String(Buffer.byteLength(body)),
        ...headers,
      };
      const lines = Object.entries(all).flatMap(([name, value]) =>
        value === undefined ? [] : [`${name}: ${value.replace(/localhost\.?$/, `$&:${port}`)}`],
      );
      const answer = await raw([`${first} HTTP/1.1`, ...lines, "", body].join("\r\n"));
      assert.equal(answer.status, status, answer.body);
      assert.doesNotMatch(answer.body, /<script|package|a stamp/);
      guarded(answer, what);
    });
  }
});

test("the public name is told to be asked by https alone, and gets a cookie for nothing else", async (t) => {
  const { ask, store, host } = await server(t);
  const { code } = await newSetupCode(store, NOW);
  const publicly = { host: new URL(PUBLIC).host, origin: PUBLIC, "content-type": "application/json" };
  const claim = {
    code,
    name: "Ada",
    email: "ada@aldermoor.example",
    password: "correct horse battery staple",
  };
  const claimed = await ask("POST /api/v1/setup", publicly, JSON.stringify(claim));
  assert.equal(claimed.status, 201, claimed.body);
  assert.match(
    claimed.headers.get("set-cookie")!,
    /^__Host-glasshouse_session=[\w-]{43}; Path=\/; HttpOnly; Secure; SameSite=Lax$/,
  );
  assert.equal(claimed.headers.get("strict-transport-security"), "max-age=31536000; includeSubDomains");
  const { email, password } = claim;
  const here = { origin: `http://${host}`, "content-type": "application/json" };
  const signedIn = await ask("POST /api/v1/session", here, JSON.stringify({ email, password }));
  assert.match(
    signedIn.headers.get("set-cookie")!,
    /^glasshouse_session=[\w-]{43}; Path=\/; HttpOnly; SameSite=Lax$/,
  );
  assert.equal(
    signedIn.headers.get("strict-transport-security"),
    undefined,
    "this machine's own name has no https",
  );
});

for (const [what, trusted, from] of [
  ["isn't believed unless a proxy is trusted", [], "127.0.0.1"],
  ["is believed as far as this machine's own proxy has seen it", ["loopback"], "198.51.100.7"],
] as const) {
  test(`where somebody says they come from ${what}`, async (t) => {
    const { ask, store, session } = await server(t, trusted);
    const forwarded = { "x-forwarded-for": "203.0.113.9, 198.51.100.7", "x-real-ip": "203.0.113.9" };
    const headers = { ...(await session("viewer")), ...forwarded, origin: PUBLIC };
    assert.equal((await ask("POST /api/v1/rotate-key", headers)).status, 403);
    assert.equal((await listTrail(store.read, { before: null, limit: 1 }))[0]!.ip, from);
  });
}
