import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { controlRoutes } from "./control/http.ts";
import { BadRequest, defaultScenario, nestedScenario, patchScenario } from "./scenario.ts";
import { switches } from "./switches.ts";

const here = (path: string): URL => new URL(path, import.meta.url);

test("every default is a value its switch takes", () => {
  const scenario = defaultScenario();
  patchScenario(scenario, nestedScenario(defaultScenario()));
  assert.deepEqual(scenario, defaultScenario());
});

test("a change may be nested or dotted; maps merge, null removes an entry", () => {
  const scenario = defaultScenario();
  patchScenario(scenario, {
    "rate.v3.limit": 7,
    audit: { addon: "off" },
    credentials: { v1: { "another-key": { permissions: ["users"] } } },
  });
  assert.deepEqual([scenario["rate.v3.limit"], scenario["audit.addon"]], [7, "off"]);
  assert.deepEqual(Object.keys(scenario["credentials.v1"]), ["simulated-harvest-v1-key", "another-key"]);
  patchScenario(scenario, { credentials: { v1: { "another-key": null } } });
  assert.deepEqual(Object.keys(scenario["credentials.v1"]), ["simulated-harvest-v1-key"]);
});

const mistakes: [string, unknown][] = [
  ["no object", 7],
  ["an unknown switch", { audit: { mood: "good" } }],
  ["a value outside the list", { "v3.nonSiteAdmin": "perhaps" }],
  ["text for a number", { "rate.v3.limit": "50" }],
  ["a share above 1", { "audit.shortPages": 2 }],
  ["a hole that is no pair of times", { "audit.holes": [["yesterday", "today"]] }],
  ["a credential without a secret", { credentials: { v3: { "x-1": {} } } }],
];
for (const [name, change] of mistakes) {
  test(`refused, with nothing changed: ${name}`, () => {
    const scenario = defaultScenario();
    assert.throws(() => patchScenario(scenario, change), BadRequest);
    assert.deepEqual(scenario, defaultScenario());
  });
}

interface Disagreement {
  place: string;
  what: string;
  sides: string[];
  switch: string | null;
  default: string;
  reason?: string;
}
const disagreements = JSON.parse(readFileSync(here("disagreements.json"), "utf8")) as Disagreement[];

test("every disagreement names a switch that exists, or the reason there is none", () => {
  for (const d of disagreements) {
    assert.ok(d.place !== "" && d.what !== "" && d.sides.length > 0 && d.default !== "", JSON.stringify(d));
    if (d.switch === null) assert.ok(d.reason, d.what);
    else assert.ok(Object.hasOwn(switches, d.switch), d.switch);
  }
  for (let n = 1; n <= 10; n++)
    assert.ok(
      disagreements.some((d) => d.place === `§8.${n}`),
      `§8.${n}`,
    );
});

const page = here("../docs/simulator.md");
test("the documentation has every switch with its default, and every control route", {
  skip: existsSync(page) ? false : "docs/simulator.md is not here",
}, () => {
  const text = readFileSync(page, "utf8");
  for (const name of Object.keys(switches)) assert.ok(text.includes(`| \`${name}\` |`), name);
  for (const route of Object.keys(controlRoutes)) assert.ok(text.includes(`\`${route}\``), route);
});
