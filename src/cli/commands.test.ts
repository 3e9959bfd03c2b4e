import assert from "node:assert/strict";
import { mkdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import type { UserView } from "../api/contract/users.ts";
import { ApiError } from "../api/errors.ts";
import { handlers } from "../api/handlers.ts";
import type { TestStep } from "../api/services.ts";
import { NOW, testContext } from "../api/testing.ts";
import { saveVerdict } from "../store/connections/verdicts.ts";
import { temporaryDir } from "../store/testing.ts";
import { backup, restore } from "../store/upkeep/backup.ts";
import { Context } from "./context.ts";
import { commandLine } from "./main.ts";
import { processTerminal } from "./terminal.ts";
import { type RunOptions, run } from "./testing.ts";
import { widthOf } from "./text.ts";

type TestContext = Parameters<typeof temporaryDir>[0];

/** A data directory with these connections; its own store is closed again. */
async function withConnections(t: TestContext, ...names: string[]): Promise<string> {
  const { store, connect } = await testContext(t);
  for (const name of names) await connect(name);
  return store.dir;
}

const STAMP = {
  connection: "Aldermoor",
  listing: { run: 1184, completedAt: "2026-11-23T09:02:00.000Z", complete: true as const },
  grantsListing: null,
  coverage: [],
  holes: [],
  sample: false,
  sentence: "Not in Greenhouse's API: last sign-in.",
  asOf: null,
  at: "2026-11-23T09:14:00.000Z",
};

function user(id: number, more: Partial<UserView> = {}): UserView {
  return {
    id: String(4_017_730_000 + id),
    name: `Person ${id}`,
    email: `person.${id}@aldermoor.example`,
    emails: [],
    emailConfirmed: null,
    employeeId: null,
    jobTitle: null,
    status: "active",
    serviceAccount: false,
    level: "job_admin",
    roles: [{ id: "1", name: "Standard", grants: 2 }],
    departments: [],
    offices: [],
    license: { type: "Job Admin", state: "unused", reason: "last used 13 Oct" },
    lastUsed: { at: "2026-10-13T16:20:00.000Z", source: "audit_log", event: null },
    usage: {
      state: "unused",
      reason: "last used 13 Oct",
      activeDays: 0,
      coveredDays: 28,
      windowDays: 28,
      since: null,
    },
    createdAt: null,
    updatedAt: null,
    firstSeenAt: "2026-07-02T08:00:00.000Z",
    lastSeenAt: null,
    agency: false,
    grants: { jobs: 40, futureJobs: 2 },
    grantsReadAt: null,
    ...more,
  };
}

/** A list of so many users, in pages as the API gives them. */
const usersOf = (all: UserView[]): RunOptions["handlers"] => ({
  ...handlers,
  async listUsers({ query }) {
    const from = Number(query.cursor ?? 0);
    const to = Math.min(from + query.limit, all.length);
    return {
      items: all.slice(from, to),
      nextCursor: to < all.length ? String(to) : null,
      total: from === 0 ? all.length : null,
      stamp: STAMP,
    };
  },
});

const step = (more: Partial<TestStep>): TestStep => ({
  step: "reach",
  state: "well",
  text: "3 hosts answer",
  verdict: null,
  tookMs: 200,
  ...more,
});
const REFUSED = step({
  step: "audit_log",
  state: "failed",
  text: "refused",
  verdict: {
    stream: "audit_log",
    state: "stopped",
    cause: "audit_log_refused",
    text: "The audit log refuses us. Greenhouse answered 403.",
    cure: "Open the credential, Settings, Manage Scopes.",
    ask: null,
    facts: {},
  },
});

test("every command has a help with an example", async (t) => {
  const dataDir = temporaryDir(t);
  const names = commandLine(new Context({ version: "0" } as never, processTerminal())).commands.map((each) =>
    each.name(),
  );
  assert.ok(names.length > 20);
  for (const name of names.filter((each) => each !== "simulate" && each !== "help")) {
    const { exit, out } = await run([name, "--help"], { dataDir, columns: 100 });
    assert.equal(exit, 0, name);
    assert.match(out, new RegExp(`Usage: glasshouse ${name}`));
    assert.match(out, new RegExp(`\\$ glasshouse ${name}`), `${name} has an example`);
  }
});

for (const [name, argv, says] of [
  ["no such command", ["people"], /unknown command/],
  ["no such option", ["users", "A", "--colour"], /unknown option/],
  ["a missing connection", ["users"], /missing required argument/],
  ["a word that isn't one", ["users", "A", "--status", "active,gone"], /"gone" is none of active/],
  ["a limit of nothing", ["users", "A", "--limit", "0"], /whole number/],
  ["two formats", ["users", "A", "--json", "--csv"], /cannot be used with/],
  [
    "a v1 key with a client id",
    ["connect", "greenhouse", "--name", "A", "--credential", "harvest_v1", "--client-id", "x-1"],
    /no client ID/,
  ],
  ["a v3 credential without a client id", ["connect", "greenhouse", "--name", "A"], /needs --client-id/],
  ["no secret at all", ["connect", "greenhouse", "--name", "A", "--client-id", "x-1"], /No client secret/],
  ["disconnecting without saying how", ["disconnect", "A"], /--keep-data or --delete-data/],
  ["disconnecting with nobody to ask", ["disconnect", "A", "--delete-data"], /Add --yes/],
  ["nothing to set", ["set", "A"], /what to change/],
] as const) {
  test(`wrong usage ends with 2: ${name}`, async (t) => {
    const { exit, out, err } = await run([...argv], { dataDir: temporaryDir(t) });
    assert.equal(exit, 2);
    assert.equal(out, "");
    assert.match(err, says);
  });
}

test("a connection that isn't there ends with 1, and says where to look", async (t) => {
  const { exit, err } = await run(["users", "Nobody"], {
    dataDir: await withConnections(t, "Aldermoor"),
    handlers,
  });
  assert.equal(exit, 1);
  assert.match(err, /There is no connection "Nobody"[\s\S]*glasshouse connections/);
});

test("with --json an error is the API's, on standard error", async (t) => {
  const { out, err } = await run(["doctor", "Nobody", "--json"], {
    dataDir: await withConnections(t),
    handlers,
  });
  assert.equal(out, "");
  assert.equal(JSON.parse(err).error.code, "connection_not_found");
});

test("a bad setting ends with 2 before anything is opened", async (t) => {
  const dataDir = join(temporaryDir(t), "data");
  const { exit, err } = await run(["connections"], { dataDir, env: { GLASSHOUSE_PORT: "http" } });
  assert.equal(exit, 2);
  assert.match(err, /GLASSHOUSE_PORT/);
  assert.equal(statSync(dataDir, { throwIfNoEntry: false }), undefined);
});

for (const columns of [80, 200]) {
  test(`a table of users fits ${columns} columns, foot and all`, async (t) => {
    const all = [
      user(1, { name: "A very long name ".repeat(8) }),
      user(2, { name: "美咲".repeat(40) }),
      user(3),
    ];
    const options = {
      dataDir: await withConnections(t, "Aldermoor"),
      handlers: usersOf(all),
      columns,
      color: false,
    };
    const { exit, out } = await run(["users", "Aldermoor"], options);
    assert.equal(exit, 0);
    for (const line of out.split("\n")) assert.ok(widthOf(line) <= columns, `${widthOf(line)}: ${line}`);
    assert.match(out, /^Aldermoor · users: not read yet/, "the data line opens it");
    assert.match(
      out.replaceAll(/\s+/g, " "),
      /3 users · Aldermoor · sync run 1184, complete listing, 23 Nov 2026 09:02 UTC · shown 09:14 UTC/,
    );
    assert.match(out, /…/);
    assert.equal(/No room for: .*E-mail/.test(out.replaceAll("\n", " ")), columns === 80);
  });
}

test("foreign names can't steer the terminal, and colors are only ours", async (t) => {
  const dataDir = await withConnections(t, "Aldermoor");
  const evil = [user(1, { name: "\u001b[2J\u001b]0;pwn\u0007\u202e=cmd", email: "=HYPERLINK(\u009b)" })];
  const table = await run(["users", "Aldermoor"], {
    dataDir,
    handlers: usersOf(evil),
    columns: 200,
    color: true,
  });
  assert.match(table.out, /␛\[2J␛\]0;pwn␇<U\+202E>=cmd/);
  assert.doesNotMatch(table.out.replaceAll(/\u001b\[\d+m/g, ""), /[\u001b\u009b\u202e]/);
  const csv = await run(["users", "Aldermoor", "--csv"], { dataDir, handlers: usersOf(evil) });
  assert.match(csv.out, /'=HYPERLINK/);
  assert.doesNotMatch(csv.out, /[\u001b\u009b\u202e]/);
  const json = await run(["users", "Aldermoor", "--json"], { dataDir, handlers: usersOf(evil) });
  assert.deepEqual(JSON.parse(json.out), evil);
  assert.doesNotMatch(json.out, /[\u001b\u009b\u202e]/);
});

test("piped: no color, no cut, no data line", async (t) => {
  const long = "A very long name ".repeat(8).trim();
  const options = {
    dataDir: await withConnections(t, "Aldermoor"),
    handlers: usersOf([user(1, { name: long })]),
  };
  const { out } = await run(["users", "Aldermoor"], options);
  assert.match(out, /^Name /);
  assert.ok(out.includes(long));
  assert.doesNotMatch(out, /\u001b/);
});

test("a list prints all that fits, page after page, as one array; --limit ends it", async (t) => {
  const all = Array.from({ length: 1203 }, (_, i) => user(i));
  const options = { dataDir: await withConnections(t, "Aldermoor"), handlers: usersOf(all) };
  assert.deepEqual(JSON.parse((await run(["users", "Aldermoor", "--json"], options)).out), all);
  assert.equal(
    JSON.parse((await run(["users", "Aldermoor", "--json", "--limit", "501"], options)).out).length,
    501,
  );
  assert.equal((await run(["users", "Aldermoor", "--csv"], options)).out.trim().split("\n").length, 1204);
  assert.match((await run(["users", "Aldermoor", "--limit", "7"], options)).out, /^7 of 1,203 users/m);
  const none = { ...options, handlers: usersOf([]) };
  assert.equal((await run(["users", "Aldermoor", "--json"], none)).out, "[]\n");
  assert.match((await run(["users", "Aldermoor"], none)).out, /^No user fits\./);
});

test("filters reach the API as they are meant", async (t) => {
  let asked: unknown;
  const dataDir = await withConnections(t, "Aldermoor");
  const seen: RunOptions["handlers"] = {
    async listUsers({ query }) {
      asked = query;
      return { items: [], nextCursor: null, total: 0, stamp: STAMP };
    },
  };
  const argv =
    "users Aldermoor --status active,missing --license unused --agency --without-email --sort last-used --descending";
  const { exit, out } = await run(argv.split(" "), { dataDir, handlers: seen });
  assert.equal(exit, 0);
  assert.deepEqual(asked, {
    status: ["active", "missing"],
    license: ["unused"],
    agency: true,
    noEmail: true,
    sort: "lastUsed",
    descending: true,
    limit: 500,
  });
  assert.match(out, /status active, missing, license unused, agency/);
});

test("an error names the option that was typed, not the API's parameter", async (t) => {
  const dataDir = await withConnections(t, "Aldermoor");
  const bad = await run(["users", "Aldermoor", "--as-of", "yesterday"], { dataDir, handlers });
  assert.equal(bad.exit, 2);
  assert.match(bad.err, /^--as-of: give a date[\s\S]*See glasshouse users --help\.$/m);
  const both = await run(["users", "Aldermoor", "--as-of", "2026-11-01", "--license", "unused"], {
    dataDir,
    handlers,
  });
  assert.match(both.err, /^The filter "--license" can't be asked as of an earlier time/);
  for (const [argv, says] of [
    ["--every usage=1", "--every usage: must be at least 5"],
    ["--keep-events 3", "--keep-events: must be at least 35"],
    ["--share 300", "--share: must be at most 100"],
    ["--window-days 400", "--window-days: must be at most 365"],
    ["--time-zone Mars/One", "--time-zone: give an IANA time zone such as Europe/Zurich"],
  ] as const) {
    const { exit, err } = await run(["set", "Aldermoor", ...argv.split(" ")], { dataDir, handlers });
    assert.deepEqual([exit, err], [2, `${says}\n→ See glasshouse set --help.\n`]);
  }
});

test("before the first listing it says since when, in words", async (t) => {
  const dataDir = await withConnections(t, "Aldermoor");
  const never: RunOptions["handlers"] = {
    async listUsers() {
      throw new ApiError("not_known_then", "Not known: first read on 2026-11-23T09:02:11.335Z.");
    },
  };
  const { err } = await run(["users", "Aldermoor", "--as-of", "2020-01-01"], { dataDir, handlers: never });
  assert.equal(err, "Not known: first read on 23 Nov 2026 09:02 UTC.\n");
});

test("as of an earlier time users are ordered by name, before --limit cuts", async (t) => {
  const all = [
    user(1, { name: "Zed" }),
    user(2, { name: null }),
    user(3, { name: "Élise" }),
    user(4, { name: "Frank" }),
  ];
  const options = { dataDir: await withConnections(t, "Aldermoor"), handlers: usersOf(all) };
  const { out } = await run(
    ["users", "Aldermoor", "--as-of", "2026-11-01", "--limit", "3", "--csv"],
    options,
  );
  assert.deepEqual(
    out
      .trim()
      .split("\n")
      .slice(1)
      .map((line) => line.split(",")[1]),
    ["Élise", "Frank", "Zed"],
  );
  const sorted = await run(["users", "Aldermoor", "--as-of", "2026-11-01", "--sort", "grants"], options);
  assert.equal(sorted.exit, 2);
});

test("all jobs has a footnote, and who was deactivated has them no more", async (t) => {
  const dataDir = await withConnections(t, "Aldermoor");
  const was = user(1, { level: "site_admin", status: "deactivated", grants: "all jobs" });
  const gone = await run(["users", "Aldermoor"], { dataDir, handlers: usersOf([was]) });
  assert.match(gone.out, /was Site Admin .* was all jobs$/m);
  assert.doesNotMatch(gone.out, /\*/);
  assert.match(gone.out, /^1 user · /m);
  const admin = user(2, { level: "site_admin", grants: "all jobs" });
  const there = await run(["users", "Aldermoor"], { dataDir, handlers: usersOf([was, admin]) });
  assert.match(there.out, /all jobs \*\n\n\* All jobs but confidential ones\.\n2 users · /);
});

for (const [name, steps, exit, says] of [
  ["all well", [step({})], 0, /✓ Connected as Aldermoor \(id 1\)/],
  [
    "no usage",
    [step({}), REFUSED],
    3,
    /▲ Connected as Aldermoor \(id 1\), but not everything can be read: Audit log/,
  ],
] as const) {
  test(`connect, ${name}: prints each step and ends with ${exit}`, async (t) => {
    const dataDir = await withConnections(t, "Aldermoor");
    const { out, ...ran } = await run(
      ["connect", "greenhouse", "--name", "Aldermoor", "--client-id", "abc-12"],
      {
        dataDir,
        handlers,
        stdin: "shh\n",
        services: {
          async *connect(draft) {
            assert.equal(draft.credential.secret, "shh");
            yield step({ state: "asking", text: "asking" });
            yield* steps;
            return 1;
          },
        },
      },
    );
    assert.equal(ran.exit, exit, ran.err);
    assert.match(out, says);
    assert.match(out, /✓ Reach Greenhouse {4}3 hosts answer/);
    assert.doesNotMatch(out + ran.err, /shh/);
    if (exit === 3)
      assert.match(out, /Greenhouse answered 403[\s\S]*→ Open the credential, Settings, Manage Scopes\./);
  });
}

test("connect goes on and saves when nobody reads its lines any more", async (t) => {
  const dataDir = await withConnections(t, "Aldermoor");
  let saved = false;
  const { exit, out } = await run(["connect", "greenhouse", "--name", "Aldermoor", "--client-id", "abc-12"], {
    dataDir,
    handlers,
    stdin: "shh\n",
    head: true,
    services: {
      async *connect() {
        for (let i = 0; i < 20; i++) yield step({});
        saved = true;
        return 1;
      },
    },
  });
  assert.deepEqual([exit, saved], [0, true]);
  assert.equal(out.split("\n").length, 2);
});

test("a list whose reader has gone ends with 0 and asks for no further page", async (t) => {
  const all = Array.from({ length: 5000 }, (_, i) => user(i));
  let pages = 0;
  const { listUsers } = usersOf(all)!;
  const { exit } = await run(["users", "Aldermoor", "--json"], {
    dataDir: await withConnections(t, "Aldermoor"),
    head: true,
    handlers: {
      ...handlers,
      listUsers(...asked) {
        pages++;
        return listUsers!(...asked);
      },
    },
  });
  assert.equal(exit, 0);
  assert.ok(pages < 4, `${pages} pages`);
});

test("connect refused: message and cure on standard error, exit 1", async (t) => {
  const { exit, err } = await run(["connect", "greenhouse", "--name", "A", "--client-id", "abc-12"], {
    dataDir: temporaryDir(t),
    handlers,
    env: { GLASSHOUSE_CREDENTIAL_SECRET: "shh" },
    services: {
      async *connect() {
        yield step({});
        throw new ApiError("test_failed", "Users can't be read.", "Tick the scopes.");
      },
    },
  });
  assert.equal(exit, 1);
  assert.equal(err, "Users can't be read.\n→ Tick the scopes.\n");
});

test("connect names the origins of its own environment to the owner", async (t) => {
  let origins: unknown;
  const dataDir = await withConnections(t, "A");
  await run(["connect", "greenhouse", "--name", "A", "--client-id", "abc-12"], {
    dataDir,
    handlers,
    env: { GLASSHOUSE_CREDENTIAL_SECRET: "shh", GLASSHOUSE_GREENHOUSE_AUDIT_URL: "http://127.0.0.1:4199" },
    services: {
      async *connect(draft) {
        ({ origins } = draft);
        yield step({});
        return 1;
      },
    },
  });
  assert.deepEqual(origins, {
    harvest: "https://harvest.greenhouse.io",
    auth: "https://auth.greenhouse.io",
    audit: "http://127.0.0.1:4199",
  });
});

test("doctor: cause, evidence, cure, since, what is lost, next try; exit 3", async (t) => {
  const { store, connect } = await testContext(t);
  const { id } = await connect("Aldermoor");
  const at = Date.parse("2026-11-21T16:40:00Z");
  const ask = {
    method: "GET",
    path: "/events",
    host: "auditlog.us.greenhouse.io",
    status: 403,
    at,
    requestId: "r-7",
  };
  await store.write((tx) =>
    saveVerdict(tx, id, { ...REFUSED.verdict!, state: "well", cause: null, text: null, cure: null }, at, {
      rows: 88_204,
    }),
  );
  await store.write((tx) => saveVerdict(tx, id, { ...REFUSED.verdict!, ask }, at + 60_000));
  for (const stream of ["users", "roles"] as const) {
    await store.write((tx) =>
      saveVerdict(
        tx,
        id,
        { ...REFUSED.verdict!, stream, state: "well", cause: null, text: null, cure: null },
        at,
        { rows: 96 },
      ),
    );
  }
  const { out } = await run(["doctor", "Aldermoor"], { dataDir: store.dir, handlers, now: () => NOW });
  assert.match(out, /Audit log {10}▲ Stopped {7}21 Nov 16:40 {4}88,204 {2}09:14 {5}audit log refused/);
  assert.match(
    out,
    /▲ Audit log: audit log refused\n {2}The audit log refuses us\. Greenhouse answered 403\.\n {2}→ Open the credential/,
  );
  assert.match(
    out,
    /Asked: GET auditlog\.us\.greenhouse\.io\/events: 403, 21 Nov 2026 16:40 UTC, request ID r-7\./,
  );
  assert.match(
    out,
    /Since 21 Nov 2026 16:41 UTC\. Missing: what is newer than 21 Nov 2026 16:40 UTC; what was read by then stays\./,
  );
  assert.match(out, /^ {4}glasshouse test Aldermoor\n {4}glasshouse set Aldermoor --usage off$/m);
  assert.match(out, /^▲ Users, Roles: behind\n/m, "what is the same is said once");
  assert.match(out, /Lost meanwhile: nothing yet; use since 21 Nov can still be read until 21 Dec/);
});

test("sync follows its runs to the end, and Ctrl-C stops them at a safe point", async (t) => {
  const dataDir = await withConnections(t, "Aldermoor");
  const interrupts: (() => void)[] = [];
  let stop = () => {};
  const stopped = new Promise<void>((done) => {
    stop = done;
  });
  const { exit, out, err } = await run(["sync", "Aldermoor"], {
    dataDir,
    handlers,
    interrupts,
    services: {
      startSync: async (_connection, { lanes }) => lanes.map((lane) => ({ lane, run: null, joined: false })),
      async *progress() {
        yield {
          type: "stream",
          run: 7,
          lane: "directory",
          stream: "users",
          state: "reading",
          rows: 300,
          expectedRows: 428,
          requests: 12,
          waitedMs: 0,
          waitingUntil: null,
          remainingMs: 180_000,
          note: null,
        };
        interrupts[0]!();
        await stopped;
        yield { type: "run", run: 7, lane: "directory", outcome: "stopped" };
      },
      stopSync: async () => stop(),
    },
  });
  assert.equal(exit, 1);
  assert.match(err, /Stopping at a safe point/);
  assert.match(err, /^Users: 300 of 428 rows · 12 requests · about 3 min left$/m);
  assert.match(err, /^Users and roles: run 7, Stopped, continues$/m);
  assert.match(out, /The next sync goes on from there/);
});

test("worker needs a database that processes share, and says so", async (t) => {
  const { exit, err } = await run(["worker"], { dataDir: temporaryDir(t) });
  assert.equal(exit, 2);
  assert.match(err, /GLASSHOUSE_DATABASE_URL is not set\. A worker works beside others on one PostgreSQL/);
});

test("restore refuses data that is there, and with --overwrite puts the backup in its place", async (t) => {
  const dataDir = await withConnections(t, "Old");
  const { store, connect } = await testContext(t);
  await connect("Saved");
  const file = join(store.dir, "backup.sqlite");
  await backup(store, file);
  const program: RunOptions["program"] = {
    restore: ({ file, dataDir, overwrite }) => restore(file, dataDir, { overwrite }),
  };
  const options = { dataDir, handlers, program };
  const refused = await run(["restore", file], options);
  assert.equal(refused.exit, 1);
  assert.match(
    refused.err,
    /exists already\. Nothing was changed\..*--overwrite: what is there is then gone\./,
  );
  assert.match((await run(["connections"], options)).out, /^Old /m);
  assert.equal((await run(["restore", file, "--overwrite"], options)).exit, 0);
  const { out } = await run(["connections"], options);
  assert.match(out, /^Saved /m);
  assert.doesNotMatch(out, /^Old /m);
  const { out: help } = await run(["restore", "--help"], options);
  assert.match(help.replaceAll(/\s+/g, " "), /Data that is there already is refused.*it is gone then/);
});

test("the simulator is a program of its own, with its flags as typed", async (t) => {
  const script = join(import.meta.dirname, "../../test/children/flags.ts");
  const { exit } = await run(["simulate", "--users", "5", "--help", "--json"], {
    dataDir: temporaryDir(t),
    program: { simulator: script },
  });
  assert.equal(exit, 0);
});

test("another user's data directory is refused before anything is opened", {
  skip: process.getuid?.() !== 0,
}, async (t) => {
  const { chownSync, readdirSync } = await import("node:fs");
  const dataDir = join(temporaryDir(t), "data");
  mkdirSync(dataDir);
  chownSync(dataDir, 65_534, 65_534);
  const { exit, err } = await run(["connections"], { dataDir, handlers });
  assert.equal(exit, 1);
  assert.match(err, /belongs to user 65534[\s\S]*Nothing was opened/);
  assert.deepEqual(readdirSync(dataDir), []);
});
