import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { handlers } from "./handlers.ts";
import { serveHttp } from "./server.ts";
import { testContext } from "./testing.ts";

type TestContext = Parameters<typeof testContext>[0];
type Answer = {
  items: { id: number; name: string; query: string; shared: boolean; mine: boolean; owner: string | null }[];
  id: number;
  error: { code: string };
};

/** A viewer with a private and a shared view, and others who look. */
async function views(t: TestContext) {
  const { context, store, token } = await testContext(t);
  const config = { host: "127.0.0.1", port: 0, publicUrl: null };
  const http = await serveHttp(context, { config, handlers, consoleDir: join(store.dir, "console") });
  t.after(() => http.close());
  const people = {
    owner: await token("viewer"),
    viewer: await token("viewer"),
    operator: await token("operator"),
    admin: await token("admin"),
  };
  const ask = async (who: keyof typeof people, method: string, path: string, body?: object) => {
    const answer = await fetch(`${http.url}/api/v1${path}`, {
      method,
      headers: { authorization: people[who].authorization, "content-type": "application/json" },
      body: body && JSON.stringify(body),
    });
    return { status: answer.status, body: (await answer.json()) as Answer };
  };
  const keep = async (name: string, shared: boolean) =>
    (await ask("owner", "POST", "/views", { page: "users", name, query: "use=unused", shared })).body.id;
  return { ask, ids: { private: await keep("Mine", false), shared: await keep("Ours", true) } };
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
