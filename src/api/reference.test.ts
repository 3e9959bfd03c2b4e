import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { API, endpoints } from "./contract.ts";
import { handlers } from "./handlers.ts";
import { buildApp } from "./http/app.ts";
import { reference } from "./reference.ts";
import { testContext } from "./testing.ts";

test("docs/api.md says what the contract says", () => {
  const page = readFileSync(join(dirname(dirname(import.meta.dirname)), "docs", "api.md"), "utf8");
  assert.ok(page === reference(), "stale: run `node bin/launch.mjs src/api/reference.ts`");
});

test("the OpenAPI document is 3.1 and has every endpoint with its answers", async (t) => {
  const { context } = await testContext(t);
  const app = await buildApp(context, { guard: null, handlers });
  t.after(() => app.close());
  const document = (await app.inject(`${API}/openapi.json`)).json();
  assert.match(document.openapi, /^3\.1\./);
  for (const [name, { method, path }] of Object.entries(endpoints)) {
    const found =
      document.paths[API + path]?.[method.toLowerCase()] ?? document.paths[path]?.[method.toLowerCase()];
    assert.equal(found?.operationId, name, `${method} ${path}`);
    assert.ok(Object.keys(found.responses).some((status) => status.startsWith("2")));
  }
  assert.ok(document.components.schemas.User.properties.license);
  assert.equal(document.paths["/healthz"], undefined);
});
