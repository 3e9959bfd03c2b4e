import assert from "node:assert/strict";
import { test } from "node:test";
import type { Stream } from "../../model/stream.ts";
import type { CauseCode, StreamState, Verdict } from "../../model/verdict.ts";
import { healed, lostMeanwhile, lostNow, type Standing, shownVerdict } from "./verdict-view.ts";

const NOW = Date.parse("2026-11-23T09:14:00Z");
const HOUR = 3_600_000;

const verdict = (state: StreamState, cause: CauseCode | null = null, stream: Stream = "users"): Verdict => ({
  stream,
  state,
  cause,
  text: null,
  cure: null,
  ask: null,
  facts: {},
});
const standing = (more: Partial<Standing> = {}): Standing => ({
  lastSuccessAt: NOW - 5 * HOUR,
  everyMinutes: 60,
  reading: false,
  stands: false,
  works: true,
  shellName: "acme",
  ...more,
});

for (const [name, stored, facts, state, cause] of [
  ["not read for five hours, due every hour", verdict("well"), {}, "stopped", "behind"],
  ["a minute late enough", verdict("well"), { lastSuccessAt: NOW - 131 * 60_000 }, "stopped", "behind"],
  ["not late enough yet", verdict("well"), { lastSuccessAt: NOW - 130 * 60_000 }, "well", null],
  ["late, but read right now", verdict("well"), { reading: true }, "reading", null],
  ["late, but paused", verdict("well"), { stands: true }, "well", null],
  ["late, but due every day", verdict("well"), { everyMinutes: 1440 }, "well", null],
  ["late, and worse is known", verdict("stopped", "network"), {}, "stopped", "network"],
  ["stopped, and tried again now", verdict("stopped", "network"), { reading: true }, "stopped", "network"],
  [
    "never read, and read now",
    verdict("not_read_yet"),
    { lastSuccessAt: null, reading: true },
    "reading",
    null,
  ],
  ["never read", verdict("not_read_yet"), { lastSuccessAt: null }, "not_read_yet", null],
  ["off", verdict("off", "switched_off"), {}, "off", "switched_off"],
] as const) {
  test(`a stream that is ${name} is shown as ${state}`, () => {
    const shown = shownVerdict(stored, standing(facts), NOW).verdict;
    assert.deepEqual([shown.state, shown.cause], [state, cause]);
  });
}

test("behind says since when, how often it is due, whether a worker runs, and what to type", () => {
  const served = shownVerdict(verdict("well"), standing(), NOW);
  assert.equal(served.since, NOW - 5 * HOUR + 130 * 60_000);
  assert.equal(
    served.verdict.text,
    "Last success 5 h ago; due every hour. The worker runs: its last runs tell why.",
  );
  assert.equal(served.verdict.cure, "glasshouse sync acme; see glasshouse runs acme.");
  const alone = shownVerdict(verdict("well"), standing({ works: false, everyMinutes: 15 }), NOW).verdict;
  assert.match(
    alone.text!,
    /due every 15 min\. Nothing syncs by itself now: no server with a worker runs\.$/,
  );
  assert.match(alone.cure!, /npm start\.$/);
});

test("behind on a shared database says when a worker was last seen, and what to start", () => {
  const shared = (workerSeenAt: number | null, works = false) =>
    shownVerdict(verdict("well"), standing({ works, workerSeenAt }), NOW).verdict;
  const gone = shared(NOW - 3 * HOUR);
  assert.match(gone.text!, /due every hour\. No worker has been seen since 23 Nov 2026 06:14 UTC\.$/);
  assert.equal(gone.cure, "Start one: glasshouse worker (or glasshouse serve without --no-worker).");
  assert.match(shared(null).text!, /No worker has ever been seen\.$/);
  assert.match(shared(NOW, true).text!, /The worker runs: its last runs tell why\.$/);
  assert.equal(shared(NOW, true).cure, "glasshouse sync acme; see glasshouse runs acme.");
});

for (const [name, of, lastSuccessAt, lost] of [
  ["well", verdict("well"), NOW, null],
  ["off", verdict("off", "switched_off", "roles"), NOW, "role names (you see role IDs)"],
  ["never read", verdict("stopped", "network"), null, "everything: nothing works without users"],
  [
    "stopped after it worked",
    verdict("stopped", "network"),
    NOW,
    "what is newer than 23 Nov 2026 09:14 UTC; what was read by then stays",
  ],
  [
    "stopped grants",
    verdict("stopped", "permission_missing", "job_grants"),
    NOW,
    "what is newer than 23 Nov 2026 09:14 UTC; what was read by then stays",
  ],
  [
    "stopped use",
    verdict("stopped", "audit_log_refused", "audit_log"),
    NOW,
    "what is newer than 23 Nov 2026 09:14 UTC; what was read by then stays",
  ],
  [
    "an audit log without events",
    verdict("stopped", "audit_log_empty", "audit_log"),
    NOW,
    "usage: who really uses Greenhouse",
  ],
  ["a held listing: its verdict says what stays", verdict("stopped", "listing_held"), NOW, null],
] as const) {
  test(`what is missing, ${name}`, () => assert.equal(lostNow(of, lastSuccessAt), lost));
}

for (const [name, of, lastSuccessAt, says] of [
  ["well", verdict("well"), NOW, null],
  ["a held listing", verdict("stopped", "listing_held"), NOW, null],
  ["a list", verdict("stopped", "network"), NOW, /^nothing for good/],
  ["use never read", verdict("stopped", "network", "audit_log"), null, /use since 24 Oct can still/],
  ["use two days ago", verdict("stopped", "network", "audit_log"), NOW - 48 * HOUR, /until 21 Dec/],
  [
    "use forty days ago",
    verdict("stopped", "network", "audit_log"),
    NOW - 960 * HOUR,
    /to 24 Oct is lost for good/,
  ],
] as const) {
  test(`what is lost meanwhile, ${name}`, () => {
    const lost = lostMeanwhile(of, lastSuccessAt, NOW);
    if (says === null) assert.equal(lost, null);
    else assert.match(lost!, says);
  });
}

const stop = { stoppedAt: NOW - 3 * HOUR, stoppedBy: "network", readBefore: NOW - 4 * HOUR };
const back = { at: "2026-11-23T08:14:00.000Z", readBefore: "2026-11-23T05:14:00.000Z" };
for (const [name, state, facts, wellFor, expected] of [
  ["well for an hour after a stop", "well", stop, HOUR, back],
  ["read again after it", "reading", stop, HOUR, back],
  ["well for two days after a stop", "well", stop, 48 * HOUR, null],
  ["stopped once more", "stopped", stop, HOUR, null],
  ["well, and never stopped", "well", {}, HOUR, null],
  ["well after a held listing, which was read", "well", { ...stop, stoppedBy: "listing_held" }, HOUR, null],
] as const) {
  test(`whether a stream is back, ${name}: ${expected === null ? "not told" : "told"}`, () => {
    assert.deepEqual(healed({ state, facts }, NOW - wellFor, NOW), expected);
  });
}
