/** What viewers, and members limited to some connections, don't get; over an account that was really synced. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { connect, draftFor, open, simulate, sync, temporaryFolder } from "../../../test/harness.ts";
import { GREENHOUSE_ORIGINS } from "../../model/connection.ts";
import type { Endpoint } from "../contract/kit.ts";
import { API, type EndpointName, endpoints } from "../contract.ts";
import { handlers } from "../handlers.ts";
import { serveHttp } from "../http/server.ts";
import { people } from "../testing.ts";

async function twoAccounts(t: TestContext) {
  const [sim, other] = [
    await simulate(t, { users: 30, eventsPerDay: 30, days: 30 }),
    await simulate(t, { users: 20, eventsPerDay: 10, days: 30, seed: 7 }),
  ];
  const house = await open(t);
  const { connection } = await connect(house, draftFor(sim, "harvest_v3"));
  await sync(house, connection);
  const second = (await connect(house, draftFor(other, "harvest_v3", { name: "Aldermoor EU" }))).connection;
  const context = {
    services: house.services,
    config: { origins: GREENHOUSE_ORIGINS, publicUrl: null, trustProxy: [] },
    version: "0.0.0-test",
    scheduled: false,
    now: Date.now,
  };
  const config = { host: "127.0.0.1", port: 0, publicUrl: null };
  const consoleDir = join(temporaryFolder(t), "console");
  const http = await serveHttp(context, { config, handlers, consoleDir });
  t.after(() => http.close());
  const get = async (headers: Record<string, string>, path: string) => {
    const answer = await fetch(http.url + API + path, { headers });
    const text = await answer.text();
    return { status: answer.status, text, json: () => JSON.parse(text) };
  };
  return { ...people(house.store, Date.now()), get, sim, connection, second, url: http.url };
}

const IP = /\b\d{1,3}(\.\d{1,3}){3}\b/;

test("a viewer gets no IP address, client id or secret from any endpoint that reads; an operator gets addresses", async (t) => {
  const { session, get, sim, connection } = await twoAccounts(t);
  const [viewer, operator] = [await session("viewer"), await session("operator")];
  const { items } = (await get(operator, `/connections/${connection.id}/events?limit=500`)).json();
  const event = items.find((each: { ip: string | null }) => each.ip !== null);
  assert.ok(event, "the simulator tells addresses");
  const user = (await get(operator, `/connections/${connection.id}/users?limit=1`)).json().items[0].id;
  let asked = 0;
  for (const [name, endpoint] of Object.entries(endpoints) as [
    EndpointName,
    { method: string; path: string; needs: string; file?: unknown; stream?: unknown },
  ][]) {
    if (endpoint.method !== "GET" || endpoint.needs !== "viewer" || "by" in endpoint) continue;
    const path = endpoint.path
      .replace("{c}", String(connection.id))
      .replace("{user}", user)
      .replace("{event}", event.id)
      .replaceAll(/\{\w+\}/g, "1");
    const { text } = await get(viewer, path + (endpoint.file ? "?format=json" : ""));
    assert.doesNotMatch(
      text.replaceAll(/https?:\/\/127\.0\.0\.1:\d+|"host":"[^"]*"|127\.0\.0\.1:\d+/g, ""),
      IP,
      name,
    );
    for (const secret of [sim.clientId, sim.clientId.slice(-4), sim.clientSecret]) {
      assert.equal(text.includes(`"${secret}"`) || text.includes(sim.clientSecret), false, name);
    }
    asked++;
  }
  assert.ok(asked > 15);
  const shown = await get(operator, `/connections/${connection.id}/events/${event.id}`);
  assert.equal(shown.json().ip, event.ip);
});

/** What is asked of a connection that is hidden fails by that alone. */
const BODIES: Partial<Record<EndpointName, object>> = {
  acceptHeld: { rowsAbsent: 1 },
  linkUser: { employee: null },
  saveLicenseRules: { rules: [], purchased: [] },
  previewLicenseRules: { rules: [] },
  previewWindows: { windowDays: 28, windows: [] },
  setRequestTypes: { set: [{ requestType: "users#index", counts: true }] },
};

test("rights limited to one connection: the other is not listed, and is none that exists", async (t) => {
  const { session, get, connection, second, url } = await twoAccounts(t);
  const limited = await session("operator", [second.id]);
  const { items } = (await get(limited, "/connections")).json();
  assert.deepEqual(
    items.map(({ name }: { name: string }) => name),
    ["Aldermoor EU"],
  );
  assert.deepEqual((await get(limited, "/session")).json().member.connections, [second.id]);
  for (const path of [`/${connection.id}`, `/${connection.name}`]) {
    const hidden = await get(limited, `/connections${path}`);
    const absent = await get(limited, "/connections/Nothing");
    assert.equal(hidden.status, 404);
    assert.equal(hidden.text, absent.text.replace("Nothing", path.slice(1)));
  }
  let changing = 0;
  for (const [name, { method, path, needs, body }] of Object.entries(endpoints) as [
    EndpointName,
    Endpoint,
  ][]) {
    if (needs === "admin" || !path.startsWith("/connections/{c}")) continue;
    const of = path.replace("{c}", String(connection.id)).replace("{stream}", "users");
    const answer = await fetch(url + API + of.replaceAll(/\{\w+\}/g, "1"), {
      method,
      headers: { ...limited, origin: url, ...(body ? { "content-type": "application/json" } : {}) },
      ...(body ? { body: JSON.stringify(BODIES[name] ?? {}) } : {}),
    });
    const { error } = (await answer.json()) as { error: { code: string } };
    assert.equal(error.code, "connection_not_found", name);
    if (method !== "GET") changing++;
  }
  assert.ok(changing > 8, `${changing} that change something`);
  const none = await session("viewer", []);
  assert.deepEqual((await get(none, "/connections")).json().items, []);
  const admin = await session("admin", [second.id]);
  assert.equal(
    (await get(admin, "/connections")).json().items.length,
    2,
    "an admin's rights are never limited",
  );
});
