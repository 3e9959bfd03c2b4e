/** Who may do what: every endpoint of the contract, for everybody who could ask, over real HTTP. */
import assert from "node:assert/strict";
import { request } from "node:http";
import { join } from "node:path";
import { test } from "node:test";
import { NEEDS, type Needs } from "../../model/member.ts";
import { deleteConnectionBatch } from "../../store/connections/connections.ts";
import { needSecondFactor } from "../../store/members/second-factor-rule.ts";
import { listTrail } from "../../store/members/trail.ts";
import type { Endpoint } from "../contract/kit.ts";
import { API, type EndpointName, endpoints } from "../contract.ts";
import type { Handlers } from "../handler.ts";
import { handlers } from "../handlers.ts";
import { buildApp } from "../http/app.ts";
import { ASKED } from "../http/member-limits.ts";
import { serveHttp } from "../http/server.ts";
import { NOW, testContext } from "../testing.ts";
import { leavesTrail } from "../trail/trail.ts";

type TestContext = Parameters<typeof testContext>[0];

/** Only whether a handler is reached matters here: each one ends in a teapot's way. */
const REACHED = "reached";
const reached = new Proxy({} as Handlers, {
  get: () => async () => {
    throw new Error(REACHED);
  },
});

async function server(t: TestContext, handlers: Handlers = reached) {
  const built = await testContext(t);
  const config = { host: "127.0.0.1", port: 0, publicUrl: null };
  const http = await serveHttp(built.context, {
    config,
    handlers,
    consoleDir: join(built.store.dir, "console"),
  });
  t.after(() => http.close());
  return { ...built, url: http.url };
}

const all = Object.entries(endpoints) as [EndpointName, Endpoint][];

/** A path that its parameters allow. */
const pathOf = ({ path }: Endpoint) => API + path.replace("{stream}", "users").replaceAll(/\{\w+\}/g, "1");

/** `reached`, also where only the body is not what the endpoint takes; else the code of the refusal. */
function ask(url: string, endpoint: Endpoint, headers: Record<string, string>): Promise<string> {
  return new Promise((done, failed) => {
    const { method } = endpoint;
    request(url + pathOf(endpoint), { method, headers }, async (answer) => {
      let text = "";
      for await (const chunk of answer) text += chunk;
      const code = JSON.parse(text).error?.code ?? "none";
      done(code === "internal" || code === "invalid_request" ? REACHED : code);
    })
      .on("error", failed)
      .end();
  });
}

function expected(endpoint: Endpoint, has: Needs, via: "session" | "token" | "nothing"): string {
  const { needs, by } = endpoint;
  if (NEEDS.indexOf(has) < NEEDS.indexOf(needs)) return has === "nobody" ? "not_authorized" : "not_allowed";
  return by && via !== "session" ? "session_needed" : REACHED;
}

for (const [name, has, via] of [
  ["nobody", "nobody", "nothing"],
  ["a viewer", "viewer", "session"],
  ["an operator", "operator", "session"],
  ["an admin", "admin", "session"],
  ["a viewer's token", "viewer", "token"],
  ["an operator's token", "operator", "token"],
  ["an admin's token", "admin", "token"],
] as const) {
  test(`every endpoint, asked by ${name}`, async (t) => {
    const { url, session, token, member } = await server(t);
    await member("admin");
    const who = has === "nobody" ? {} : via === "session" ? await session(has) : await token(has);
    for (const [endpointName, endpoint] of all) {
      const answer = await ask(url, endpoint, { ...who, origin: url });
      assert.equal(answer, expected(endpoint, has, via), endpointName);
    }
    const { status: counted } = await fetch(`${url}/metrics`, { headers: { ...who } });
    const enough = NEEDS.indexOf(has) >= NEEDS.indexOf("operator");
    assert.equal(counted, enough ? 200 : has === "nobody" ? 401 : 403, "metrics");
    for (const [method, path] of SCIM) {
      const { status } = await fetch(`${url}/scim/v2${path}`, { method, headers: { ...who, origin: url } });
      assert.equal(status, 401, `${method} ${path}: its own tokens open it, and nothing else`);
    }
  });
}
const SCIM: [method: string, path: string][] = [
  ["GET", "/Users"],
  ["POST", "/Users"],
  ...["GET", "PUT", "PATCH", "DELETE"].map((method): [string, string] => [method, "/Users/1"]),
  ["GET", "/Schemas"],
  ["GET", "/Groups"],
];

test("every endpoint, asked by an admin whom a password has let in alone where that isn't enough: only what adds a factor", async (t) => {
  const { url, session, store } = await server(t);
  await store.write((tx) => needSecondFactor(tx, true));
  const who = { ...(await session("admin")), origin: url };
  const open: string[] = [];
  for (const [name, endpoint] of all) {
    const answer = await ask(url, endpoint, who);
    if (answer === REACHED && endpoint.needs !== "nobody") open.push(name);
    else assert.equal(answer, endpoint.needs === "nobody" ? REACHED : "second_factor_missing", name);
  }
  assert.deepEqual(open.toSorted(), ADDS_FACTOR.toSorted());
  for (const path of ["/api/v1/openapi.json", "/metrics", "/api/v1/nothing"])
    assert.equal((await fetch(url + path, { headers: who })).status, 403, path);
});
const ADDS_FACTOR = ["beginTotp", "confirmTotp", "listPasskeys", "beginPasskey", "addPasskey"];

test("every endpoint, asked by an admin's browser on a page of another site: refused", async (t) => {
  const { url, session } = await server(t);
  const who = await session("admin");
  for (const [name, endpoint] of all) {
    for (const origin of ["https://evil.example", "null", `${url}.evil.example`]) {
      assert.equal(await ask(url, endpoint, { ...who, origin }), "origin_not_allowed", name);
    }
  }
});

test("every endpoint, asked by an admin's browser for a picture or a link of another page: refused, without an Origin too", async (t) => {
  const { url, session } = await server(t);
  const who = await session("admin");
  for (const [name, endpoint] of all) {
    const origin: Record<string, string> = endpoint.method === "GET" ? {} : { origin: url };
    const by = (site: string) => ask(url, endpoint, { ...who, ...origin, "sec-fetch-site": site });
    // Another port of this machine is the same site: its pages bring the cookie along.
    for (const site of ["cross-site", "same-site"]) assert.equal(await by(site), "origin_not_allowed", name);
    for (const site of ["same-origin", "none"]) {
      assert.equal(await by(site), expected(endpoint, "admin", "session"), name);
    }
  }
});

test("what is no endpoint of its own answers nobody either: HEAD, and methods that no endpoint has", async (t) => {
  const { url, session } = await server(t);
  const who = await session("admin");
  for (const [name, { method, path }] of all) {
    const at = url + pathOf({ path } as Endpoint);
    if (method === "GET") {
      const { status } = await fetch(at, { method: "HEAD", headers: who });
      assert.equal(status, 404, name);
    }
    assert.equal(
      (await fetch(at, { method: "PROPFIND", headers: { ...who, origin: url } })).status,
      404,
      name,
    );
  }
});

for (const [name, end] of [
  ["unused for 12 hours", { last_seen_at: NOW - 12 * 3_600_000 }],
  ["7 days old", { ends_at: NOW }],
  ["ended", null],
] as const) {
  test(`every endpoint, asked with an admin's session that is ${name}: as by nobody`, async (t) => {
    const { url, session, store } = await server(t);
    const who = await session("admin");
    await store.write(async (tx) => {
      await (end ? tx.updateTable("session").set(end).execute() : tx.deleteFrom("session").execute());
    });
    for (const [endpointName, endpoint] of all) {
      const answer = await ask(url, endpoint, { ...who, origin: url });
      assert.equal(answer, expected(endpoint, "nobody", "nothing"), endpointName);
    }
  });
}

for (const [name, cookie] of [
  ["nothing", ""],
  ["a guess", "A".repeat(43)],
  ["SQL", "' or 1=1 --"],
  ["a session's number", "1"],
] as const) {
  test(`a session's cookie that holds ${name} opens nothing`, async (t) => {
    const { url, session } = await server(t);
    await session("admin");
    const answer = await ask(url, endpoints.listConnections, { cookie: `glasshouse_session=${cookie}` });
    assert.equal(answer, "not_authorized");
  });
}

test("every endpoint that changes something, asked with a cookie and without an origin: refused", async (t) => {
  const { url, session } = await server(t);
  const who = await session("admin");
  for (const [name, endpoint] of all) {
    if (endpoint.method === "GET") continue;
    assert.equal(await ask(url, endpoint, who), "origin_not_allowed", name);
  }
});

test("every endpoint before there is an admin: only the session and the setup answer", async (t) => {
  const { url } = await server(t);
  const open: string[] = [];
  for (const [name, endpoint] of all) {
    const answer = await ask(url, endpoint, { origin: url });
    if (answer === REACHED) open.push(name);
    else assert.equal(answer, "unclaimed", name);
  }
  assert.deepEqual(open, ["getSession", "claim"]);
  for (const path of ["/api/v1/openapi.json", "/metrics", "/api/v1/nothing"]) {
    assert.equal((await fetch(url + path)).status, 403, path);
  }
});

test("what stands in an address names things, and opens none", () => {
  const found = all.flatMap(([, { path, query }]) => [
    ...[...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name!),
    ...Object.keys(query?.shape ?? {}).filter((name) => /code|key|link|pass|secret|token/i.test(name)),
  ]);
  assert.deepEqual([...new Set(found)].toSorted(), NAMES.toSorted());
});
/** Whatever is added here stands in the logs of every proxy. */
const NAMES = [
  ...[
    "action",
    "c",
    "delivery",
    "destination",
    "event",
    "finding",
    "id",
    "member",
    "passkey",
    "run",
    "session",
  ],
  ...["stream", "token", "user", "view"],
];

test("what no sign-in is asked for is a short list", () => {
  const open = all.filter(([, { needs }]) => needs === "nobody").map(([name]) => name);
  assert.deepEqual(open.toSorted(), OPEN.toSorted());
});
/** Whatever is added here answers strangers. */
const OPEN = [
  "getSession",
  "claim",
  "signIn",
  "signOut",
  "acceptInvitation",
  "beginSso",
  "signInWithSso",
  "beginPasskeySignIn",
  "signInWithPasskey",
  "openCredentialLink",
  "useCredentialLink",
];

test("every endpoint over the socket of this machine is let in, but those for people", async (t) => {
  const { context } = await testContext(t);
  const app = await buildApp(context, { guard: null, handlers: reached });
  t.after(() => app.close());
  for (const [name, endpoint] of all) {
    const answer = await app.inject({ method: endpoint.method, url: pathOf(endpoint) });
    const code = answer.json().error?.code;
    const let_in = code === "internal" || code === "invalid_request";
    assert.equal(let_in, endpoint.by !== "session", `${name}: ${code}`);
  }
});

for (const [name, role, owner, endsAt, status] of [
  ["a viewer's token of an admin", "viewer", "admin", null, 403],
  ["an admin's token of a viewer", "admin", "viewer", null, 403],
  ["an admin's token of an admin", "admin", "admin", null, 500],
  ["a token that ends in a minute", "admin", "admin", NOW + 60_000, 500],
  ["a token that has ended", "admin", "admin", NOW, 401],
] as const) {
  test(`${name}: ${status} at what an admin may`, async (t) => {
    const { url, token } = await server(t);
    const answer = await fetch(`${url}${API}/rotate-key`, {
      method: "POST",
      headers: await token(role, owner, endsAt),
    });
    assert.equal(answer.status, status);
  });
}

test("a token ends with its owner, and with the owner's role", async (t) => {
  const { url, token, member, store } = await server(t);
  await member("admin");
  const headers = await token("viewer");
  const status = async () => (await fetch(`${url}${API}/openapi.json`, { headers })).status;
  assert.equal(await status(), 200);
  await store.write((tx) =>
    tx.updateTable("member").set({ role: null }).where("role", "=", "viewer").execute(),
  );
  assert.equal(await status(), 401);
  await store.write((tx) => tx.deleteFrom("member").where("role", "is", null).execute());
  assert.equal(await status(), 401);
});

test("a member who asks for one file after the other without end is told when to go on; others aren't, nor is it kept", async (t) => {
  const { url, session, store } = await server(t);
  const [who, other] = [await session("admin"), await session("admin")];
  const { burst } = ASKED.files;
  let [asked, wait] = [0, null as string | null];
  while (wait === null && asked < 10 * burst) {
    const { status, headers } = await fetch(url + pathOf(endpoints.exportTrail), { headers: who });
    if (status === 429) wait = headers.get("retry-after");
    else asked++;
  }
  assert.ok(asked >= burst, `${asked}`);
  assert.equal(wait, "1");
  assert.equal((await listTrail(store.read, { before: null, limit: 10 * burst })).length, asked);
  assert.equal(await ask(url, endpoints.listMembers, who), REACHED);
  assert.equal(await ask(url, endpoints.exportTrail, other), REACHED);
});

test("whose data is being deleted is told to those who could see it, and nobody need wait for its end", async (t) => {
  const { url, session, store, connect, context } = await server(t, handlers);
  const [gone, stays] = [await connect("Aldermoor"), await connect("Aldermoor EU")];
  const asked: unknown[] = [];
  context.services.disconnect = async ({ id }, ...how) => {
    asked.push(how);
    await store.write((tx) => deleteConnectionBatch(tx, id));
  };
  const admin = { ...(await session("admin")), origin: url };
  const answer = await fetch(`${url}${API}/connections/${gone.id}?data=delete&wait=false`, {
    method: "DELETE",
    headers: admin,
  });
  assert.deepEqual([await answer.json(), asked], [{ data: "deleting" }, [["delete", false]]]);
  const told = async (headers: Record<string, string>) =>
    ((await (await fetch(`${url}${API}/deletions`, { headers })).json()) as { items: unknown[] }).items;
  assert.deepEqual(await told(admin), [{ id: gone.id, name: "Aldermoor" }]);
  assert.deepEqual(await told(await session("viewer", [stays.id])), []);
});

test("what is refused leaves a row too; what is read leaves none", async (t) => {
  const { url, session, store, connect } = await server(t);
  await connect("Aldermoor");
  const who = { ...(await session("viewer")), origin: url };
  await ask(url, endpoints.disconnect, who);
  await ask(url, endpoints.listRuns, who);
  await ask(url, endpoints.backup, { origin: url });
  const rows = await listTrail(store.read, { before: null, limit: 10 });
  assert.deepEqual(
    rows.map(({ by, name, action, target, result }) => ({ by, name, action, target, result })),
    [
      {
        by: "member",
        name: "The viewer (viewer.1@aldermoor.example)",
        action: "disconnect",
        target: "1",
        result: "not_allowed",
      },
    ],
  );
});

test("what changes something and leaves no row is a short list", () => {
  const without = all.filter(([, endpoint]) => endpoint.method !== "GET" && !leavesTrail(endpoint));
  assert.deepEqual(without.map(([name]) => name).toSorted(), ROWLESS.toSorted());
});
/** They look at something that is sent along, or begin what leaves a row at its end. */
const ROWLESS = [
  ...["draftSiteAdmins", "previewImport", "previewLicenseRules", "previewWindows"],
  ...["beginSso", "beginPasskeySignIn", "openCredentialLink"],
];

test("every endpoint that changes something leaves one row, by whom and how it ended", async (t) => {
  const { url, token, store } = await server(t);
  const who = await token("admin");
  const body = "{}";
  for (const [name, endpoint] of all) {
    if (endpoint.method === "GET" || endpoint.trail === false || endpoint.query) continue;
    if (endpoint.body && !endpoint.body.safeParse({}).success) continue;
    if (NEEDS.indexOf(endpoint.needs) > NEEDS.indexOf("admin")) continue;
    const before = await listTrail(store.read, { before: null, limit: 1000 });
    await fetch(url + pathOf(endpoint), {
      method: endpoint.method,
      headers: { ...who, "content-type": "application/json" },
      body,
    });
    const after = await listTrail(store.read, { before: null, limit: 1000 });
    assert.equal(after.length, before.length + 1, name);
    assert.equal(after[0]!.action, name);
    assert.equal(after[0]!.by, "token", name);
    assert.equal(after[0]!.result, endpoint.by ? "session_needed" : "internal", name);
  }
});
