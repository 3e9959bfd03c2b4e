import assert from "node:assert/strict";
import { test } from "node:test";
import type { Asker } from "../../model/asked.ts";
import type { Actor, MemberRole } from "../../model/member.ts";
import { askerOf, askerView } from "./asker.ts";

function member(role: MemberRole, via: Extract<Actor, { kind: "member" }>["via"]): Actor {
  const ines = {
    id: 7,
    email: "ines@aldermoor.example",
    name: "Ines Okafor",
    role,
    secondFactor: true,
    hasPassword: true,
    connections: null,
    createdAt: 0,
    lastSeenAt: null,
  };
  return { kind: "member", member: ines, role, via, connections: null };
}
const admin = member("admin", { session: 1 });
const viewer = member("viewer", { session: 1 });

const CASES: [string, Actor, Asker | null, string | null, string | null][] = [
  ["in the browser", admin, { kind: "member", member: 7, name: "Ines Okafor" }, "Ines Okafor", null],
  [
    "with a token",
    member("operator", { token: 3, name: "nightly" }),
    { kind: "token", member: 7, name: "Ines Okafor", token: 3, tokenName: "nightly" },
    "Ines Okafor",
    "nightly",
  ],
  ["on the command line", { kind: "machine" }, { kind: "machine" }, "the command line", null],
  ["by nobody", { kind: "nobody" }, null, null, null],
];

for (const [how, who, asker, by, byToken] of CASES) {
  test(`who asked ${how}, and what a reader is told`, () => {
    assert.deepEqual(askerOf(who), asker);
    assert.deepEqual(askerView(asker, admin), { by, byToken });
    assert.deepEqual(askerView(asker, viewer), { by, byToken: null }, "what tokens are called is for admins");
  });
}

test("somebody elsewhere gave the credential by a member's link", () => {
  const { by } = askerView({ kind: "link", name: "Ines Okafor" }, viewer);
  assert.equal(by, "a link of Ines Okafor");
});
