import assert from "node:assert/strict";
import { test } from "node:test";
import { addressOf, events } from "./wire.ts";

for (const [name, path, given, expected] of [
  ["nothing to fill in", "/users", {}, "/api/v1/users"],
  [
    "a parameter of any letters",
    "/c/{c}/users/{id}",
    { params: { c: "A & B", id: 7 } },
    "/api/v1/c/A%20%26%20B/users/7",
  ],
  [
    "several values of one parameter",
    "/users",
    { query: { status: ["a", "b"] } },
    "/api/v1/users?status=a&status=b",
  ],
  ["what is not given is left out", "/users", { query: { q: undefined, role: null } }, "/api/v1/users"],
  [
    "false, nought and nothing are values",
    "/users",
    { query: { a: false, b: 0, c: "" } },
    "/api/v1/users?a=false&b=0&c=",
  ],
] as const) {
  test(`the address of a call: ${name}`, () => assert.equal(addressOf(path, given), expected));
}

async function read(...chunks: (string | Uint8Array)[]) {
  const seen = [];
  for await (const event of events(ReadableStream.from(chunks))) seen.push(event);
  return seen;
}

const bytes = new TextEncoder().encode('event: step\ndata: "ü"\n\n');

for (const [name, chunks, expected] of [
  ["one at once", ['data: {"a":1}\n\n'], [{ event: "message", data: '{"a":1}' }]],
  ["with a name", ["event: error\ndata: no\n\n"], [{ event: "error", data: "no" }]],
  ["of several lines", ["data: a\ndata: b\n\n"], [{ event: "message", data: "a\nb" }]],
  ["a comment is none", [": still here\n\n"], []],
  [
    "cut anywhere, even within a letter",
    [bytes.subarray(0, 19), bytes.subarray(19)],
    [{ event: "step", data: '"ü"' }],
  ],
  [
    "two in one chunk",
    ["data: a\n\ndata: b\n\n"],
    [
      { event: "message", data: "a" },
      { event: "message", data: "b" },
    ],
  ],
  ["what breaks off is none", ["data: a\n\ndata: b"], [{ event: "message", data: "a" }]],
] as [string, (string | Uint8Array)[], unknown[]][]) {
  test(`server-sent events: ${name}`, async () => assert.deepEqual(await read(...chunks), expected));
}
