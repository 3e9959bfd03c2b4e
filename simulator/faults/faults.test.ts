import assert from "node:assert/strict";
import { connect } from "node:net";
import { test } from "node:test";
import type { Client, Got } from "../testing.ts";
import { client, nextLink } from "../testing.ts";
import type { Fault, FaultMatch } from "./rules.ts";
import { FaultBook } from "./rules.ts";

/** What a client meets when the fault is on: an answer, or the reason there is none. */
async function meet(c: Client, path: string, auth: Record<string, string>): Promise<Got | "broken"> {
  return c.get(path, auth).catch(() => "broken" as const);
}
const got = (answer: Got | "broken"): Got => {
  assert.notEqual(answer, "broken");
  return answer as Got;
};

const cases: [string, Fault, (answer: Got | "broken", plain: Got) => void][] = [
  [
    "status 502 comes as HTML",
    { kind: "status", status: 502 },
    (a) =>
      assert.deepEqual(
        [got(a).status, got(a).headers.get("content-type"), got(a).body],
        [502, "text/html", null],
      ),
  ],
  [
    "status 429 with headers",
    { kind: "status", status: 429, headers: { "Retry-After": "7" } },
    (a) => assert.deepEqual([got(a).status, got(a).headers.get("retry-after")], [429, "7"]),
  ],
  [
    "an empty list without a next link",
    { kind: "empty" },
    (a) => assert.deepEqual([got(a).body, got(a).headers.get("link")], [[], null]),
  ],
  ["garbled JSON", { kind: "garbled" }, (a) => assert.deepEqual([got(a).status, got(a).body], [200, null])],
  ["invalid UTF-8", { kind: "invalidUtf8" }, (a) => assert.ok(got(a).text.includes("\ufffd"))],
  [
    "binary",
    { kind: "binary" },
    (a) => assert.equal(got(a).headers.get("content-type"), "application/octet-stream"),
  ],
  ["a body cut short of its length", { kind: "cut", at: 100 }, (a) => assert.equal(a, "broken")],
  ["a chunked body broken off", { kind: "cut", at: 100, how: "chunked" }, (a) => assert.equal(a, "broken")],
  ["a reset before the head", { kind: "reset" }, (a) => assert.equal(a, "broken")],
  ["a reset within the body", { kind: "reset", after: 50 }, (a) => assert.equal(a, "broken")],
  [
    "an expired cursor",
    { kind: "expiredCursor" },
    (a) => assert.deepEqual([got(a).status, /expired/.test(got(a).text)], [422, true]),
  ],
  ["an expired PIT", { kind: "pitExpired" }, (a) => assert.match(got(a).text, /Pit_Id/)],
  [
    "a next link to the page itself",
    { kind: "loop" },
    (a) => assert.ok(nextLink(got(a))?.endsWith("/v3/users?per_page=10")),
  ],
  [
    "a next link to a foreign host",
    { kind: "foreignLink" },
    (a) => assert.match(nextLink(got(a)) ?? "", /^https:\/\/harvest\.example\.net\/v3\/users\?cursor=/),
  ],
  [
    "rows in another order",
    { kind: "reorder" },
    (a, plain) => {
      const ids = (answer: Got): number[] => answer.body.map((r: { id: number }) => r.id);
      assert.notDeepEqual(ids(got(a)), ids(plain));
      assert.deepEqual(ids(got(a)).toSorted(), ids(plain).toSorted());
    },
  ],
  ["duplicate rows", { kind: "duplicateRows" }, (a) => assert.equal(got(a).body.length, 14)],
  [
    "a huge id, exact in the text",
    { kind: "hugeNumber", row: 2, value: "900719925474099312345" },
    (a) => assert.ok(got(a).text.includes('"id":900719925474099312345,')),
  ],
  [
    "a field missing in row 3",
    { kind: "field", row: 3, field: "deactivated", action: "remove" },
    (a) =>
      assert.deepEqual(
        [got(a).body[3].deactivated, typeof got(a).body[2].deactivated],
        [undefined, "boolean"],
      ),
  ],
  [
    "a field renamed",
    { kind: "field", field: "site_admin", action: "rename", to: "siteAdmin" },
    (a) => assert.equal(typeof got(a).body[0].siteAdmin, "boolean"),
  ],
  [
    "a field of another type",
    { kind: "field", field: "emails", action: "replace", to: "one@example.org" },
    (a) => assert.equal(got(a).body[0].emails, "one@example.org"),
  ],
  [
    "hostile names",
    { kind: "hostileNames" },
    (a) =>
      assert.ok(
        got(a).body.some((r: { name: string }) => r.name.startsWith("=cmd|")) &&
          got(a).text.includes("\\u001b"),
      ),
  ],
  [
    "a moved Date header",
    { kind: "date", offsetSeconds: 3600 },
    (a) => assert.equal(got(a).headers.get("date"), "Mon, 23 Nov 2026 13:00:00 GMT"),
  ],
  [
    "further headers, and fewer",
    { kind: "headers", headers: { Link: null, "X-Odd": "1" } },
    (a) => assert.deepEqual([got(a).headers.get("link"), got(a).headers.get("x-odd")], [null, "1"]),
  ],
];
for (const [name, fault, check] of cases) {
  test(`a fault: ${name}`, async () => {
    await using c = await client();
    const auth = await c.bearer();
    const plain = await c.get("/v3/users?per_page=10", auth);
    c.sim.control.addFaults({ match: { endpoint: "v3.users", nth: 1 }, fault });
    check(await meet(c, "/v3/users?per_page=10", auth), plain);
    assert.deepEqual(
      (await c.get("/v3/users?per_page=10", auth)).text,
      plain.text,
      "only the named call is touched",
    );
  });
}

test("a repeated page brings the rows of the one before it", async () => {
  await using c = await client();
  const auth = await c.bearer();
  const first = await c.get("/v3/users?per_page=10", auth);
  c.sim.control.addFaults({
    match: { endpoint: "v3.users", page: "later", nth: 1 },
    fault: { kind: "repeatPage" },
  });
  const second = await c.get(nextLink(first) as string, auth);
  assert.deepEqual(second.body, first.body);
  assert.notEqual(nextLink(second), nextLink(first));
});

test("the audit log loops when its next cursor is the one just used", async () => {
  await using c = await client();
  const auth = await c.bearer();
  const { paging } = (await c.get("/events?paging=true", auth)).body;
  c.sim.control.addFaults({ match: { endpoint: "audit.events" }, fault: { kind: "loop" } });
  const again = (
    await c.get("/events?paging=true", {
      ...auth,
      "pit-id": paging.pit_id,
      "search-after": paging.next_search_after,
    })
  ).body;
  assert.equal(again.paging.next_search_after, paging.next_search_after);
});

/** Opens a raw connection, so that nothing but the bytes is seen, and closes it once these are enough, or silent for so long. */
function raw(
  c: Client,
  auth: Record<string, string>,
  enough: (bytes: Buffer) => boolean,
  silenceMs: number | null,
): Promise<Buffer> {
  return new Promise((resolve) => {
    let bytes = Buffer.alloc(0);
    const socket = connect(c.sim.port, "127.0.0.1", () =>
      socket.write(`GET /v3/users HTTP/1.1\r\nHost: x\r\nAuthorization: ${auth.authorization}\r\n\r\n`),
    );
    const end = () => {
      socket.destroy();
      resolve(bytes);
    };
    socket.on("data", (part) => {
      bytes = Buffer.concat([bytes, part]);
      if (enough(bytes)) end();
    });
    socket.on("error", () => undefined);
    if (silenceMs !== null) setTimeout(end, silenceMs);
  });
}

test("a fault: a stall answers nothing", async () => {
  await using c = await client({ faults: [{ match: { endpoint: "v3.users" }, fault: { kind: "stall" } }] });
  assert.equal((await raw(c, await c.bearer(), () => false, 300)).length, 0);
});

const bodyOf = (bytes: Buffer) => bytes.subarray(bytes.indexOf("\r\n\r\n") + 4);
const streams: [string, Fault, (bytes: Buffer) => boolean, (bytes: Buffer) => void][] = [
  [
    "a drip answers byte by byte",
    { kind: "drip", bytesPerSecond: 50 },
    (bytes) => bytes.includes("\r\n\r\n") && bodyOf(bytes).length > 1,
    (bytes) => assert.ok(bodyOf(bytes).length < 60, String(bodyOf(bytes).length)),
  ],
  [
    "an endless body never ends",
    { kind: "endless" },
    (bytes) => bytes.length > 100_000,
    (bytes) => assert.equal(bytes.includes("\r\n0\r\n\r\n"), false),
  ],
];
for (const [name, fault, enough, check] of streams) {
  test(`a fault: ${name}`, async () => {
    await using c = await client({ faults: [{ match: { endpoint: "v3.users" }, fault }] });
    check(await raw(c, await c.bearer(), enough, null));
  });
}

test("a gzip bomb is small on the wire and large unpacked", async () => {
  await using c = await client({
    faults: [{ match: { endpoint: "v3.users" }, fault: { kind: "gzipBomb", megabytes: 30 } }],
  });
  const unpacked = await c.get("/v3/users", await c.bearer());
  assert.ok(unpacked.text.length > 30_000_000);
  assert.ok((c.sim.control.counters().endpoints["v3.users"]?.bytes ?? 0) < 200_000);
});

const rules: [string, FaultMatch, boolean[]][] = [
  ["every call", {}, [true, true, true, true, true]],
  ["the third call only", { nth: 3 }, [false, false, true, false, false]],
  ["two calls from the second", { nth: 2, count: 2 }, [false, true, true, false, false]],
  ["all calls from the fourth", { nth: 4, count: null }, [false, false, false, true, true]],
  ["the first two", { count: 2 }, [true, true, false, false, false]],
  ["calls of another endpoint", { endpoint: "v3.jobs" }, [false, false, false, false, false]],
  ["a family by its prefix", { endpoint: "v3.*" }, [true, true, true, true, true]],
];
for (const [name, match, expected] of rules) {
  test(`a rule for ${name}`, () => {
    const book = new FaultBook();
    book.add([{ match, fault: { kind: "empty" } }]);
    const subject = {
      endpoint: "v3.users",
      method: "GET",
      path: "/v3/users",
      query: "",
      later: false,
      credential: null,
    };
    assert.deepEqual(
      expected.map(() => book.next(subject) !== null),
      expected,
    );
  });
}

test("a probability with a seed is the same every time", () => {
  const draw = (seed: number): boolean[] => {
    const book = new FaultBook();
    book.add([{ match: { probability: 0.3, seed }, fault: { kind: "empty" } }]);
    return Array.from(
      { length: 200 },
      () =>
        book.next({ endpoint: "x", method: "GET", path: "/", query: "", later: false, credential: null }) !==
        null,
    );
  };
  assert.deepEqual(draw(1), draw(1));
  assert.notDeepEqual(draw(1), draw(2));
  const hits = draw(1).filter(Boolean).length;
  assert.ok(hits > 30 && hits < 90, String(hits));
});

test("gzip when the client accepts it and the switch is on", async () => {
  await using c = await client();
  const auth = await c.bearer();
  const plain = await c.get("/v3/users", auth);
  assert.equal(plain.headers.get("content-encoding"), null);
  c.sim.control.patchScenario({ "http.gzip": true });
  const packed = await c.get("/v3/users", auth);
  assert.equal(packed.headers.get("content-encoding"), "gzip");
  assert.deepEqual(packed.body, plain.body);
});
