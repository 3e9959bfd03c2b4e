import type { Connection } from "../model/connection.ts";
import { SITE_ADMINS } from "../model/query.ts";
import { searchable } from "../model/text.ts";
import { rolesAsOf } from "../store/ledger/as-of.ts";
import { type Listing, lastListing } from "../store/listings/listed.ts";
import type { Db } from "../store/store.ts";
import { allRoles, type RoleRow } from "../store/users/roles.ts";
import { countUsers } from "../store/users/users.ts";
import { cursorOf, placeOf } from "./cursor.ts";
import { NotKnownThen } from "./errors.ts";
import { DEFAULT_LIMIT, isoOrNull, listingView, type Question, question } from "./question.ts";
import type { Listed, RoleQuery, RoleView } from "./types.ts";

/** Roles that Greenhouse lists or a grant names, by name, with who holds them. Throws InvalidCursor, NotKnownThen. */
export async function listRoles(
  db: Db,
  connection: Connection,
  query: RoleQuery,
  now: number,
): Promise<Listed<RoleView>> {
  const { limit = DEFAULT_LIMIT, cursor, asOf = null, search = null, inList } = query;
  const list = `roles ${asOf ?? ""}`;
  const place = placeOf(list, cursor, 1);
  const asked = await question(db, connection, now, asOf);
  const { all: found, listing } =
    asOf === null ? await rolesNow(asked, search) : await rolesThen(asked, search, asOf);
  const all = inList === undefined ? found : found.filter((role) => role.inList === inList);
  // Dozens of roles at most, read whole: a page begins after the role that ended the one before.
  const start = place ? all.findIndex(({ id }) => id === place[0]) + 1 : 0;
  const items = all.slice(start, start + limit);
  return {
    items,
    nextCursor: start + limit < all.length ? cursorOf(list, [items.at(-1)!.id]) : null,
    total: place ? null : all.length,
    // Roles are not in the listing of users that a stamp names otherwise; who holds them is of its grants.
    stamp: { ...asked.stamp, listing: listingView(listing) },
  };
}

interface Found {
  all: RoleView[];
  listing: Listing | null;
}

async function rolesNow(
  { db, connection, judge, listings }: Question,
  search: string | null,
): Promise<Found> {
  const listing = await lastListing(db, connection.id, "roles");
  const rows = await allRoles(db, connection.id, search);
  const known = listings.jobGrants !== null;
  const ofSiteAdmins = rows.some(needsNoGrants);
  const siteAdmins = ofSiteAdmins ? await countUsers(db, connection.id, SITE_ADMINS, judge) : 0;
  const all = rows.map(({ firstSeenAt, ...role }) => ({
    ...role,
    ...(needsNoGrants(role)
      ? { users: siteAdmins, grants: "all jobs" as const }
      : { users: known ? role.users : null, grants: known ? role.grants : null }),
    firstSeenAt: isoOrNull(firstSeenAt),
  }));
  return { all, listing };
}

/** Greenhouse's own role of Site Admins: who has it is told by their level. */
const needsNoGrants = ({ type, grants }: Pick<RoleRow, "type" | "grants">): boolean =>
  type === "site_admin" && grants === 0;

async function rolesThen({ db, connection }: Question, search: string | null, asOf: number): Promise<Found> {
  const roles: RoleView[] = [];
  let listing: Listing;
  let after: string | null = null;
  do {
    const page: Awaited<ReturnType<typeof rolesAsOf>> = await rolesAsOf(db, connection.id, asOf, {
      after,
      limit: 500,
    });
    if (!page.listing) throw new NotKnownThen(page.knownSince);
    listing = page.listing;
    for (const { id, name, type } of page.items) {
      if (search !== null && id !== search && !searchable(name ?? "").includes(searchable(search))) continue;
      roles.push({ id, name, type, inList: true, users: null, grants: null, firstSeenAt: null });
    }
    after = page.next;
  } while (after !== null);
  const all = roles.sort((a, b) => (a.name ?? "\uffff").localeCompare(b.name ?? "\uffff"));
  return { all, listing };
}
