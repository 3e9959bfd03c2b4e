import assert from "node:assert/strict";
import { test } from "node:test";
import { invitationAddress, type Member, shownMembers } from "./view.ts";

const member = (name: string, role: Member["role"]) =>
  ({ name, email: `${name.toLowerCase()}@example.org`, role }) as Member;
const all = [member("Ines", "admin"), member("Lou", null), member("Mara", "viewer"), member("Tomas", null)];

for (const [name, asked, expected] of [
  ["who waits for a role stands first, else by name", {}, ["Lou", "Tomas", "Ines", "Mara"]],
  ["searched by name, whatever the case", { search: "MARA" }, ["Mara"]],
  ["searched by e-mail", { search: "ines@ex" }, ["Ines"]],
  ["one role", { role: "viewer" }, ["Mara"]],
  ["several roles, and none", { role: "admin,none" }, ["Lou", "Tomas", "Ines"]],
  ["nobody fits", { search: "nobody" }, []],
] as const) {
  test(name, () =>
    assert.deepEqual(
      shownMembers(all, asked).map((each) => each.name),
      expected,
    ),
  );
}

test("the code stands behind the #, which no browser sends", () => {
  const url = new URL(invitationAddress("AAAA-BBBB", "https://glasshouse.example.org"));
  assert.deepEqual([url.pathname, url.search, url.hash], ["/invitation", "", "#AAAA-BBBB"]);
});
