import assert from "node:assert/strict";
import { test } from "node:test";
import { GREENHOUSE_ORIGINS } from "../../model/connection.ts";
import { ApiError } from "../errors.ts";
import { chooseOrigins, isGreenhouse } from "./origins.ts";

for (const [origin, is] of [
  ["https://harvest.greenhouse.io", true],
  ["https://auditlog.eu.greenhouse.io", true],
  ["http://harvest.greenhouse.io", false],
  ["https://harvest.greenhouse.io:8443", false],
  ["https://greenhouse.io.evil.example", false],
  ["https://evilgreenhouse.io", false],
  ["https://harvest.greenhouse.io@evil.example", false],
] as const) {
  test(`${origin} is ${is ? "" : "not "}Greenhouse`, () => assert.equal(isGreenhouse(origin), is));
}

const simulator = {
  harvest: "http://127.0.0.1:4199",
  auth: "http://127.0.0.1:4199",
  audit: "http://127.0.0.1:4199",
};

test("the environment's origins where none is given", () => {
  assert.deepEqual(chooseOrigins(undefined, simulator, false), simulator);
});
test("Greenhouse's own hosts are always allowed, without their path", () => {
  const { harvest } = chooseOrigins(
    { harvest: "https://harvest.eu.greenhouse.io/v3/" },
    GREENHOUSE_ORIGINS,
    false,
  );
  assert.equal(harvest, "https://harvest.eu.greenhouse.io");
});
test("the environment's own origin may be repeated", () => {
  assert.deepEqual(chooseOrigins(simulator, simulator, false), simulator);
});

for (const [name, origin, trusted, allowed] of [
  ["another host over HTTP", "https://proxy.example", false, false],
  ["this machine over HTTP", "http://127.0.0.1:4199", false, false],
  ["another host by the user of this machine, protected", "https://proxy.example", true, true],
  ["another host by the user of this machine, unprotected", "http://proxy.example", true, false],
  ["this machine by the user of this machine", "http://127.0.0.1:4199", true, true],
  ["a host that only begins like this machine", "http://127.0.0.1.evil.example", true, false],
] as const) {
  test(`${name}: ${allowed ? "allowed" : "refused"}`, () => {
    const choose = () => chooseOrigins({ audit: origin }, GREENHOUSE_ORIGINS, trusted);
    if (allowed) assert.equal(choose().audit, new URL(origin).origin);
    else assert.throws(choose, (error) => error instanceof ApiError && error.code === "origin_refused");
  });
}
