import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { mintedToken, parseTokenBody } from "./token.ts";

const NOW = Date.UTC(2026, 10, 23, 19, 18, 46);
const HOUR = 3_600_000;
const jwt = (payload: object) => `e30.${Buffer.from(JSON.stringify(payload)).toString("base64url")}.sig`;

suite("how long a token is good", () => {
  for (const [name, text, lifeMs] of [
    [
      "expires_at",
      '{"token_type":"Bearer","access_token":"a.b.c","expires_at":"2026-11-23T20:18:46.000Z"}',
      HOUR,
    ],
    [
      "expires_at without a fraction, with an offset",
      '{"access_token":"a.b.c","expires_at":"2026-11-23T21:18:46+01:00"}',
      HOUR,
    ],
    ["expires_at without a zone: UTC", '{"access_token":"a.b.c","expires_at":"2026-11-23T20:18:46"}', HOUR],
    ["expires_in", '{"access_token":"a.b.c","expires_in":3600}', HOUR],
    ["expires_in as text", '{"access_token":"a.b.c","expires_in":"60"}', 60_000],
    ["expires", '{"access_token":"a.b.c","expires":"2026-11-24T19:18:46.000Z"}', 24 * HOUR],
    [
      "expires without quotes, which is no JSON",
      '{"access_token":"a.b.c","expires":2026-11-24T19:18:46.000Z}',
      24 * HOUR,
    ],
    ["the JWT's own end", `{"access_token":"${jwt({ exp: NOW / 1000 + 120 })}"}`, 120_000],
    ["nothing: an hour", '{"access_token":"opaque"}', HOUR],
    ["a JWT without an end: an hour", `{"access_token":"${jwt({})}"}`, HOUR],
    [
      "an end that lies behind us: the next best",
      `{"access_token":"a.b.c","expires_at":"2020-01-01T00:00:00Z","expires_in":60}`,
      60_000,
    ],
    ["an end that no calendar has: a day", '{"access_token":"a.b.c","expires_in":1e300}', 24 * HOUR],
    [
      "an end in the year 9999: a day",
      '{"access_token":"a.b.c","expires_at":"9999-12-31T00:00:00Z"}',
      24 * HOUR,
    ],
    ["an end that is no date: an hour", '{"access_token":"a.b.c","expires_at":"soon"}', HOUR],
  ] as const) {
    test(name, () => assert.equal(mintedToken(parseTokenBody(text), NOW)?.lifeMs, lifeMs));
  }

  for (const text of ["", "null", "[]", "<html>", '{"expires":2026-11-24T19:18:46.000Z}']) {
    test(`${JSON.stringify(text)} holds no token`, () =>
      assert.throws(() => parseTokenBody(text), SyntaxError));
  }
  for (const body of [{}, { access_token: "" }, { access_token: 7 }]) {
    test(`${JSON.stringify(body)} is no token`, () => assert.equal(mintedToken(body, NOW), null));
  }
});
