import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { endpointTable } from "../src/api/reference.ts";

test("the console calls every endpoint where the contract says", () => {
  const table = readFileSync(join(dirname(import.meta.dirname), "web", "api", "endpoints.ts"), "utf8");
  assert.equal(table, endpointTable(), "stale: run `node bin/launch.mjs src/api/reference.ts`");
});
