/**
 * Which users are integrations' own. Greenhouse has no such field (api.md §2.5); it hides them from whoever doesn't
 * ask with `show_service_accounts`. Only users without an e-mail address come into question.
 */
import type { UserRecord } from "../../model/records.ts";
import type { Page } from "../connector.ts";
import { ConnectorError } from "../errors.ts";
import type { Authorization } from "./auth.ts";
import type { Caller } from "./call.ts";

/** `ids` takes at most 50 (api.md §2.2). */
const IDS_A_REQUEST = 50;
/** Pages are held back until so many wait for an answer: one question then serves them all. */
const PAGES_HELD = 10;

/** Sets `serviceAccount` on a listing that showed service accounts. Pages keep their order. */
export async function* markServiceAccounts(
  pages: AsyncGenerator<Page<UserRecord>, void, void>,
  caller: Caller,
  authorization: Authorization,
): AsyncGenerator<Page<UserRecord>, void, void> {
  let held: Page<UserRecord>[] = [];
  let candidates: UserRecord[] = [];
  for await (const page of pages) {
    held.push(page);
    candidates.push(...page.records.filter((user) => user.email === null));
    if (candidates.length > 0 && candidates.length < IDS_A_REQUEST && held.length < PAGES_HELD && page.next)
      continue;
    await mark(candidates, caller, authorization);
    yield* held;
    held = [];
    candidates = [];
  }
}

async function mark(candidates: UserRecord[], caller: Caller, authorization: Authorization): Promise<void> {
  for (let from = 0; from < candidates.length; from += IDS_A_REQUEST) {
    const some = candidates.slice(from, from + IDS_A_REQUEST);
    const shown = await shownWithoutFlag(
      some.map((user) => user.id),
      caller,
      authorization,
    );
    for (const user of some) user.serviceAccount = !shown?.has(user.id);
  }
}

/**
 * Those of the ids that Greenhouse also shows without the flag: people. null: it can't be asked that way, and a
 * user without an address is taken for a service account, which is what the empty address means in v3.
 */
async function shownWithoutFlag(
  ids: string[],
  caller: Caller,
  authorization: Authorization,
): Promise<Set<string> | null> {
  try {
    const url = caller.url("harvest", "/v3/users", { ids: ids.join(","), fields: "id" });
    const { body } = await authorization.harvest({ method: "GET", url, families: ["v3"] });
    if (!Array.isArray(body)) return null;
    const shown = new Set(body.map((row) => String((row as { id?: unknown } | null)?.id)));
    // A filter that the server doesn't know returns everybody: then its silence proves nothing.
    return [...shown].every((id) => ids.includes(id)) ? shown : null;
  } catch (error) {
    if (error instanceof ConnectorError && error.family === "invalid") return null;
    throw error;
  }
}
