import assert from "node:assert/strict";
import { test } from "node:test";
import { deviceOf } from "./device.ts";

const WINDOWS = "Mozilla/5.0 (Windows NT 10.0; Win64; x64)";
const WEBKIT = "AppleWebKit/537.36 (KHTML, like Gecko)";

for (const [name, agent, expected] of [
  ["Chrome", `${WINDOWS} ${WEBKIT} Chrome/131.0.0.0 Safari/537.36`, "Chrome on Windows"],
  [
    "Edge, which says Chrome too",
    `${WINDOWS} ${WEBKIT} Chrome/131.0 Safari/537.36 Edg/131.0`,
    "Edge on Windows",
  ],
  ["Firefox", "Mozilla/5.0 (X11; Linux x86_64; rv:133.0) Gecko/20100101 Firefox/133.0", "Firefox on Linux"],
  [
    "Safari of a phone, which says Mac OS X too",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 Version/18.1 Mobile/15E148 Safari/604.1",
    "Safari on iOS",
  ],
  [
    "Chrome on Android, which says Linux too",
    `Mozilla/5.0 (Linux; Android 14) ${WEBKIT} Chrome/131.0 Mobile Safari/537.36`,
    "Chrome on Android",
  ],
  ["what is no browser calls itself", "curl/8.9.1", "curl/8.9.1"],
  ["a long name is cut", "x".repeat(200), "x".repeat(60)],
  ["nothing was told", null, "Not told"],
] as const) {
  test(name, () => assert.equal(deviceOf(agent), expected));
}
