/** Reading what comes back: JSON, Link headers, error words, what is worth another try. */
import assert from "node:assert/strict";
import { suite, test } from "node:test";
import fc from "fast-check";
import { saidIn } from "./greenhouse/said.ts";
import { decodeBody, decodeUtf8, endsEarly, parseExact, replacedField, TooHeavy } from "./json.ts";
import { links } from "./link.ts";
import { type Failure, LONGEST_WAIT_MS, MAX_TRIES, nextTry } from "./retry.ts";
import { scrub } from "./scrub.ts";

suite("numbers of 16 digits and more stay exact", () => {
  for (const [text, expected] of [
    ['{"id":9007199254740993}', { id: "9007199254740993" }],
    ["[4109876543004, 12345678901234567890]", [4109876543004, "12345678901234567890"]],
    ['{"id":-1234567890123456}', { id: "-1234567890123456" }],
    ['{"text":"1234567890123456"}', { text: "1234567890123456" }],
    ["1234567890123456789", "1234567890123456789"],
    ['{"share":0.1234567890123456}', { share: 0.1234567890123456 }],
    ['{"__proto__":{"id":1234567890123456}}', JSON.parse('{"__proto__":{"id":"1234567890123456"}}')],
  ] as [string, unknown][]) {
    test(text, () => assert.deepEqual(parseExact(text), expected));
  }

  test("any integer comes back with all its digits", () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), fc.string(), (id, text) => {
        const row = parseExact(`{ "a": [${id}], "b": ${JSON.stringify(text)} }`) as {
          a: unknown[];
          b: string;
        };
        assert.deepEqual([String(row.a[0]), row.b], [String(id), text]);
      }),
    );
  });
});

suite("what the text of a database can't hold becomes U+FFFD", () => {
  for (const [text, expected] of [
    ["a\\u0000b", "a\ufffdb"],
    ["\\u0000\\u0000", "\ufffd\ufffd"],
    ["a backslash, then letters: \\\\u0000", "a backslash, then letters: \\u0000"],
    ["\\\\\\u0000", "\\\ufffd"],
    ["\\uD83D\\ude00 is whole", "😀 is whole"],
    ["\\ud83d alone", "\ufffd alone"],
    ["\\ude00 alone", "\ufffd alone"],
    ["\\ud83d\\ud83d\\ude00", "\ufffd😀"],
    ["\\u00e4 \\n \\ufffd", "ä \n \ufffd"],
  ] as const) {
    test(text, () => {
      assert.deepEqual(parseExact(`{"id":9007199254740993,"${text}":["${text}"]}`), {
        id: "9007199254740993",
        [expected]: [expected],
      });
      assert.equal(parseExact(`"${text}"`), expected);
    });
  }
});

suite("answers that aren't what they should be", () => {
  for (const [text, early] of [
    ["", true],
    ['[{"id":1', true],
    ['[{"id":1,', true],
    ['{"name":"Zo', true],
    ["[1,2", true],
    ["hello", false],
    ["[1,,2]", false],
  ] as const) {
    test(`${JSON.stringify(text)} ${early ? "ends too early" : "is no JSON"}`, () => {
      assert.throws(
        () => parseExact(text),
        (error) => endsEarly(error, text) === early,
      );
    });
  }

  for (const [name, text] of [
    ["brackets in brackets", "[".repeat(1_000_000) + "]".repeat(1_000_000)],
    ["brackets that never close", "[".repeat(1_000_000)],
    ["objects in objects, with a long number", `${'{"a":'.repeat(200)}1234567890123456789${"}".repeat(200)}`],
    ["millions of empty objects", `[${"{},".repeat(1_600_000)}{}]`],
    ["millions of numbers", `[${"1,".repeat(1_600_000)}1]`],
  ] as const) {
    test(`${name} are told before memory is spent on them`, () => {
      assert.throws(() => parseExact(text), TooHeavy);
    });
  }
  for (const [name, text] of [
    [
      "brackets and commas in strings weigh nothing",
      JSON.stringify(["[{,\\", '"[', '\\"', "[".repeat(5000)]),
    ],
    ["a number of a million digits is no pattern's to walk", `["${"9".repeat(9)}",${"9".repeat(1_000_000)}]`],
  ] as const) {
    test(name, () =>
      assert.equal((parseExact(text) as unknown[]).length, (JSON.parse(text) as unknown[]).length),
    );
  }

  test("bytes that are no UTF-8 are told, and found in their row", () => {
    const bytes = Buffer.concat([Buffer.from('{"id":1,"name":"Zo'), Buffer.from([0xff]), Buffer.from('"}')]);
    const { text, invalid } = decodeUtf8(bytes);
    assert.equal(invalid, true);
    assert.equal(replacedField(parseExact(text)), "name");
    assert.deepEqual(decodeUtf8(Buffer.from("Zoë")), { text: "Zoë", invalid: false });
  });

  for (const [name, bytes, contentType, text, invalid] of [
    ["Latin-1 that is labeled so", "latin1", "application/json; charset=iso-8859-1", "Zoë", false],
    ["UTF-8 that is labeled Latin-1", "utf8", 'application/json; charset="ISO-8859-1"', "Zoë", false],
    ["Latin-1 without a label", "latin1", "application/json", "Zo\ufffd", true],
    ["Latin-1 that is labeled UTF-8", "latin1", "application/json; charset=utf-8", "Zo\ufffd", true],
    ["Latin-1 with a label that nobody knows", "latin1", "text/html; charset=x-nothing", "Zo\ufffd", true],
  ] as const) {
    test(name, () => assert.deepEqual(decodeBody(Buffer.from("Zoë", bytes), contentType), { text, invalid }));
  }
});

suite("the Link header", () => {
  const next = "https://harvest.greenhouse.io/v3/users?cursor=a,b;c";
  for (const [name, header, expected] of [
    ["none", undefined, null],
    ["empty", "", null],
    ["quoted", `<${next}>; rel="next"`, next],
    ["unquoted", `<${next}>; rel=next`, next],
    ["in capitals, without blanks", `<${next}>;REL="NEXT"`, next],
    ["among others", `<https://h/1>; rel="prev", <${next}>; rel="next", <https://h/9>; rel="last"`, next],
    ["with other parameters, in quotes with commas", `<${next}>; title="a, <b>; rel=prev"; rel="next"`, next],
    ["two words", `<${next}>; rel="last next"`, next],
    ["only others", '<https://h/1>; rel="last"', null],
    ["no relation", `<${next}>`, null],
  ] as const) {
    test(name, () => assert.equal(links(header).get("next") ?? null, expected));
  }
});

suite("Greenhouse's words", () => {
  for (const [name, body, expected] of [
    [
      "v3",
      { message: "Unauthorized", errors: ["Token could not be decoded."] },
      "Unauthorized; Token could not be decoded.",
    ],
    [
      "v3 with fields",
      { message: "Unprocessable Content", errors: [{ per_page: "too many" }] },
      "Unprocessable Content; per_page: too many",
    ],
    [
      "v1",
      { message: "Validation error", errors: [{ message: "is invalid", field: "email" }] },
      "Validation error; email is invalid",
    ],
    [
      "v1 without a field",
      { message: "Validation error", errors: [{ message: "is invalid" }] },
      "Validation error; is invalid",
    ],
    ["the token endpoint", { error: "invalid_client" }, "invalid_client"],
    ["the audit log", { error: "JWT is missing or invalid." }, "JWT is missing or invalid."],
    ["nothing", {}, null],
    ["a number", 7, null],
    ["null", null, null],
  ] as [string, unknown, string | null][]) {
    test(name, () => assert.equal(saidIn(body), expected));
  }
});

suite("what is shown of them", () => {
  for (const [name, said, expected] of [
    [
      "the client id that is echoed",
      "client_id=abc-12 does not contain a valid client ID suffix",
      "client_id=… does not contain a valid client ID suffix",
    ],
    ["our secret, wherever", "secret s3cr3t-value is wrong", "secret … is wrong"],
    ["our secret, encoded", "a=s3cr3t%2Fx", "a=…"],
    ["an e-mail address", "Zoe <zoe.a+x@example.org> may not", "Zoe <…@…> may not"],
    ["a token", "Bearer abcdef123456 is old", "Bearer … is old"],
    ["a JWT", "eyJhbGciOiJI.eyJzdWIiOiIx.c2lnbmF0dXJl is old", "… is old"],
    ["a query string", "GET /v3/users?cursor=abc&x=1 failed", "GET /v3/users?… failed"],
    ["control characters", "a\u001b[31mb\r\nc\u202ed", "a [31mb c d"],
    [
      "ordinary words",
      "Token has already been refreshed or revoked.",
      "Token has already been refreshed or revoked.",
    ],
  ] as const) {
    test(name, () => assert.equal(scrub(said, ["s3cr3t-value", "s3cr3t/x"]), expected));
  }

  test("no more than 200 characters, and no half of one", () => {
    assert.equal(scrub("x".repeat(500), []).length, 200);
    assert.ok(scrub("😀".repeat(500), []).isWellFormed());
  });

  test("nothing is looked for behind a thousand characters, save secrets", () => {
    const secret = "s3cr3t-value";
    const far = `${"?a=b".repeat(400)} s3cr3t-value zoe@example.org end`;
    assert.equal(scrub(far, [secret]), "…");
    // The cut goes through the address: without its end no pattern would know it.
    const cut = `${"?a=b".repeat(246)} zoe.a@example.org ${"x".repeat(100)}`;
    assert.equal(scrub(cut, [secret]), "?… …");
    assert.doesNotMatch(scrub(`${"a ".repeat(10)}${secret}`.padStart(1005, "\u0001"), [secret]), /s3cr3t/);
  });
});

suite("another try", () => {
  const failed = (more: Partial<Failure>): Failure => ({
    family: "unavailable",
    fault: null,
    retryAfterMs: null,
    ...more,
  });
  for (const [name, failure, tries, expected] of [
    ["trouble, the first time", {}, 1, 500],
    ["trouble, the third time", {}, 3, 2000],
    ["trouble, once too often", {}, MAX_TRIES, null],
    ["no answer", { family: "network" }, 1, 500],
    ["a cut answer", { family: "unreadable", fault: "cut" }, 1, 500],
    ["an answer too large", { family: "unreadable", fault: "too_large" }, 1, null],
    ["a redirect", { family: "unreadable", fault: "redirect" }, 1, null],
    ["a refusal", { family: "refused" }, 1, null],
    ["a certificate", { family: "tls" }, 1, null],
    ["a proxy", { family: "proxy" }, 1, null],
    ["told when", { retryAfterMs: 7000 }, 1, 7000],
    ["told to come back much later", { retryAfterMs: LONGEST_WAIT_MS + 1 }, 1, null],
  ] as [string, Partial<Failure>, number, number | null][]) {
    test(name, () => assert.equal(nextTry(failed(failure), tries, 1), expected));
  }

  test("chance halves a wait at most, and the ceiling holds", () => {
    assert.equal(nextTry(failed({}), 1, 0), 250);
    assert.ok(nextTry(failed({}), MAX_TRIES - 1, 1)! <= 20_000);
  });
});
