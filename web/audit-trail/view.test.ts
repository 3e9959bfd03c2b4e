import assert from "node:assert/strict";
import { test } from "node:test";
import { actionOf, detailsOf, isShown, PRESETS, resultOf, targetOf, whoOf } from "./view.ts";

const connection = { id: 2, name: "Aldermoor" };
const target = (facts: Partial<Parameters<typeof targetOf>[0]>) =>
  targetOf({ action: "doNew", target: null, connection: null, details: null, ...facts });

for (const [name, got, expected] of [
  ["an action in words", actionOf("signIn"), "Sign in"],
  ["an action without words is told as it is", actionOf("doNew"), "doNew"],
  ["done", resultOf("ok"), "Done"],
  ["a refusal in words", resultOf("not_allowed"), "Not allowed"],
  ["another code without its underscores", resultOf("account_taken"), "account taken"],
  [
    "a member as called then",
    whoOf({ by: "member", name: "Mara (M.) Quill (m@example.org)" }),
    { who: "Mara (M.) Quill", email: "m@example.org" },
  ],
  [
    "a token and whose it is",
    whoOf({ by: "token", name: "Mara (m@example.org), token CI (main)" }),
    { who: "Token CI (main) of Mara", email: "m@example.org" },
  ],
  [
    "the command line",
    whoOf({ by: "machine", name: "the command line" }),
    { who: "Command line of the server", email: null },
  ],
  ["nobody", whoOf({ by: "nobody", name: "nobody" }), { who: "Nobody signed in", email: null }],
  ["no target", target({}), "None"],
  ["a target", target({ target: "mara@example.org" }), "mara@example.org"],
  ["a connection by its name, not its id too", target({ target: "2", connection }), "Aldermoor"],
  ["what employees were imported from", target({ action: "importEmployees", target: "csv" }), "CSV file"],
  ["only there", target({ target: "csv" }), "csv"],
  ["a part of a connection", target({ target: "2 / users", connection }), "users · Aldermoor"],
  [
    "a connection that was deleted",
    target({ target: "2", connection: { id: 2, name: null } }),
    "Connection 2, deleted",
  ],
  [
    "an export with the beginning of its hash",
    target({ target: "2", connection, details: { file: "users.csv", sha256: "0123456789abcdef" } }),
    "SHA-256 01234567… · Aldermoor",
  ],
  [
    "details in words",
    detailsOf({ details: { role: "admin", connections: "all", days: null, rows: 0, other: true } }),
    [
      ["Role", "Admin"],
      ["Sees", "all connections"],
      ["Good for days", "no end"],
      ["Rows", "0"],
      ["other", "true"],
    ],
  ],
  [
    "what a setting is, and was",
    detailsOf({ details: { keepEventsDays: 35, keepEventsDaysBefore: null, newBefore: 1 } }),
    [
      ["Keep single events, in days", "35"],
      ["Keep single events, in days: before", "no end"],
      ["newBefore", "1"],
    ],
  ],
  [
    "a filter in words",
    detailsOf({ details: { filter: '{"status":["active","missing"],"search":"q"}' } }),
    [["Filter", "status: active,missing; search: q"]],
  ],
  ["no filter", detailsOf({ details: { filter: "{}" } }), [["Filter", "None"]]],
  ["a preset is known by its filters", isShown({ c: "2", ...PRESETS.refused }, PRESETS.refused), true],
  [
    "with another filter it is another view",
    isShown({ ...PRESETS.refused, by: "token" }, PRESETS.refused),
    false,
  ],
] as const) {
  test(name, () => assert.deepEqual(got, expected));
}
