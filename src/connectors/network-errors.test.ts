import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { failedToConnect, trouble } from "./network-errors.ts";

const PROXY = new URL("http://proxy.corp:3128");
const error = (fields: object, message = "failed") => Object.assign(new Error(message), fields);

suite("cannot reach, is not who it says, and the proxy", () => {
  for (const [name, thrown, proxy, family, words] of [
    [
      "a name that isn't there",
      error({ code: "ENOTFOUND", hostname: "auth.greenhouse.io" }),
      null,
      "network",
      /name not found/,
    ],
    [
      "nobody listens",
      error({ code: "ECONNREFUSED", address: "10.0.0.1", port: 443 }),
      null,
      "network",
      /refused/,
    ],
    [
      "several addresses, all refused",
      error({ code: "ECONNREFUSED", errors: [error({ code: "ECONNREFUSED" })] }),
      null,
      "network",
      /refused/,
    ],
    ["no headers in time", error({ code: "UND_ERR_HEADERS_TIMEOUT" }), null, "network", /no answer in time/],
    [
      "no connection in time",
      error({ code: "UND_ERR_CONNECT_TIMEOUT" }),
      null,
      "network",
      /no answer in time/,
    ],
    ["closed while we asked", error({ code: "UND_ERR_SOCKET" }), null, "network", /closed/],
    ["an unknown issuer", error({ code: "SELF_SIGNED_CERT_IN_CHAIN" }), null, "tls", /issuer is not trusted/],
    ["an expired certificate", error({ code: "CERT_HAS_EXPIRED" }), null, "tls", /expired/],
    [
      "a certificate for another name",
      error({ code: "ERR_TLS_CERT_ALTNAME_INVALID" }),
      null,
      "tls",
      /another name/,
    ],
    [
      "a certificate, deep in the causes",
      error({ cause: error({ code: "UNABLE_TO_VERIFY_LEAF_SIGNATURE" }) }),
      null,
      "tls",
      /issuer is not known/,
    ],
    ["no TLS at all", error({ code: "ERR_SSL_WRONG_VERSION_NUMBER" }), null, "tls", /TLS failed/],
    [
      "a certificate behind a proxy is still one",
      error({ code: "CERT_HAS_EXPIRED" }),
      PROXY,
      "tls",
      /expired/,
    ],
    [
      "the proxy wants a password",
      error({}, "Proxy response (407) !== 200 when HTTP Tunneling"),
      PROXY,
      "proxy",
      /user name and password \(407\)/,
    ],
    [
      "the proxy says no",
      error({}, "Proxy response (403) !== 200 when HTTP Tunneling"),
      PROXY,
      "proxy",
      /it answered 403/,
    ],
    [
      "the proxy's name isn't there",
      error({ code: "ENOTFOUND", hostname: "proxy.corp" }),
      PROXY,
      "proxy",
      /name not found/,
    ],
    [
      "the proxy doesn't listen",
      error({ code: "ECONNREFUSED", address: "10.0.0.9", port: 3128 }),
      PROXY,
      "proxy",
      /refused/,
    ],
    [
      "a proxy is set, and the host refused",
      error({ code: "ECONNREFUSED", address: "10.0.0.9", port: 443 }),
      PROXY,
      "network",
      /refused/,
    ],
    ["something unheard of", error({}), null, "network", /no code/],
  ] as const) {
    test(name, () => {
      const found = trouble(thrown, proxy);
      assert.equal(found.family, family);
      assert.match(found.words, words);
    });
  }
});

suite("whether anything of the request can have left", () => {
  for (const [name, thrown, nothing] of [
    ["nobody listens", error({ code: "ECONNREFUSED", syscall: "connect" }), true],
    ["no route while connecting", error({ code: "EHOSTUNREACH", syscall: "connect" }), true],
    ["no route while the answer is awaited", error({ code: "EHOSTUNREACH", syscall: "read" }), false],
    ["several addresses", error({ errors: [error({ code: "ETIMEDOUT", syscall: "connect" })] }), true],
    ["a name that isn't there", error({ code: "ENOTFOUND", syscall: "getaddrinfo" }), true],
    ["no connection in time", error({ code: "UND_ERR_CONNECT_TIMEOUT" }), true],
    ["no answer in time", error({ code: "UND_ERR_HEADERS_TIMEOUT" }), false],
    ["an unknown issuer", error({ code: "SELF_SIGNED_CERT_IN_CHAIN" }), true],
    ["TLS that breaks", error({ code: "ERR_SSL_DECRYPTION_FAILED_OR_BAD_RECORD_MAC" }), false],
    ["closed", error({ code: "UND_ERR_SOCKET" }), false],
    ["nothing known", null, false],
  ] as const) {
    test(`${name}: ${nothing ? "nothing" : "perhaps"}`, () => assert.equal(failedToConnect(thrown), nothing));
  }
});
