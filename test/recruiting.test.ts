/** Use without the audit log, from end to end: what the simulated Greenhouse tells is known, and nothing else of it. */
import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { pino } from "pino";
import type { Simulator } from "../simulator/index.ts";
import { handlers } from "../src/api/handlers.ts";
import type { Glasshouse } from "../src/glasshouse.ts";
import { overview } from "../src/insights/overview.ts";
import { usage } from "../src/insights/usage.ts";
import { getUser } from "../src/insights/user.ts";
import { listUsers } from "../src/insights/users.ts";
import { previewWindows } from "../src/insights/windows.ts";
import { type Connection, DEFAULT_SETTINGS } from "../src/model/connection.ts";
import { dayText, dayZone } from "../src/model/day.ts";
import { DEED_SOURCES, type DeedSource } from "../src/model/recruiting.ts";
import { RECRUITING_STREAMS, type RecruitingStream } from "../src/model/stream.ts";
import { getConnection } from "../src/store/connections/connections.ts";
import { listVerdicts } from "../src/store/connections/verdicts.ts";
import { listRuns } from "../src/store/lanes/runs.ts";
import type { Tx } from "../src/store/store.ts";
import { coverageSpans } from "../src/store/usage/coverage.ts";
import { lastDeedsOf, recruitingDaysOf } from "../src/store/usage/recruiting-use.ts";
import { markServiceAccount } from "../src/store/usage/usage-rules.ts";
import { causes, connect, draftFor, dumpOf, open, simulate, sync } from "./harness.ts";

const DAY = 86_400_000;
const NOW = "2026-11-23T12:00:00.000Z";
const PATHS: Record<RecruitingStream, string> = {
  scorecards: "scorecards",
  interviews: "interviews",
  interview_replies: "interviewers",
  approvals: "approvers",
  rejections: "rejection_details",
};
const SCOPES = [
  ...["users", "user_roles", "user_job_permissions", "future_job_permissions", "user_emails"],
  ...["departments", "offices", "jobs"],
].map((name) => `harvest:${name}:list`);
const RECRUITING_SCOPES = Object.values(PATHS).map((name) => `harvest:${name}:list`);

/** Without the audit log. */
async function withoutLog(t: Parameters<typeof open>[0], options: Parameters<typeof simulate>[1] = {}) {
  const sim = await simulate(t, { users: 60, eventsPerDay: 80, now: NOW, freeze: true, ...options });
  const logged: string[] = [];
  const begun = performance.now();
  const during: { commit: ((tx: Tx) => Promise<void>) | null } = { commit: null };
  const house = await open(t, {
    beforeCommit: async (tx) => during.commit?.(tx),
    // It stands still for Greenhouse; who waits for a limit needs one that runs.
    now: () => Math.round(Date.parse(sim.control.clock().now) + performance.now() - begun),
    log: pino({ level: "trace" }, { write: (line: string) => void logged.push(line) }),
  });
  const settings = { ...DEFAULT_SETTINGS, off: ["audit_log" as const] };
  const { connection, steps } = await connect(house, draftFor(sim, "harvest_v3", { settings }));
  return { sim, house, connection, steps, logged, during };
}

/** Sets the time zone once a run has begun, and with it what it knows of its connection. */
const zoneMeanwhile = (during: Awaited<ReturnType<typeof withoutLog>>["during"], timeZone: string) => {
  during.commit = async (tx) => {
    const run = await tx.selectFrom("run").select("run").where("ended_at", "is", null).executeTakeFirst();
    if (!run) return;
    during.commit = null;
    const { settings_json } = await tx
      .selectFrom("connection")
      .select("settings_json")
      .executeTakeFirstOrThrow();
    const settings = JSON.stringify({ ...JSON.parse(settings_json), timeZone });
    await tx.updateTable("connection").set({ settings_json: settings }).execute();
  };
};

function scopes({ control, clientId, clientSecret }: Simulator, list: string[] | null): void {
  control.patchScenario({ "credentials.v3": { [clientId]: { secret: clientSecret, scopes: list } } });
}

async function newestOf(house: Glasshouse, connection: Connection, user: string) {
  const told = await lastDeedsOf(house.store.read, connection.id, user);
  return Object.fromEntries(told.map(({ source, at }) => [source, new Date(at).toISOString()])) as Partial<
    Record<DeedSource, string>
  >;
}

suite("recruiting activity", () => {
  test("tells what Greenhouse's lists do, once, with one request a list where nothing is new", async (t) => {
    const { sim, house, connection, steps, logged, during } = await withoutLog(t);
    assert.deepEqual(
      steps.filter(({ step }) => PATHS[step as RecruitingStream]).map(({ step, state }) => [step, state]),
      RECRUITING_STREAMS.map((stream) => [stream, "well"]),
      "each list has its step in the test",
    );
    await sync(house, connection);
    const { read } = house.store;
    const since = new Date(Date.parse(NOW) - 400 * DAY).toISOString();
    const truth = sim.control.activity({ after: since });
    const names = {
      scorecard: "scorecards",
      approval: "approvals",
      rejection: "rejections",
      scheduling: "scheduling",
    };
    const people = Object.keys(truth);
    assert.ok(people.length > 15, `${people.length} people`);
    for (const user of people) {
      const told = await newestOf(house, connection, user);
      for (const [source, name] of Object.entries(names)) {
        const expected = (truth[user] as Record<string, { last: string }>)[name]?.last;
        assert.equal(told[source as DeedSource], expected, `${source} of ${user}`);
      }
    }
    for (const stream of RECRUITING_STREAMS) {
      const spans = await coverageSpans(read, connection.id, stream);
      assert.deepEqual(
        spans.map(({ from, to }) => [Math.round(from / DAY - Date.parse(NOW) / DAY), to]),
        [[-400, Date.parse(NOW)]],
        stream,
      );
    }
    assert.deepEqual(
      Object.entries(await causes(house, connection)).filter(([, cause]) => cause !== null),
      [["audit_log", "switched_off"]],
    );

    await t.test("asks for ids, times and the person alone, and keeps nothing else", async () => {
      const asked = sim.control
        .requests()
        .filter(
          ({ path, query }) => Object.values(PATHS).includes(path.slice(4)) && !query.includes("cursor"),
        );
      assert.ok(asked.length > 10);
      for (const { path, query } of asked) {
        const fields = new URLSearchParams(query).get("fields")!.split(",");
        const strange = fields.filter(
          (field) => !/^(id|response_status|\w+_at|\w+er_id|\w+_by_id)$/.test(field),
        );
        assert.deepEqual(strange, [], path);
      }
      const stored = JSON.stringify(await dumpOf(house));
      const view = await usage(read, connection, { from: "2025-11-01", to: "2026-11-23" }, Date.parse(NOW));
      for (const [where, text] of [
        ["the database", stored],
        ["the logs", logged.join("\n")],
        ["an answer", JSON.stringify(view)],
      ] as const)
        assert.doesNotMatch(text, /Kestrelheart|\b(666|777)\d{6,}/i, where);
    });

    await t.test("a second run writes nothing", async () => {
      const before = await dumpOf(house);
      sim.control.clearRequests();
      await sync(house, connection, { lanes: ["recruiting_activity"] });
      assert.deepEqual(
        sim.control
          .requests()
          .map(({ path }) => path)
          .sort(),
        ["users", ...Object.values(PATHS)].map((path) => `/v3/${path}`).sort(),
        "and once whether an empty list says anything",
      );
      const after = await dumpOf(house);
      for (const table of Object.keys(before).filter((each) => each.startsWith("recruiting")))
        assert.deepEqual(after[table], before[table], table);
      const [run] = await listRuns(read, connection.id, { limit: 1, before: null });
      assert.deepEqual(
        run!.steps.map(({ stream, added, changed }) => [stream, added, changed]),
        RECRUITING_STREAMS.map((stream) => [stream, 0, 0]),
      );
    });

    await t.test("whoever a list shows is in use, everybody else unknown: never unused", async () => {
      const { items } = await listUsers(read, connection, { limit: 1000 }, Date.parse(NOW));
      const states = new Set(items.map(({ usage }) => usage.state));
      assert.deepEqual([...states].sort(), ["in_use", "unknown"]);
      const used = items.filter(({ usage }) => usage.state === "in_use");
      assert.ok(used.length > 5);
      for (const { lastUsed } of used) {
        assert.ok((DEED_SOURCES as readonly string[]).includes(lastUsed!.source));
        assert.equal(lastUsed!.event, null);
        assert.ok(Date.parse(lastUsed!.at) > Date.parse(NOW) - 30 * DAY);
      }
      const resting = items.find(({ lastUsed, usage }) => lastUsed && usage.state === "unknown")!;
      assert.match(
        resting.usage.reason,
        /^no audit log; no recruiting activity since .+, which is no proof$/,
      );
      const view = await overview(read, connection, Date.parse(NOW));
      const active = used.filter(({ status, serviceAccount }) => status === "active" && !serviceAccount);
      assert.deepEqual([view.use.inUse, view.recruiting!.inUse], [active.length, active.length]);
      assert.match(view.use.unknownReason!, /which is no proof$/);
      assert.ok(view.days.some(({ people, recruiting }) => people === null && recruiting !== null));
    });

    await t.test("numbers of Usage are the lists behind them", async () => {
      const asked = { from: "2026-09-01", to: "2026-11-22" };
      const { recruiting } = await usage(read, connection, asked, Date.parse(NOW));
      assert.equal(
        recruiting!.kinds.every(({ coveredDays }) => coveredDays === 83),
        true,
      );
      for (const { source, people, deeds } of recruiting!.sources) {
        const filter = { usedSource: source, usedFrom: asked.from, status: ["active" as const] };
        const { total } = await listUsers(
          read,
          connection,
          { ...filter, serviceAccounts: "exclude", limit: 1 },
          Date.parse(NOW),
        );
        assert.equal(total, people, source);
        assert.ok(deeds! >= people!);
      }
      assert.ok(recruiting!.sources.every(({ people }) => people! > 0));
    });

    await t.test("an integration's own user never counts, whatever it does", async () => {
      const [user] = Object.keys(truth);
      const zone = dayZone("UTC");
      await house.store.write((tx) => markServiceAccount(tx, connection.id, zone, user!, true));
      const marked = await getUser(read, connection, user!, Date.parse(NOW));
      assert.deepEqual([marked!.lastUsed, marked!.recruiting], [null, []]);
      await house.store.write((tx) => markServiceAccount(tx, connection.id, zone, user!, false));
      const person = await getUser(read, connection, user!, Date.parse(NOW));
      assert.ok(person!.lastUsed && person!.recruiting.length > 0);
    });

    await t.test("windows of a level: who would move is told before it is saved", async () => {
      const asked = { windowDays: 28, windows: [{ level: "basic" as const, role: null, days: 180 }] };
      const preview = await previewWindows(read, connection, asked, Date.parse(NOW));
      assert.ok(preview.moves.length > 0);
      assert.ok(
        preview.moves.every(
          ({ level, from, to }) => level === "basic" && from === "unknown" && to === "in_use",
        ),
      );
      const { items: basic } = await listUsers(
        read,
        connection,
        { level: ["basic"], limit: 1000 },
        Date.parse(NOW),
      );
      for (const { first, people } of preview.moves) {
        assert.equal(first.length, Math.min(people, 10));
        for (const { id, name } of first) assert.equal(basic.find((each) => each.id === id)?.name, name);
      }
      const moved = preview.moves.reduce((sum, { people }) => sum + people, 0);
      assert.equal(preview.after.in_use, preview.before.in_use + moved);
      await house.services.updateConnection(connection, { settings: { ...connection.settings, ...asked } });
      const saved = (await getConnection(read, connection.id))!;
      const view = await overview(read, saved, Date.parse(NOW));
      assert.equal(view.use.inUse, preview.after.in_use);
    });

    await t.test("a later deed moves, and a new one is read from where the last run ended", async () => {
      const [user] = Object.keys(truth);
      sim.control.clock({ advanceSeconds: 3600 });
      const at = "2026-11-23T12:30:00.000Z";
      const row = {
        submitter_id: Number(user),
        submitted_at: at,
        interviewer_id: Number(user),
        interviewed_at: at,
      };
      sim.control.mutate({ op: "addRow", list: "scorecards", row, createdAt: at, updatedAt: at } as never);
      // What is planned, what nobody did, and somebody we don't know.
      for (const strange of [
        { ...row, submitted_at: "2026-12-24T00:00:00Z", interviewed_at: null },
        { ...row, submitter_id: null },
        { ...row, submitter_id: 3999999999004, interviewer_id: null },
      ])
        sim.control.mutate({
          op: "addRow",
          list: "scorecards",
          row: strange,
          createdAt: at,
          updatedAt: at,
        } as never);
      zoneMeanwhile(during, "Pacific/Auckland");
      await sync(house, connection, { lanes: ["recruiting_activity"] });
      assert.equal((await newestOf(house, connection, user!)).scorecard, at);
      const days = await recruitingDaysOf(read, connection.id, user!, 0, 1_000_000);
      assert.equal(
        dayText(Math.max(...days.keys())),
        "2026-11-24",
        "its day in the zone that was set meanwhile",
      );
      const [run] = await listRuns(read, connection.id, { limit: 1, before: null });
      const step = run!.steps.find(({ stream }) => stream === "scorecards")!;
      assert.ok(step.added >= 3, "the stranger's deed is kept: they may be listed later");
      assert.deepEqual(step.unreadable, []);
    });
  });

  test("a scope that is missing: its list is off and says what is lost; ticked, it is read and green", async (t) => {
    const { sim, house, connection } = await withoutLog(t, { eventsPerDay: 20, users: 20 });
    scopes(sim, SCOPES);
    await sync(house, connection);
    const verdictOf = async (stream: RecruitingStream) =>
      (await listVerdicts(house.store.read, connection.id)).find((each) => each.verdict.stream === stream)!
        .verdict;
    for (const stream of RECRUITING_STREAMS) {
      const { state, cause, text, cure } = await verdictOf(stream);
      assert.deepEqual([state, cause], ["off", "permission_missing"], stream);
      assert.match(text!, new RegExp(`GET /v3/${PATHS[stream]} answered 403`));
      assert.match(cure!, new RegExp(`harvest:${PATHS[stream]}:list \\(its name by pattern`));
    }
    const [run] = await listRuns(house.store.read, connection.id, { limit: 1, before: null });
    assert.equal(run!.outcome, "complete", "what was never allowed fails no run");
    const { items } = await listUsers(house.store.read, connection, { limit: 100 }, Date.parse(NOW));
    assert.ok(items.every(({ usage }) => usage.reason === "usage is off"));

    scopes(sim, [...SCOPES, ...RECRUITING_SCOPES]);
    await sync(house, connection);
    for (const stream of RECRUITING_STREAMS) assert.equal((await verdictOf(stream)).state, "well", stream);

    // It had worked: now it is stopped, and what was read stays.
    scopes(sim, [...SCOPES, ...RECRUITING_SCOPES.slice(1)]);
    await sync(house, connection);
    assert.equal((await verdictOf("scorecards")).state, "stopped");
    assert.equal((await verdictOf("approvals")).state, "well");
    scopes(sim, null);
    await sync(house, connection);
    assert.equal((await verdictOf("scorecards")).state, "well");

    // Whoever is no Site Admin sees empty lists: they don't say that nothing was done.
    sim.control.patchScenario({ "v3.nonSiteAdmin": "empty" });
    sim.control.mutate({ op: "setSiteAdmin", userId: sim.siteAdminId, value: false });
    await sync(house, connection, { lanes: ["recruiting_activity"] });
    for (const stream of RECRUITING_STREAMS)
      assert.equal((await verdictOf(stream)).cause, "admin_user_not_site_admin", stream);
  });

  test("with the scopes of users and recruiting alone the dashboard says who uses it, and by what", async (t) => {
    const { sim, house, connection } = await withoutLog(t, { eventsPerDay: 40, users: 30 });
    scopes(sim, ["harvest:users:list", ...RECRUITING_SCOPES]);
    await sync(house, connection);
    const { read } = house.store;
    const verdicts = await listVerdicts(read, connection.id);
    const well = verdicts
      .filter(({ verdict }) => verdict.state === "well")
      .map(({ verdict }) => verdict.stream);
    assert.deepEqual(new Set(well), new Set(["users", ...RECRUITING_STREAMS]));
    assert.ok(
      verdicts.every(({ verdict }) => verdict.state === "well" || verdict.state === "off"),
      "it is green",
    );
    const view = await overview(read, connection, Date.parse(NOW));
    const { inUse, unused, neverUsed, unknown, of } = view.use;
    assert.ok(inUse > 5, `${inUse} in use`);
    assert.deepEqual([inUse, unused, neverUsed, inUse + unknown], [view.recruiting!.inUse, 0, 0, of]);
    assert.ok(view.recruiting!.read.every(({ from, until }) => from !== null && until !== null));
    const used = view.siteAdmins.items.flatMap(({ lastUsed }) => lastUsed ?? []);
    assert.ok(
      used.length > 0 && used.every(({ source }) => (DEED_SOURCES as readonly string[]).includes(source)),
    );
  });

  test("Harvest v1 has none of it: no stream, no run", async (t) => {
    const sim = await simulate(t, { users: 10, eventsPerDay: 5 });
    const house = await open(t);
    const draft = draftFor(sim, "harvest_v1", { settings: { ...DEFAULT_SETTINGS, off: ["audit_log"] } });
    const { connection, steps } = await connect(house, draft);
    assert.ok(steps.every(({ step }) => !PATHS[step as RecruitingStream]));
    await sync(house, connection);
    const runs = await listRuns(house.store.read, connection.id, { limit: 10, before: null });
    assert.ok(runs.every(({ lane }) => lane !== "recruiting_activity"));
    const view = await usage(house.store.read, connection, {}, Date.now());
    assert.equal(view.recruiting, null);
    assert.ok(handlers.previewWindows);
  });
});
