import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { gzipSync } from "node:zlib";
import { handlers } from "../handlers.ts";
import { testContext } from "../testing.ts";
import { serveHttp } from "./server.ts";

type TestContext = Parameters<typeof testContext>[0];

const SCRIPT = "export const built = true;".repeat(100);

async function server(t: TestContext, { built = true } = {}) {
  const { context, store } = await testContext(t);
  const consoleDir = join(store.dir, "console");
  const build = () => {
    mkdirSync(join(consoleDir, "assets"), { recursive: true });
    writeFileSync(join(consoleDir, "index.html"), '<meta name="csp-nonce" content="__NONCE__"><p>console');
    writeFileSync(join(consoleDir, ".built"), "a stamp");
    writeFileSync(join(consoleDir, "assets", "main-1a2b.js"), SCRIPT);
    writeFileSync(join(consoleDir, "assets", "main-1a2b.js.gz"), gzipSync(SCRIPT));
  };
  if (built) build();
  const config = { host: "127.0.0.1", port: 0, publicUrl: null };
  const http = await serveHttp(context, { config, handlers, consoleDir });
  t.after(() => http.close());
  return { url: http.url, build };
}

for (const path of ["/", "/users?c=Aldermoor", "/users/4000001004", "/integrations/acme.example"]) {
  test(`${path} is the console's page, with a nonce of its own, and never cached`, async (t) => {
    const { url } = await server(t);
    const [first, second] = [await fetch(url + path), await fetch(url + path)];
    assert.equal(first.status, 200);
    assert.match(first.headers.get("content-type")!, /^text\/html/);
    assert.equal(first.headers.get("cache-control"), "no-store");
    const policy = first.headers.get("content-security-policy")!;
    const nonce = /content="([^"]+)"/.exec(await first.text())![1]!;
    assert.ok(policy.includes(`style-src 'self' 'nonce-${nonce}'`), policy);
    assert.match(policy, /default-src 'none'; script-src 'self';/);
    assert.doesNotMatch(policy, /unsafe/);
    assert.ok(!(await second.text()).includes(nonce), "the next page has another nonce");
  });
}

test("hashed files are kept for ever, and compressed where that is understood", async (t) => {
  const { url } = await server(t);
  for (const encoding of ["identity", "gzip"]) {
    const answer = await fetch(`${url}/assets/main-1a2b.js`, { headers: { "accept-encoding": encoding } });
    assert.equal(answer.status, 200);
    assert.equal(answer.headers.get("cache-control"), "public, max-age=31536000, immutable");
    assert.equal(answer.headers.get("content-encoding"), encoding === "gzip" ? "gzip" : null);
    assert.match(answer.headers.get("content-type")!, /javascript/);
    assert.equal(await answer.text(), SCRIPT);
  }
});

for (const [path, status] of [
  ["/assets/gone-9z8y.js", 404],
  ["/assets/..%2f.built", 400],
  ["/assets/%2e%2e%2findex.html", 400],
  ["/assets/", 404],
] as const) {
  test(`${path} gives no file: ${status}`, async (t) => {
    const { url } = await server(t);
    const answer = await fetch(url + path);
    assert.equal(answer.status, status);
    assert.doesNotMatch(await answer.text(), /a stamp|console/);
  });
}

test("the API keeps its own answers and its own policy", async (t) => {
  const { url } = await server(t);
  const answer = await fetch(`${url}/api/v1/nothing`);
  assert.equal(answer.status, 403);
  assert.match(answer.headers.get("content-security-policy")!, /^default-src 'none'/);
  assert.doesNotMatch(answer.headers.get("content-security-policy")!, /script-src/);
});

test("without a build the page says so, and the next look finds it built", async (t) => {
  const { url, build } = await server(t, { built: false });
  const before = await fetch(url);
  assert.equal(before.status, 503);
  assert.match(await before.text(), /npm start/);
  build();
  assert.equal((await fetch(url)).status, 200);
});
