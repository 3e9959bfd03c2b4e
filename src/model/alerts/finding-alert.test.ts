import assert from "node:assert/strict";
import { test } from "node:test";
import type { Finding, FindingRule, FindingState } from "../finding.ts";
import { findingAlert } from "./finding-alert.ts";

const finding = (state: FindingState, rule: FindingRule = "unused_licenses", subject = ""): Finding => ({
  ...{ rule, subject, userId: subject || null, severity: "high", text: "Ada Park left.", rows: 1 },
  ...{ evidence: [], rowsAt: null, coverage: "all users", state, stateAt: 0, firstSeenAt: 0, lastSeenAt: 0 },
  ...{ returned: 0, accepted: null, ownerId: null, fixedRun: null, by: null },
});

test("what is told of a finding", async (t) => {
  const cases: [string, Finding | undefined, Finding, string | null][] = [
    ["new", undefined, finding("open"), "finding_opened"],
    ["new, of somebody who left", undefined, finding("open", "left_but_active", "4"), "left_but_active"],
    ["new, of a Site Admin", undefined, finding("open", "new_site_admin", "4"), "new_site_admin"],
    ["its evidence changed", finding("open"), finding("open"), null],
    ["accepted until now", finding("accepted"), finding("open"), "finding_opened"],
    ["back again", finding("seen_fixed"), finding("open"), "finding_opened"],
    ["said to be fixed, and wasn't", finding("fixed"), finding("open"), "finding_opened"],
    ["looked for again", finding("not_looked_for"), finding("open"), "finding_opened"],
    ["seen fixed", finding("open"), finding("seen_fixed"), "finding_closed"],
    ["said to be fixed, and is", finding("fixed"), finding("seen_fixed"), "finding_closed"],
    ["stays accepted", finding("accepted"), finding("accepted"), null],
  ];
  for (const [name, before, after, topic] of cases) {
    await t.test(name, () => assert.equal(findingAlert(7, before, after)?.topic ?? null, topic));
  }
});

test("its sentence begins with the rule, and its page shows it", () => {
  const opened = findingAlert(7, undefined, finding("open", "left_but_active", "4"));
  assert.equal(opened?.text, "Left but still active: Ada Park left.");
  assert.equal(opened?.path, "/findings?c=7&finding=left_but_active%3A4");
  assert.equal(opened?.userId, "4");
  const closed = findingAlert(7, finding("open"), finding("seen_fixed"));
  assert.equal(closed?.text, "Unused licenses, seen fixed. It said: Ada Park left.");
  assert.equal(closed?.path, "/findings?c=7&finding=unused_licenses&state=seen_fixed");
  assert.match(findingAlert(7, finding("seen_fixed"), finding("open"))!.text, /It is back\.$/);
});
