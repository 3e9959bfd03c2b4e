/** One-time links over real HTTP: a credential comes in, and nothing else goes out. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import type { Simulator } from "../simulator/index.ts";
import { handlers } from "../src/api/handlers.ts";
import { serveHttp } from "../src/api/http/server.ts";
import { people } from "../src/api/testing.ts";
import { listConnections } from "../src/store/connections/connections.ts";
import { listTrail } from "../src/store/members/trail.ts";
import { connect, draftFor, open, simulate, sync } from "./harness.ts";

const OPEN = "/credential-links/open";
const USE = "/credential-links/use";

interface Body {
  id: number;
  link: string;
  items: { id: number; name: string }[];
  error: { code: string; message: string; cure?: string };
  steps: { step: string; state: string; cause: string | null }[];
}

async function installation(t: TestContext, sim: Simulator) {
  const house = await open(t);
  const http = await serveHttp(
    {
      services: house.services,
      config: { origins: sim.urls, publicUrl: null, trustProxy: [] },
      version: "0.0.0-test",
      scheduled: false,
      now: Date.now,
    },
    {
      config: { host: "127.0.0.1", port: 0, publicUrl: null },
      handlers,
      consoleDir: join(house.dataDir, "console"),
    },
  );
  t.after(() => http.close());
  const { session } = people(house.store, Date.now());
  const ask = async (method: string, path: string, body?: object, headers: Record<string, string> = {}) => {
    const answer = await fetch(`${http.url}/api/v1${path}`, {
      method,
      headers: { "content-type": "application/json", origin: http.url, ...headers },
      body: body && JSON.stringify(body),
    });
    const text = await answer.text();
    return { status: answer.status, text, body: JSON.parse(text) as Body };
  };
  const admin = await session("admin");
  const make = async (body: object) => (await ask("POST", "/connections/credential-links", body, admin)).body;
  return { house, ask, admin, session, make };
}

const right = (sim: Simulator) => ({
  clientId: sim.clientId,
  secret: sim.clientSecret,
  adminUser: String(sim.siteAdminId),
});

test("a link for a new connection: mended after a failure, used once, nothing else shown", async (t) => {
  const sim = await simulate(t, { users: 20 });
  const { ask, make, house } = await installation(t, sim);
  const { link } = await make({ name: "Aldermoor", settings: { timeZone: "Europe/Zurich" } });
  const opened = await ask("POST", OPEN, { link });
  assert.deepEqual(Object.keys(opened.body).sort(), [
    "credentialKind",
    "endsAt",
    "name",
    "permissionType",
    "replaces",
    "usage",
  ]);

  const wrong = await ask("POST", USE, { link, ...right(sim), secret: "not-the-secret" });
  assert.deepEqual([wrong.status, wrong.body.error.code], [422, "test_failed"]);
  assert.deepEqual(await listConnections(house.store.read), []);

  const used = await ask("POST", USE, { link, ...right(sim) });
  assert.equal(used.status, 200, used.text);
  assert.ok(used.body.steps.some(({ step, state }) => step === "users" && state === "well"));
  const [connection] = await listConnections(house.store.read);
  assert.deepEqual(
    [connection!.name, connection!.settings.timeZone, connection!.permissionType, connection!.adminUserId],
    ["Aldermoor", "Europe/Zurich", "read", String(sim.siteAdminId)],
  );

  for (const [path, body] of [
    [OPEN, {}],
    [USE, right(sim)],
  ] as const) {
    const again = await ask("POST", path, { link, ...body });
    assert.deepEqual([again.status, again.body.error.code], [404, "link_not_usable"]);
  }
  const { users } = (await (await fetch(`${sim.url}/_sim/dump?parts=users`)).json()) as {
    users: { first_name: string; last_name: string; id: number }[];
  };
  const ada = users.find(({ id }) => id === sim.siteAdminId)!;
  for (const text of [ada.last_name, sim.clientSecret, "not-the-secret"]) {
    assert.ok(!`${wrong.text}${used.text}`.includes(text), `${text} is shown`);
  }
  const trail = JSON.stringify(await listTrail(house.store.read, { before: null, limit: 50 }));
  assert.match(trail, /"useCredentialLink","target":"Aldermoor"/);
  for (const secret of [link, sim.clientSecret, sim.clientId]) assert.ok(!trail.includes(secret));
});

test("a link for a connection that there is", async (t) => {
  const sim = await simulate(t, { users: 20 });
  const { ask, make, house } = await installation(t, sim);
  const { connection } = await connect(house, draftFor(sim, "harvest_v3"));
  await sync(house, connection);
  const put = async (credential: object, kind = "harvest_v3") => {
    const { link } = await make({ connection: "aldermoor", credentialKind: kind });
    return ask("POST", USE, { link, ...credential });
  };

  await t.test("its own credential again, with the same admin user", async () => {
    assert.equal((await put(right(sim))).status, 200);
  });
  await t.test("an admin user who isn't one is told as a cause, without a name", async () => {
    const answer = await put({ ...right(sim), adminUser: String(sim.nonAdminId) });
    assert.equal(answer.body.error.code, "test_failed");
    const { name } = (await house.store.read
      .selectFrom("user")
      .select("name")
      .where("user_id", "=", String(sim.nonAdminId))
      .executeTakeFirstOrThrow()) as { name: string };
    assert.ok(!answer.text.includes(name));
  });
  await t.test("another account is refused", async () => {
    sim.control.patchScenario({ "credentials.v3": { "other-9": { secret: "other-secret" } } });
    sim.control.mutate({ op: "otherAccount", account: 1 });
    const answer = await put({ clientId: "other-9", secret: "other-secret" });
    assert.deepEqual([answer.status, answer.body.error.code], [409, "other_account"]);
    const [same] = await listConnections(house.store.read);
    assert.equal(same!.fingerprint, connection.fingerprint);
  });
});

test("which connection has a credential already is not told", async (t) => {
  const sim = await simulate(t, { users: 20 });
  const { ask, make, house } = await installation(t, sim);
  await connect(house, draftFor(sim, "harvest_v3", { name: "Secret Merger" }));
  const { link } = await make({ name: "Aldermoor" });
  const answer = await ask("POST", USE, { link, ...right(sim) });
  assert.deepEqual([answer.status, answer.body.error.code], [409, "account_taken"]);
  assert.ok(!answer.text.includes("Merger"));
});

test("links that open nothing", async (t) => {
  const sim = await simulate(t, { users: 20 });
  const { ask, make, house, admin } = await installation(t, sim);
  const { connection } = await connect(house, draftFor(sim, "harvest_v3"));
  const refused = async (link: string) => {
    const answer = await ask("POST", OPEN, { link });
    assert.deepEqual([answer.status, answer.body.error.code], [404, "link_not_usable"]);
  };
  const at = (id: number, change: { ends_at: number } | { taken_until: number }) =>
    house.store.write((tx) =>
      tx.updateTable("credential_link").set(change).where("credential_link", "=", id).execute(),
    );

  await t.test("one that never was", () => refused("x".repeat(43)));
  await t.test("one of yesterday", async () => {
    const { id, link } = await make({ name: "Old" });
    await at(id, { ends_at: Date.now() });
    await refused(link);
  });
  await t.test("one that somebody is using", async () => {
    const { id, link } = await make({ name: "Used" });
    await at(id, { taken_until: Date.now() + 60_000 });
    await refused(link);
    await at(id, { taken_until: Date.now() });
    const free = await ask("POST", OPEN, { link });
    assert.equal(free.status, 200, "whoever tried it was killed: it is free again, and by itself");
  });
  await t.test("one that was taken back", async () => {
    const { id, link } = await make({ name: "Back" });
    const listed = (await ask("GET", "/connections/credential-links", undefined, admin)).body.items;
    assert.ok(listed.some((each) => each.id === id && each.name === "Back"));
    assert.equal((await ask("DELETE", `/connections/credential-links/${id}`, undefined, admin)).status, 200);
    await refused(link);
  });
  await t.test("one whose connection is gone", async () => {
    const { link } = await make({ connection: "Aldermoor" });
    await house.services.disconnect(connection, "delete");
    await refused(link);
  });
});

test("who may make a link", async (t) => {
  const sim = await simulate(t, { users: 20 });
  const { ask, session, admin } = await installation(t, sim);
  for (const [name, headers, body, status] of [
    ["an admin", admin, { name: "A" }, 201],
    ["an operator", await session("operator"), { name: "B" }, 403],
    ["a viewer", await session("viewer"), { name: "B" }, 403],
    ["nobody", {}, { name: "B" }, 401],
    ["an admin, for nothing", admin, {}, 400],
    ["an admin, for both", admin, { name: "B", connection: "A" }, 400],
    ["an admin, for a connection that there isn't", admin, { connection: "C" }, 404],
  ] as const) {
    await t.test(`${name}: ${status}`, async () => {
      const answer = await ask(
        "POST",
        "/connections/credential-links",
        body,
        headers as Record<string, string>,
      );
      assert.equal(answer.status, status, answer.text);
    });
  }
});
