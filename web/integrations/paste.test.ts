import assert from "node:assert/strict";
import { test } from "node:test";
import { paste as words } from "../text/integrations.ts";
import { adminUserOf, oddity, tidy } from "./paste.ts";

for (const [name, text, value, note] of [
  ["as it should be", "acme-4004", "acme-4004", null],
  ["blanks around it, which no one sees", "  acme-4004\n", "acme-4004", null],
  ["a blank within", "acme -4004", "acme-4004", words.blanks],
  ["a line break within", "acme-\r\n4004", "acme-4004", words.lineBreak],
  ["a blank that no one can see", "acme\u200b-4004", "acme-4004", words.blanks],
  ["a soft hyphen of a document", "ac\u00adme-4004", "acme-4004", words.blanks],
  ["nothing", "", "", null],
  ["nothing but blanks", " \n ", "", null],
] as const) {
  test(`a pasted text, ${name}`, () => assert.deepEqual(tidy(text), { value, note }));
}

for (const [name, kind, clientId, secret, expected] of [
  ["both as they should be", "harvest_v3", "acme-4004", "s3cret", null],
  ["the secret not yet typed", "harvest_v3", "acme-4004", "", null],
  ["nothing typed", "harvest_v3", "", "", null],
  ["the two swapped", "harvest_v3", "s3cret", "acme-4004", words.swapped],
  ["an ID without its end", "harvest_v3", "acme", "s3cret", words.notWhole],
  ["an ID that ends in its dash", "harvest_v3", "acme-", "", words.notWhole],
  ["the ID twice", "harvest_v3", "acme-4004", "acme-4004", words.same],
  ["a v1 key", "harvest_v1", "", "0123456789abcdef-1", words.v3InV1],
  ["a v1 key as it should be", "harvest_v1", "", "0123456789abcdef", null],
  ["a v1 key, with a v3 ID left in the other form", "harvest_v1", "acme", "0123456789abcdef", null],
] as const) {
  test(`what looks odd in a credential: ${name}`, () =>
    assert.equal(oddity(kind, clientId, secret), expected));
}

for (const [name, text, expected] of [
  ["a number", "4017730022", "4017730022"],
  ["a number among blanks", " 4017730022 ", "4017730022"],
  ["the largest that Greenhouse can have", "9223372036854775807", "9223372036854775807"],
  ["a number too long to be one", "12345678901234567890", null],
  ["a number that begins with 0", "0401", null],
  ["the address of the page", "https://app2.greenhouse.io/users/4017730022", "4017730022"],
  ["with what stands behind it", "https://app2.greenhouse.io/users/4017730022/edit?tab=1#top", "4017730022"],
  ["without https", "app2.greenhouse.io/users/4017730022", "4017730022"],
  ["as some accounts write it", "https://app.greenhouse.io/user/4017730022", "4017730022"],
  ["of another page", "https://app2.greenhouse.io/people/4017730022", null],
  ["of another site", "https://greenhouse.io.example.org/users/4017730022", null],
  ["a name", "Ines Okafor", null],
  ["an e-mail address", "ines@aldermoor.example", null],
  ["nothing", "  ", ""],
] as const) {
  test(`an admin user given as ${name}: ${expected === null ? "refused" : `“${expected}”`}`, () => {
    assert.equal(adminUserOf(text), expected);
  });
}
