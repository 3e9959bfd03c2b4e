/** Where sample data can be started by a click, and what of our environment it gets to see. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { readConfig } from "./config.ts";
import { sampleRefused } from "./sample-house.ts";

const here = { main: "main.ts", simulator: import.meta.filename };

for (const [what, env, refused] of [
  ["a server on this machine", {}, null],
  ["another loopback address", { GLASSHOUSE_HOST: "::1" }, null],
  ["behind a proxy", { GLASSHOUSE_PUBLIC_URL: "https://glasshouse.example.com" }, /for other machines too/],
  ["a proxy on this machine", { GLASSHOUSE_TRUST_PROXY: "true" }, /for other machines too/],
  [
    "a host that others reach, as in a container",
    { GLASSHOUSE_HOST: "0.0.0.0", GLASSHOUSE_PUBLIC_URL: "http://localhost:4180" },
    /for other machines too/,
  ],
  ["PostgreSQL", { GLASSHOUSE_DATABASE_URL: "postgres://a:b@localhost/glasshouse" }, /PostgreSQL/],
] as const) {
  test(`sample data by a click: ${what}`, () => {
    const said = sampleRefused(readConfig(env as NodeJS.ProcessEnv), here);
    if (refused === null) assert.equal(said, null);
    else assert.match(said ?? "", refused);
  });
}

test("sample data by a click: not without a simulator", () => {
  assert.match(
    sampleRefused(readConfig({}), { ...here, simulator: "/nowhere/main.ts" }) ?? "",
    /comes without/,
  );
});
