import assert from "node:assert/strict";
import { test } from "node:test";
import { ApiError } from "../errors.ts";
import { readAdminUser, readCredential } from "./credential.ts";

const v3 = (clientId: string | null, secret: string) => ({ kind: "harvest_v3" as const, clientId, secret });
const v1 = (secret: string, clientId: string | null = null) => ({
  kind: "harvest_v1" as const,
  clientId,
  secret,
});
const malformed = (says: RegExp) => (error: unknown) =>
  error instanceof ApiError &&
  error.code === "credential_malformed" &&
  says.test(error.message) &&
  error.cure !== null;

for (const [name, given, says] of [
  ["an empty secret", v3("abc-1", ""), /secret is empty/],
  ["a secret of blanks", v3("abc-1", " \t\n"), /secret is empty/],
  ["no client id", v3(null, "s"), /client ID is empty/],
  ["twice the same", v3("abc-1", "abc-1"), /the same/],
  ["a client id with a colon", v3("a:bc-1", "s"), /characters/],
  ["a secret with an umlaut", v3("abc-1", "sécret"), /characters/],
  ["binary", v3("abc-1", "s\u0000\u0001"), /characters/],
  ["a v1 key with a client id", v1("key", "abc-1"), /no client ID/],
  ["an empty key", v1("  "), /key is empty/],
] as const) {
  test(`refuses ${name}`, () => {
    assert.throws(() => readCredential(given), malformed(says));
  });
}

for (const [name, given, secret, note] of [
  ["as it is", v3("abc-1", "s"), "s", null],
  ["blanks around are dropped without a word", v3(" abc-1 ", "\ts\n"), "s", null],
  ["a line break within", v3("abc-1", "se\r\ncret"), "secret", /line break was removed/],
  ["blanks within", v3("abc-1", "se cret"), "secret", /Blanks were removed/],
  ["a zero-width blank of a document", v3("abc-1", "se\u200bcret"), "secret", /removed/],
  ["a v3 client id where a v1 key goes is asked about", v1("abc-12"), "abc-12", /may be a v3 client ID/],
] as const) {
  test(`takes a credential ${name}`, () => {
    const { credential, notes } = readCredential(given);
    assert.equal(credential.secret, secret);
    assert.equal(credential.clientId, given.kind === "harvest_v3" ? "abc-1" : null);
    if (note) assert.match(notes.join(), note);
    else assert.deepEqual(notes, []);
  });
}

for (const [name, given, note] of [
  ["a client id without a number", v3("abc", "s"), /may not be a whole client ID/],
  ["id and secret that look swapped", v3("s", "abc-1"), /look swapped/],
] as const) {
  test(`takes ${name}, and asks about it: Greenhouse alone knows`, () => {
    const { credential, notes } = readCredential(given);
    assert.deepEqual(credential, given);
    assert.match(notes.join(), note);
  });
}

for (const [given, id] of [
  ["4017730022", "4017730022"],
  [" 4017730022\n", "4017730022"],
  ["9223372036854775807", "9223372036854775807"],
  ["https://app.greenhouse.io/account/users/4017730022/edit", "4017730022"],
  ["app2.greenhouse.io/users/4017730022?from=7", "4017730022"],
  ["https://app.greenhouse.io/accounts/12/users/4017730022", "4017730022"],
  ["", null],
  [null, null],
] as const) {
  test(`admin user ${JSON.stringify(given)} is ${id}`, () => {
    assert.equal(readAdminUser(given), id);
  });
}

for (const given of [
  "Ines Okafor",
  "-5",
  "0",
  "4017730022.5",
  "99999999999999999999",
  "https://evil.example/users/4017730022",
  "https://app.greenhouse.io/people/1/jobs/2",
  "https://app.greenhouse.io/people/4017730022",
  "https://",
]) {
  test(`${given} is no admin user`, () => {
    assert.throws(
      () => readAdminUser(given),
      (error) => error instanceof ApiError && error.code === "admin_user_malformed",
    );
  });
}
