/** Whatever Greenhouse answers is read or refused in a way that is known; nothing else is ever thrown. */
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { EventReader } from "../../src/connectors/greenhouse/audit/event.ts";
import { fromPlace } from "../../src/connectors/greenhouse/next-link.ts";
import { V1_ROWS, V3_ROWS } from "../../src/connectors/greenhouse/normalize.ts";
import { RECRUITING_ROWS } from "../../src/connectors/greenhouse/recruiting/rows.ts";
import { saidIn } from "../../src/connectors/greenhouse/said.ts";
import { milliseconds } from "../../src/connectors/greenhouse/schema.ts";
import { mintedToken, parseTokenBody } from "../../src/connectors/greenhouse/token.ts";
import { decodeUtf8, endsEarly, parseExact, replacedField } from "../../src/connectors/json.ts";
import { links } from "../../src/connectors/link.ts";
import {
  BUDGET_FAMILIES,
  LONGEST_PENALTY_MS,
  learn,
  limitHeaders,
  newBudget,
  nextSlot,
  penalty,
  retryAfter,
  spend,
} from "../../src/connectors/rate-limit.ts";
import { scrub } from "../../src/connectors/scrub.ts";
import { runs } from "./runs.ts";

const anyText = fc.oneof(fc.string({ unit: "binary" }), fc.string({ unit: "grapheme" }));
/** Numbers that lose digits, dates that are none, and everything that JSON can say. */
const anyValue = fc.oneof(
  { weight: 3, arbitrary: fc.jsonValue() },
  fc.bigInt({ min: -(2n ** 70n), max: 2n ** 70n }).map(String),
  fc.double(),
  fc.constantFrom(
    "",
    " ",
    "null",
    "2026-02-30T00:00:00Z",
    "2026-11-23T09:02:11.000Z",
    "9".repeat(400),
    -0,
    1e308,
  ),
);
const FIELDS = [
  ...[
    "id",
    "user_id",
    "job_id",
    "role_id",
    "name",
    "first_name",
    "last_name",
    "primary_email",
    "email",
    "emails",
  ],
  ...[
    "deactivated",
    "disabled",
    "site_admin",
    "agency_id",
    "office_ids",
    "department_ids",
    "created_at",
    "updated_at",
  ],
  ...[
    "role_type",
    "type",
    "status",
    "confidential",
    "automated",
    "verified",
    "employee_id",
    "job_title",
    "__proto__",
  ],
  ...["departments", "offices", "primary_email_address", "parent_id", "location", "constructor"],
];
const anyRow = fc.oneof(fc.dictionary(fc.constantFrom(...FIELDS), anyValue, { maxKeys: 20 }), anyValue);

test("a row of any shape is a record with an exact id, or is counted as unreadable", () => {
  for (const reader of [...Object.values(V3_ROWS), ...Object.values(V1_ROWS)]) {
    fc.assert(
      fc.property(anyRow, fc.boolean(), (row, invalid) => {
        const read = reader(row, invalid, "7");
        if ("record" in read) assert.match(read.record.id, /^[1-9]\d{0,18}$/);
        else assert.equal(typeof read.unreadable.field, "string");
      }),
      runs(60),
    );
  }
});

/** What happened, as it is kept: no place for an address, a query or half of a character, and no longer than an index holds. */
function assertKept(text: string | null): void {
  if (text === null) return;
  assert.ok(text.length <= 520 && text.isWellFormed(), text);
}

test("an event of any shape has a time and an identity, or is counted as unreadable", () => {
  const part = (...names: string[]) => fc.oneof(fc.dictionary(fc.constantFrom(...names), anyValue), anyValue);
  const words = fc.array(
    fc.constantFrom(
      "GET",
      " ",
      "/",
      "users",
      "#",
      "?",
      "@",
      "a",
      "https://h",
      "12345",
      "\n",
      "x".repeat(300),
    ),
    {
      maxLength: 12,
    },
  );
  const raw = fc.record(
    {
      organization_id: anyValue,
      event_time: fc.oneof(fc.constant("2026-11-23T18:58:46.217Z"), anyValue),
      request: fc.oneof(
        fc.record({ id: anyValue, type: words.map((all) => all.join("")) }),
        part("id", "type"),
      ),
      performer: part("id", "type", "ip_address", "meta", "__proto__"),
      event: part("type", "target_type", "target_id", "meta", "constructor"),
    },
    { requiredKeys: ["event_time"] },
  );
  const reader = new EventReader(new Uint8Array(32).fill(7));
  let read = 0;
  fc.assert(
    fc.property(raw, fc.boolean(), (given, invalid) => {
      const event = reader.read(parseExact(JSON.stringify(given)), invalid);
      if (!("hash" in event)) return assert.equal(typeof event.field, "string");
      read++;
      assert.match(event.hash, /^[0-9a-f]{32}$/);
      assert.ok(Number.isSafeInteger(event.at));
      for (const each of [event.requestId, event.requestType, event.performerId, event.performerType])
        assertKept(each);
      for (const each of [event.type, event.targetType, event.targetId, event.ip, event.performerEmail])
        assertKept(each);
      assert.doesNotMatch(event.requestType ?? "", /\?|[^\s]@[^\s]/);
    }),
    runs(300),
  );
  assert.ok(read > 30, `${read} were read`);
});

test("a row of recruiting of any shape tells of moments of people, or is counted as unreadable", () => {
  const fields = [
    "id",
    "updated_at",
    "submitter_id",
    "submitted_at",
    "interviewer_id",
    "interviewed_at",
    "user_id",
  ].concat(
    ["organizer_id", "scheduled_at", "response_status", "created_at", "resolved_by_id", "resolved_at"],
    ["rejected_by_id", "rejected_at", "__proto__", "candidate_id"],
  );
  const row = fc.oneof(fc.dictionary(fc.constantFrom(...fields), anyValue), anyValue);
  for (const reader of Object.values(RECRUITING_ROWS)) {
    fc.assert(
      fc.property(row, fc.boolean(), (given, invalid) => {
        const read = reader(given, invalid);
        if ("unreadable" in read) return assert.equal(typeof read.unreadable.field, "string");
        assert.match(read.record.id, /^[1-9]\d{0,18}$/);
        for (const { userId, at } of read.record.deeds) {
          assert.match(userId, /^[1-9]\d{0,18}$/);
          assert.ok(Number.isSafeInteger(at));
        }
      }),
      runs(100),
    );
  }
});

test("any JSON is read as JSON.parse reads it, save long integers, which keep their digits", () => {
  const plain = (value: unknown): unknown =>
    typeof value === "number" && /^-?\d{16,}$/.test(JSON.stringify(value)) ? JSON.stringify(value) : value;
  fc.assert(
    fc.property(fc.json({ maxDepth: 6 }), (text) => {
      assert.deepEqual(
        parseExact(text),
        JSON.parse(text, (_key, value) => plain(value)),
      );
    }),
    runs(500),
  );
});

test("any text is JSON or a SyntaxError, and any bytes are text", () => {
  fc.assert(
    fc.property(
      fc.oneof(
        anyText,
        fc.json().chain((text) => fc.nat(text.length).map((end) => text.slice(0, end))),
      ),
      (text) => {
        try {
          replacedField(parseExact(text));
        } catch (error) {
          assert.ok(error instanceof SyntaxError, String(error));
          assert.equal(typeof endsEarly(error, text), "boolean");
        }
      },
    ),
    runs(500),
  );
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) =>
      assert.ok(decodeUtf8(bytes).text.isWellFormed()),
    ),
    runs(300),
  );
});

test("a Link header that is well written is read, whatever stands around it; any other is read without a word", () => {
  const target = fc.webUrl({ withQueryParameters: true }).filter((url) => !/[<>]/.test(url));
  const noise = fc.constantFrom(
    "",
    '<https://h/1>; rel="prev", ',
    "<https://h/2>; rel=last , ",
    '<x>; title="a, b"; rel=first, ',
  );
  fc.assert(
    fc.property(
      noise,
      target,
      fc.constantFrom('"next"', "next", '"last next"', '"NEXT"'),
      (before, url, rel) => {
        assert.equal(links(`${before}<${url}>; rel=${rel}`).get("next"), url);
      },
    ),
    runs(300),
  );
  fc.assert(
    fc.property(anyText, (text) => assert.ok(links(text) instanceof Map)),
    runs(500),
  );
});

test("what is shown of an answer is one short line without a secret, a control, or half a character", () => {
  const secret = "s3cr3t-value/+=";
  const pieces = fc.array(
    fc.oneof(
      anyText,
      fc.constantFrom(secret, encodeURIComponent(secret), "zoe@example.org", "?a=b", "Bearer abcdefgh", " "),
    ),
    { maxLength: 30 },
  );
  fc.assert(
    fc.property(pieces, (parts) => {
      const said = scrub(parts.join(""), [secret]);
      assert.ok(said.length <= 200 && said.isWellFormed());
      assert.ok(!said.includes(secret) && !said.includes("zoe@example.org"));
      assert.doesNotMatch(said, /[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/);
    }),
    runs(500),
  );
  fc.assert(
    fc.property(anyValue, (body) => assert.ok(["string", "object"].includes(typeof saidIn(body)))),
    runs(300),
  );
});

test("a token's body gives a token that lives, or none", () => {
  const fields = fc.record(
    { access_token: anyValue, expires_at: anyValue, expires_in: anyValue, expires: anyValue },
    { requiredKeys: [] },
  );
  fc.assert(
    fc.property(fields, fc.integer({ min: 0, max: 4e12 }), (body, now) => {
      const token = mintedToken(body as Record<string, unknown>, now);
      if (token) assert.ok(token.accessToken !== "" && token.lifeMs > 0 && token.lifeMs <= 86_400_000);
    }),
    runs(500),
  );
  fc.assert(
    fc.property(fc.oneof(anyText, fc.json()), (text) => {
      try {
        assert.equal(typeof parseTokenBody(text), "object");
      } catch (error) {
        assert.ok(error instanceof SyntaxError);
      }
    }),
    runs(300),
  );
});

test("a time is a moment or nothing; a wait is a number from now or nothing", () => {
  fc.assert(
    fc.property(
      fc.oneof(
        anyText,
        fc.date({ noInvalidDate: true }).map((date) => date.toISOString()),
      ),
      (text) => {
        const at = milliseconds(text);
        assert.ok(at === null || Number.isSafeInteger(at));
        const wait = retryAfter(text, null, 0);
        assert.ok(wait === null || (wait >= 0 && wait <= LONGEST_PENALTY_MS));
      },
    ),
    runs(500),
  );
});

test("whatever the headers of a limit say, nobody waits for longer than a day, nor without an end", () => {
  const told = fc.oneof(
    anyText,
    fc.double().map(String),
    fc.bigInt().map(String),
    fc.constantFrom("0", "1", "-1", "1e308", "1795424400", "1795424400000", "Fri, 31 Dec 9999 23:59:59 GMT"),
  );
  const names = ["x-ratelimit-limit", "x-ratelimit-remaining", "x-ratelimit-reset", "retry-after"];
  const headers = fc.dictionary(fc.constantFrom(...names), told);
  const now = Date.UTC(2026, 10, 23);
  const date = fc.option(fc.integer({ min: -86_400_000, max: 86_400_000 }).map((off) => now + off));
  fc.assert(
    fc.property(
      fc.constantFrom(...BUDGET_FAMILIES),
      fc.array(fc.tuple(headers, date), { maxLength: 4 }),
      (family, answers) => {
        const budget = newBudget(family, 90, 1);
        for (const [given, at] of answers) {
          spend(budget, now);
          const read = limitHeaders(given, at);
          learn(budget, read, now, now + 100);
          const away = penalty(budget, retryAfter(given["retry-after"], at, now), read);
          assert.ok(away > 0 && away <= LONGEST_PENALTY_MS, `${away}`);
          const wait = nextSlot(budget, now + 100);
          assert.ok(wait >= 0 && wait <= 5 * 60_000, `${wait}`);
          // As it is kept from run to run.
          assert.deepEqual(JSON.parse(JSON.stringify(budget)), budget);
        }
      },
    ),
    runs(300),
  );
});

test("a stored place that was tampered with starts the listing over", () => {
  fc.assert(
    fc.property(fc.oneof(anyText, fc.json()), (text) => {
      try {
        assert.equal(typeof fromPlace(text).url, "string");
      } catch (error) {
        assert.equal((error as Error).name, "RestartListing");
      }
    }),
    runs(300),
  );
});
