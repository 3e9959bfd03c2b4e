import type { Session } from "../connectors/connector.ts";
import { absentUsers } from "../store/listings.ts";
import type { ListingCheckpoint } from "./checkpoint.ts";
import type { RunContext } from "./context.ts";

/** One question's worth; more than that is no slip of a list. */
const MOST_ASKED = 50;

/**
 * Users whom a whole list lacks, and who are there all the same. Greenhouse never deletes users, but a list that changes while
 * it is read may skip one (api.md §1.2): a few are asked for by ID. And where a list shows no service account at all, the flag
 * that asks for them wasn't heeded.
 */
export async function sparedUsers(
  { deps, connection }: RunContext,
  session: Session,
  { sawServiceAccount }: Pick<ListingCheckpoint, "sawServiceAccount">,
): Promise<string[]> {
  const absent = await absentUsers(deps.store.read, connection.id, MOST_ASKED + 1);
  if (absent.length > MOST_ASKED) return [];
  const isHidden = (user: { serviceAccount: boolean }) =>
    user.serviceAccount && !sawServiceAccount && connection.credentialKind === "harvest_v3";
  const doubtful = absent.filter((user) => !isHidden(user)).map(({ id }) => id);
  const shown = doubtful.length > 0 ? await session.shown(doubtful) : new Set();
  return absent.filter((user) => isHidden(user) || shown.has(user.id)).map(({ id }) => id);
}
