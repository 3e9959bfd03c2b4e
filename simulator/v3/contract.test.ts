import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, describe, test } from "node:test";
import type { Client } from "../testing.ts";
import { client } from "../testing.ts";

type Row = Record<string, unknown>;
interface Published {
  endpoints: Record<string, { parameters: Record<string, string>; fields: Record<string, string> }>;
}
const contract = JSON.parse(
  readFileSync(new URL("../harvest-v3-contract.json", import.meta.url), "utf8"),
) as Published;

const jsonType = (value: unknown): string =>
  value === null
    ? "null"
    : Array.isArray(value)
      ? "array"
      : Number.isInteger(value)
        ? "integer"
        : typeof value;

/** A value each parameter can be given: taken from a row, with a predicate every answered row must satisfy. */
interface Case {
  value: string;
  holds: (row: Row) => boolean;
}
const has = (row: Row, field: string, id: unknown): boolean => (row[field] as unknown[]).includes(id);

/** Picks a row whose field has a value, and expects the filter to answer only rows that share it. */
function caseFor(parameter: string, type: string, rows: Row[], dump: Record<string, Row[]>): Case {
  const first = (field: string): unknown => {
    const row = rows.find((r) =>
      Array.isArray(r[field]) ? (r[field] as unknown[]).length > 0 : r[field] != null && r[field] !== "",
    );
    const value = row?.[field];
    return Array.isArray(value) ? value[0] : value;
  };
  const scalar = (field: string): Case => ({
    value: String(first(field)),
    holds: (r) => r[field] === first(field),
  });
  const listed = (field: string): Case => ({
    value: String(first(field)),
    holds: (r) => has(r, field, first(field)),
  });
  const dated = (field: string): Case => {
    const times = rows
      .map((r) => r[field])
      .filter((t) => t !== null)
      .map(String)
      .sort();
    const middle = times[times.length >> 1] as string;
    return { value: `gte|${middle}`, holds: (r) => r[field] !== null && String(r[field]) >= middle };
  };
  const external = (kind: "offices" | "departments", matches: (row: Row, id: unknown) => boolean): Case => {
    const unit = (dump[kind] as Row[]).find(
      (u) => u.external_id !== null && rows.some((r) => matches(r, u.id)),
    ) as Row;
    return { value: String(unit.external_id), holds: (r) => matches(r, unit.id) };
  };
  const own = (row: Row, field: string, id: unknown): boolean =>
    Array.isArray(row[`${field}s`]) ? has(row, `${field}s`, id) : row[field] === id;
  const option = (): Case => {
    const known = dump.customFieldOptions as Row[];
    const text = (r: Row): string[] =>
      Object.entries(
        (r.custom_fields ?? r.question_custom_fields ?? {}) as Record<string, { value: unknown }>,
      ).map(([k, f]) => `${k}=${f.value}`);
    const chosen = known.find((o) => rows.some((r) => text(r).includes(String(o.value)))) as Row;
    return { value: String(chosen.id), holds: (r) => text(r).includes(String(chosen.value)) };
  };
  switch (parameter) {
    case "ids":
      return scalar("id");
    case "office_ids":
      return rows[0]?.office_ids === undefined ? scalar("office_id") : listed("office_ids");
    case "department_ids":
      return rows[0]?.department_ids === undefined ? scalar("department_id") : listed("department_ids");
    case "linked_candidate_ids":
      return listed("linked_candidate_ids");
    case "interviewer_tag_ids": {
      const tag = rows.flatMap((r) => r.interviewer_tags as Row[])[0] as Row;
      return {
        value: String(tag.id),
        holds: (r) => (r.interviewer_tags as Row[]).some((t) => t.id === tag.id),
      };
    }
    case "office_id":
      return listed("office_ids");
    case "external_office_id":
      return external("offices", (r, id) => own(r, "office_id", id));
    case "external_department_id":
      return external("departments", (r, id) => own(r, "department_id", id));
    case "custom_field_option_id":
      return option();
    case "deactivated":
    case "verified":
    case "confidential":
      return { value: "true", holds: (r) => r[parameter] === true };
    case "active":
      return {
        value: "true",
        holds: (r) => (r.active === undefined ? r.completed_at === null : r.active === true),
      };
    case "current_only":
      return { value: "true", holds: (r) => r.status !== "deprecated" };
    case "custom_field_key": {
      const field = (dump.customFields as Row[]).find((f) =>
        rows.some((r) => r.custom_field_id === f.id),
      ) as Row;
      return { value: String(field.name_key), holds: (r) => r.custom_field_id === field.id };
    }
    default:
      if (type === "object") return dated(parameter);
      return scalar(parameter.replace(/_ids$/, "_id"));
  }
}

const apart = new Set(["cursor", "per_page", "fields", "show_service_accounts"]);
const wrong: Record<string, string> = { integer: "seven", boolean: "perhaps", object: "gte|yesterday" };
// Arrays of text take any text.
const textLists = new Set(["employee_ids", "email", "fields"]);

for (const [path, published] of Object.entries(contract.endpoints)) {
  describe(`${path} keeps the published contract`, () => {
    let c: Client;
    let auth: Record<string, string>;
    let rows: Row[];
    let dump: Record<string, Row[]>;
    before(async () => {
      c = await client({ users: 120, jobPermissions: 900 });
      auth = await c.bearer();
      rows = await c.all(`${path}?per_page=500`, auth);
      dump = (await c.sim.control.dump({
        parts: ["offices", "departments", "customFieldOptions", "customFields"],
      })) as never;
    });
    after(() => c.sim.close());

    test("every field is there, of its type or null, and nothing else", () => {
      assert.ok(rows.length > 1);
      for (const row of rows) {
        assert.deepEqual(Object.keys(row).sort(), Object.keys(published.fields).sort());
        for (const [field, type] of Object.entries(published.fields)) {
          assert.ok(
            [type, "null"].includes(jsonType(row[field])),
            `${field}: ${jsonType(row[field])} is not ${type}`,
          );
        }
      }
      for (const field of Object.keys(published.fields)) {
        if (field !== "notes")
          assert.ok(
            rows.some((row) => row[field] !== null),
            `${field} is always null`,
          );
      }
    });

    for (const [parameter, type] of Object.entries(published.parameters)) {
      if (!apart.has(parameter)) {
        test(`${parameter} answers exactly the rows it says`, async () => {
          const { value, holds } = caseFor(parameter, type, rows, dump);
          const got = await c.all(`${path}?per_page=500&${parameter}=${encodeURIComponent(value)}`, auth);
          assert.deepEqual(
            got.map((r) => r.id),
            rows.filter(holds).map((r) => r.id),
          );
          assert.ok(got.length > 0, "the case must match something");
        });
      }
      const bad = type === "array" && !textLists.has(parameter) ? "12,x" : wrong[type];
      if (bad !== undefined) {
        test(`${parameter}=${bad} is a 422`, async () => {
          const got = await c.get(`${path}?${parameter}=${encodeURIComponent(bad)}`, auth);
          assert.equal(got.status, 422);
          assert.equal(got.body.message, "Unprocessable Content");
        });
      }
    }

    test("fields picks columns, at most 50 of them", async () => {
      const got = await c.get(`${path}?fields=id,created_at&per_page=1`, auth);
      assert.deepEqual(Object.keys(got.body[0]), ["id", "created_at"]);
      assert.equal((await c.get(`${path}?fields=nonsense`, auth)).status, 422);
      assert.equal((await c.get(`${path}?fields=${Array(51).fill("id").join(",")}`, auth)).status, 422);
    });

    test("51 ids are a 422", async () => {
      assert.equal(
        (await c.get(`${path}?ids=${Array.from({ length: 51 }, (_, i) => i).join(",")}`, auth)).status,
        422,
      );
    });

    test("an unknown parameter is ignored, or a 422 by switch", async () => {
      assert.equal(
        (await c.get(`${path}?user_id=1&per_page=500`, auth)).body.length,
        Math.min(500, rows.length),
      );
      c.sim.control.patchScenario({ v3: { unknownParameters: "refuse" } });
      assert.equal((await c.get(`${path}?user_id_=1`, auth)).status, 422);
      c.sim.control.resetScenario();
    });
  });
}
