import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { newHabit } from "./habit.ts";
import { V1_ROWS, V3_ROWS } from "./normalize.ts";
import { compareIds, coveredBy, readRows } from "./rows.ts";
import { milliseconds } from "./schema.ts";

const USER = {
  id: 4109876543004,
  primary_email: "ZOE.A@example.org",
  emails: ["zoe.a@example.org", "Z@example.net", "ZOE.A@example.org"],
  first_name: "Zoë",
  last_name: "Ångström-O’Neill",
  name: "  Zoë Ångström-O’Neill ",
  job_title: "",
  employee_id: "E-0042",
  deactivated: false,
  site_admin: false,
  agency_id: null,
  office_ids: [4020460005, 4020460005],
  department_ids: [],
  created_at: "2024-03-04T10:11:12.345Z",
  updated_at: null,
  linked_candidate_ids: [1],
};
const read = (row: unknown, invalidUtf8 = false) => V3_ROWS.users(row, invalidUtf8);
const userWith = (more: object) => {
  const one = read({ ...USER, ...more });
  return "record" in one ? one.record : assert.fail(JSON.stringify(one));
};
const without = (field: string) =>
  Object.fromEntries(Object.entries(USER).filter(([name]) => name !== field));

suite("a user of Greenhouse becomes ours", () => {
  test("as documented", () => {
    assert.deepEqual(userWith({}), {
      id: "4109876543004",
      name: "Zoë Ångström-O’Neill",
      email: "ZOE.A@example.org",
      emails: ["ZOE.A@example.org", "Z@example.net"],
      employeeId: "E-0042",
      jobTitle: null,
      deactivated: false,
      siteAdmin: false,
      serviceAccount: false,
      agencyId: null,
      departmentIds: [],
      officeIds: ["4020460005"],
      createdAt: Date.UTC(2024, 2, 4, 10, 11, 12, 345),
      updatedAt: null,
    });
  });

  for (const [name, more, field, expected] of [
    ["no address", { primary_email: null, emails: null }, "emails", []],
    ["an empty address", { primary_email: "", emails: [] }, "email", null],
    [
      "addresses with null among them",
      { emails: [null, "a@x.org"] },
      "emails",
      ["ZOE.A@example.org", "a@x.org"],
    ],
    [
      "addresses longer than there are any",
      {
        primary_email: `${"a".repeat(5_000)}@x.org`,
        emails: [`${"b".repeat(315)}@x.org`, `${"c".repeat(314)}@x.org`],
      },
      "emails",
      [`${"c".repeat(314)}@x.org`],
    ],
    ["a first name only", { name: null, last_name: null }, "name", "Zoë"],
    ["no name", { name: null, first_name: "", last_name: null }, "name", null],
    ["control characters in the name", { name: "a\u0007b" }, "name", "a\u0007b"],
    ["an employee number that is a number", { employee_id: 42 }, "employeeId", "42"],
    ["an employee number without end", { employee_id: "7".repeat(256) }, "employeeId", null],
    ["an id as text", { id: "007147002" }, "id", "7147002"],
    ["an id past 2^53", { id: "9007199254740993" }, "id", "9007199254740993"],
    ["the largest id there is", { id: "9223372036854775807" }, "id", "9223372036854775807"],
    ["an agency", { agency_id: 880012002 }, "agencyId", "880012002"],
    ["null for offices", { office_ids: null }, "officeIds", []],
  ] as [string, object, keyof ReturnType<typeof userWith>, unknown][]) {
    test(name, () => assert.deepEqual(userWith(more)[field], expected));
  }

  for (const field of ["job_title", "employee_id", "agency_id", "first_name", "updated_at"]) {
    test(`without ${field}, which isn't everybody's`, () => assert.ok("record" in read(without(field))));
  }
});

suite("what can't be read is told with its field, and never what stood in it", () => {
  const id = "4109876543004";
  for (const [name, row, expected] of [
    ...["primary_email", "emails", "deactivated", "site_admin", "office_ids", "department_ids"].map(
      (field) => [`without ${field}`, without(field), { id, field, reason: "missing" }] as const,
    ),
    [
      "a date that is none",
      { ...USER, created_at: "yesterday" },
      { id, field: "created_at", reason: "not a date" },
    ],
    [
      "a day that isn't",
      { ...USER, updated_at: "2026-02-30T00:00:00Z" },
      { id, field: "updated_at", reason: "not a date" },
    ],
    [
      "a number for a date",
      { ...USER, created_at: 1700000000 },
      { id, field: "created_at", reason: "not a date" },
    ],
    [
      "a word for a flag",
      { ...USER, site_admin: "no" },
      { id, field: "site_admin", reason: "not true or false" },
    ],
    [
      "null for a flag",
      { ...USER, deactivated: null },
      { id, field: "deactivated", reason: "not true or false" },
    ],
    ["an object for a name", { ...USER, name: { a: 1 } }, { id, field: "name", reason: "not text" }],
    [
      "text for a list",
      { ...USER, emails: "a@x.org" },
      { id, field: "emails", reason: "not a list of addresses" },
    ],
    ["a word among ids", { ...USER, office_ids: ["x"] }, { id, field: "office_ids", reason: "not an ID" }],
    [
      "an id of 20 digits",
      { ...USER, id: "99999999999999999999" },
      { id: null, field: "id", reason: "not an ID" },
    ],
    [
      "an id beyond 64 bits",
      { ...USER, id: "9223372036854775808" },
      { id: null, field: "id", reason: "not an ID" },
    ],
    ["an id of zero", { ...USER, id: 0 }, { id: null, field: "id", reason: "not an ID" }],
    ["an id with a fraction", { ...USER, id: 1.5 }, { id: null, field: "id", reason: "not an ID" }],
    ["no object", 7, { id: null, field: "(row)", reason: "not an object" }],
    ["null", null, { id: null, field: "(row)", reason: "not an object" }],
  ] as [string, unknown, object][]) {
    test(name, () => assert.deepEqual(read(row), { unreadable: expected }));
  }

  test("bytes that were no UTF-8, and nothing when all was", () => {
    assert.deepEqual(read({ ...USER, name: "Zo\uFFFD" }, true), {
      unreadable: { id, field: "name", reason: "not UTF-8" },
    });
    assert.ok("record" in read({ ...USER, name: "Zo\uFFFD" }, false));
    assert.ok("record" in read(USER, true));
  });

  for (const [name, result, field] of [
    [
      "a future grant whose department has no field",
      V3_ROWS.future_job_grants({ id: 1, user_id: 2, role_id: 3, office_id: null }, false),
      "department_id",
    ],
    [
      "a grant whose role has no field",
      V3_ROWS.job_grants({ id: 1, user_id: 2, job_id: 3 }, false),
      "role_id",
    ],
    [
      "a grant of nobody",
      V3_ROWS.job_grants({ id: 1, user_id: null, job_id: 3, role_id: 4 }, false),
      "user_id",
    ],
    [
      "an address without an address",
      V3_ROWS.user_emails({ id: 1, user_id: 2, email: "", verified: true }, false),
      "email",
    ],
    [
      "an address longer than there are any",
      V3_ROWS.user_emails({ id: 1, user_id: 2, email: `${"a".repeat(5_000)}@x.org`, verified: true }, false),
      "email",
    ],
    [
      "a v1 grant of another user than asked",
      V1_ROWS.job_grants({ id: 1, user_id: 9, job_id: 3, user_role_id: 4 }, false, "8"),
      "user_id",
    ],
  ] as const) {
    test(name, () => assert.equal("unreadable" in result && result.unreadable.field, field));
  }
});

suite("v1's words for the same things", () => {
  for (const [name, result, expected] of [
    [
      "an office's place is an object",
      V1_ROWS.offices({ id: 1, name: "Z", location: { name: "Zürich" } }, false),
      { location: "Zürich" },
    ],
    ["or none", V1_ROWS.offices({ id: 1, name: "Z", location: null }, false), { location: null }],
    [
      "or text, as on v3",
      V3_ROWS.offices({ id: 1, name: "Z", location: "Zürich" }, false),
      { location: "Zürich" },
    ],
    [
      "or an object on v3 too",
      V3_ROWS.offices({ id: 1, name: "Z", location: { name: "Zürich" } }, false),
      { location: "Zürich" },
    ],
    [
      'a parent of "" is none',
      V1_ROWS.departments({ id: 1, name: "D", parent_id: "" }, false),
      { parentId: null },
    ],
    [
      "a job's departments may hold null",
      V1_ROWS.jobs({ id: 1, name: "J", departments: [null, { id: 5 }], offices: [{ id: 6 }] }, false),
      { departmentId: "5", officeIds: ["6"] },
    ],
    [
      "an unknown role type stays raw",
      V1_ROWS.roles({ id: 1, name: "R", type: "coordinator_plus" }, false),
      { type: "coordinator_plus" },
    ],
    [
      "a grant belongs to the user asked for",
      V1_ROWS.future_job_grants({ id: 1, user_role_id: 2, department_id: null, office_id: 3 }, false, "8"),
      { userId: "8", departmentId: null, officeId: "3" },
    ],
  ] as const) {
    test(name, () => {
      assert.ok("record" in result, JSON.stringify(result));
      assert.partialDeepStrictEqual(result.record, expected);
    });
  }
});

suite("dates", () => {
  for (const [text, expected] of [
    ["2026-11-23T18:58:46.900Z", Date.UTC(2026, 10, 23, 18, 58, 46, 900)],
    ["2026-11-23T18:58:46Z", Date.UTC(2026, 10, 23, 18, 58, 46)],
    ["2026-11-23T18:58:46+02:00", Date.UTC(2026, 10, 23, 16, 58, 46)],
    ["2026-11-23T18:58:46", Date.UTC(2026, 10, 23, 18, 58, 46)],
    ["2026-11-23", Date.UTC(2026, 10, 23)],
    ["2024-02-29", Date.UTC(2024, 1, 29)],
    ["2026-02-29", null],
    ["2026-13-01", null],
    ["0000-00-00", null],
    ["9999-12-31", null],
    ["23.11.2026", null],
    ["", null],
  ] as const) {
    test(JSON.stringify(text), () => assert.equal(milliseconds(text), expected));
  }
});

suite("the rows of a page", () => {
  const rows = (...ids: unknown[]) => ids.map((id) => ({ id, name: "R", role_type: null }));
  const readRoles = (ids: unknown[], below: string | null = null) =>
    readRows(rows(...ids), (row) => V3_ROWS.roles(row, false), below);

  for (const [name, ids, below, expected] of [
    ["descending", [30, 20, 10], null, { read: ["30", "20", "10"], lowest: "10", descending: true }],
    ["a row twice", [30, 20, 20, 30, 10], null, { read: ["30", "20", "10"], lowest: "10", descending: true }],
    [
      "the last row of the page before once more",
      [40, 30],
      "40",
      { read: ["30"], lowest: "30", descending: true },
    ],
    ["out of order", [30, 10, 20], null, { read: ["30", "10", "20"], lowest: "10", descending: false }],
    ["above the page before", [50], "40", { read: ["50"], lowest: "40", descending: false }],
    [
      "by number, not by letter",
      ["1000", "999"],
      null,
      { read: ["1000", "999"], lowest: "999", descending: true },
    ],
  ] as const) {
    test(name, () => {
      const { records, lowest, descending } = readRoles([...ids], below);
      assert.deepEqual({ read: records.map((role) => role.id), lowest, descending }, expected);
    });
  }

  test("where rows differ in their fields, those that are left out are null; where one is null, or none has it, it may bear another name", () => {
    const readRules = (rules: object[], habit = newHabit()) => {
      const rule = { user_id: 2, role_id: 4 };
      const rows = rules.map((each) => ({ ...rule, ...each }));
      const read = readRows(
        rows,
        (row, nullsLeftOut) => V3_ROWS.future_job_grants(row, false, undefined, nullsLeftOut),
        null,
        new Set(),
        habit,
      );
      return [
        read.records.map(({ departmentId, officeId }) => [departmentId, officeId]),
        read.unreadable.map(({ field }) => field),
      ];
    };
    const listing = newHabit();
    assert.deepEqual(
      readRules(
        [
          { id: 9, department_id: 5 },
          { id: 8, office_id: 6 },
        ],
        listing,
      ),
      [
        [
          ["5", null],
          [null, "6"],
        ],
        [],
      ],
    );
    assert.deepEqual(readRules([{ id: 7 }], listing), [[[null, null]], []]);
    assert.deepEqual(readRules([{ id: 7, office_id: 6 }, { id: 6 }]), [
      [
        [null, "6"],
        [null, null],
      ],
      [],
    ]);
    assert.deepEqual(readRules([{ id: 7, office_id: 6 }]), [[], ["department_id"]]);
    const sayNull = [
      { id: 9, department_id: 5, office_id: null },
      { id: 8, office_id: 6 },
    ];
    assert.deepEqual(readRules(sayNull), [[["5", null]], ["department_id"]]);
  });

  test("of a row that can't be read it is told whom it names, where that can be", () => {
    const grants = [
      { id: 9, user_id: 2, job_id: null, role_id: 4 },
      { id: 8, user_id: null, job_id: 3, role_id: 4 },
      { id: 7, user_id: 2, job_id: 3, role_id: 4 },
    ];
    const { records, unreadable, heldBy } = readRows(grants, (row) => V3_ROWS.job_grants(row, false), null);
    assert.deepEqual([records.length, unreadable.length, heldBy], [1, 2, [{ id: "9", userId: "2" }]]);
  });

  for (const [name, ids, below, last, expected] of [
    [
      "the first page speaks for all above its lowest",
      [30, 20],
      null,
      false,
      { by: "ids", from: "20", to: null },
    ],
    ["a page in the middle up to the one before", [30, 20], "40", false, { by: "ids", from: "20", to: "40" }],
    ["the last page for all below", [30, 20], "40", true, { by: "ids", from: "0", to: "40" }],
    ["the only page for everything", [30], null, true, { by: "ids", from: "0", to: null }],
    ["an empty last page too", [], "40", true, { by: "ids", from: "0", to: "40" }],
    ["an empty page in the middle for nothing", [], "40", false, { by: "nothing" }],
    ["a page with an id that can't be read for nothing", [30, "x"], null, true, { by: "nothing" }],
  ] as const) {
    test(name, () => assert.deepEqual(coveredBy(readRoles([...ids], below), below, last), expected));
  }

  test("ids compare as integers", () => {
    assert.deepEqual(["9", "10", "9007199254740993", "9007199254740992"].toSorted(compareIds), [
      "9",
      "10",
      "9007199254740992",
      "9007199254740993",
    ]);
  });
});
