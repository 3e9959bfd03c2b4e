import assert from "node:assert/strict";
import { test } from "node:test";
import { connectionState, failedState, type StreamFacts } from "./connection-state.ts";

const well = (stream: StreamFacts["stream"]): StreamFacts => ({
  stream,
  state: "well",
  cause: null,
  lastSuccessAt: 1,
});
const unread = (stream: StreamFacts["stream"]): StreamFacts => ({
  stream,
  state: "not_read_yet",
  cause: null,
  lastSuccessAt: null,
});
const stopped = (
  stream: StreamFacts["stream"],
  cause: StreamFacts["cause"],
  lastSuccessAt: number | null = 1,
) => ({ stream, state: "stopped", cause, lastSuccessAt }) satisfies StreamFacts;
const off = (stream: StreamFacts["stream"]): StreamFacts => ({
  stream,
  state: "off",
  cause: "permission_missing",
  lastSuccessAt: null,
});

const idle = { paused: false, frozen: false, running: false };
const cases: [string, Parameters<typeof connectionState>[0], string][] = [
  ["nothing was read", { ...idle, streams: [unread("users"), unread("roles")] }, "not_synced_yet 0 of 2"],
  [
    "the first run is under way",
    { ...idle, running: true, streams: [well("users"), unread("roles")] },
    "syncing 1 of 2",
  ],
  ["all streams are well", { ...idle, streams: [well("users"), well("audit_log")] }, "connected 2 of 2"],
  [
    "a later run is under way",
    { ...idle, running: true, streams: [well("users"), well("roles")] },
    "connected 2 of 2",
  ],
  [
    "an optional stream was never allowed",
    { ...idle, streams: [well("users"), off("jobs")] },
    "connected 1 of 1",
  ],
  [
    "usage was asked for and is not well",
    { ...idle, streams: [well("users"), stopped("audit_log", "audit_log_refused", null)] },
    "needs_attention 1 of 2",
  ],
  [
    "usage was switched off",
    { ...idle, streams: [well("users"), { ...off("audit_log"), cause: "switched_off" }] },
    "connected 1 of 1",
  ],
  [
    "usage was switched on again and is not read yet",
    { ...idle, streams: [well("users"), { ...unread("audit_log"), lastSuccessAt: 1 }] },
    "syncing 2 of 2",
  ],
  [
    "users can't be read",
    { ...idle, streams: [stopped("users", "credential_wrong"), well("roles")] },
    "failing 2 of 2",
  ],
  [
    "users were never readable",
    { ...idle, streams: [stopped("users", "credential_wrong", null)] },
    "failing 0 of 1",
  ],
  [
    "some users can't be read",
    { ...idle, streams: [stopped("users", "records_unreadable")] },
    "needs_attention 1 of 1",
  ],
  [
    "a users listing is held",
    { ...idle, streams: [stopped("users", "listing_held")] },
    "needs_attention 1 of 1",
  ],
  ["it is paused", { ...idle, paused: true, streams: [stopped("users", "network")] }, "paused 1 of 1"],
  ["it is frozen", { ...idle, frozen: true, streams: [well("users")] }, "paused 1 of 1"],
];
for (const [name, facts, expected] of cases) {
  test(`connection state when ${name}`, () => {
    const { state, done, of } = connectionState(facts);
    assert.equal(`${state} ${done} of ${of}`, expected);
  });
}

const failures: [string, Parameters<typeof failedState>, string][] = [
  ["an optional stream that was never allowed is off", ["jobs", "permission_missing", false], "off"],
  ["an optional stream that worked before has stopped", ["jobs", "permission_missing", true], "stopped"],
  ["an optional stream that fails otherwise has stopped", ["jobs", "network", false], "stopped"],
  ["usage that was asked for has stopped", ["audit_log", "audit_log_refused", false], "stopped"],
  ["usage that was switched off is off", ["audit_log", "switched_off", true], "off"],
  ["users are never off", ["users", "permission_missing", false], "stopped"],
];
for (const [name, args, expected] of failures) {
  test(`stream state: ${name}`, () => assert.equal(failedState(...args), expected));
}
