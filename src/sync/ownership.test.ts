import assert from "node:assert/strict";
import { test } from "node:test";
import type { ActivityPage } from "../connectors/connector.ts";
import type { EventRecord } from "../model/records.ts";
import { Ownership } from "./ownership.ts";

const page = (...organizations: (string | null)[]) =>
  ({
    events: organizations.map((organizationId) => ({ organizationId }) as EventRecord),
    unreadable: [],
    claim: { from: 0, to: 1 },
    unclaim: null,
    hole: null,
  }) as unknown as ActivityPage;
const many = (n: number, organization: string) => page(...Array.from({ length: n }, () => organization));
const seen = (told: ActivityPage | null) =>
  told && [told.events.map(({ organizationId }) => organizationId), told.unreadable.length];

test("the organization is the one that most of the first events name, and is kept", () => {
  const ownership = new Ownership(null);
  assert.deepEqual(seen(ownership.own(page(null))), [[null], 0]);
  assert.equal(ownership.organization, null);
  assert.deepEqual(seen(ownership.own(page("2", "1", null, "1"))), [["1", null, "1"], 1]);
  assert.deepEqual(seen(ownership.own(page("2", "2", "2"))), [[], 3], "whatever comes later");
  assert.equal(ownership.organization, "1");
});

test("a log with events of two organizations: ours are stored, the others' are left out and told", () => {
  const ownership = new Ownership("1");
  assert.equal(ownership.own(page("2", "2")), null, "not before there is one of ours");
  assert.equal(ownership.own(page()), null, "nor what was claimed meanwhile");
  const unclaim = { from: 0, to: 9 };
  const { claim, ...taken } = ownership.own({ ...page("2"), unclaim })!;
  assert.deepEqual([claim, taken.unclaim], [null, unclaim], "but what was false is taken back");
  assert.ok(ownership.heldBack && !ownership.isOthers);
  assert.deepEqual(seen(ownership.own(page("2", "1"))), [["1"], 1]);
  assert.ok(!ownership.heldBack);
  assert.deepEqual(seen(ownership.own(many(2000, "2"))), [[], 2000]);
  assert.ok(!ownership.isOthers);
});

test("a log without an event of ours is another's: at its end, or after a thousand", () => {
  const ownership = new Ownership("1");
  assert.deepEqual(seen(ownership.own(page())), [[], 0]);
  assert.equal(ownership.own(many(999, "2")), null);
  assert.ok(ownership.heldBack && !ownership.isOthers);
  assert.equal(ownership.own(page("2", null)), null);
  assert.ok(ownership.isOthers);
});
