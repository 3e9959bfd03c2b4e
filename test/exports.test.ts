/** Exports over real HTTP, of a simulated account that was really synced. */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { type TestContext, test } from "node:test";
import type { ExportStamp } from "../src/api/contract/exports.ts";
import type { ApiContext } from "../src/api/handler.ts";
import { handlers } from "../src/api/handlers.ts";
import { buildApp } from "../src/api/http/app.ts";
import { GREENHOUSE_ORIGINS } from "../src/model/connection.ts";
import { listTrail } from "../src/store/members/trail.ts";
import { markSample } from "../src/store/upkeep/sample.ts";
import { connect, draftFor, open, simulate, sync } from "./harness.ts";
import { unzip } from "./unzip.ts";

const sha256 = (data: Buffer | string) => createHash("sha256").update(data).digest("hex");

/** An account of 1,240 users, so that lists have several pages. */
async function account(t: TestContext) {
  const sim = await simulate(t, { users: 1240, jobPermissions: 2600, eventsPerDay: 40 });
  const house = await open(t);
  const { connection } = await connect(house, draftFor(sim, "harvest_v3", { name: "Alder & Moor" }));
  await sync(house, connection);
  const context: ApiContext = {
    services: house.services,
    config: { origins: GREENHOUSE_ORIGINS, publicUrl: null, trustProxy: [] },
    version: "0.0.0-test",
    scheduled: false,
    now: Date.now,
  };
  const app = await buildApp(context, { guard: null, handlers });
  t.after(() => app.close());
  const url = `${await app.listen({ host: "127.0.0.1", port: 0 })}/api/v1/connections/${connection.id}`;
  return { url, house, connection };
}

async function csvOf(url: string) {
  const answer = await fetch(url);
  assert.equal(answer.status, 200, await answer.clone().text());
  assert.equal(answer.headers.get("content-type"), "application/zip");
  const files = unzip(Buffer.from(await answer.arrayBuffer()));
  const stamp = JSON.parse(files.get("stamp.json")!.toString()) as ExportStamp;
  const data = files.get(stamp.file)!;
  return {
    stamp,
    data,
    text: files.get("stamp.txt")!.toString(),
    files,
    name: answer.headers.get("content-disposition")!,
  };
}
const lines = (data: Buffer) => data.toString().trimEnd().split("\n");

const ACTION = {
  users: "exportUsers",
  roles: "exportRoles",
  grants: "exportGrants",
  changes: "exportChanges",
} as const;

test("exports of a synced account", async (t) => {
  const { url, house, connection } = await account(t);
  const get = async (path: string) =>
    (await (await fetch(url + path)).json()) as { items: unknown[]; total: number };

  for (const [list, query] of [
    ["users", ""],
    ["users", "level=site_admin"],
    ["users", "status=active&search=a&sort=created&descending=true"],
    ["roles", ""],
    ["grants", ""],
    ["grants", "kind=future_job"],
    ["changes", ""],
    ["changes", "stream=users"],
  ] as const) {
    await t.test(`${list} ${query}: all rows of the filter, stamped`, async () => {
      const { stamp, data } = await csvOf(`${url}/${list}/export?${query}`);
      const { total } = await get(`/${list}?limit=1&${query}`);
      assert.equal(stamp.rows, total);
      assert.equal(stamp.list, list);
      assert.equal(stamp.of, (await get(`/${list}?limit=1`)).total);
      assert.equal(stamp.sha256, sha256(data));
      assert.equal(stamp.connection, "Alder & Moor");
      assert.ok(stamp.listing && stamp.coverage.length > 0 && stamp.sentence.includes("last sign-in"));
      assert.equal(stamp.sample, false);
      assert.equal(stamp.changedMeanwhile, false);
      const [row] = await listTrail(house.store.read, { before: null, limit: 1 });
      assert.deepEqual(
        [row!.action, row!.by, row!.connection, row!.result, row!.details!.sha256, row!.details!.rows],
        [ACTION[list], "machine", connection.id, "ok", stamp.sha256, stamp.rows],
      );
      assert.equal(stamp.member, "the command line");
      if (list === "users") assert.equal(lines(data).length, stamp.rows + 1);
      assert.equal(lines(data)[0], stamp.columns.join(","));
    });
  }

  for (const [list, query, sort] of [
    ["users", "", "name"],
    ["users", "sort=created&descending=true", "created, descending"],
    ["users", "asOf=AS_OF", "ID"],
    ["grants", "", "grants on jobs, then on future jobs; each by ID"],
    ["grants", "jobStatus=closed", "grants on jobs, then on future jobs; each by job ID, then ID"],
    ["grants", "userStatus=deactivated", "grants on jobs, then on future jobs; each by user ID, then ID"],
    ["changes", "", "time seen, newest first"],
  ] as const) {
    await t.test(`${list} ${query}: the stamp tells the order of the rows`, async () => {
      const { stamp } = await csvOf(
        `${url}/${list}/export?${query.replace("AS_OF", new Date().toISOString())}`,
      );
      assert.equal(stamp.sort, sort);
      const [row] = await listTrail(house.store.read, { before: null, limit: 1 });
      assert.equal(row!.details!.asOf ?? null, stamp.asOf);
    });
  }

  await t.test("more users than one read holds come once each, in the order asked for", async () => {
    const { data } = await csvOf(`${url}/users/export?columns=id`);
    const ids = lines(data).slice(1);
    assert.equal(new Set(ids).size, ids.length);
    const first = (await get("/users?limit=1000")).items as { id: string }[];
    assert.deepEqual(
      ids.slice(0, 1000),
      first.map(({ id }) => id),
    );
  });

  await t.test("every event that is kept", async () => {
    const { stamp, data } = await csvOf(`${url}/events/export?columns=at`);
    const rows = await house.store.read
      .selectFrom("event")
      .select(({ fn }) => fn.countAll<number>().as("n"))
      .executeTakeFirst();
    assert.equal(stamp.rows, Number(rows!.n));
    assert.equal(lines(data).length, stamp.rows + 1);
    assert.equal(stamp.of, null);
  });

  await t.test("licenses by type", async () => {
    const { stamp, data } = await csvOf(`${url}/licenses/export`);
    assert.ok(stamp.rows > 0);
    assert.match(lines(data)[0]!, /^type,purchased,assigned,in_use/);
  });

  await t.test("columns are those asked for, in that order", async () => {
    const { data, stamp } = await csvOf(`${url}/users/export?columns=email,id&level=site_admin`);
    assert.equal(lines(data)[0], "email,id");
    assert.deepEqual(stamp.columns, ["email", "id"]);
    assert.deepEqual(stamp.filter, { level: ["site_admin"] });
    const [row] = await listTrail(house.store.read, { before: null, limit: 1 });
    assert.equal(row!.details!.columns, "email, id");
  });

  await t.test("of a grant whose holder's use isn't told, it says so", async () => {
    const { data, stamp } = await csvOf(`${url}/grants/export?columns=last_used_at`);
    const [, ...told] = lines(data);
    assert.equal(told.length, stamp.rows);
    assert.deepEqual(
      told.filter((line) => line === ""),
      [],
    );
  });

  await t.test("a name that is a formula is none in the file", async () => {
    await house.store.write((tx) =>
      tx
        .updateTable("user")
        .set({ name: '=HYPERLINK("http://x")', sort_name: "" })
        .where("site_admin", "=", 1)
        .execute(),
    );
    const { data } = await csvOf(`${url}/users/export?level=site_admin&columns=name`);
    assert.match(data.toString(), /'=HYPERLINK/);
    assert.doesNotMatch(data.toString(), /^"?=/m);
  });

  await t.test("JSON holds its stamp, which holds the hash of its rows", async () => {
    const answer = await fetch(`${url}/users/export?format=json&columns=id,name`);
    const text = await answer.text();
    const { rows, stamp } = JSON.parse(text) as { rows: object[]; stamp: ExportStamp };
    assert.equal(rows.length, stamp.rows);
    assert.deepEqual(Object.keys(rows[0]!), ["id", "name"]);
    assert.equal(sha256(text.slice(text.indexOf("["), text.indexOf(',"stamp":'))), stamp.sha256);
    assert.match(
      answer.headers.get("content-disposition")!,
      /filename="glasshouse-alder-moor-users-\d{8}T\d{4}Z\.json"/,
    );
  });

  await t.test("the stamp as text says the same", async () => {
    const { text, stamp } = await csvOf(`${url}/grants/export?userStatus=deactivated`);
    for (const part of [
      stamp.sha256,
      "userStatus = deactivated",
      `${stamp.rows} of ${stamp.of}`,
      "complete listing",
      stamp.sentence,
    ]) {
      assert.ok(text.includes(part), part);
    }
  });

  await t.test("no row: the head and a stamp", async () => {
    const { data, stamp } = await csvOf(`${url}/users/export?search=nobody-is-called-so`);
    assert.equal(lines(data).length, 1);
    assert.equal(stamp.rows, 0);
  });

  for (const [name, path, status, code] of [
    ["a column that there isn't", "/users/export?columns=salary", 400, "invalid_request"],
    ["another format", "/users/export?format=xlsx", 400, "invalid_request"],
    ["a filter of another list", "/users/export?jobStatus=open", 400, "invalid_request"],
    ["a limit: an export is whole", "/users/export?limit=5", 400, "invalid_request"],
    ["a job that nobody knows", "/grants/export?job=1", 404, "job_not_found"],
    ["a time before the first listing", "/users/export?asOf=2020-01-01", 404, "not_known_then"],
  ] as const) {
    await t.test(`${name}: refused before a byte of the file`, async () => {
      const answer = await fetch(url + path);
      assert.equal(answer.status, status);
      assert.equal(((await answer.json()) as { error: { code: string } }).error.code, code);
      assert.equal(answer.headers.get("content-disposition"), null);
    });
  }

  await t.test("of sample data every stamp says so", async () => {
    await house.store.write(markSample);
    const { stamp, text } = await csvOf(`${url}/roles/export`);
    assert.equal(stamp.sample, true);
    assert.match(text, /^Sample data\. Nobody here exists\./);
  });
});
