import assert from "node:assert/strict";
import { test } from "node:test";
import { placeOf } from "./place.ts";

for (const [ip, place] of [
  ["192.0.2.7", "192.0.2.7"],
  ["::ffff:192.0.2.7", "192.0.2.7"],
  ["::ffff:c000:207", "192.0.2.7"],
  ["2001:db8:1:2::7", "2001:db8:1:2::/64"],
  ["2001:DB8:1:2:ffff:ffff:ffff:ffff", "2001:db8:1:2::/64"],
  ["2001:db8:1:3::7", "2001:db8:1:3::/64"],
  ["fe80::1%eth0", "fe80:0:0:0::/64"],
  ["::1", "0:0:0:0::/64"],
  [null, "null"],
] as const) {
  test(`${ip} is counted as ${place}`, () => {
    assert.equal(placeOf(ip), place);
  });
}
