import assert from "node:assert/strict";
import { test } from "node:test";
import { type Candidate, type Finding, type FindingState, reconcile } from "./finding.ts";

const candidate: Candidate = {
  subject: "7",
  userId: "7",
  severity: "high",
  text: "now",
  rows: 1,
  evidence: [],
  rowsAt: null,
};
const kept = (state: FindingState, facts: Partial<Finding> = {}): Finding => ({
  ...candidate,
  text: "before",
  rule: "dormant_site_admin",
  state,
  stateAt: 100,
  firstSeenAt: 50,
  lastSeenAt: 90,
  coverage: "before",
  returned: 0,
  accepted: null,
  ownerId: 3,
  fixedRun: null,
  by: null,
  ...facts,
});

interface Case {
  what: string;
  before: Finding | null;
  found: boolean;
  /** The reading that the rule rests on. */
  seenAt?: number;
  begunAt?: number;
  /** It is not known to be gone. */
  untold?: true;
  /** It was looked for by other thresholds. */
  otherwise?: true;
  evidence?: Candidate["evidence"];
  now?: number;
  becomes: Partial<Finding>;
}

const accepted = { accepted: { until: 500, reason: "stands in" }, by: "M. Ito" };
const CASES: Case[] = [
  {
    what: "found for the first time, it is open from the reading that showed it",
    before: null,
    found: true,
    becomes: { state: "open", firstSeenAt: 200, lastSeenAt: 200, stateAt: 200, returned: 0, ownerId: null },
  },
  {
    what: "still there, it is the same finding with newer evidence",
    before: kept("open"),
    found: true,
    becomes: { state: "open", firstSeenAt: 50, lastSeenAt: 200, stateAt: 100, text: "now", ownerId: 3 },
  },
  {
    what: "gone from a later reading, it was seen fixed",
    before: kept("open"),
    found: false,
    becomes: { state: "seen_fixed", stateAt: 200, fixedRun: 8, lastSeenAt: 90, text: "before" },
  },
  {
    what: "accepted, it stays accepted until its date",
    before: kept("accepted", accepted),
    found: true,
    now: 499,
    becomes: { state: "accepted", ...accepted },
  },
  {
    what: "accepted until a date that has passed, it is open again",
    before: kept("accepted", accepted),
    found: true,
    now: 500,
    becomes: { state: "open", stateAt: 500, accepted: null, by: null, returned: 0 },
  },
  {
    what: "accepted and gone, it was seen fixed",
    before: kept("accepted", accepted),
    found: false,
    becomes: { state: "seen_fixed", accepted: null },
  },
  {
    what: "said to be fixed, an older reading says nothing against it",
    before: kept("fixed", { stateAt: 300, by: "M. Ito" }),
    found: true,
    becomes: { state: "fixed", stateAt: 300, by: "M. Ito" },
  },
  {
    what: "said to be fixed, a reading that had begun before says nothing against it",
    before: kept("fixed", { stateAt: 150, by: "M. Ito" }),
    found: true,
    begunAt: 140,
    becomes: { state: "fixed", stateAt: 150, returned: 0 },
  },
  {
    what: "not found, and not known to be gone, it stays as it is",
    before: kept("open"),
    found: false,
    untold: true,
    becomes: { state: "open", stateAt: 100, lastSeenAt: 90, coverage: "before" },
  },
  {
    what: "not known to be gone, its acceptance ends all the same",
    before: kept("accepted", accepted),
    found: false,
    untold: true,
    now: 500,
    becomes: { state: "open", stateAt: 500, accepted: null },
  },
  {
    what: "gone by another threshold, nothing was fixed",
    before: kept("open"),
    found: false,
    otherwise: true,
    becomes: { state: "not_looked_for", stateAt: 200, lastSeenAt: 90, fixedRun: null },
  },
  {
    what: "of another threshold it says nothing where it is not known to be gone",
    before: kept("open"),
    found: false,
    untold: true,
    otherwise: true,
    becomes: { state: "open", stateAt: 100 },
  },
  {
    what: "looked for again, it is open as before, and didn't come back",
    before: kept("not_looked_for"),
    found: true,
    becomes: { state: "open", firstSeenAt: 50, stateAt: 200, returned: 0 },
  },
  {
    what: "looked for again before its acceptance has ended, it is accepted",
    before: kept("not_looked_for", accepted),
    found: true,
    now: 499,
    becomes: { state: "accepted", ...accepted, stateAt: 200 },
  },
  {
    what: "looked for again after that, it is open",
    before: kept("not_looked_for", accepted),
    found: true,
    now: 500,
    becomes: { state: "open", accepted: null, by: null, returned: 0 },
  },
  {
    what: "accepted, and more severe now, it is open again",
    before: kept("accepted", { ...accepted, severity: "medium" }),
    found: true,
    becomes: { state: "open", severity: "high", stateAt: 200, accepted: null, by: null },
  },
  {
    what: "accepted, and there is newer evidence, it is open again",
    before: kept("accepted", accepted),
    found: true,
    evidence: [{ text: "API Key Created", userId: null, at: 120 }],
    becomes: { state: "open", stateAt: 200, accepted: null, returned: 0 },
  },
  {
    what: "found by what happened after its listing, it is seen first when that was",
    before: null,
    found: true,
    now: 300,
    evidence: [{ text: "last recorded use", userId: "7", at: 250 }],
    becomes: { firstSeenAt: 250, lastSeenAt: 250, stateAt: 250 },
  },
  {
    what: "said to be fixed, and still there in a later reading, it came back",
    before: kept("fixed", { by: "M. Ito" }),
    found: true,
    becomes: { state: "open", stateAt: 200, by: null, returned: 1 },
  },
  {
    what: "said to be fixed, and gone from a later reading, it was seen fixed",
    before: kept("fixed", { by: "M. Ito" }),
    found: false,
    becomes: { state: "seen_fixed", by: "M. Ito" },
  },
  {
    what: "seen fixed, and there again, it came back",
    before: kept("seen_fixed", { fixedRun: 5 }),
    found: true,
    becomes: { state: "open", firstSeenAt: 50, returned: 1, fixedRun: null },
  },
];

for (const { what, before, found, seenAt = 200, now = 200, becomes, ...more } of CASES) {
  test(what, () => {
    const { begunAt = seenAt, untold, otherwise, evidence = [] } = more;
    const known = {
      known: true as const,
      ...{ seenAt, begunAt, run: 8, coverage: "a listing", newsOpens: true },
      candidates: found ? [{ ...candidate, evidence }] : [],
      untold: new Set(untold ? ["7"] : []),
      otherwise: otherwise ?? false,
    };
    const [after, ...others] = reconcile("dormant_site_admin", before ? [before] : [], known, now);
    assert.equal(others.length, 0);
    const shown = Object.fromEntries(Object.keys(becomes).map((key) => [key, after![key as keyof Finding]]));
    assert.deepEqual(shown, becomes);
  });
}

test("what was seen fixed and is not there stays as it was", () => {
  const reading = { seenAt: 200, begunAt: 200, run: 8, coverage: "a listing" };
  const known = { known: true as const, ...reading, candidates: [] };
  assert.deepEqual(reconcile("dormant_site_admin", [kept("seen_fixed")], known, 200), []);
});
