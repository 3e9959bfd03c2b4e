import type { Session } from "../connectors/connector.ts";
import { absentUsers } from "../store/listings/listings.ts";
import type { ListingCheckpoint } from "./checkpoint.ts";
import type { RunContext } from "./context.ts";

/** One question's worth; more than that is no slip of a list. */
const MOST_ASKED = 50;

/**
 * Users whom a whole list lacks, and who are there all the same. Greenhouse never deletes users, but a list that changes while
 * it is read may skip one (api.md §1.2): a few are asked for by ID. Where it refuses the flag that asks for service accounts
 * and lists none, it says nothing of them.
 */
export async function sparedUsers(
  { deps, connection }: RunContext,
  session: Session,
  { sawServiceAccount }: Pick<ListingCheckpoint, "sawServiceAccount">,
): Promise<string[]> {
  const absent = await absentUsers(deps.store.read, connection.id, MOST_ASKED + 1);
  if (absent.length === 0 || absent.length > MOST_ASKED) return [];
  const shown = await session.shown(absent.map(({ id }) => id));
  const isThere = (user: { id: string; serviceAccount: boolean }) =>
    shown ? shown.has(user.id) : user.serviceAccount && !sawServiceAccount;
  return absent.filter(isThere).map(({ id }) => id);
}
