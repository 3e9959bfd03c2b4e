/** A support bundle of a synced account in whose every corner something personal or secret was planted. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { handlers } from "../src/api/handlers.ts";
import { buildApp } from "../src/api/http/app.ts";
import { GREENHOUSE_ORIGINS } from "../src/model/connection.ts";
import { connect, draftFor, open, simulate, sync } from "./harness.ts";
import { unzip } from "./unzip.ts";

const PLANTED = {
  name: "Mara Quill",
  mail: "mara.quill@aldermoor.example",
  ip: "203.0.113.77",
  id: "4017730022",
  secret: "s3cret-planted-0000000000",
  company: "Aldermoor Holdings",
  host: "proxy.aldermoor.example",
};

test("a support bundle tells states, runs and counts, and nothing of anybody", async (t) => {
  const sim = await simulate(t, { users: 20, eventsPerDay: 30 });
  const house = await open(t);
  const { connection } = await connect(house, draftFor(sim, "harvest_v3", { name: PLANTED.company }));
  await sync(house, connection);
  const everything = Object.values(PLANTED).join(" ");
  const ask = {
    method: "GET",
    path: `/v1/users/${PLANTED.id}/${PLANTED.mail}?q=${PLANTED.secret}`,
    host: PLANTED.host,
    status: 403,
    at: Date.now(),
    requestId: `${PLANTED.mail} ${PLANTED.ip}`,
  };
  await house.store.write(async (tx) => {
    const stream = "users";
    const facts = { name: PLANTED.name, user: PLANTED.id, all: [everything] };
    const verdict = {
      stream,
      state: "stopped",
      cause: "permission_missing",
      text: everything,
      cure: everything,
      ask,
      facts,
    };
    await tx
      .updateTable("verdict")
      .set({ verdict_json: JSON.stringify(verdict) })
      .where("stream", "=", stream)
      .execute();
    const error_json = JSON.stringify({
      cause: "permission_missing",
      message: everything,
      text: everything,
      ask,
    });
    await tx.updateTable("run").set({ error_json }).execute();
    const unreadable_json = JSON.stringify([
      { id: PLANTED.id, field: "created_at", problem: everything },
      { id: PLANTED.id, field: everything },
    ]);
    await tx.updateTable("step").set({ error_json, unreadable_json }).execute();
    await tx.updateTable("hole").set({ cause: everything }).execute();
    await tx
      .updateTable("lane")
      .set({ owner: everything, checkpoint_json: JSON.stringify({ cursor: everything }) })
      .execute();
    await tx.updateTable("connection").set({ admin_user: PLANTED.id, organization: PLANTED.id }).execute();
    await tx.updateTable("user").set({ name: PLANTED.name, email: PLANTED.mail }).execute();
    await tx.updateTable("event").set({ ip: PLANTED.ip, performer: PLANTED.name }).execute();
  });
  const context = {
    services: house.services,
    config: { origins: GREENHOUSE_ORIGINS, publicUrl: null, trustProxy: [] },
    version: "0.0.0-test",
    scheduled: false,
    now: Date.now,
  };
  const app = await buildApp(context, { guard: null, handlers });
  t.after(() => app.close());
  const url = await app.listen({ host: "127.0.0.1", port: 0 });
  const answer = await fetch(`${url}/api/v1/connections/${connection.id}/support-bundle`);
  assert.equal(answer.status, 200);
  const files = unzip(Buffer.from(await answer.arrayBuffer()));

  const hidden = {
    ...PLANTED,
    clientId: sim.clientId,
    clientSecret: sim.clientSecret,
    fingerprint: connection.fingerprint,
    simulator: new URL(sim.url).host,
  };
  for (const [what, text] of Object.entries(hidden)) {
    for (const [file, content] of files) {
      assert.ok(!content.includes(text), `${file} holds the ${what}`);
      for (const part of text.split(" "))
        assert.ok(!content.includes(part), `${file} holds a part of the ${what}`);
    }
    assert.ok(!answer.headers.get("content-disposition")!.includes(text));
  }
  const read = <T>(file: string) => JSON.parse(files.get(file)!.toString()) as T;
  const told =
    read<{ stream: string; cause: string; ask: { path: string; status: number; requestId: null } }[]>(
      "verdicts.json",
    );
  const users = told.find(({ stream }) => stream === "users")!;
  assert.equal(users.cause, "permission_missing");
  assert.deepEqual([users.ask.path, users.ask.status, users.ask.requestId], ["/v1/users/#/#", 403, null]);
  const runs =
    read<{ error: { cause: string }; steps: { rows: number; unreadableFields: string[] }[] }[]>("runs.json");
  assert.equal(runs.length, 3);
  assert.equal(runs[0]!.error.cause, "permission_missing");
  assert.ok(runs.some(({ steps }) => steps.some(({ rows }) => rows > 0)));
  assert.deepEqual(runs[0]!.steps[0]!.unreadableFields, ["created_at", null]);
  assert.ok(read<{ users: number }>("counts.json").users > 0);
  assert.ok(read<{ covered: unknown[] }>("coverage.json").covered.length > 0);
  assert.equal(read<{ origins: { harvest: string } }>("connection.json").origins.harvest, "another");
  assert.equal(read<{ glasshouse: string }>("about.json").glasshouse, "0.0.0-test");
  assert.ok(read<{ limit: number }[]>("limits.json").every(({ limit }) => limit > 0));
});
