import assert from "node:assert/strict";
import { test } from "node:test";
import type { Connection } from "../integrations/troubles.ts";
import { changeOf, settingsWith, touchedOf } from "./touched.ts";

const opened = {
  permissionType: "read_and_act",
  settings: {
    everyMinutes: { directory: 60, grants: 60, usage: 15, recruiting_activity: 60 },
    off: ["approvals"],
    windowDays: 28,
    keepEventsDays: 400,
    sharePercent: 90,
    secondApproval: false,
  },
} as unknown as Connection;

for (const [name, touched, sent] of [
  ["nothing", {}, {}],
  ["an interval", { everyMinutes: { usage: 30 } }, { settings: { everyMinutes: { usage: 30 } } }],
  ["an interval put back", { everyMinutes: { usage: 15 } }, {}],
  ["usage off", { on: { audit_log: false } }, { settings: { off: ["approvals", "audit_log"] } }],
  ["approvals on", { on: { approvals: true } }, { settings: { off: [] } }],
  ["approvals on and off again", { on: { approvals: false } }, {}],
  ["events kept for ever", { keepEventsDays: null }, { settings: { keepEventsDays: null } }],
  ["read only", { permissionType: "read" }, { permissionType: "read" }],
] as const) {
  test(`touched in the settings: ${name}: only that is sent`, () => {
    assert.deepEqual(changeOf(opened.settings, touchedOf(opened, touched)), sent);
  });
}

test("what another has switched meanwhile is shown, and stays", () => {
  const now = { ...opened.settings, secondApproval: true, off: ["scorecards"] } as Connection["settings"];
  const touched = touchedOf(opened, { on: { audit_log: false }, sharePercent: 50 });
  const shown = settingsWith(now, touched);
  assert.deepEqual(
    [shown.secondApproval, shown.sharePercent, shown.off],
    [true, 50, ["scorecards", "audit_log"]],
  );
  assert.deepEqual(changeOf(now, touched).settings, { sharePercent: 50, off: ["scorecards", "audit_log"] });
});
