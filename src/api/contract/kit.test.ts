import assert from "node:assert/strict";
import { test } from "node:test";
import { z } from "zod";
import { endpoints } from "../contract.ts";
import { type Endpoint, TimeAsked } from "./kit.ts";

const cases: [string, string, number | null][] = [
  ["a date begins at midnight UTC", "2026-11-23", Date.UTC(2026, 10, 23)],
  ["a time with its zone", "2026-11-23T09:02Z", Date.UTC(2026, 10, 23, 9, 2)],
  ["a time east of UTC", "2026-11-23T09:02:30+01:00", Date.UTC(2026, 10, 23, 8, 2, 30)],
  ["a leap day", "2028-02-29", Date.UTC(2028, 1, 29)],
  ["a day that no month has", "2026-02-30", null],
  ["a day that no month has, with a time", "2026-02-30T10:00:00Z", null],
  ["a month that no year has", "2026-13-01", null],
  ["an hour that no day has", "2026-11-23T25:00Z", null],
  ["a time without its zone", "2026-11-23T09:02", null],
  ["words", "yesterday", null],
];
for (const [name, text, expected] of cases) {
  test(`time asked: ${name}`, () => {
    const parsed = TimeAsked.safeParse(text);
    assert.equal(parsed.success ? parsed.data : null, expected);
  });
}

/** Where a schema has objects that would take fields that they don't name. */
function lax(schema: unknown, at: string): string[] {
  if (Array.isArray(schema)) return schema.flatMap((each) => lax(each, at));
  if (schema === null || typeof schema !== "object") return [];
  const { properties, additionalProperties, ...rest } = schema as Record<string, unknown>;
  const within = Object.entries((properties ?? {}) as object).flatMap(([name, each]) =>
    lax(each, `${at}.${name}`),
  );
  const here = properties !== undefined && additionalProperties !== false ? [at] : [];
  return [...here, ...within, ...Object.values(rest).flatMap((each) => lax(each, at))];
}

/** A browser's authenticator makes them, and may say more than we ask. */
const OF_BROWSERS = ["addPasskey", "signInWithPasskey"].flatMap((name) => [
  `${name}.body.answer`,
  `${name}.body.answer.response`,
]);

test("no endpoint takes a field that it doesn't name", () => {
  const found = (Object.entries(endpoints) as [string, Endpoint][]).flatMap(([name, endpoint]) =>
    (["query", "body"] as const).flatMap((part) => {
      const schema = endpoint[part];
      return schema
        ? lax(z.toJSONSchema(schema, { io: "input", unrepresentable: "any" }), `${name}.${part}`)
        : [];
    }),
  );
  assert.deepEqual([...new Set(found)].toSorted(), OF_BROWSERS.toSorted());
  assert.deepEqual(
    lax(z.toJSONSchema(z.object({ a: z.string() }), { io: "input" }), "x"),
    ["x"],
    "the look finds it",
  );
});
