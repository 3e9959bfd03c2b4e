import assert from "node:assert/strict";
import { test } from "node:test";
import type { Search } from "../search.ts";
import type { Run } from "../text/words.ts";
import { lookedFor } from "./view.ts";

const run = (id: number, day: string, ...steps: [stream: string, outcome: string][]) =>
  ({
    id,
    startedAt: `${day}T09:00:00Z`,
    steps: steps.map(([stream, outcome]) => ({ stream, outcome, endedAt: `${day}T09:02:00Z` })),
  }) as unknown as Run;
const RUNS = [
  run(6, "2026-11-20", ["scorecards", "complete"]),
  run(5, "2026-11-20", ["audit_log", "complete"]),
  run(4, "2026-11-19", ["users", "failed"], ["roles", "complete"]),
  run(3, "2026-11-19", ["job_grants", "failed"], ["future_job_grants", "stopped"]),
  run(2, "2026-11-18", ["job_grants", "complete"]),
  run(1, "2026-11-17", ["users", "complete"], ["roles", "complete"]),
];

for (const [name, view, ids, more] of [
  ["whatever changed: runs that listed something, not those that read deeds", {}, [4, 2, 1], true],
  ["changes of users", { stream: "users" }, [1], true],
  ["changes of users or grants", { stream: "users,job_grants" }, [2, 1], true],
  ["what a run saw", { run: "2" }, [2], false],
  ["what a run saw that listed nothing", { run: "5" }, [], false],
  ["changes since a day", { from: "2026-11-18" }, [4, 2], false],
  ["changes before a day", { to: "2026-11-18" }, [1], true],
  ["changes of a moment", { from: "2026-11-18T09:00Z", to: "2026-11-18T10:00Z" }, [2], false],
] satisfies [string, Search, number[], boolean][]) {
  test(`who looked for ${name}`, () => {
    const found = (nextCursor: string | null) => {
      const { looked, more } = lookedFor({ items: RUNS, nextCursor }, view);
      return [looked.map(({ id }) => id), more];
    };
    assert.deepEqual(found("older"), [ids, more]);
    assert.deepEqual(found(null), [ids, false]);
  });
}
