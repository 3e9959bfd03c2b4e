import assert from "node:assert/strict";
import { test } from "node:test";
import { counts, kindOfUse, performerOf } from "./usage.ts";

for (const [name, type, targetType, path, kind] of [
  ["a page opened", "action", "PII Page Accessed", true, "viewed"],
  ["a page opened, its path not told", "action", "PII Page Accessed", false, "viewed"],
  ["another action with a path", "action", "Report Opened", true, "viewed"],
  ["an update", "data_change_update", "User", false, "changed"],
  ["a creation", "data_change_create", "RejectionDetails", false, "changed"],
  ["a kind of change we don't know", "data_change_merge", "Person", false, "changed"],
  ["an action", "action", "Candidate or Prospect rejected", false, "acted"],
  ["an action without a label", "action", null, false, "acted"],
  ["a type we don't know", "policy_evaluated", "AI Feature Toggled", false, "other"],
  ["no type", null, null, false, "other"],
] as const) {
  test(`${name} is "${kind}"`, () => assert.equal(kindOfUse({ type, targetType, path }), kind));
}

const deed = {
  performerType: "user",
  type: "action",
  known: true,
  serviceAccount: false,
  switchedOff: false,
};
type Case = [
  name: string,
  event: Omit<typeof deed, "performerType" | "type"> & { performerType: string | null; type: string | null },
  counted: boolean,
  performer: string | null,
];
for (const [name, event, counted, performer] of [
  ["a person's action", deed, true, "user"],
  ["a person's event of an unknown type", { ...deed, type: "policy_evaluated" }, true, "user"],
  ["a request type that is switched off", { ...deed, switchedOff: true }, false, "user"],
  [
    "a program reading Harvest in a person's name",
    { ...deed, type: "harvest_access" },
    false,
    "harvest_access",
  ],
  ["an API key", { ...deed, performerType: "api_key" }, false, "api_key"],
  ["Greenhouse's staff", { ...deed, performerType: "greenhouse_internal" }, false, "greenhouse_internal"],
  ["a performer type we don't know", { ...deed, performerType: "service_user" }, false, "service_user"],
  ["a service account", { ...deed, serviceAccount: true }, false, "service_account"],
  ["a user whom no list has", { ...deed, known: false }, false, "stranger"],
  ["nobody", { ...deed, performerType: null }, false, null],
] satisfies Case[]) {
  test(`${name} ${counted ? "counts" : "doesn't count"} as use`, () => {
    assert.equal(counts(event), counted);
    assert.equal(performerOf(event), performer);
  });
}
