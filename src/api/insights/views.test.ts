import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { handlers } from "../handlers.ts";
import { serveHttp } from "../http/server.ts";
import { NOW, testContext } from "../testing.ts";

type TestContext = Parameters<typeof testContext>[0];
type Answer = {
  items: { id: number; name: string; query: string; shared: boolean; mine: boolean; owner: string | null }[];
  id: number;
  error: { code: string };
};

/** A viewer with a private and a shared view, and others who look. */
async function views(t: TestContext) {
  const { context, store, token, session, connect } = await testContext(t);
  const config = { host: "127.0.0.1", port: 0, publicUrl: null };
  const http = await serveHttp(context, { config, handlers, consoleDir: join(store.dir, "console") });
  t.after(() => http.close());
  const people = {
    owner: await token("viewer"),
    viewer: await token("viewer"),
    operator: await token("operator"),
    admin: await token("admin"),
  };
  const ask = async (
    who: keyof typeof people | { cookie: string },
    method: string,
    path: string,
    body?: object,
  ) => {
    const headers = typeof who === "string" ? people[who] : { ...who, origin: http.url };
    const answer = await fetch(`${http.url}/api/v1${path}`, {
      method,
      headers: { ...headers, "content-type": "application/json" },
      body: body && JSON.stringify(body),
    });
    return { status: answer.status, body: (await answer.json()) as Answer };
  };
  const keep = async (name: string, shared: boolean) =>
    (await ask("owner", "POST", "/views", { page: "users", name, query: "use=unused", shared })).body.id;
  return {
    ask,
    store,
    session,
    connect,
    ids: { private: await keep("Mine", false), shared: await keep("Ours", true) },
  };
}

test("each sees the own views and the shared ones, by name", async (t) => {
  const { ask } = await views(t);
  const names = async (who: "owner" | "viewer" | "admin", page = "users") =>
    (await ask(who, "GET", `/views?page=${page}`)).body.items.map(({ name, mine }) => [name, mine]);
  assert.deepEqual(await names("owner"), [
    ["Mine", true],
    ["Ours", true],
  ]);
  assert.deepEqual(await names("viewer"), [["Ours", false]]);
  assert.deepEqual(await names("admin"), [["Ours", false]]);
  assert.deepEqual(await names("owner", "grants"), []);
});

test("who is limited sees shared views of those alone who see no more; those of the trail are for admins", async (t) => {
  const { ask, session, connect, ids } = await views(t);
  const [eu, us] = [(await connect("Aldermoor EU")).id, (await connect("Aldermoor US")).id];
  const [reader, same, more] = [
    await session("viewer", [eu]),
    await session("operator", [eu]),
    await session("viewer", [eu, us]),
  ];
  const keep = async (who: { cookie: string } | "admin", name: string, page = "users") =>
    (await ask(who, "POST", "/views", { page, name, query: "search=mara", shared: true })).body;
  await keep(same, "Same");
  const beyond = await keep(more, "Leavers of Aldermoor US");
  const trail = await keep("admin", "Who was here", "trail");
  const names = async (who: { cookie: string } | "admin" | "viewer") =>
    (await ask(who, "GET", "/views")).body.items.map(({ name }) => name);
  assert.deepEqual(await names(reader), ["Same"]);
  assert.deepEqual(await names(more), ["Leavers of Aldermoor US", "Same"]);
  assert.deepEqual(await names("viewer"), ["Leavers of Aldermoor US", "Ours", "Same"]);
  assert.deepEqual(await names("admin"), ["Leavers of Aldermoor US", "Ours", "Same", "Who was here"]);
  for (const [who, id] of [
    [reader, beyond.id],
    [reader, ids.shared],
    ["viewer", trail.id],
  ] as const) {
    assert.equal((await ask(who, "DELETE", `/views/${id}`)).body.error.code, "view_not_found");
  }
  assert.equal((await keep(same, "Mine", "trail")).error.code, "not_allowed");
});

test("a hundred views of one, and five hundred shared, are enough", async (t) => {
  const { ask, store, ids } = await views(t);
  const post = async (who: "owner" | "viewer", name: string, shared = false) =>
    (await ask(who, "POST", "/views", { page: "users", name, query: "", shared })).body.error?.code ?? null;
  const owner = (await store.read.selectFrom("saved_view").select("owner").executeTakeFirstOrThrow()).owner;
  const add = (count: number, of: (n: number) => { owner: number; shared: 0 | 1 }) => {
    const rest = { page: "grants", query: "", created_at: NOW };
    const rows = Array.from({ length: count }, (_, n) => ({
      ...of(n),
      ...rest,
      name: `${n}`,
      name_key: `${n}`,
    }));
    return store.write((tx) => tx.insertInto("saved_view").values(rows).execute());
  };
  await add(97, () => ({ owner, shared: 0 }));
  assert.deepEqual(
    [await post("owner", "The last"), await post("owner", "One more")],
    [null, "not_possible"],
  );
  await add(499, (n) => ({ owner: 1000 + Math.floor(n / 100), shared: 1 }));
  assert.deepEqual([await post("viewer", "A", true), await post("viewer", "A")], ["not_possible", null]);
  const shared = await ask("owner", "PATCH", `/views/${ids.private}`, { shared: true });
  assert.equal(shared.body.error.code, "not_possible");
});

for (const [name, who, body, status, code] of [
  ["the same name in another case", "owner", { page: "users", name: " mINE ", query: "" }, 409, "name_taken"],
  ["the same name on another page", "owner", { page: "grants", name: "Mine", query: "" }, 201, null],
  ["the same name of somebody else", "viewer", { page: "users", name: "Mine", query: "" }, 201, null],
  ["no name", "owner", { page: "users", name: "  ", query: "" }, 400, "invalid_request"],
  ["a page that there isn't", "owner", { page: "salaries", name: "A", query: "" }, 400, "invalid_request"],
] as const) {
  test(`keeping a view, ${name}: ${code ?? "kept"}`, async (t) => {
    const { ask } = await views(t);
    const answer = await ask(who, "POST", "/views", body);
    assert.deepEqual([answer.status, answer.body.error?.code ?? null], [status, code]);
  });
}

for (const [who, which, status, code] of [
  ["owner", "private", 200, null],
  ["owner", "shared", 200, null],
  ["viewer", "private", 404, "view_not_found"],
  ["viewer", "shared", 403, "not_allowed"],
  ["operator", "shared", 403, "not_allowed"],
  ["admin", "private", 404, "view_not_found"],
  ["admin", "shared", 200, null],
] as const) {
  test(`deleting the owner's ${which} view as ${who}: ${code ?? "deleted"}`, async (t) => {
    const { ask, ids } = await views(t);
    const answer = await ask(who, "DELETE", `/views/${ids[which]}`);
    assert.deepEqual([answer.status, answer.body.error?.code ?? null], [status, code]);
    const left = (await ask("owner", "GET", "/views")).body.items.map(({ id }) => id);
    assert.equal(left.includes(ids[which]), code !== null);
  });
}

for (const [name, who, which, body, status, code] of [
  ["renamed by its owner", "owner", "private", { name: "Sleepers" }, 200, null],
  ["its own name in another case", "owner", "private", { name: "MINE" }, 200, null],
  ["another address", "owner", "shared", { query: "use=never_used" }, 200, null],
  ["shared", "owner", "private", { shared: true }, 200, null],
  ["no longer shared", "owner", "shared", { shared: false }, 200, null],
  ["a name that its owner has", "owner", "private", { name: "ours" }, 409, "name_taken"],
  ["no name", "owner", "private", { name: " " }, 400, "invalid_request"],
  ["somebody's private one by another", "viewer", "private", { name: "A" }, 404, "view_not_found"],
  ["somebody's private one by an admin", "admin", "private", { name: "A" }, 404, "view_not_found"],
  ["somebody's shared one by another", "viewer", "shared", { name: "A" }, 403, "not_allowed"],
  ["somebody's shared one by an admin", "admin", "shared", { name: "A" }, 200, null],
] as const) {
  test(`changing a view, ${name}: ${code ?? "changed"}`, async (t) => {
    const { ask, ids } = await views(t);
    const seen = async () =>
      (await ask("owner", "GET", "/views")).body.items.find(({ id }) => id === ids[which])!;
    const before = await seen();
    const answer = await ask(who, "PATCH", `/views/${ids[which]}`, body);
    assert.deepEqual([answer.status, answer.body.error?.code ?? null], [status, code]);
    assert.deepEqual(await seen(), code === null ? { ...before, ...body } : before);
  });
}
