import assert from "node:assert/strict";
import { test } from "node:test";
import { validatorCompiler } from "fastify-type-provider-zod";
import { z } from "zod";
import { StoreError } from "../../store/engine/errors.ts";
import { asApiError } from "./failure.ts";
import { problemText } from "./problem.ts";

const CASES: [string, z.ZodType, unknown, string][] = [
  ["a word for a number", z.coerce.number(), "x", "must be a number"],
  ["a fraction", z.number().int(), 1.5, "must be a whole number"],
  ["too low", z.number().min(5), 1, "must be at least 5"],
  ["too high", z.number().max(5), 6, "must be at most 5"],
  ["zero where more is needed", z.number().positive(), 0, "must be more than 0"],
  ["too long", z.string().max(2), "abc", "must be at most 2 characters"],
  ["an empty list", z.array(z.string()).min(1), [], "must be at least 1 entry"],
  ["none of the values", z.enum(["a", "b"]), "c", "must be a or b"],
  ["a field that nobody knows", z.strictObject({}), { a: 1 }, "takes no a"],
  ["nothing", z.string(), undefined, "must be text"],
  ["another kind", z.object({}), [], "must be an object"],
  ["neither of two", z.union([z.number(), z.boolean()]), "x", "is not what it takes"],
  ["a malformed address", z.email(), "x", "must be an e-mail address"],
  ["a day that no month has", z.iso.date(), "2026-11-31", "must be a date such as 2026-11-23"],
  ["a format without words", z.uuid(), "x", "must be another value"],
  ["the schema's own words", z.string({ error: "say which" }), 1, "say which"],
];

for (const [name, schema, value, expected] of CASES) {
  test(`${name}: ${expected}`, () => {
    const validate = validatorCompiler({ schema, method: "GET", url: "/" });
    const { error } = validate(value) as { error: object[] };
    assert.equal(problemText(error[0]!), expected);
  });
}

for (const [code, message, expected] of [
  ["22003", "value is out of range for type integer", "invalid_request"],
  ["22P02", "invalid input syntax for type bigint", "invalid_request"],
  ["22P02", "invalid input syntax for type json", undefined],
  ["53100", "The disk is full", undefined],
] as const) {
  test(`the database says "${message}": ${expected ?? "a fault of ours"}`, () =>
    assert.equal(asApiError(new StoreError(code, message))?.code, expected));
}
