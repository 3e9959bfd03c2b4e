/** Text of others on its way out: to a spreadsheet, a terminal, a log; and what people paste. */
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { readAdminUser, readCredential } from "../../src/api/connections/credential.ts";
import { cursorOf, placeOf } from "../../src/insights/cursor.ts";
import { csvHead, csvRows } from "../../src/model/csv.ts";
import { harmless, harmlessJson, harmlessLine } from "../../src/model/harmless.ts";
import { runs } from "./runs.ts";

const anyText = fc.oneof(
  fc.string({ unit: "binary" }),
  fc.string({ unit: "grapheme" }),
  fc
    .array(
      fc.constantFrom(
        "=",
        "+",
        "-",
        "@",
        "＝",
        "＠",
        '"',
        ",",
        "\t",
        "\r",
        "\n",
        "'",
        "|",
        "a",
        "\u0000",
        "\u001b",
        "\u009b",
        "\u202e",
        "\u200b",
      ),
      { maxLength: 12 },
    )
    .map((all) => all.join("")),
);
const STEERS =
  /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u061c\u200b\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/;

/** Reads CSV as RFC 4180 says, and knows nothing of how it was written. */
function parseCsv(text: string): string[][] {
  const rows: string[][] = [[]];
  let cell = "";
  let quoted = false;
  for (let i = 0; i < text.length; i++) {
    const c = text[i]!;
    if (quoted) {
      if (c !== '"') cell += c;
      else if (text[i + 1] === '"') cell += text[++i];
      else quoted = false;
    } else if (c === '"' && cell === "") quoted = true;
    else if (c === "," || c === "\n") {
      rows.at(-1)!.push(cell);
      cell = "";
      if (c === "\n") rows.push([]);
    } else cell += c;
  }
  assert.equal(quoted, false, "a quote that never closes");
  assert.deepEqual([rows.pop(), cell], [[], ""], "the last row ends");
  return rows;
}

test("any cells come back from CSV one by one, and none is a formula or steers what shows it", () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(anyText, anyText, anyText), { minLength: 1, maxLength: 5 }), (rows) => {
      const columns = [0, 1, 2].map((i) => ({ name: `c${i}`, value: (row: string[]) => row[i]! }));
      const read = parseCsv(csvHead(columns) + csvRows(columns, rows));
      assert.equal(read.length, rows.length + 1);
      for (const [r, row] of rows.entries()) {
        assert.equal(read[r + 1]!.length, 3);
        for (const [c, text] of row.entries()) {
          const got = read[r + 1]![c]!;
          assert.doesNotMatch(got, /^[=+\-@\t\r\n＋－＝＠]/);
          assert.doesNotMatch(got, STEERS);
          if (/^[\w ]*$/.test(text)) assert.equal(got, text);
        }
      }
    }),
    runs(300),
  );
});

test("nothing on a terminal steers it: no control, direction, or half of a character", () => {
  fc.assert(
    fc.property(anyText, (text) => {
      const shown = harmless(text);
      assert.doesNotMatch(shown, STEERS);
      assert.doesNotMatch(shown, /[\t\r\n]/);
      assert.ok(shown.isWellFormed());
      assert.equal(harmless(shown), shown);
    }),
    runs(500),
  );
});

test("JSON for a terminal or a log says the same, and is one line", () => {
  fc.assert(
    fc.property(fc.jsonValue({ stringUnit: "binary" }), (value) => {
      const json = JSON.stringify(value);
      for (const text of [harmlessJson(value), harmlessLine(json)]) {
        assert.deepEqual(JSON.parse(text), JSON.parse(json));
        assert.doesNotMatch(text, STEERS);
        assert.doesNotMatch(text, /[\r\n]/);
      }
    }),
    runs(300),
  );
});

test("a cursor comes back as it was; any other is none of ours", () => {
  const place = fc.array(fc.oneof(fc.string({ unit: "grapheme" }), fc.integer(), fc.constant(null)), {
    maxLength: 4,
  });
  fc.assert(
    fc.property(place, (parts) =>
      assert.deepEqual(placeOf("users", cursorOf("users", parts), parts.length), parts),
    ),
    runs(300),
  );
  const forged = fc.oneof(
    anyText,
    fc.json().map((text) => Buffer.from(text).toString("base64url")),
  );
  fc.assert(
    fc.property(forged, (cursor) => {
      try {
        const parts = placeOf("users", cursor, 2);
        assert.ok(parts === null || parts.every((part) => typeof part !== "object" || part === null));
      } catch (error) {
        assert.equal((error as Error).name, "InvalidCursor");
      }
    }),
    runs(500),
  );
});

test("a pasted user is a number that a user can have, nothing, or refused by name", () => {
  const addresses = fc.tuple(
    fc.constantFrom(
      "https://app4.greenhouse.io",
      "app.greenhouse.io",
      "https://evil.example",
      "https://app.greenhouse.io.evil.example",
    ),
    fc.constantFrom("/users/", "/people/", "/user/"),
    anyText,
  );
  fc.assert(
    fc.property(
      fc.oneof(
        anyText,
        fc.bigInt().map(String),
        addresses.map((all) => all.join("")),
      ),
      (text) => {
        try {
          const id = readAdminUser(text);
          assert.ok(id === null || /^[1-9]\d{0,18}$/.test(id));
          assert.ok(id === null || !/evil\.example/.test(text.split(/[/?#]/)[2] ?? ""));
        } catch (error) {
          assert.equal((error as { code?: string }).code, "admin_user_malformed");
        }
      },
    ),
    runs(500),
  );
});

test("a pasted credential holds what a header takes, or is refused without being repeated", () => {
  fc.assert(
    fc.property(anyText, anyText, (clientId, secret) => {
      try {
        const { credential } = readCredential({ kind: "harvest_v3", clientId: `${clientId}-1`, secret });
        assert.match(`${credential.clientId}${credential.secret}`, /^[\x21-\x7e]+$/);
      } catch (error) {
        assert.equal((error as { code?: string }).code, "credential_malformed");
        if (secret.trim().length > 8) assert.ok(!(error as Error).message.includes(secret));
      }
    }),
    runs(300),
  );
});
