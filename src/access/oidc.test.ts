import assert from "node:assert/strict";
import { test } from "node:test";
import { vouchesForEmail } from "./oidc.ts";
import { refusalOf } from "./oidc-refusals.ts";
import { AccessRefused } from "./refused.ts";

const ENTRA = "https://login.microsoftonline.com/9b1e/v2.0";
const OTHER = "https://login.example.com";

for (const [name, issuer, claims, expected] of [
  ["says so", OTHER, { email_verified: true }, true],
  ["says the opposite", OTHER, { email_verified: false }, false],
  ["says nothing", OTHER, {}, false],
  ["says so in a word", OTHER, { email_verified: "true" }, false],
  ["says so in Microsoft's way, and isn't Microsoft", OTHER, { xms_edov: true }, false],
  ["is Microsoft's, and says nothing", ENTRA, {}, false],
  ["is Microsoft's, and vouches for the domain", ENTRA, { xms_edov: true }, true],
  ["is Microsoft's, and vouches for the domain by a digit", ENTRA, { xms_edov: "1" }, true],
  ["is Microsoft's, and doesn't vouch for the domain", ENTRA, { xms_edov: false }, false],
  ["is Microsoft's, and says both", ENTRA, { email_verified: false, xms_edov: true }, false],
  ["only looks like Microsoft's", `${ENTRA.replace(".com", ".com.evil.example")}`, { xms_edov: true }, false],
] as const) {
  test(`an issuer that ${name} ${expected ? "vouches" : "doesn't vouch"} for an address`, () =>
    assert.equal(vouchesForEmail(issuer, claims), expected));
}

const SETTINGS = {
  issuer: new URL(OTHER),
  clientId: "glasshouse",
  clientSecret: "never to be told",
  label: "Aldermoor",
};
const fetchFailed = (code: string) =>
  new TypeError("fetch failed", { cause: Object.assign(new Error(code), { code }) });

for (const [name, error, code, says] of [
  [
    "a name that isn't found",
    fetchFailed("ENOTFOUND"),
    "sso_unreachable",
    /login\.example\.com \(name not found\)/,
  ],
  [
    "a certificate that isn't trusted",
    fetchFailed("SELF_SIGNED_CERT_IN_CHAIN"),
    "sso_unreachable",
    /not trusted/,
  ],
  ["no answer in time", { code: "OAUTH_TIMEOUT" }, "sso_unreachable", /didn't answer in time/],
  [
    "too many questions",
    { code: "OAUTH_RESPONSE_IS_NOT_CONFORM", cause: { status: 429 } },
    "sso_unreachable",
    /429/,
  ],
  [
    "a client that isn't known",
    { code: "OAUTH_RESPONSE_BODY_ERROR", error: "invalid_client", status: 401 },
    "sso_misconfigured",
    /client secret \(401\)/,
  ],
  [
    "a scope that isn't given",
    { code: "OAUTH_RESPONSE_BODY_ERROR", error: "invalid_scope", status: 400 },
    "sso_misconfigured",
    /invalid_scope/,
  ],
  ["a signature of nobody", { code: "OAUTH_KEY_SELECTION_FAILED" }, "sso_answer_refused", /doesn't fit/],
] as [string, unknown, string, RegExp][]) {
  test(`${name} is told as ${code}`, () => {
    const refusal = refusalOf(error, SETTINGS);
    assert.equal(refusal.code, code);
    assert.match(refusal.message, says);
    assert.ok(refusal.cure);
    assert.doesNotMatch(JSON.stringify([refusal.message, refusal.cure]), /never to be told/);
  });
}

test("a fault of ours stays one; a refusal stays itself", () => {
  const fault = new TypeError("x is not a function");
  assert.throws(() => refusalOf(fault, SETTINGS), fault);
  const refusal = new AccessRefused("no_role", "No role.");
  assert.equal(refusalOf(refusal, SETTINGS), refusal);
});
