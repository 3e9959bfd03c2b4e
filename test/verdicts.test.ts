/** Each verdict: broken → exactly this cause code → cure applied → green. Causes: docs/verdicts.md. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Simulator, SimulatorOptions } from "../simulator/index.ts";
import type { Draft } from "../src/api/services.ts";
import type { Glasshouse } from "../src/glasshouse.ts";
import { listGrants } from "../src/insights/grants.ts";
import { listUsers } from "../src/insights/users.ts";
import type { Connection, ConnectionState, GREENHOUSE_ORIGINS } from "../src/model/connection.ts";
import { connectionState } from "../src/model/connection-state.ts";
import type { Lane, Stream } from "../src/model/stream.ts";
import type { CauseCode } from "../src/model/verdict.ts";
import { updateConnection } from "../src/store/connections/connections.ts";
import { listVerdicts } from "../src/store/connections/verdicts.ts";
import { listRuns } from "../src/store/lanes/runs.ts";
import type { RunOutcome } from "../src/sync/due.ts";
import { connect, draftFor, open, simulate, sync } from "./harness.ts";

interface Case {
  name: string;
  kind?: "harvest_v3" | "harvest_v1";
  sim?: SimulatorOptions;
  draft?: (sim: Simulator) => Partial<Draft>;
  /** Applied before the first sync. */
  prepares?: (at: At) => unknown;
  /** Applied after a first good sync; without it the first sync is broken by `sim` or `draft`. */
  breaks?: (at: At) => unknown;
  /** What is synced once it is broken; all lanes unless told. */
  lanes?: Lane[];
  stream: Stream;
  cause: CauseCode;
  state?: ConnectionState;
  /** How the directory's run ended. */
  outcome?: RunOutcome;
  /** The verdict must name this. */
  says?: RegExp;
  cure: (at: At) => unknown;
  /** The stream's state once cured; `well` unless told. */
  green?: ConnectionState;
}

interface At {
  sim: Simulator;
  house: Glasshouse;
  connection: Connection;
}

const scopes = (without: string) => (at: At) => narrow(at.sim, without);

const cases: Case[] = [
  {
    name: "a scope is taken away",
    breaks: scopes("harvest:user_roles:list"),
    stream: "roles",
    cause: "permission_missing",
    says: /harvest:user_roles:list/,
    cure: scopes(""),
  },
  {
    name: "the audit log's scope is not ticked",
    breaks: scopes("auditlog:events:list"),
    stream: "audit_log",
    cause: "audit_log_refused",
    says: /Manage Scopes/,
    cure: scopes(""),
  },
  {
    name: "the account has no audit log",
    sim: { scenario: { "audit.addon": "off" } },
    stream: "audit_log",
    cause: "audit_log_refused",
    cure: (at) => at.sim.control.patchScenario({ "audit.addon": "on" }),
  },
  {
    name: "the account has no audit log, told by 401",
    sim: { scenario: { "audit.addon": "off", "audit.offStatus": 401 } },
    stream: "audit_log",
    cause: "audit_log_refused",
    cure: (at) => at.sim.control.patchScenario({ "audit.addon": "on" }),
  },
  {
    name: "the account has no audit log, and usage is switched off",
    sim: { scenario: { "audit.addon": "off" } },
    stream: "audit_log",
    cause: "audit_log_refused",
    cure: (at) => switchOff(at, "audit_log"),
  },
  {
    name: "the admin user is unknown on v1",
    kind: "harvest_v1",
    draft: () => ({ adminUserId: "4000000000999" }),
    stream: "users",
    cause: "admin_user_unknown",
    state: "failing",
    cure: (at) => chooseAdmin(at, at.sim.siteAdminId),
  },
  {
    name: "the admin user is deactivated in the middle of it all, on v1",
    kind: "harvest_v1",
    breaks: (at) => at.sim.control.mutate({ op: "deactivateUser", userId: at.sim.siteAdminId }),
    stream: "audit_log",
    cause: "admin_user_deactivated",
    cure: (at) => at.sim.control.mutate({ op: "reactivateUser", userId: at.sim.siteAdminId }),
  },
  {
    name: "the admin user is no Site Admin, on v1",
    kind: "harvest_v1",
    draft: (sim) => ({ adminUserId: String(sim.nonAdminId) }),
    stream: "audit_log",
    cause: "admin_user_not_site_admin",
    cure: (at) => chooseAdmin(at, at.sim.siteAdminId),
  },
  {
    name: "no admin user is chosen, on v1",
    kind: "harvest_v1",
    sim: { scenario: { "v1.onBehalfOf": "required" } },
    draft: () => ({ adminUserId: null }),
    stream: "audit_log",
    cause: "admin_user_missing",
    cure: (at) => chooseAdmin(at, at.sim.siteAdminId),
  },
  {
    name: "the admin user is deactivated, on v3",
    breaks: (at) => at.sim.control.mutate({ op: "deactivateUser", userId: at.sim.siteAdminId }),
    stream: "users",
    cause: "admin_user_deactivated",
    state: "failing",
    cure: (at) => at.sim.control.mutate({ op: "reactivateUser", userId: at.sim.siteAdminId }),
  },
  {
    name: "the admin user is no longer Site Admin, on v3",
    breaks: (at) => at.sim.control.mutate({ op: "setSiteAdmin", userId: at.sim.siteAdminId, value: false }),
    stream: "users",
    cause: "admin_user_not_site_admin",
    state: "failing",
    cure: (at) => at.sim.control.mutate({ op: "setSiteAdmin", userId: at.sim.siteAdminId, value: true }),
  },
  {
    name: "the secret was replaced in Greenhouse",
    breaks: (at) => {
      credential(at.sim, { secret: "another-secret" });
      at.sim.control.revokeTokens();
    },
    stream: "users",
    cause: "credential_wrong",
    state: "failing",
    cure: (at) => credential(at.sim, { secret: at.sim.clientSecret }),
  },
  ...([401, 403, 404, 410] as const).map(
    (status): Case => ({
      name: `v1 has ended and answers ${status}`,
      kind: "harvest_v1",
      breaks: (at) => at.sim.control.patchScenario({ "v1.state": String(status) }),
      stream: "users",
      cause: "credential_retired",
      state: "failing",
      says: /31 Aug 2026/,
      cure: (at) => at.sim.control.patchScenario({ "v1.state": "alive" }),
    }),
  ),
  {
    name: "Greenhouse returns no users at all",
    breaks: (at) => fault(at, "v3.users", { kind: "empty" }),
    stream: "users",
    cause: "users_empty",
    state: "failing",
    cure: (at) => at.sim.control.clearFaults(),
  },
  {
    name: "Greenhouse answers 500",
    breaks: (at) => fault(at, "v3.user_roles", { kind: "status", status: 500 }),
    stream: "roles",
    cause: "greenhouse_unavailable",
    cure: (at) => at.sim.control.clearFaults(),
  },
  {
    name: "Greenhouse answers 429 for ever, without a header",
    breaks: (at) =>
      fault(at, "v3.user_roles", { kind: "status", status: 429, headers: { "Retry-After": "0" } }),
    stream: "roles",
    cause: "rate_limited",
    cure: (at) => at.sim.control.clearFaults(),
  },
  {
    name: "an answer is garbled",
    breaks: (at) => fault(at, "v3.departments", { kind: "garbled" }),
    stream: "departments",
    cause: "answer_unreadable",
    cure: (at) => at.sim.control.clearFaults(),
  },
  {
    name: "a user's record is broken",
    breaks: (at) =>
      fault(at, "v3.users", {
        kind: "field",
        row: 3,
        field: "deactivated",
        action: "replace",
        to: "perhaps",
      }),
    stream: "users",
    cause: "records_unreadable",
    says: /deactivated/,
    cure: (at) => at.sim.control.clearFaults(),
  },
  {
    name: "half of the users are gone from the listing",
    draft: () => ({ adminUserId: null }),
    breaks: (at) => at.sim.control.mutate({ op: "loseHalfOfUsers" }),
    stream: "users",
    cause: "listing_held",
    outcome: "partial",
    cure: (at) => at.sim.control.mutate({ op: "showAllUsers" }),
  },
  {
    name: "who may not list sees empty lists, and grants are asked for before users",
    breaks: (at) => {
      at.sim.control.patchScenario({ "v3.nonSiteAdmin": "empty" });
      at.sim.control.mutate({ op: "setSiteAdmin", userId: at.sim.siteAdminId, value: false });
    },
    lanes: ["grants"],
    stream: "job_grants",
    cause: "admin_user_not_site_admin",
    cure: (at) => at.sim.control.mutate({ op: "setSiteAdmin", userId: at.sim.siteAdminId, value: true }),
  },
  {
    name: "the clock is 26 hours off",
    breaks: (at) => at.sim.control.patchScenario({ "http.dateOffsetSeconds": -26 * 3600 }),
    stream: "audit_log",
    cause: "clock_wrong",
    says: /26 h ahead/,
    cure: (at) => at.sim.control.patchScenario({ "http.dateOffsetSeconds": 0 }),
  },
  {
    name: "the audit log holds no event",
    sim: { scenario: { "audit.onSince": new Date(Date.now() + 3_600_000).toISOString() } },
    stream: "audit_log",
    cause: "audit_log_empty",
    // Somebody opens a page.
    cure: (at) => {
      at.sim.control.patchScenario({ "audit.onSince": new Date(Date.now() - 60_000).toISOString() });
      at.sim.control.mutate({ op: "insertEvents", events: [{ userId: at.sim.siteAdminId }] });
    },
  },
  {
    name: "only API keys act",
    sim: { eventsPerDay: 0, scenario: { "audit.onSince": new Date(Date.now() - 60_000).toISOString() } },
    prepares: (at) =>
      at.sim.control.mutate({
        op: "insertEvents",
        events: [
          {
            performer: { id: "Payroll sync key", type: "api_key", ip_address: null, meta: "harvest" },
            event: { type: "harvest_access", target_type: "Users", target_id: null, meta: null },
          },
        ],
      }),
    stream: "audit_log",
    cause: "audit_log_no_people",
    cure: (at) => at.sim.control.mutate({ op: "insertEvents", events: [{ userId: at.sim.siteAdminId }] }),
  },
  {
    name: "the audit log has been silent for ten days",
    sim: { scenario: { "audit.silentFrom": new Date(Date.now() - 10 * 86_400_000).toISOString() } },
    stream: "audit_log",
    cause: "audit_log_silent",
    // It records again; what was never recorded stays away.
    cure: (at) => {
      const [from, to] = [Date.now() - 10 * 86_400_000, Date.now() - 60_000].map((ms) =>
        new Date(ms).toISOString(),
      );
      at.sim.control.patchScenario({ "audit.silentFrom": null, "audit.holes": [[from, to]] });
      at.sim.control.mutate({ op: "insertEvents", events: [{ userId: at.sim.siteAdminId }] });
    },
  },
  {
    name: "the credential opens another account",
    breaks: (at) => at.sim.control.mutate({ op: "otherAccount", account: 1 }),
    draft: () => ({ adminUserId: null }),
    stream: "users",
    cause: "other_account",
    state: "failing",
    cure: (at) => at.sim.control.mutate({ op: "otherAccount", account: 0 }),
  },
  {
    name: "this server can't reach Greenhouse",
    breaks: async (at) => {
      const origins = { ...at.connection.origins, auth: "http://127.0.0.1:9", harvest: "http://127.0.0.1:9" };
      await movedTo(at, origins);
    },
    stream: "users",
    cause: "network",
    state: "failing",
    says: /127\.0\.0\.1/,
    cure: (at) => movedTo(at, at.sim.urls),
  },
];

for (const each of cases) {
  test(`verdict: ${each.name} → ${each.cause} → cured`, async (t) => {
    const kind = each.kind ?? "harvest_v3";
    const sim = await simulate(t, { users: 25, eventsPerDay: 40, ...each.sim });
    const house = await open(t);
    const { connection } = await connect(house, draftFor(sim, kind, each.draft?.(sim)));
    const at = { sim, house, connection };
    await each.prepares?.(at);
    if (each.breaks) {
      await sync(house, connection);
      assert.deepEqual(await stateOf(at), "connected", await explain(at));
      await each.breaks(at);
    }
    await sync(house, connection, each.lanes && { lanes: each.lanes });
    const stored = await listVerdicts(house.store.read, connection.id);
    const broken = stored.find(({ verdict }) => verdict.stream === each.stream)!.verdict;
    assert.equal(broken.cause, each.cause, await explain(at));
    assert.ok(broken.text && broken.cure, "a verdict has its cause and its cure in words");
    if (each.outcome) {
      const runs = await listRuns(house.store.read, connection.id, { limit: 20, before: null });
      assert.equal(runs.find(({ lane }) => lane === "directory")!.outcome, each.outcome);
    }
    if (each.says) assert.match(`${broken.text} ${broken.cure}`, each.says);
    assert.equal(await stateOf(at), each.state ?? "needs_attention", await explain(at));
    for (const { verdict, rows } of stored)
      if (rows !== null) assert.equal(rows, (await listedOf(at, verdict.stream)) ?? rows, verdict.stream);
    await each.cure(at);
    await sync(house, connection);
    assert.equal(await stateOf(at), each.green ?? "connected", await explain(at));
  });
}

/** Rows of the list to which a stream's number leads. */
async function listedOf({ house, connection }: At, stream: Stream): Promise<number | null> {
  const { read } = house.store;
  const limit = { limit: 1 };
  if (stream === "users") return (await listUsers(read, connection, limit, Date.now())).total;
  if (stream !== "job_grants") return null;
  return (await listGrants(read, connection, { ...limit, kind: ["job"] }, Date.now())).total;
}

async function stateOf(at: At): Promise<ConnectionState> {
  const verdicts = await listVerdicts(at.house.store.read, at.connection.id);
  const streams = verdicts.map(({ verdict, lastSuccessAt }) => ({ ...verdict, lastSuccessAt }));
  return connectionState({ paused: false, frozen: false, running: false, streams }).state;
}

async function explain(at: At): Promise<string> {
  const verdicts = await listVerdicts(at.house.store.read, at.connection.id);
  return verdicts
    .map(({ verdict }) => `${verdict.stream}: ${verdict.state} ${verdict.cause} ${verdict.text}`)
    .join("\n");
}

function narrow(sim: Simulator, without: string): void {
  credential(sim, { scopes: without === "" ? null : SCOPES.filter((scope) => scope !== without) });
}

const SCOPES = [
  ...[
    "users",
    "user_roles",
    "user_job_permissions",
    "future_job_permissions",
    "user_emails",
    "departments",
    "offices",
    "jobs",
  ].map((name) => `harvest:${name}:list`),
  "auditlog:events:list",
];

function credential(sim: Simulator, change: { secret?: string; scopes?: string[] | null }): void {
  sim.control.patchScenario({
    "credentials.v3": { [sim.clientId]: { secret: sim.clientSecret, scopes: null, ...change } },
  });
}

function fault(
  at: At,
  endpoint: string,
  what: Parameters<Simulator["control"]["addFaults"]>[0]["fault"],
): void {
  at.sim.control.addFaults({ match: { endpoint }, fault: what });
}

async function chooseAdmin(at: At, id: number): Promise<void> {
  await at.house.services.updateConnection(at.connection, {});
  await at.house.store.write((tx) => updateConnection(tx, at.connection.id, { adminUserId: String(id) }));
}

async function switchOff(at: At, stream: Stream): Promise<void> {
  await at.house.services.updateConnection(at.connection, {
    settings: { ...at.connection.settings, off: [...at.connection.settings.off, stream] },
  });
}

async function movedTo(at: At, origins: typeof GREENHOUSE_ORIGINS): Promise<void> {
  await at.house.store.write(async (tx) => {
    await tx
      .updateTable("connection")
      .set({ origins_json: JSON.stringify(origins) })
      .where("connection", "=", at.connection.id)
      .execute();
  });
}
