import assert from "node:assert/strict";
import { test } from "node:test";
import { type Connection, DEFAULT_SETTINGS } from "../connection.ts";
import { STREAMS } from "../stream.ts";
import type { Verdict } from "../verdict.ts";
import { type ConnectionTold, connectionAlert, type Standing, standingOf } from "./connection-alert.ts";

const HOUR = 3_600_000;
const NOW = 100 * HOUR;
const trouble = (
  stream: Standing["troubles"][number]["stream"],
  cause: "network" | "permission_missing",
) => ({
  stream,
  cause,
  text: `${stream} failed by ${cause}.`,
});
const well: Standing = { state: "connected", troubles: [] };
const failing: Standing = { state: "failing", troubles: [trouble("users", "network")] };
const failingOtherwise: Standing = { state: "failing", troubles: [trouble("users", "permission_missing")] };
const attention: Standing = { state: "needs_attention", troubles: [trouble("job_grants", "network")] };
const worse: Standing = {
  state: "needs_attention",
  troubles: [trouble("job_grants", "network"), trouble("audit_log", "permission_missing")],
};
const waiting: Standing = { state: "needs_attention", troubles: [] };
const paused: Standing = { state: "paused", troubles: [] };
const unread: Standing = { state: "not_synced_yet", troubles: [] };

test("what is told of a connection, one standing after another", async (t) => {
  const cases: [string, Standing[], (string | null)[]][] = [
    ["its first well is no news", [unread, well], [null, null]],
    ["it fails at the first sync", [failing], ["sync_failed"]],
    [
      "it fails, and is tried again and again",
      [well, failing, failing, failing],
      [null, "sync_failed", null, null],
    ],
    ["it fails for another cause", [well, failing, failingOtherwise], [null, "sync_failed", null]],
    ["it fails and recovers", [well, failing, well, well], [null, "sync_failed", "sync_recovered", null]],
    [
      "it needs attention, for one cause more",
      [well, attention, worse],
      [null, "needs_attention", "needs_attention"],
    ],
    ["one cause comes and goes", [worse, attention, worse, worse], ["needs_attention", null, null, null]],
    ["attention, then nothing", [attention, well], ["needs_attention", "sync_recovered"]],
    [
      "it fails, then only a part",
      [failing, attention, well],
      ["sync_failed", "needs_attention", "sync_recovered"],
    ],
    ["what waits for users only waits", [failing, waiting, well], ["sync_failed", null, "sync_recovered"]],
    [
      "a pause tells nothing and forgets nothing",
      [failing, paused, failing, well],
      ["sync_failed", null, null, "sync_recovered"],
    ],
    [
      "after it was well, the same cause is news",
      [attention, well, attention],
      ["needs_attention", "sync_recovered", "needs_attention"],
    ],
  ];
  for (const [name, standings, topics] of cases) {
    await t.test(name, () => {
      let told: ConnectionTold | null = null;
      const alerts = standings.map((standing, i) => {
        const next = connectionAlert(7, told, standing, NOW + i * HOUR);
        told = next.told;
        return next.alert?.topic ?? null;
      });
      assert.deepEqual(alerts, topics);
    });
  }
});

test("the sentence says what, and how long", () => {
  const first = connectionAlert(7, null, failing, NOW);
  assert.equal(
    first.alert?.text,
    "Users can't be read, and nothing can without them. users failed by network.",
  );
  assert.equal(first.alert?.path, "/integrations/7");
  const back = connectionAlert(7, first.told, well, NOW + 3 * HOUR);
  assert.equal(back.alert?.text, "Everything that is on is read again. It was failing for 3 h.");
  const added = connectionAlert(7, connectionAlert(7, null, attention, NOW).told, worse, NOW);
  assert.equal(added.alert?.text, "Audit log: audit_log failed by permission_missing.");
  const down = (stream: "jobs" | "offices", at: string) => ({
    ...trouble(stream, "network"),
    text: `Nothing answers. Asked at ${at}.`,
  });
  const together: Standing = {
    state: "needs_attention",
    troubles: [down("offices", "09:03"), trouble("job_grants", "network"), down("jobs", "09:04")],
  };
  assert.equal(
    connectionAlert(7, null, together, NOW).alert?.text,
    "Offices, Jobs: Nothing answers. Asked at 09:03. Job grants: job_grants failed by network.",
  );
});

test("a connection stands by the verdicts of what is on", () => {
  const connection = {
    paused: false,
    frozenAt: null,
    credentialKind: "harvest_v1",
    settings: { ...DEFAULT_SETTINGS, off: ["audit_log"] },
  } as unknown as Connection;
  const verdict = (stream: Verdict["stream"], changes: Partial<Verdict> = {}) => ({
    ...{ stream, state: "well" as const, cause: null, text: null, lastSuccessAt: NOW },
    ...changes,
  });
  const all = STREAMS.map((stream) => verdict(stream));
  assert.deepEqual(standingOf(connection, all), { state: "connected", troubles: [] });
  const jobs = verdict("jobs", { state: "stopped", cause: "network", text: "Not reached." });
  const stopped = [...all.filter(({ stream }) => stream !== "jobs"), jobs];
  assert.deepEqual(standingOf(connection, stopped), {
    state: "needs_attention",
    troubles: [{ stream: "jobs", cause: "network", text: "Not reached." }],
  });
  assert.equal(standingOf({ ...connection, paused: true }, stopped).state, "paused");
  assert.equal(standingOf(connection, []).state, "not_synced_yet");
});
