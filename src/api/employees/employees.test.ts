import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { unzip } from "../../../test/unzip.ts";
import { Account, user } from "../../store/listings/listing-testing.ts";
import { listTrail } from "../../store/members/trail.ts";
import type { ImportPreview } from "../contract/employee-import.ts";
import { handlers } from "../handlers.ts";
import { serveHttp } from "../http/server.ts";
import { NOW, testContext } from "../testing.ts";

type TestContext = Parameters<typeof testContext>[0];
// biome-ignore lint/suspicious/noExplicitAny: what each answer holds is said by the test that reads it
type Answer = { status: number; body: any };

/** Two connections with the same three users each, and somebody of each kind. */
async function office(t: TestContext) {
  const built = await testContext(t);
  const { context, store, connect, session } = built;
  const [{ id: a }, { id: b }] = [await connect("Aldermoor"), await connect("Brookfield")];
  for (const connection of [a, b]) {
    const account = new Account(store, connection);
    account.now = NOW - 3_600_000;
    await account.list("users", [
      user(1, { name: "Mara Quill", email: "mara@aldermoor.example", emails: [] }),
      user(2, { name: "Tomas Wren", employeeId: "E-2", email: "tomas@aldermoor.example", emails: [] }),
      user(3, { name: "Guest", email: "guest@partner.example", emails: [] }),
    ]);
  }
  const config = { host: "127.0.0.1", port: 0, publicUrl: null };
  const http = await serveHttp(context, { config, handlers, consoleDir: join(store.dir, "console") });
  t.after(() => http.close());
  const people = {
    viewer: await session("viewer"),
    operator: await session("operator"),
    admin: await session("admin"),
    limited: await session("operator", [a]),
  };
  const send = (who: keyof typeof people, method: string, path: string, body?: object) =>
    fetch(`${http.url}/api/v1${path}`, {
      method,
      headers: { ...people[who], origin: http.url, "content-type": "application/json" },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  const ask = async (...call: Parameters<typeof send>): Promise<Answer> => {
    const answer = await send(...call);
    return { status: answer.status, body: await answer.json() };
  };
  const list = async (who: keyof typeof people, of: string, c = "Aldermoor") =>
    (await ask(who, "GET", `/connections/${c}/employees?list=${of}`)).body;
  return { ...built, ask, send, list, store, url: http.url };
}

const paste = (text: string, means: string, more: object = {}) => ({ kind: "paste", text, means, ...more });
const csv = (text: string, more: object = {}) => ({
  kind: "csv",
  file: Buffer.from(text).toString("base64"),
  ...more,
});

test("a pasted list of leavers gives the people to deactivate", async (t) => {
  const { ask, list, store } = await office(t);
  const body = paste("Mara@Aldermoor.example, 12.11.2026\ntomas@aldermoor.example\nwho@else.example", "left");
  const preview: ImportPreview = (await ask("admin", "POST", "/employees/import/preview", body)).body;
  assert.deepEqual(
    [preview.outcome.added, preview.problemCount, preview.dates, preview.shown[0]!.leaveDate],
    [3, 0, { order: "dmy", sure: true }, "2026-11-12"],
  );
  assert.equal((await list("viewer", "left_active")).total, 0, "a preview changes nothing");
  const done = await ask("admin", "POST", "/employees/import", body);
  assert.deepEqual([done.status, done.body.added], [200, 3], JSON.stringify(done.body));
  const { items, total } = await list("viewer", "left_active");
  assert.equal(total, 2);
  assert.deepEqual(
    items.map(({ user, stillActive }: Answer["body"]) => [
      user.name,
      stillActive.leftOn,
      stillActive.daysSince,
    ]),
    [
      ["Mara Quill", "2026-11-12", 11],
      ["Tomas Wren", null, 0],
    ],
  );
  const { body: overview } = await ask("viewer", "GET", "/connections/Aldermoor/overview");
  assert.equal(overview.needsYou[0].code, "left_but_active");
  const [row] = await listTrail(store.read, { before: null, limit: 1 });
  assert.deepEqual([row!.action, row!.target, row!.details!.added], ["importEmployees", "paste", 3]);
});

test("with a wrong row nothing is imported", async (t) => {
  const { ask } = await office(t);
  const body = csv("Employee ID,Email,Hire date\nE-1,ann@a.example,2026-01-02\nE-2,bob@a.example,soon\n", {
    means: "works_here",
  });
  const { body: preview } = await ask("admin", "POST", "/employees/import/preview", body);
  assert.deepEqual(preview.problems, [
    { line: 3, column: "Hire date", text: '"soon" is not a date that can be read' },
  ]);
  const refused = await ask("admin", "POST", "/employees/import", body);
  assert.deepEqual([refused.status, refused.body.error.code], [422, "rows_wrong"]);
  assert.match(refused.body.error.message, /^Line 3, Hire date: .* Nothing was imported\.$/);
  assert.equal(
    (await ask("admin", "GET", "/connections/Aldermoor/employees/summary")).body.directory.employees,
    0,
  );
});

test("what would lose more than a tenth is asked for by its number, and a number of before is not enough", async (t) => {
  const { ask } = await office(t);
  const file = (n: number) =>
    csv(`Employee ID,Status\n${Array.from({ length: n }, (_, i) => `N-${i},Active`).join("\n")}\n`, {
      everybody: n < 20,
    });
  await ask("admin", "POST", "/employees/import", file(20));
  const { body: preview } = await ask("admin", "POST", "/employees/import/preview", file(17));
  assert.deepEqual([preview.outcome.absent, preview.working, preview.mustType], [3, 20, 3]);
  const { body: few } = await ask("admin", "POST", "/employees/import/preview", file(19));
  assert.deepEqual([few.outcome.absent, few.mustType], [1, null]);
  for (const [marksLeft, says] of [
    [undefined, /would mark 3 employees as left/],
    [2, /3 employees as left, not 2/],
  ] as const) {
    const refused = await ask("admin", "POST", "/employees/import", { ...file(17), marksLeft });
    assert.deepEqual([refused.status, refused.body.error.code], [409, "confirmation_needed"]);
    assert.match(refused.body.error.message, says);
  }
  const done = await ask("admin", "POST", "/employees/import", { ...file(17), marksLeft: 3 });
  assert.equal(done.body.absent, 3);
  const { directory } = (await ask("viewer", "GET", "/connections/Aldermoor/employees/summary")).body;
  assert.deepEqual(
    [directory.states.left, directory.lastImport.gone, directory.lastImport.whole],
    [3, 3, true],
  );
});

test("what can't be read at all is refused, by the preview too", async (t) => {
  const { ask } = await office(t);
  for (const [name, body, status, code] of [
    [
      "a paste that doesn't say what it means",
      { kind: "paste", text: "a@b.example" },
      400,
      "invalid_request",
    ],
    [
      "leavers who are said to be everybody",
      paste("a@b.example", "left", { everybody: true }),
      400,
      "invalid_request",
    ],
    ["nothing", paste(" \n", "left"), 422, "file_unreadable"],
    [
      "a workbook",
      { kind: "csv", file: Buffer.from("PK\u0003\u0004\0\0").toString("base64") },
      422,
      "file_unreadable",
    ],
  ] as const) {
    for (const path of ["/employees/import/preview", "/employees/import"]) {
      const answer = await ask("admin", "POST", path, body);
      assert.deepEqual([answer.status, answer.body.error.code], [status, code], name);
    }
  }
});

test("a file of 2 MB is taken, where other bodies end at 1 MB", async (t) => {
  const { ask } = await office(t);
  const rows = Array.from(
    { length: 30_000 },
    (_, i) => `E-${i},person.${i}@aldermoor.example,Department ${i % 9}`,
  );
  const { status, body } = await ask(
    "admin",
    "POST",
    "/employees/import/preview",
    csv(`Employee ID,Email,Department\n${rows.join("\n")}\n`),
  );
  assert.deepEqual([status, body.outcome?.added], [200, 30_000], JSON.stringify(body).slice(0, 300));
});

test("an operator links, a viewer doesn't; who is limited sees the matches of theirs alone", async (t) => {
  const { ask, list } = await office(t);
  await ask(
    "admin",
    "POST",
    "/employees/import",
    csv("Employee ID,Email\nE-1,mara@aldermoor.example\nE-9,other@aldermoor.example\n"),
  );
  const path = "/connections/Aldermoor/users/3/employee";
  const found = await ask("operator", "GET", "/employees?search=e-9");
  const other = found.body.items[0];
  assert.equal(other.employeeId, "E-9");
  assert.equal((await ask("viewer", "PUT", path, { employee: other.id })).body.error.code, "not_allowed");
  const linked = await ask("operator", "PUT", path, { employee: other.id });
  assert.match(linked.body.match.reason, /^linked by The operator, 2026-11-23$/);
  assert.deepEqual(
    (await list("operator", "no_user", "Brookfield")).items.map(
      ({ employee }: Answer["body"]) => employee.employeeId,
    ),
    ["E-9"],
  );
  const unlinked = await ask("operator", "DELETE", path);
  assert.deepEqual(unlinked.body, { employee: null, match: null, candidates: [], nobody: null });
  for (const [method, where, body] of [
    ["GET", "/employees?search=mara", undefined],
    ["GET", "/connections/Aldermoor/employees?list=all", undefined],
    ["GET", "/connections/Aldermoor/employees?list=no_user", undefined],
    ["GET", "/connections/Aldermoor/employees/export?list=all", undefined],
  ] as const) {
    assert.equal((await ask("limited", method, where, body)).body.error.code, "not_allowed", where);
  }
  assert.equal(
    (await ask("limited", "PUT", path, { employee: other.id })).body.error.code,
    "employee_not_found",
  );
  assert.equal(
    (await ask("limited", "GET", "/connections/Brookfield/employees")).body.error.code,
    "connection_not_found",
  );
  assert.deepEqual((await list("limited", "no_employee")).items.length, 2);
  const { body: summary } = await ask("limited", "GET", "/connections/Aldermoor/employees/summary");
  assert.deepEqual([summary.directory, summary.lists.all, summary.domains.found], [null, null, []]);
  const mine = await ask("limited", "PUT", "/connections/Aldermoor/users/1/employee", { employee: null });
  assert.equal(mine.body.nobody.by, "The operator");
});

test("the company's domains are said by an admin, and tell who is external", async (t) => {
  const { ask, list } = await office(t);
  const kinds = async () =>
    (await list("viewer", "no_employee")).items.map(({ kind }: Answer["body"]) => kind);
  await ask("admin", "POST", "/employees/import", paste("x@aldermoor.example", "works_here"));
  assert.deepEqual(await kinds(), ["external", "ours", "ours"]);
  const said = await ask("admin", "PUT", "/employees/domains", { domains: ["@Partner.example"] });
  assert.deepEqual([said.body.domains, said.body.said], [["partner.example"], true]);
  assert.deepEqual(await kinds(), ["ours", "external", "external"]);
  assert.equal((await ask("admin", "PUT", "/employees/domains", { domains: ["no domain"] })).status, 400);
});

test("a list is exported as it is seen, with the directory in its stamp", async (t) => {
  const { ask, send } = await office(t);
  await ask(
    "admin",
    "POST",
    "/employees/import",
    paste("mara@aldermoor.example 2026-11-12\ntomas@aldermoor.example", "left"),
  );
  const answer = await send(
    "viewer",
    "GET",
    "/connections/Aldermoor/employees/export?list=left_active&search=mara&columns=user,left_on,match",
  );
  const files = unzip(Buffer.from(await answer.arrayBuffer()));
  assert.equal(
    files.get("employees.csv")!.toString(),
    "user,left_on,match\nMara Quill,2026-11-12,by e-mail mara@aldermoor.example\n",
  );
  const stamp = JSON.parse(files.get("stamp.json")!.toString());
  assert.deepEqual([stamp.rows, stamp.of, stamp.directory.employees], [1, 2, 2]);
});

test("a SCIM token is shown once, and revoked", async (t) => {
  const { ask, url } = await office(t);
  const made = await ask("admin", "POST", "/scim-tokens", { name: "Okta" });
  assert.equal(made.status, 201);
  assert.match(made.body.secret, /^glasshouse_scim_/);
  assert.equal(made.body.url, `${url.replace("127.0.0.1", "localhost")}/scim/v2`);
  assert.equal((await ask("admin", "POST", "/scim-tokens", { name: "okta" })).body.error.code, "name_taken");
  const listed = JSON.stringify((await ask("admin", "GET", "/scim-tokens")).body);
  assert.ok(listed.includes("Okta") && !listed.includes(made.body.secret));
  const bearer = { authorization: `Bearer ${made.body.secret}` };
  const users = () => fetch(`${url}/scim/v2/Users`, { headers: bearer });
  assert.equal((await users()).status, 200);
  assert.equal(
    (await fetch(`${url}/api/v1/connections`, { headers: bearer })).status,
    401,
    "it opens nothing else",
  );
  await ask("admin", "DELETE", `/scim-tokens/${made.body.token.id}`);
  assert.equal((await users()).status, 401);
});
