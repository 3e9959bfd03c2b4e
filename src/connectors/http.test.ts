import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { createServer } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo } from "node:net";
import { suite, type TestContext, test } from "node:test";
import { brotliCompressSync, gzipSync } from "node:zlib";
import { issuerOf } from "./certificate.ts";
import { ConnectorError } from "./errors.ts";
import { tinyServer } from "./greenhouse/testing.ts";
import { exchange, type HttpRequest } from "./http.ts";

const ask = (origin: string, more: Partial<HttpRequest> = {}) =>
  exchange({
    method: "GET",
    url: new URL("/v3/users?cursor=hidden", origin),
    headers: { authorization: "Bearer hidden-token" },
    origins: [origin],
    maxBytes: 100_000,
    idleMs: 2000,
    totalMs: 4000,
    signal: new AbortController().signal,
    now: Date.now,
    ...more,
  });

const failure = (work: Promise<unknown>): Promise<ConnectorError> =>
  work.then(
    () => assert.fail("nothing failed"),
    (error) => (error instanceof ConnectorError ? error : assert.fail(String(error))),
  );

suite("one question, one answer", () => {
  for (const [name, encoding, body] of [
    ["plain", undefined, Buffer.from('{"a":"ü"}')],
    ["gzip", "gzip", gzipSync('{"a":"ü"}')],
    ["brotli", "br", brotliCompressSync('{"a":"ü"}')],
  ] as const) {
    test(`${name}, with its request ID, date and size`, async (t) => {
      const { harvest } = await tinyServer(t, (request, response) => {
        assert.match(String(request.headers["user-agent"]), /^Glasshouse\/\d+\.\d+\.\d+/);
        response.writeHead(200, {
          "X-Request-Id": "f3a1",
          ...(encoding && { "content-encoding": encoding }),
        });
        response.end(body);
      });
      const answer = await ask(harvest);
      assert.deepEqual(
        [answer.status, answer.text, answer.bytes, answer.invalidUtf8],
        [200, '{"a":"ü"}', 10, false],
      );
      assert.equal(answer.ask.requestId, "f3a1");
      assert.equal(answer.ask.path, "/v3/users");
      assert.ok(Math.abs(answer.date! - Date.now()) < 5000);
    });
  }

  const bomb = gzipSync(Buffer.alloc(5_000_000));
  for (const [name, status, headers, body, fault, says] of [
    ["a gzip bomb", 200, { "content-encoding": "gzip" }, bomb, "too_large", /more than 100,000 bytes/],
    ["a huge answer", 200, {}, Buffer.alloc(200_000, "a"), "too_large", /more than 100,000 bytes/],
    [
      "half a gzip",
      200,
      { "content-encoding": "gzip" },
      gzipSync("a".repeat(9999)).subarray(0, 30),
      "cut",
      /cut off after/,
    ],
    ["no gzip at all", 200, { "content-encoding": "gzip" }, Buffer.from("plain text"), "garbled", /garbled/],
    ["an unknown compression", 200, { "content-encoding": "lzma" }, Buffer.from("x"), "garbled", /garbled/],
  ] as [string, number, Record<string, string>, Buffer, string, RegExp][]) {
    test(`${name} is unreadable, and says how much of it was read`, async (t) => {
      const { harvest } = await tinyServer(t, (_request, response) => {
        response.writeHead(status, headers);
        response.end(body);
      });
      const error = await failure(ask(harvest));
      assert.deepEqual([error.family, error.fault], ["unreadable", fault]);
      assert.match(error.message, says);
      assert.doesNotMatch(`${error.message} ${error.said}`, /hidden/);
    });
  }

  test("an endless error page doesn't hide its status", async (t) => {
    const { harvest } = await tinyServer(t, (_request, response) => {
      response.writeHead(502, { "content-type": "text/html" });
      response.end("<html>".repeat(100_000));
    });
    assert.equal((await ask(harvest)).status, 502);
  });

  test("a redirect is an answer, and the credential stays here", async (t) => {
    const asked: string[] = [];
    const elsewhere = await tinyServer(t, (request, response) => {
      asked.push(String(request.headers.authorization));
      response.end("{}");
    });
    const { harvest } = await tinyServer(t, (_request, response) => {
      response.writeHead(302, { location: `${elsewhere.harvest}/login` });
      response.end();
    });
    assert.equal((await ask(harvest)).status, 302);
    assert.deepEqual(asked, []);
  });

  test("another origin than the connection's own is never asked", async (t) => {
    let asked = 0;
    const { harvest } = await tinyServer(t, (_request, response) => {
      asked += 1;
      response.end("{}");
    });
    const error = await failure(ask(harvest, { origins: ["https://harvest.greenhouse.io"] }));
    assert.deepEqual([error.family, error.fault, asked], ["invalid", "foreign", 0]);
  });

  for (const [name, stall] of [
    ["before its headers", false],
    ["in its body", true],
  ] as const) {
    test(`an answer that stalls ${name} is given up`, async (t) => {
      const { harvest } = await tinyServer(t, (_request, response) => {
        if (stall) response.write('[{"id":1');
      });
      const error = await failure(ask(harvest, { totalMs: 150 }));
      assert.deepEqual([error.family, error.fault], ["network", "timed_out"]);
    });
  }

  test("an abort ends it with its own reason", async (t) => {
    const { harvest } = await tinyServer(t, () => {});
    const stop = new AbortController();
    const work = ask(harvest, { signal: stop.signal });
    stop.abort(new Error("the run was stopped"));
    await assert.rejects(work, /the run was stopped/);
  });
});

suite("between us and Greenhouse", () => {
  test("a certificate nobody vouches for: tls, and who issued it", async (t) => {
    const origin = await tlsServer(t);
    if (!origin) return t.skip("no openssl here");
    const error = await failure(ask(origin));
    assert.equal(error.family, "tls");
    assert.match(error.said!, /DEPTH_ZERO_SELF_SIGNED_CERT/);
    assert.equal(await issuerOf(new URL(origin).host, new AbortController().signal), "Aldermoor Proxy CA");
  });

  for (const [name, status] of [
    ["wants a password", 407],
    ["says no", 403],
  ] as const) {
    test(`a proxy that ${name}: proxy, and the credential never gets there`, async (t) => {
      const seen: string[] = [];
      const server = createServer();
      server.on("connect", (request, socket) => {
        seen.push(JSON.stringify(request.headers));
        socket.end(`HTTP/1.1 ${status} No\r\ncontent-length: 0\r\n\r\n`);
      });
      await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
      t.after(() => void server.close());
      withEnv(t, { HTTPS_PROXY: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, NO_PROXY: "" });
      const error = await failure(ask("https://harvest.greenhouse.io"));
      assert.equal(error.family, "proxy");
      assert.match(error.said!, new RegExp(String(status)));
      assert.equal(seen.length, 1);
      assert.doesNotMatch(seen[0]!, /hidden/);
    });
  }

  test("a proxy that isn't there: proxy", async (t) => {
    withEnv(t, { HTTPS_PROXY: "http://127.0.0.1:9", NO_PROXY: "" });
    assert.equal((await failure(ask("https://harvest.greenhouse.io"))).family, "proxy");
  });

  test("NO_PROXY, and this machine itself, go past the proxy", async (t) => {
    withEnv(t, {
      HTTPS_PROXY: "http://127.0.0.1:9",
      HTTP_PROXY: "http://127.0.0.1:9",
      NO_PROXY: "nobody.invalid",
    });
    const { harvest } = await tinyServer(t, (_request, response) => response.end("{}"));
    assert.equal((await ask(harvest)).status, 200);
    assert.equal((await failure(ask("https://nobody.invalid"))).family, "network");
  });
});

function withEnv(t: TestContext, values: Record<string, string>): void {
  const before = Object.keys(values).map((name) => [name, process.env[name]] as const);
  Object.assign(process.env, values);
  t.after(() => {
    for (const [name, value] of before) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
  });
}

/** A tool of the machine; the test is skipped without it. */
const OPENSSL = "openssl";

/** An https server whose certificate was made by "Aldermoor Proxy CA" a moment ago; null where there is no openssl. */
async function tlsServer(t: TestContext): Promise<string | null> {
  let pem: string;
  try {
    const request =
      "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 1 -keyout - -out -".split(" ");
    pem = execFileSync(OPENSSL, [...request, "-subj", "/CN=Aldermoor Proxy CA"], {
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
    });
  } catch {
    return null;
  }
  const server = createTlsServer({ key: pem, cert: pem }, (_request, response) => response.end("{}"));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  t.after(() => {
    server.close();
    server.closeAllConnections();
  });
  return `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
