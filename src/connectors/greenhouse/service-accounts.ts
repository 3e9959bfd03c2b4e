/**
 * Which users are integrations' own. Greenhouse has no such field (api.md §2.5); it hides them from whoever doesn't
 * ask with `show_service_accounts`. Only users without an e-mail address come into question.
 */
import type { UserRecord } from "../../model/records.ts";
import type { Page } from "../connector.ts";
import { ConnectorError } from "../errors.ts";
import { links } from "../link.ts";
import type { Authorization } from "./auth.ts";
import type { Caller } from "./call.ts";

/** `ids` takes at most 50 (api.md §2.2). */
const IDS_A_REQUEST = 50;
/** Pages are held back until so many wait for an answer: one question then serves them all. */
const PAGES_HELD = 10;

/** Lists the users without the flag. */
type ListShown = () => AsyncGenerator<Page<UserRecord>, void, void>;

/** Sets `serviceAccount` on a listing that showed service accounts. Pages keep their order. */
export async function* markServiceAccounts(
  pages: AsyncGenerator<Page<UserRecord>, void, void>,
  caller: Caller,
  authorization: Authorization,
  listShown: ListShown,
): AsyncGenerator<Page<UserRecord>, void, void> {
  let listed: Promise<Set<string>> | null = null;
  const shownAmong = async (ids: string[]): Promise<Set<string>> => {
    const shown = listed ? null : await askFor(ids, caller, authorization);
    if (shown) return shown;
    listed ??= withoutAddress(listShown());
    return listed;
  };
  let held: Page<UserRecord>[] = [];
  let candidates: UserRecord[] = [];
  for await (const page of pages) {
    held.push(page);
    candidates.push(...page.records.filter((user) => user.email === null));
    if (candidates.length > 0 && candidates.length < IDS_A_REQUEST && held.length < PAGES_HELD && page.next)
      continue;
    for (let from = 0; from < candidates.length; from += IDS_A_REQUEST) {
      const some = candidates.slice(from, from + IDS_A_REQUEST);
      const shown = await shownAmong(some.map((user) => user.id));
      for (const user of some) user.serviceAccount = !shown.has(user.id);
    }
    yield* held;
    held = [];
    candidates = [];
  }
}

/** Those of the ids that Greenhouse also shows without the flag: people. null: it can't be asked that way. */
async function askFor(
  ids: string[],
  caller: Caller,
  authorization: Authorization,
): Promise<Set<string> | null> {
  try {
    const url = caller.url("harvest", "/v3/users", { ids: ids.join(","), fields: "id" });
    const { body, headers } = await authorization.harvest({ method: "GET", url, families: ["v3"] });
    // Only a part of the answer: its silence on the others proves nothing.
    if (!Array.isArray(body) || links(headers.link).has("next")) return null;
    const shown = new Set(body.map((row) => String((row as { id?: unknown } | null)?.id)));
    // A filter that the server overlooks gives everybody, a page of them: its silence on the others proves nothing.
    return [...shown].every((id) => ids.includes(id)) ? shown : null;
  } catch (error) {
    if (error instanceof ConnectorError && error.family === "invalid") return null;
    throw error;
  }
}

async function withoutAddress(pages: AsyncGenerator<Page<UserRecord>, void, void>): Promise<Set<string>> {
  const shown = new Set<string>();
  for await (const { records } of pages) {
    for (const user of records) if (user.email === null) shown.add(user.id);
  }
  return shown;
}
