/** Our own audit trail, as a list and as a file. */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import { unzip } from "../../../test/unzip.ts";
import { addTrail, type TrailEntry } from "../../store/members/trail.ts";
import { office } from "../office-testing.ts";
import { NOW } from "../testing.ts";

type TestContext = Parameters<typeof office>[0];

const HOUR = 3_600_000;
const MARA = { by: "member", member: 7, token: null, name: "Mara Quill (mara@aldermoor.example)" } as const;
const REPORTS = { by: "token", member: 7, token: 3, name: "Mara Quill (mara@…), token reports" } as const;
const NOBODY = { by: "nobody", member: null, token: null, name: "nobody" } as const;
const MACHINE = { by: "machine", member: null, token: null, name: "the command line" } as const;

/** The newest last, an hour between each. */
const ROWS: Partial<TrailEntry>[] = [
  { ...NOBODY, action: "signIn", target: "Ines@Aldermoor.example", result: "sign_in_failed" },
  { ...MACHINE, action: "backup", ip: null },
  { ...MARA, action: "startSync", connection: 1, target: "1" },
  { ...REPORTS, action: "startSync", connection: 2, target: "Gone", result: "connection_paused" },
  { ...MARA, action: "exportUsers", connection: 1, details: { rows: 3, sha256: "ab" } },
];

/** With an admin, who leaves no row by coming. */
async function kept(t: TestContext, rows = ROWS) {
  const house = await office(t);
  await house.connect("Aldermoor");
  const admin = await house.somebody("admin");
  await house.store.write(async (tx) => {
    for (const [i, row] of rows.entries()) {
      await addTrail(tx, {
        at: NOW - (rows.length - i) * HOUR,
        ip: "192.0.2.7",
        target: null,
        connection: null,
        result: "ok",
        details: null,
        ...row,
      } as TrailEntry);
    }
  });
  return { ...house, admin };
}

const hoursAgo = (n: number) => new Date(NOW - n * HOUR).toISOString();

const filters: [name: string, query: string, ids: number[]][] = [
  ["nothing: all, newest first", "", [5, 4, 3, 2, 1]],
  ["a member, tokens included", "member=7", [5, 4, 3]],
  ["a member alone", "member=7&by=member", [5, 3]],
  ["a token", "token=3", [4]],
  ["an action", "action=startSync", [4, 3]],
  ["two actions", "action=startSync,backup", [4, 3, 2]],
  ["a result", "result=sign_in_failed", [1]],
  ["what was refused", "result=refused", [4, 1]],
  ["what was refused, and what went well", "result=refused,ok", [5, 4, 3, 2, 1]],
  ["a connection", "connection=1", [5, 3]],
  ["a connection that is gone", "connection=2", [4]],
  ["nobody and the machine", "by=nobody,machine", [2, 1]],
  ["text of the target, in other letters", "target=ALDERMOOR", [1]],
  ["a sign that SQL takes for anything", "target=%25", []],
  ["from a time on, that time included", `from=${hoursAgo(2)}`, [5, 4]],
  ["before a time, that time not included", `to=${hoursAgo(2)}`, [3, 2, 1]],
  ["a span and an action", `from=${hoursAgo(3)}&to=${hoursAgo(1)}&action=startSync`, [4, 3]],
];
for (const [name, query, ids] of filters) {
  test(`rows of the trail that fit ${name}`, async (t) => {
    const { ask, admin } = await kept(t);
    const { body } = await ask(admin.headers, `GET /trail?${query}`, undefined, 200);
    const idsOf = (rows: { id: number }[]) => rows.map(({ id }) => id);
    assert.deepEqual([idsOf(body.items), body.total, body.since], [ids, ids.length, hoursAgo(5)]);
    const found: number[] = [];
    let cursor: string | null = null;
    do {
      const at: string = cursor === null ? "" : `&cursor=${cursor}`;
      const page = await ask(admin.headers, `GET /trail?limit=2&${query}${at}`, undefined, 200);
      found.push(...idsOf(page.body.items));
      cursor = page.body.nextCursor;
    } while (cursor !== null);
    assert.deepEqual(found, ids);
  });
}

test("a row tells who did what from where, to what, and how it ended", async (t) => {
  const { ask, admin } = await kept(t);
  const { items } = (await ask(admin.headers, "GET /trail", undefined, 200)).body;
  assert.deepEqual(items[0], {
    id: 5,
    at: hoursAgo(1),
    ...MARA,
    ip: "192.0.2.7",
    action: "exportUsers",
    target: null,
    connection: { id: 1, name: "Aldermoor" },
    result: "ok",
    details: { rows: 3, sha256: "ab" },
  });
  assert.deepEqual(items[1].connection, { id: 2, name: null });
});

for (const [name, query, code] of [
  ["another list's cursor", `cursor=${Buffer.from('["changes",5]').toString("base64url")}`, "invalid_cursor"],
  [
    "a cursor that is no place",
    `cursor=${Buffer.from('["trail","5"]').toString("base64url")}`,
    "invalid_cursor",
  ],
  ["an action that can't be", "action=1%20or%201", "invalid_request"],
  ["a time that isn't", "from=yesterday", "invalid_request"],
  ["a filter that there isn't", "ip=192.0.2.7", "invalid_request"],
] as const) {
  test(`the trail asked for with ${name}: ${code}`, async (t) => {
    const { ask, admin } = await kept(t);
    assert.equal((await ask(admin.headers, `GET /trail?${query}`)).code, code);
  });
}

test("an empty trail has no beginning", async (t) => {
  const { ask, admin } = await kept(t, []);
  const { body } = await ask(admin.headers, "GET /trail", undefined, 200);
  assert.deepEqual(body, { items: [], nextCursor: null, total: 0, since: null });
});

test("the trail as a zip: every row of the filter, stamped, and recorded with its hash", async (t) => {
  const { url, admin, trail } = await kept(t, [...ROWS, { ...MARA, action: "addView", target: "=1+1" }]);
  const answer = await fetch(`${url}/api/v1/trail/export?member=7&from=${hoursAgo(5)}`, admin);
  assert.match(answer.headers.get("content-disposition")!, /^attachment; filename="glasshouse-audit-trail-/);
  const files = unzip(Buffer.from(await answer.arrayBuffer()));
  assert.deepEqual([...files.keys()], ["trail.csv", "stamp.json", "stamp.txt"]);
  const csv = files.get("trail.csv")!;
  const lines = csv.toString().trimEnd().split("\n");
  assert.equal(
    lines[0],
    "at,by,name,member_id,token_id,ip,action,target,connection_id,connection,result,details",
  );
  assert.equal(lines.length, 5);
  assert.ok(lines[1]!.includes(",addView,'=1+1,"), "a spreadsheet takes no cell for a formula");
  const stamp = JSON.parse(files.get("stamp.json")!.toString());
  const sha256 = createHash("sha256").update(csv).digest("hex");
  assert.deepEqual(
    [stamp.rows, stamp.of, stamp.sha256, stamp.filter, stamp.since, stamp.sample, stamp.sort],
    [4, 6, sha256, { member: 7, from: hoursAgo(5) }, hoursAgo(6), false, "time, newest first"],
  );
  assert.match(stamp.member, /^The admin \(admin\.1@/);
  const text = files.get("stamp.txt")!.toString();
  for (const said of [sha256, "4 of 6", `member = 7; from = ${hoursAgo(5)}`]) assert.ok(text.includes(said));
  const [row] = await trail();
  assert.deepEqual(
    [row!.action, row!.result, row!.member, row!.details],
    [
      "exportTrail",
      "ok",
      admin.id,
      { list: "trail", filter: JSON.stringify(stamp.filter), rows: 4, file: "trail.csv", sha256 },
    ],
  );
});

test("the trail as JSON, in more than one read, without rows that came meanwhile", async (t) => {
  const many = Array.from({ length: 1203 }, () => ({ ...MACHINE, action: "backup" }));
  const { url, admin, trail } = await kept(t, many);
  for (const expected of [1203, 1204]) {
    const answer = await fetch(`${url}/api/v1/trail/export?format=json`, admin);
    const text = await answer.text();
    const { rows, stamp } = JSON.parse(text);
    assert.deepEqual([rows.length, stamp.rows, stamp.of], [expected, expected, expected]);
    assert.equal(new Set(rows.map(({ at }: { at: string }) => at)).size, expected);
    const hashed = text.slice(text.indexOf("["), text.lastIndexOf("\n]") + 2);
    assert.equal(stamp.sha256, createHash("sha256").update(hashed).digest("hex"));
  }
  assert.equal((await trail()).filter(({ action }) => action === "exportTrail").length, 2);
});
