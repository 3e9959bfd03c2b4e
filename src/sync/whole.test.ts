import assert from "node:assert/strict";
import { test } from "node:test";
import type { UnlistedAdmin } from "../connectors/connector.ts";
import { whyIncomplete } from "./whole.ts";

const seen = { rows: 9, unreadable: 0, sawSiteAdmin: true, sawAdminUser: true, sawServiceAccount: true };

for (const [name, more, admin, expected] of [
  ["all that is always there", {}, null, null],
  ["no row at all", { rows: 0 }, null, "users_empty"],
  ["no Site Admin", { sawSiteAdmin: false }, null, "no_site_admin"],
  ["no admin user, though service accounts are shown", { sawAdminUser: false }, null, "admin_user_unknown"],
  [
    "neither, and there is no such user",
    { sawAdminUser: false, sawServiceAccount: false },
    "nobody",
    "admin_user_unknown",
  ],
  [
    "neither, and the user is shown when asked for",
    { sawAdminUser: false, sawServiceAccount: false },
    "shown",
    "admin_user_unlisted",
  ],
  ["neither, and such users are hidden", { sawAdminUser: false, sawServiceAccount: false }, "hidden", null],
  [
    "neither, such users are hidden, and no Site Admin",
    { sawAdminUser: false, sawServiceAccount: false, sawSiteAdmin: false },
    "hidden",
    "no_site_admin",
  ],
  ["no admin user, and a row that can't be read", { sawAdminUser: false, unreadable: 1 }, null, "unreadable"],
] as [string, Partial<typeof seen>, UnlistedAdmin | null, string | null][]) {
  test(`a list of users with ${name}: ${expected ?? "whole"}`, async () => {
    let asked = 0;
    const ask = async () => {
      asked += 1;
      return admin!;
    };
    assert.equal(await whyIncomplete({ ...seen, ...more }, ask), expected);
    assert.equal(asked, admin === null ? 0 : 1, "asks only where it tells");
  });
}
