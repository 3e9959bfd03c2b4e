/** What an identity provider may send: filters, changes and whole users of SCIM. Refused in its words, never by a fault of ours. */
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import {
  ENTERPRISE_SCHEMA,
  MOST_EMAILS,
  PATCH_SCHEMA,
  readUser,
  ScimRefused,
  type ScimUser,
  USER_SCHEMA,
  userJson,
} from "../../src/model/scim/scim.ts";
import {
  FILTER_OPERATORS,
  parseFilter,
  SCIM_ATTRIBUTES,
  type ScimFilter,
} from "../../src/model/scim/scim-filter.ts";
import { patchUser } from "../../src/model/scim/scim-patch.ts";
import { lockEmployees } from "../../src/store/employees/employees.ts";
import { addScimUser, scimUsers } from "../../src/store/employees/scim.ts";
import { testStore } from "../../src/store/testing.ts";
import { runs } from "./runs.ts";

const anyText = fc.oneof(
  fc.string({ unit: "binary", maxLength: 12 }),
  fc.string({ unit: "grapheme", maxLength: 12 }),
);
const ATTRIBUTES = [
  ...SCIM_ATTRIBUTES,
  ...["emails", "manager", "name", "nickName", "__proto__", "constructor", "name.constructor", "salary"],
  ...[`${USER_SCHEMA}:userName`, `${ENTERPRISE_SCHEMA}:department`, ENTERPRISE_SCHEMA],
];
const anyValue = fc.oneof(
  { weight: 3, arbitrary: fc.jsonValue({ maxDepth: 2, stringUnit: "binary" }) },
  {
    weight: 1,
    arbitrary: fc.constantFrom("", "True", "2026-11-23T09:14:00Z", "a@b.example", "\ud800", "x".repeat(900)),
  },
);

/** Filters that mostly can be read, and pieces of them in any order. */
const compared = fc
  .tuple(fc.constantFrom(...ATTRIBUTES), fc.constantFrom(...FILTER_OPERATORS, "is", "EQ"), anyValue)
  .map(([attribute, op, value]) => `${attribute} ${op} ${JSON.stringify(value)}`);
const simple = fc.oneof(
  { weight: 4, arbitrary: compared },
  { weight: 1, arbitrary: fc.constantFrom(...ATTRIBUTES).map((attribute) => `${attribute} pr`) },
  {
    weight: 1,
    arbitrary: fc.constantFrom('emails[type eq "work"]', 'emails[value co "a" and type pr].value pr'),
  },
);
const joined = fc
  .array(fc.tuple(fc.constantFrom("and", "or", "and not"), simple), { minLength: 1, maxLength: 4 })
  .map((all) => all.map(([word, each], i) => (i === 0 ? `(${each})` : `${word} (${each})`)).join(" "));
const pieces = fc
  .array(
    fc.constantFrom(
      "userName",
      "emails",
      "eq",
      "pr",
      "and",
      "not",
      '"',
      "\\",
      "\n",
      "[",
      "]",
      "(",
      ")",
      ".",
      " ",
      "1",
    ),
    {
      maxLength: 60,
    },
  )
  .map((all) => all.join(" "));
const anyFilter = fc.oneof({ weight: 4, arbitrary: joined }, pieces, anyText);

/** The result, or null where it is refused in the words of the protocol. */
function refusable<T>(work: () => T): T | null {
  try {
    return work();
  } catch (error) {
    assert.ok(error instanceof ScimRefused, String((error as Error).stack));
    return null;
  }
}

test("any filter finds somebody, nobody, or is refused", async (t) => {
  const store = await testStore(t);
  const body = {
    schemas: [USER_SCHEMA],
    userName: "ann",
    emails: [{ value: "ann@a.example", type: "work" }],
  };
  await store.write(async (tx) => {
    await lockEmployees(tx);
    await addScimUser(tx, readUser(body), 1);
  });
  const find = async (filter: ScimFilter) => {
    try {
      return (await scimUsers(store.read, filter, { startIndex: 1, count: 10 })).rows.length;
    } catch (error) {
      assert.ok(error instanceof ScimRefused, `${JSON.stringify(filter)}: ${(error as Error).stack}`);
      return null;
    }
  };
  let found = 0;
  await fc.assert(
    fc.asyncProperty(anyFilter, async (text) => {
      const filter = refusable(() => parseFilter(text));
      if (filter) found += (await find(filter)) ?? 0;
    }),
    runs(300),
  );
  assert.ok(found > 0, "some are about her");
});

const emails = fc.array(
  fc.record({ value: anyText, type: anyText, primary: fc.boolean() }, { requiredKeys: [] }),
  {
    maxLength: 4,
  },
);
const path = fc.oneof(
  fc.constantFrom(...ATTRIBUTES),
  fc.constantFrom(
    'emails[type eq "work"].value',
    "emails[primary eq true]",
    'emails[type eq "work" and value pr].type',
  ),
  fc
    .tuple(fc.constantFrom("emails", "name", "phoneNumbers"), pieces, anyText)
    .map(([a, f, s]) => `${a}[${f}].${s}`),
  anyText,
);
const operation = fc.record(
  {
    op: fc.constantFrom("add", "replace", "remove", "Add", "move"),
    path,
    value: fc.oneof(anyValue, emails, fc.dictionary(path, anyValue, { maxKeys: 4 })),
  },
  { requiredKeys: ["op"] },
);
const user: ScimUser = readUser({
  schemas: [USER_SCHEMA],
  userName: "ann",
  emails: [{ value: "ann@a.example" }],
});

test("any change makes a user that is one, or is refused and changes nothing", () => {
  fc.assert(
    fc.property(fc.array(operation, { minLength: 1, maxLength: 4 }), (Operations) => {
      const before = structuredClone(user);
      const next = refusable(() => patchUser(user, { schemas: [PATCH_SCHEMA], Operations }));
      assert.deepEqual(user, before);
      if (!next) return;
      // It is told as it is kept, and what is told can be sent back.
      assert.deepEqual(readUser(userJson(next), next), next);
      assert.ok(next.emails.length <= MOST_EMAILS);
      JSON.stringify(next, (_name, value) => {
        // PostgreSQL reads no JSON that holds either.
        if (typeof value === "string") assert.ok(value.isWellFormed() && !value.includes("\u0000"));
        return value;
      });
    }),
    runs(500),
  );
});

test("any body is a user that is one, or is refused", () => {
  const names = [
    "userName",
    "externalId",
    "displayName",
    "name",
    "active",
    "emails",
    "__proto__",
    ENTERPRISE_SCHEMA,
  ];
  const fields = fc.dictionary(fc.constantFrom(...names), fc.oneof(anyValue, emails), { maxKeys: 6 });
  fc.assert(
    fc.property(fields, (given) => {
      const made = refusable(() => readUser({ userName: "ann", ...given, schemas: [USER_SCHEMA] }));
      if (made) assert.deepEqual(readUser(userJson(made), made), made);
    }),
    runs(300),
  );
});
