import type { Known } from "../connectors/connector.ts";
import { listVerdicts } from "../store/connections/verdicts.ts";
import { countKnownUsers, knownUser } from "../store/listings/known.ts";
import { lastListing } from "../store/listings/listings.ts";
import type { Store } from "../store/store.ts";

/** What the store already knows of a connection, for verdicts. */
export async function knownTo(store: Store, connection: number): Promise<Known> {
  const users = await lastListing(store.read, connection, "users");
  const verdicts = await listVerdicts(store.read, connection);
  return {
    usersReadAt: users?.endedAt ?? null,
    userCount: users ? await countKnownUsers(store.read, connection) : 0,
    user: (id) => knownUser(store.read, connection, id),
    lastSuccess: (stream) => verdicts.find((each) => each.verdict.stream === stream)?.lastSuccessAt ?? null,
  };
}

/** Before anything is stored: nothing is known. */
export const NOTHING_KNOWN: Known = {
  usersReadAt: null,
  userCount: 0,
  user: async () => null,
  lastSuccess: () => null,
};
