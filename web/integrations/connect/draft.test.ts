import assert from "node:assert/strict";
import { test } from "node:test";
import { paste, connect as words } from "../../text/integrations.ts";
import { bodyOf, cureWhileConnecting, type Draft, EMPTY, isTyped, missing, testBodyOf } from "./draft.ts";

const whole: Draft = { ...EMPTY, clientId: "acme-4004", secret: "s3cret", name: " Aldermoor " };

for (const [name, change, expected] of [
  ["nothing", {}, {}],
  ["the client ID", { clientId: "" }, { clientId: words.needClientId }],
  ["nothing, though the client ID has no number at its end", { clientId: "acme" }, {}],
  ["another secret", { clientId: "acme-4004", secret: "acme-4004" }, { clientId: paste.same }],
  ["the secret", { secret: "" }, { secret: words.needSecret }],
  ["the key", { kind: "harvest_v1", secret: "" }, { secret: words.needKey }],
  ["nothing of a key, though no client ID is there", { kind: "harvest_v1", clientId: "" }, {}],
  ["a number in the admin user", { adminUser: "Ines" }, { adminUser: words.adminWrong }],
  [
    "both, when both are empty",
    { clientId: "", secret: "" },
    { clientId: words.needClientId, secret: words.needSecret },
  ],
] as const) {
  test(`what is missing before a test: ${name}`, () =>
    assert.deepEqual(missing({ ...whole, ...change }), expected));
}

for (const [name, change, expected] of [
  ["of a client ID and secret", {}, { kind: "harvest_v3", clientId: "acme-4004", secret: "s3cret" }],
  [
    "of a key, without the client ID typed before",
    { kind: "harvest_v1" },
    { kind: "harvest_v1", clientId: null, secret: "s3cret" },
  ],
] as const) {
  test(`the credential that is sent, ${name}`, () => {
    assert.deepEqual(bodyOf({ ...whole, ...change }).credential, expected);
  });
}

test("what is sent to connect: the name trimmed, the admin user's number, usage as wanted", () => {
  const draft = { ...whole, adminUser: "https://app2.greenhouse.io/users/4017730022" };
  const { name, adminUser, usage } = bodyOf(draft);
  assert.deepEqual([name, adminUser, usage], ["Aldermoor", "4017730022", true]);
  assert.deepEqual(bodyOf(draft, { usage: false }).usage, false);
  assert.equal(bodyOf(whole).adminUser, null);
});

for (const [name, draft, typed] of [
  ["nothing", EMPTY, false],
  ["a name and an admin user", { ...EMPTY, name: "Aldermoor", adminUser: "4" }, false],
  ["a client ID", { ...EMPTY, clientId: "acme-4004" }, true],
  ["a key", { ...EMPTY, kind: "harvest_v1", secret: "s3cret" }, true],
] as const) {
  test(`with ${name} a slip ${typed ? "doesn't close" : "closes"} the dialog`, () =>
    assert.equal(isTyped(draft), typed));
}

test("what is sent to test has no name yet", () => {
  assert.equal("name" in testBodyOf(whole), false);
  assert.deepEqual({ ...testBodyOf(whole), name: "Aldermoor" }, bodyOf(whole));
});

for (const [cure, expected] of [
  ["make a new one, then replace the credential here.", "make a new one, then paste it here."],
  ["Replace the credential.", "Paste another credential."],
  ["Ask for it, or switch usage off.", "Ask for it, or connect without usage."],
  ["Tick `harvest:users:list`.", "Tick harvest:users:list."],
] as const) {
  test(`a cure while nothing is saved: ${expected}`, () => assert.equal(cureWhileConnecting(cure), expected));
}
