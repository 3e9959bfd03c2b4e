/** SCIM over real HTTP: by the RFCs, and by what Okta and Entra ID are documented to send. Nobody in it exists. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import SCIMMY from "scimmy";
import { hashOf, newScimToken } from "../../access/secrets.ts";
import { employeeState, utcDay } from "../../model/employees/employee.ts";
import { addEmployees, employeesByIds, lockEmployees } from "../../store/employees/employees.ts";
import { addScimToken } from "../../store/members/scim-tokens.ts";
import { listTrail } from "../../store/members/trail.ts";
import { handlers } from "../handlers.ts";
import { Limit } from "../http/limits.ts";
import { serveHttp } from "../http/server.ts";
import { NOW, testContext } from "../testing.ts";

type TestContext = Parameters<typeof testContext>[0];
const USER = "urn:ietf:params:scim:schemas:core:2.0:User";
const ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
const PATCH = "urn:ietf:params:scim:api:messages:2.0:PatchOp";

async function provider(t: TestContext) {
  const { context, store } = await testContext(t);
  const clock = { now: NOW };
  const secret = newScimToken();
  const config = { host: "127.0.0.1", port: 0, publicUrl: null };
  const at = { ...context, now: () => clock.now };
  const http = await serveHttp(at, { config, handlers, consoleDir: join(store.dir, "console") });
  t.after(() => http.close());
  await store.write((tx) =>
    addScimToken(tx, { name: "Okta", hash: hashOf(secret), madeBy: "Ada", now: NOW }),
  );
  const ask = async (
    call: string,
    body?: unknown,
    headers: Record<string, string> = {},
    // biome-ignore lint/suspicious/noExplicitAny: answers of many kinds
  ): Promise<{ status: number; headers: Headers; body: any }> => {
    const [method, path] = [call.slice(0, call.indexOf(" ")), call.slice(call.indexOf(" ") + 1)];
    const answer = await fetch(`${http.url}/scim/v2${path}`, {
      method,
      headers: {
        authorization: `Bearer ${secret}`,
        ...(body === undefined ? {} : { "content-type": "application/scim+json" }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) }),
    });
    const text = await answer.text();
    return { status: answer.status, headers: answer.headers, body: text === "" ? null : JSON.parse(text) };
  };
  const employee = async (id: string | number) => (await employeesByIds(store.read, [Number(id)]))[0]!;
  const state = async (id: string | number) => employeeState(await employee(id), utcDay(clock.now));
  return { ask, store, clock, url: http.url, secret, employee, state };
}

const patch = (...Operations: object[]) => ({ schemas: [PATCH], Operations });
const person = (userName: string, more: object = {}) => ({ schemas: [USER], userName, ...more });

/** https://developer.okta.com/docs/api/openapi/okta-scim/guides/scim-20/ */
const OKTA_USER = {
  schemas: [USER, ENTERPRISE],
  userName: "mara.quill@aldermoor.example",
  name: { givenName: "Mara", familyName: "Quill" },
  emails: [{ primary: true, value: "mara.quill@aldermoor.example", type: "work" }],
  displayName: "Mara Quill",
  locale: "en-US",
  externalId: "00ujl29u0le5T6Aj10h7",
  groups: [],
  password: "1mz050nq",
  active: true,
  [ENTERPRISE]: {
    employeeNumber: "E-0042",
    department: "Talent",
    manager: { value: "00u1", displayName: "Ines Okafor" },
  },
};

test("as Okta provisions, changes and deactivates somebody", async (t) => {
  const { ask, clock, employee, state } = await provider(t);
  const none = await ask(
    "GET /Users?filter=userName%20eq%20%22mara.quill%40aldermoor.example%22&startIndex=1&count=100",
  );
  assert.deepEqual([none.status, none.body.totalResults, none.body.Resources], [200, 0, []]);
  const made = await ask("POST /Users", OKTA_USER);
  assert.equal(made.status, 201);
  const { id } = made.body;
  assert.equal(made.body.password, undefined);
  const { number, name, emails, department, manager } = await employee(id);
  assert.deepEqual(
    [number, name, emails, department, manager],
    ["E-0042", "Mara Quill", ["mara.quill@aldermoor.example"], "Talent", "Ines Okafor"],
  );
  assert.equal((await ask("POST /Users", OKTA_USER)).body.scimType, "uniqueness");
  const found = await ask('GET /Users?filter=userName eq "MARA.QUILL@aldermoor.example"');
  assert.equal(found.body.Resources[0].id, id);
  const renamed = await ask(`PUT /Users/${id}`, {
    ...made.body,
    name: { givenName: "Mara", familyName: "Quill-Wren" },
    displayName: "Mara Quill-Wren",
  });
  assert.deepEqual([renamed.status, (await employee(id)).name], [200, "Mara Quill-Wren"]);
  clock.now += 5 * 86_400_000;
  const off = await ask(`PUT /Users/${id}`, { ...renamed.body, active: false });
  assert.deepEqual([off.body.active, await state(id)], [false, "left"]);
  const gone = await employee(id);
  assert.deepEqual([gone.leftAt, gone.leftDay], [clock.now, utcDay(clock.now)], "left at this moment");
  clock.now += 86_400_000;
  await ask(`PUT /Users/${id}`, { ...off.body });
  assert.equal((await employee(id)).leftAt, gone.leftAt, "told again, it is still that moment");
  const back = await ask(`PATCH /Users/${id}`, patch({ op: "replace", value: { active: true } }));
  assert.deepEqual([back.status, await state(id), (await employee(id)).backAt], [200, "employed", clock.now]);
  await ask(`PUT /Users/${id}`, { ...off.body });
  const { active: _, ...silent } = off.body;
  const kept = await ask(`PUT /Users/${id}`, { ...silent, displayName: "Mara Q" });
  assert.deepEqual([kept.body.active, await state(id)], [false, "left"], "silence brings nobody back");
});

/** https://learn.microsoft.com/en-us/entra/identity/app-provisioning/use-scim-to-provision-users-and-groups */
test("as Entra ID provisions, changes and deletes somebody", async (t) => {
  const { ask, clock, employee, state, store } = await provider(t);
  const made = await ask("POST /Users", {
    schemas: [USER, ENTERPRISE],
    externalId: "0a21f0f2-8d2a-4f8e-bf98-7363c4aed4ef",
    userName: "Test_User_ab6490ee@aldermoor.example",
    active: "True",
    emails: [{ primary: true, type: "work", value: "Test_User_fd0ea19b@aldermoor.example" }],
    meta: { resourceType: "User" },
    name: { formatted: "givenName familyName", familyName: "familyName", givenName: "givenName" },
    roles: [],
  });
  assert.equal(made.status, 201, JSON.stringify(made.body));
  const { id } = made.body;
  const filters = [
    'userName eq "test_user_ab6490ee@aldermoor.example"',
    'externalId eq "0a21f0f2-8d2a-4f8e-bf98-7363c4aed4ef"',
    'emails[type eq "work"].value eq "test_user_fd0ea19b@aldermoor.example"',
  ];
  for (const filter of filters) {
    const { body } = await ask(`GET /Users?filter=${encodeURIComponent(filter)}`);
    assert.deepEqual([filter, body.totalResults], [filter, 1]);
  }
  const several = await ask(
    `PATCH /Users/${id}`,
    patch(
      { op: "Replace", path: 'emails[type eq "work"].value', value: "updatedEmail@aldermoor.example" },
      { op: "Replace", path: "name.familyName", value: "updatedFamilyName" },
      { op: "Add", path: `${ENTERPRISE}:department`, value: "Talent" },
      { op: "Add", path: `${ENTERPRISE}:employeeNumber`, value: "701984" },
      { op: "Add", path: `${ENTERPRISE}:manager`, value: "12345" },
      { op: "Add", path: 'phoneNumbers[type eq "work"].value', value: "1" },
      {
        op: "Add",
        path: "urn:ietf:params:scim:schemas:extension:CustomExtensionName:2.0:User:tag",
        value: "x",
      },
    ),
  );
  assert.equal(several.status, 200, JSON.stringify(several.body));
  assert.deepEqual(
    [several.body.emails, several.body.name.familyName, several.body[ENTERPRISE]],
    [
      [{ value: "updatedEmail@aldermoor.example", type: "work", primary: true }],
      "updatedFamilyName",
      { employeeNumber: "701984", department: "Talent", manager: { value: "12345" } },
    ],
  );
  const flat = await ask(
    `PATCH /Users/${id}`,
    patch({
      op: "Replace",
      value: {
        displayName: "Bjfe",
        "name.givenName": "Kyle",
        [`${ENTERPRISE}:department`]: "People",
        'emails[type eq "home"].value': "home@mail.example",
      },
    }),
  );
  assert.deepEqual(
    [
      flat.body.displayName,
      flat.body.name.givenName,
      flat.body[ENTERPRISE].department,
      flat.body.emails.length,
    ],
    ["Bjfe", "Kyle", "People", 2],
  );
  clock.now += 86_400_000;
  const ines = await ask("POST /Users", person("ines@aldermoor.example", { displayName: "Ines Okafor" }));
  const listed = (value: unknown) => [{ $ref: null, value }];
  const off = await ask(
    `PATCH /Users/${id}`,
    patch(
      { op: "Add", path: "manager", value: [{ $ref: `…/Users/${ines.body.id}`, value: ines.body.id }] },
      { op: "Replace", path: "displayName", value: listed("Kyle B") },
      { op: "Replace", path: "active", value: listed("False") },
    ),
  );
  assert.deepEqual([off.body.active, await state(id)], [false, "left"], JSON.stringify(off.body));
  const { manager, name } = await employee(id);
  assert.deepEqual([manager, name], ["Ines Okafor", "Kyle B"], "it sends our id of the manager");
  await ask(`DELETE /Users/${ines.body.id}`);
  const { leftAt } = await employee(id);
  const deleted = await ask(`DELETE /Users/${id}`);
  assert.deepEqual([deleted.status, deleted.body], [204, null]);
  assert.equal((await ask(`GET /Users/${id}`)).status, 404);
  assert.equal((await ask("GET /Users")).body.totalResults, 0);
  assert.deepEqual([await state(id), (await employee(id)).leftAt], ["left", leftAt], "the row stays");
  const again = await ask(
    "POST /Users",
    person("Test_User_ab6490ee@aldermoor.example", { externalId: "2", active: true }),
  );
  assert.deepEqual([again.status, again.body.id, await state(id)], [201, id, "employed"]);
  const actions = (await listTrail(store.read, { before: null, limit: 20 })).map(
    ({ action, name }) => `${action} ${name}`,
  );
  assert.deepEqual(actions.toReversed(), [
    "scimCreate SCIM token Okta",
    "scimPatch SCIM token Okta",
    "scimPatch SCIM token Okta",
    "scimCreate SCIM token Okta",
    "scimPatch SCIM token Okta",
    "scimDelete SCIM token Okta",
    "scimDelete SCIM token Okta",
    "scimCreate SCIM token Okta",
  ]);
});

test("somebody the directory knows already is taken up, with their leave date", async (t) => {
  const { ask, store, employee, state, clock } = await provider(t);
  const plain = {
    name: null,
    department: "Talent",
    manager: null,
    startedDay: null,
    leftAt: null,
    told: null,
    toldAt: NOW,
    backAt: null,
    wasLeftDay: null,
    source: "csv",
  } as const;
  await store.write(async (tx) => {
    await lockEmployees(tx);
    await addEmployees(
      tx,
      [
        { ...plain, number: "E-1", emails: ["ann@a.example"], leftDay: utcDay(NOW) + 10 },
        { ...plain, number: null, emails: ["bob@a.example"], leftDay: null },
        { ...plain, number: "E-3", emails: ["cy@a.example"], leftDay: utcDay(NOW) - 2, told: "left" },
      ],
      NOW,
    );
  });
  const ann = await ask("POST /Users", person("ann", { [ENTERPRISE]: { employeeNumber: "e-1" } }));
  const bob = await ask(
    "POST /Users",
    person("bob@A.example", {
      emails: [{ value: "bob@a.example" }],
      [ENTERPRISE]: { employeeNumber: "E-2" },
    }),
  );
  const cy = await ask("POST /Users", person("cy@a.example", { active: false }));
  assert.deepEqual([ann.body.id, bob.body.id, cy.body.id], ["1", "2", "3"]);
  assert.deepEqual([(await employee(1)).department, (await employee(2)).number], ["Talent", "E-2"]);
  assert.deepEqual([await state(3), (await employee(3)).leftDay], ["left", utcDay(NOW) - 2]);
  await ask("PATCH /Users/1", patch({ op: "replace", path: "active", value: false }));
  assert.deepEqual((await employee(1)).leftAt, clock.now, "before the day that was foreseen");
  const other = await ask("POST /Users", person("dee", { [ENTERPRISE]: { employeeNumber: "E-2" } }));
  assert.deepEqual([other.status, other.body.scimType], [409, "uniqueness"]);
});

test("lists, by every filter, page by page", async (t) => {
  const { ask } = await provider(t);
  const people = [
    [
      "ann@a.example",
      {
        name: { givenName: "Ann", familyName: "Älvsborg" },
        emails: [
          { value: "ann@a.example", type: "work", primary: true },
          { value: "ann@mail.example", type: "home" },
        ],
        [ENTERPRISE]: { department: "Talent" },
      },
    ],
    [
      "bob@a.example",
      { externalId: "x%_1", active: false, emails: [{ value: "bob@mail.example", type: "home" }] },
    ],
    ["cy", { displayName: 'Cy "The" Reed', [ENTERPRISE]: { department: "People" } }],
  ] as const;
  for (const [userName, more] of people) await ask("POST /Users", person(userName, more));
  for (const [filter, ids] of [
    ['userName sw "a"', "1"],
    ['userName co "@A.EXAMPLE"', "1 2"],
    ['userName ew "y" or userName eq "bob@a.example"', "2 3"],
    ["active eq false", "2"],
    ['active ne "False"', "1 3"],
    ['externalId eq "x%_1"', "2"],
    ['externalId sw "x%"', "2"],
    ['externalId eq "X%_1"', ""],
    ["externalId pr", "2"],
    ["not (externalId pr)", "1 3"],
    ["externalId eq null", "1 3"],
    ['displayName eq "cy \\"the\\" reed"', "3"],
    ['name.familyName eq "Älvsborg"', "1"],
    ['emails eq "ann@mail.example"', "1"],
    ['emails[type eq "home" and value co "mail.example"]', "1 2"],
    ['emails[type eq "work" and value co "mail.example"]', ""],
    ['emails.type eq "work"', "1"],
    ["emails pr", "1 2"],
    [`${ENTERPRISE}:department eq "talent"`, "1"],
    [`${USER}:userName eq "cy"`, "3"],
    ['id eq "2"', "2"],
    ['(userName eq "cy" or active eq false) and not (id eq "2")', "3"],
    ['meta.lastModified ge "2026-11-23T00:00:00Z" and meta.created lt "2030-01-01T00:00:00Z"', "1 2 3"],
    ['userName gt "b"', "2 3"],
  ] as const) {
    const { status, body } = await ask(`GET /Users?filter=${encodeURIComponent(filter)}`);
    assert.equal(status, 200, `${filter}: ${JSON.stringify(body)}`);
    assert.equal(body.Resources.map(({ id }: { id: string }) => id).join(" "), ids, filter);
  }
  const second = await ask("GET /Users?startIndex=2&count=1");
  assert.deepEqual(
    [
      second.body.totalResults,
      second.body.itemsPerPage,
      second.body.startIndex,
      second.body.Resources[0].userName,
    ],
    [3, 1, 2, "bob@a.example"],
  );
  assert.deepEqual((await ask("GET /Users?count=0")).body.Resources, []);
  assert.deepEqual((await ask("GET /Users?startIndex=-3&count=99999")).body.itemsPerPage, 3);
  assert.deepEqual((await ask("GET /Users?startIndex=1e21")).body.Resources, [], "beyond every row");
  const few = await ask("GET /Users?attributes=userName,name.givenName");
  assert.deepEqual(Object.keys(few.body.Resources[0]).sort(), ["id", "name", "schemas", "userName"]);
  const without = await ask("GET /Users/1?excludedAttributes=emails,meta");
  assert.ok(!("emails" in without.body) && "userName" in without.body);
});

test("what is asked wrongly is refused in the words of the protocol", async (t) => {
  const { ask } = await provider(t);
  await ask("POST /Users", person("ann@a.example", { emails: [{ value: "ann@a.example", type: "work" }] }));
  for (const [call, body, status, scimType] of [
    ["GET /Users?filter=userName%20is%20x", undefined, 400, "invalidFilter"],
    ["GET /Users?filter=salary%20gt%201", undefined, 400, "invalidFilter"],
    ["GET /Users?filter=active%20co%20%22t%22", undefined, 400, "invalidFilter"],
    [`GET /Users?filter=${"(".repeat(50)}`, undefined, 400, "invalidFilter"],
    // The parser would look at it in 2^60 ways, and answer nobody meanwhile.
    [`GET /Users?filter=userName%20eq%20%22${"%0A".repeat(60)}`, undefined, 400, "invalidFilter"],
    [`GET /Users?filter=userName%20eq%20%22${"a".repeat(2_000)}%22`, undefined, 400, "invalidFilter"],
    ["GET /Users?filter=meta.created%20co%20%222026%22", undefined, 400, "invalidFilter"],
    ["GET /Users?attributes=id&attributes=userName", undefined, 400, "invalidSyntax"],
    ["GET /Users?filter=id%20pr&filter=id%20pr", undefined, 400, "invalidSyntax"],
    ["GET /Users?startIndex=one", undefined, 400, "invalidValue"],
    ["GET /Users/99", undefined, 404, undefined],
    ["GET /Users/999999999999999", undefined, 404, undefined],
    ["GET /Users/nobody", undefined, 404, undefined],
    ["GET /Groups", undefined, 404, undefined],
    ["GET /Schemas?filter=id%20pr", undefined, 403, undefined],
    ["DELETE /Users", undefined, 405, undefined],
    ["POST /Users", { userName: "a" }, 400, "invalidSyntax"],
    ["POST /Users", person(""), 400, "invalidValue"],
    ["POST /Users", person("b", { active: "perhaps" }), 400, "invalidValue"],
    ["POST /Users", person("b", { displayName: "B\u0000" }), 400, "invalidValue"],
    ["POST /Users", person("b", { externalId: "b".repeat(801) }), 400, "invalidValue"],
    ["POST /Users", "[1]", 400, "invalidSyntax"],
    ["POST /Users", "{", 400, "invalidSyntax"],
    ["POST /Users", '{"a":'.repeat(40) + "1" + "}".repeat(40), 400, "invalidSyntax"],
    ["PATCH /Users/1", patch(), 400, "invalidSyntax"],
    ["PATCH /Users/1", { Operations: [] }, 400, "invalidSyntax"],
    ["PATCH /Users/1", patch({ op: "move", path: "active" }), 400, "invalidSyntax"],
    ["PATCH /Users/1", patch({ op: "remove" }), 400, "noTarget"],
    ["PATCH /Users/1", patch({ op: "replace", value: "x" }), 400, "invalidValue"],
    ["PATCH /Users/1", patch({ op: "replace", path: "salary", value: 1 }), 400, "invalidPath"],
    ["PATCH /Users/1", patch({ op: "replace", path: "emails[", value: 1 }), 400, "invalidPath"],
    [
      "PATCH /Users/1",
      patch({ op: "replace", path: 'emails[type is "work"].value', value: "a" }),
      400,
      "invalidFilter",
    ],
    [
      "PATCH /Users/1",
      patch({ op: "replace", path: `emails[type eq "${"\n".repeat(60)}].value`, value: "a" }),
      400,
      "invalidFilter",
    ],
    [
      "PATCH /Users/1",
      patch({ op: "add", path: "emails", value: [{ value: "b@a.example", type: "\ud800" }] }),
      400,
      "invalidValue",
    ],
    [
      "PATCH /Users/1",
      patch(...[0, 50].map((from) => ({ op: "add", path: "emails", value: addresses(from, 50) }))),
      400,
      "invalidValue",
    ],
    ["PATCH /Users/1", patch({ op: "remove", path: "userName" }), 400, "mutability"],
    ["POST /Users", person("ANN@a.example"), 409, "uniqueness"],
    ["POST /Users", `"${"a".repeat(300_000)}"`, 413, undefined],
  ] as const) {
    const answer = await ask(call, body);
    const what = `${call.slice(0, 60)} ${JSON.stringify(body)?.slice(0, 80)}`;
    assert.deepEqual(
      [answer.status, answer.body.scimType],
      [status, scimType],
      `${what}: ${JSON.stringify(answer.body)}`,
    );
    assert.deepEqual(
      [answer.body.schemas, answer.body.status],
      [["urn:ietf:params:scim:api:messages:2.0:Error"], String(status)],
    );
    assert.match(answer.headers.get("content-type")!, /^application\/scim\+json/);
  }
  const { body } = await ask(
    "PATCH /Users/1",
    patch({ op: "replace", path: "displayName", value: "A" }, { op: "replace", path: "salary", value: 1 }),
  );
  assert.equal(body.status, "400");
  const { displayName, emails } = (await ask("GET /Users/1")).body;
  assert.deepEqual([displayName, emails.length], [undefined, 1], "nothing of it was applied");
  const inherited = ["constructor", "__proto__"].map((part) => ({
    op: "replace",
    path: `name.${part}`,
    value: "x",
  }));
  const named = await ask("PATCH /Users/1", patch(...inherited));
  assert.deepEqual([named.status, named.body.name], [200, undefined], "a name has no such parts");
});

const addresses = (from: number, count: number) =>
  Array.from({ length: count }, (_, i) => ({ value: `b${from + i}@a.example` }));

test("a changed resource has another ETag, and who holds an old one is told", async (t) => {
  const { ask } = await provider(t);
  const made = await ask("POST /Users", person("ann@a.example"), { "content-type": "application/json" });
  const etag = made.headers.get("etag")!;
  assert.equal(etag, made.body.meta.version);
  assert.equal(made.headers.get("location"), made.body.meta.location);
  assert.equal((await ask("GET /Users/1", undefined, { "if-none-match": etag })).status, 304);
  const same = await ask("PUT /Users/1", person("ann@a.example"), { "if-match": etag });
  assert.equal(same.headers.get("etag"), etag, "nothing has changed");
  const changed = await ask("PUT /Users/1", person("ann@a.example", { displayName: "Ann" }), {
    "if-match": etag,
  });
  assert.notEqual(changed.headers.get("etag"), etag);
  assert.equal((await ask("DELETE /Users/1", undefined, { "if-match": etag })).status, 412);
  assert.equal((await ask("DELETE /Users/1", undefined, { "if-match": "*" })).status, 204);
});

test("another program reads our answers by the schemas of the RFC", async (t) => {
  const { ask } = await provider(t);
  SCIMMY.Schemas.User.extend(SCIMMY.Schemas.EnterpriseUser as never, false);
  await ask("POST /Users", OKTA_USER);
  const { body } = await ask("GET /Users");
  const { totalResults, Resources } = new SCIMMY.Messages.ListResponse(body);
  assert.equal(totalResults, 1);
  const read = new SCIMMY.Schemas.User(Resources[0] as object, "out");
  assert.equal(read.userName, OKTA_USER.userName);
  assert.equal(
    (read as unknown as Record<string, { employeeNumber: string }>)[ENTERPRISE]!.employeeNumber,
    "E-0042",
  );
  // Its own request to change something is one that we take.
  const change = new SCIMMY.Messages.PatchOp({
    schemas: [PATCH],
    Operations: [{ op: "replace", path: "displayName", value: "M. Quill" }],
  });
  assert.equal((await ask("PATCH /Users/1", change)).body.displayName, "M. Quill");
  // What it makes of a change by itself is what we answer, one change after another.
  const asBoth = ({
    userName,
    displayName,
    name,
    emails,
    active,
    [ENTERPRISE]: more,
  }: Record<string, unknown>) =>
    JSON.parse(JSON.stringify({ userName, displayName, name, emails, active, more }));
  for (const Operations of [
    [{ op: "Replace", path: "name.familyName", value: "Wren" }],
    [{ op: "add", path: "name", value: { formatted: "Mara Wren" } }],
    [{ op: "replace", value: { displayName: "M. Wren", active: false } }],
    [{ op: "add", path: "emails", value: [{ value: "mara@mail.example", type: "home" }] }],
    [{ op: "replace", path: 'emails[type eq "home"].value', value: "m@mail.example" }],
    [
      { op: "remove", path: 'emails[type eq "home"]' },
      { op: "replace", path: "active", value: true },
    ],
    [{ op: "add", path: `${ENTERPRISE}:department`, value: "People" }],
    [{ op: "remove", path: "displayName" }],
  ]) {
    const told = (await ask("GET /Users/1")).body;
    const theirs = await new SCIMMY.Messages.PatchOp(patch(...Operations) as never).apply(
      new SCIMMY.Schemas.User(told, "out"),
    );
    const ours = (await ask("PATCH /Users/1", patch(...Operations))).body;
    assert.deepEqual(asBoth(ours), asBoth(theirs as never), JSON.stringify(Operations));
  }
  const theirs = (schema: typeof SCIMMY.Schemas.User) =>
    new Map(
      schema.definition.attributes.map((each) => [
        (each as { name: string }).name,
        each as unknown as { type: string },
      ]),
    );
  const known = new Map([
    [USER, theirs(SCIMMY.Schemas.User)],
    [ENTERPRISE, theirs(SCIMMY.Schemas.EnterpriseUser as unknown as typeof SCIMMY.Schemas.User)],
  ]);
  const { body: schemas } = await ask("GET /Schemas");
  for (const { id, attributes } of schemas.Resources) {
    for (const { name, type } of attributes)
      assert.equal(known.get(id)!.get(name)?.type, type, `${id} ${name}`);
    assert.equal((await ask(`GET /Schemas/${id}`)).body.id, id);
  }
  const { body: config } = await ask("GET /ServiceProviderConfig");
  assert.deepEqual(
    [config.patch.supported, config.filter.supported, config.etag.supported, config.bulk.supported],
    [true, true, true, false],
  );
  const { body: types } = await ask("GET /ResourceTypes");
  assert.deepEqual(
    [types.Resources[0].endpoint, types.Resources[0].schemaExtensions[0].schema],
    ["/Users", ENTERPRISE],
  );
});

test("without a SCIM token nothing is told, and guessing is slowed down", async (t) => {
  const { url, secret, clock } = await provider(t);
  const knock = (authorization: string | null) =>
    fetch(`${url}/scim/v2/Users`, authorization === null ? {} : { headers: { authorization } });
  assert.equal((await knock(null)).status, 401);
  assert.match((await knock("Bearer wrong")).headers.get("www-authenticate")!, /^Bearer/);
  const statuses = [];
  for (let i = 0; i < 20; i++) statuses.push((await knock(`Bearer glasshouse_scim_${i}`)).status);
  assert.equal(statuses.at(-1), 429);
  const late = await knock("Bearer wrong");
  assert.ok(Number(late.headers.get("retry-after")) >= 1);
  assert.equal((await knock(`Bearer ${secret}`)).status, 200, "who has one is let in meanwhile");
  clock.now += 60_000;
  assert.equal((await knock("Bearer wrong")).status, 401);
});

test("so many requests at once, and so many a second for long", () => {
  const limit = new Limit(3, 2);
  const at = (ms: number) => limit.take("a", ms);
  assert.deepEqual([at(0), at(0), at(0), at(0)], [0, 0, 0, 1]);
  assert.equal(at(500), 0);
  assert.equal(at(500), 1);
  assert.equal(limit.take("b", 500), 0, "each for itself");
  assert.deepEqual([at(60_000), at(60_000), at(60_000), at(60_000)], [0, 0, 0, 1]);
});
