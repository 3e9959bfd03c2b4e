import type { UnlistedAdmin } from "../connectors/connector.ts";
import type { ListingCheckpoint } from "./checkpoint.ts";
import type { IncompleteListing } from "./failures.ts";

type Seen = Pick<
  ListingCheckpoint,
  "rows" | "unreadable" | "sawSiteAdmin" | "sawAdminUser" | "sawServiceAccount"
>;

/**
 * Why a list of users that came to its end can't be the whole one: an empty or narrowed answer looks like it, and every
 * account has an active Site Admin and the admin user (api.md §2.4, design §6). null: it is whole.
 *
 * Greenhouse hides service accounts unless asked, and takes or heeds the question or not: where none is in the list,
 * `unlistedAdmin` asks whether the admin user may be one.
 */
export async function whyIncomplete(
  { rows, unreadable, sawSiteAdmin, sawAdminUser, sawServiceAccount }: Seen,
  unlistedAdmin: () => Promise<UnlistedAdmin>,
): Promise<IncompleteListing["why"] | null> {
  // What can't be read may well be the one that is missed.
  if (unreadable > 0 && !(sawAdminUser && sawSiteAdmin)) return "unreadable";
  if (rows === 0) return "users_empty";
  if (!sawAdminUser) {
    const admin = sawServiceAccount ? "nobody" : await unlistedAdmin();
    if (admin === "nobody") return "admin_user_unknown";
    if (admin === "shown") return "admin_user_unlisted";
  }
  return sawSiteAdmin ? null : "no_site_admin";
}
