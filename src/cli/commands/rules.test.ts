import assert from "node:assert/strict";
import { test } from "node:test";
import { handlers } from "../../api/handlers.ts";
import { testContext } from "../../api/testing.ts";
import { run } from "../testing.ts";
import { withRules } from "./rules.ts";

type Rule = Parameters<typeof withRules>[0][number];
const rule = (level: Rule["level"], type: string | null): Rule => ({ level, status: "active", type });

for (const [name, given, expected] of [
  ["none given", [], [rule("basic", "Basic"), rule("any", "Person")]],
  ["the same level and status", [rule("basic", null)], [rule("basic", null), rule("any", "Person")]],
  [
    "another level",
    [rule("job_admin", "Full")],
    [rule("job_admin", "Full"), rule("basic", "Basic"), rule("any", "Person")],
  ],
] as const) {
  test(`rules with ${name}`, () =>
    assert.deepEqual(withRules([rule("basic", "Basic"), rule("any", "Person")], [...given]), expected));
}

test("license rules are shown, tried, changed and priced", async (t) => {
  const { store, connect } = await testContext(t);
  await connect("Aldermoor");
  const ask = (...argv: string[]) =>
    run(["license-rules", "Aldermoor", ...argv], { dataDir: store.dir, handlers });
  assert.match((await ask()).out, /^Basic {7}Active {7}Basic$/m);
  const tried = await ask("--rule", "basic/active=none", "--preview");
  assert.match(tried.out, /Nobody would move\.\n\nNothing was changed/);
  assert.match((await ask()).out, /^Basic {7}Active {7}Basic$/m);
  const { out } = await ask(
    "--rule",
    "basic/active=none",
    "--purchased",
    "Job Admin=180",
    "--price",
    "Job Admin=32.5 eur",
  );
  assert.match(out, /^Basic {7}Active {7}None$/m);
  assert.match(out, /^Job Admin +180 +EUR 32\.50$/m);
  for (const wrong of ["basic=none", "basic/gone=X", "any/any="]) {
    assert.equal((await ask("--rule", wrong)).exit, 2, wrong);
  }
  assert.equal((await ask("--preview")).exit, 2);
});

test("request types are shown and switched; one that isn't there changes nothing", async (t) => {
  const { store, connect } = await testContext(t);
  await connect("Aldermoor");
  const items = [{ requestType: "people#index", events: 7, counts: true }];
  const asked: unknown[] = [];
  const ask = (...argv: string[]) =>
    run(["request-types", "Aldermoor", ...argv], {
      dataDir: store.dir,
      handlers: {
        requestTypes: async () => ({ items }),
        async setRequestTypes({ body }) {
          asked.push(body.set);
          return { items: items.map((each) => ({ ...each, counts: false })) };
        },
      },
    });
  assert.match((await ask()).out, /^people#index +7 {2}yes$/m);
  assert.match((await ask("--ignore", "people#index")).out, /^people#index +7 {2}no$/m);
  const strange = await ask("--ignore", "none");
  assert.deepEqual([strange.exit, asked], [2, [[{ requestType: "people#index", counts: false }]]]);
});
