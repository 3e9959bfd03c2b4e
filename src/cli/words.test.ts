import assert from "node:assert/strict";
import { test } from "node:test";
import type { RunView } from "../api/contract/runs.ts";
import { runOutcome } from "./words.ts";

const step = (outcome: string | null, rows: number) => ({ outcome, rows }) as RunView["steps"][number];

for (const [name, outcome, steps, word] of [
  ["whose streams were all read", "complete", [step("complete", 5), step("complete", 0)], "Complete"],
  ["of whose streams one isn't allowed", "complete", [step("complete", 5), step("failed", 0)], "Complete"],
  ["none of whose streams is allowed", "complete", [step("failed", 0), step("failed", 0)], "Nothing read"],
  ["that failed", "failed", [step("failed", 0)], "Failed"],
  ["without a stream", "complete", [], "Complete"],
] as const) {
  test(`a run ${name}: ${word}`, () => {
    assert.equal(runOutcome({ outcome, steps: [...steps] }), word);
  });
}
