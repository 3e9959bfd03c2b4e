/** What an action rests on: a connection that may act, and listings that are recent, complete, and seen by who acts. */
import { freshFor } from "../../model/action.ts";
import type { Connection } from "../../model/connection.ts";
import { type ListStream, laneOf } from "../../model/stream.ts";
import { grantKindsOf } from "../../store/actions/action-targets.ts";
import type { Action } from "../../store/actions/actions.ts";
import { heldListings, type Listing, lastListing } from "../../store/listings/listed.ts";
import type { Db } from "../../store/store.ts";
import type { SyncDeps } from "../../sync/context.ts";
import { ActionRefused } from "./refused.ts";

/** @throws ActionRefused */
export function refuseUnable({
  name,
  permissionType,
  paused,
  frozenAt,
  credentialKind,
  adminUserId,
}: Connection): void {
  if (permissionType !== "read_and_act") {
    throw new ActionRefused(
      "reads_only",
      `${name} may only read.`,
      "An admin gives it the permission type Read and act, and its credential the scopes that docs/actions.md names.",
    );
  }
  if (frozenAt !== null || paused) {
    const what = frozenAt === null ? "paused" : "frozen";
    throw new ActionRefused(
      "not_possible",
      `${name} is ${what}, so what it shows may be out of date.`,
      "Let it sync first.",
    );
  }
  if (credentialKind === "harvest_v1" && adminUserId === null) {
    throw new ActionRefused(
      "not_possible",
      "Harvest v1 changes something only in the name of an admin user, and none is chosen.",
      "Choose a Site Admin as the connection's admin user.",
    );
  }
}

/** The listing that an action rests on: recent, complete, not doubted, and seen by who acts. @throws ActionRefused */
export async function freshListing(
  db: Db,
  connection: Connection,
  stream: ListStream,
  now: number,
): Promise<Listing> {
  const listing = await lastListing(db, connection.id, stream);
  const held = (await heldListings(db, connection.id)).some((each) => each.stream === stream);
  const why = held
    ? `The latest listing of ${nameOf(stream)} is held: too many are missing from it.`
    : whyStale(listing, connection, stream, now);
  if (why === null) return listing!;
  throw new ActionRefused(
    "listing_stale",
    `${why} An action rests on a recent, complete listing.`,
    "Sync now, then ask again.",
  );
}

/** Of all listings that an action rests on. @throws ActionRefused */
export async function refuseStale(
  { store, now }: SyncDeps,
  connection: Connection,
  { id }: Pick<Action, "id">,
): Promise<void> {
  for (const stream of await listingsOf(store.read, connection.id, id)) {
    await freshListing(store.read, connection, stream, now());
  }
}

/**
 * The same of an action that runs: which of its listings has become too old to go on, and why; null: none. That one is
 * held doesn't stop it: what it has removed itself may be what is missing.
 */
export async function grownStale(
  { store, now }: SyncDeps,
  connection: Connection,
  { id }: Pick<Action, "id">,
): Promise<string | null> {
  for (const stream of await listingsOf(store.read, connection.id, id)) {
    const listing = await lastListing(store.read, connection.id, stream);
    const why = whyStale(listing, connection, stream, now());
    if (why !== null) return why;
  }
  return null;
}

async function listingsOf(db: Db, connection: number, action: number): Promise<ListStream[]> {
  const grants = await grantKindsOf(db, connection, action);
  return ["users", ...grants.map((kind) => `${kind}_grants` as const)];
}

const nameOf = (stream: ListStream) => (stream === "users" ? "users" : "grants");

function whyStale(
  listing: Listing | null,
  { settings, viewerVersion }: Connection,
  stream: ListStream,
  now: number,
): string | null {
  const what = nameOf(stream);
  if (listing === null) return `The ${what} were never read completely.`;
  if (now - listing.endedAt > freshFor(settings.everyMinutes[laneOf(stream)])) {
    const minutes = Math.round((now - listing.endedAt) / 60_000);
    return `The ${what} were last read completely ${minutes} minutes ago.`;
  }
  return listing.viewerVersion === viewerVersion
    ? null
    : `The ${what} were last read with another credential or admin user.`;
}
