import type { Page, Session } from "../connectors/connector.ts";
import type { RecordOf } from "../model/records.ts";
import type { ListStream } from "../model/stream.ts";
import { countKnownUsers, knownAmong } from "../store/listings/known.ts";
import type { RunContext } from "./context.ts";
import { OtherAccount } from "./failures.ts";
import { sameAccount } from "./same-account.ts";

const USER_OF: { [S in ListStream]?: (record: RecordOf[S]) => string } = {
  users: (user) => user.id,
  job_grants: (grant) => grant.userId,
  future_job_grants: (grant) => grant.userId,
};

/** 10,000 new rows between two runs, none of them of a user we know: then it is another account. */
const HOLD_BACK_PAGES = 20;

/**
 * Passes on the pages of a listing of users or grants once one of them names a user we know; holds them back until then.
 *
 * A replaced credential or a sandbox returns a complete, wrong list for ever (design §6). Users are listed newest
 * first, so the first page shows it unless a whole page of new users came since the last run.
 *
 * Grants may all be of users who are not listed yet, or not to us: then the list of users tells which account it is.
 *
 * @throws OtherAccount at the end of a listing that held none of the users we know: none of it is passed on.
 */
export async function* identified<S extends ListStream>(
  context: RunContext,
  session: Session,
  stream: S,
  pages: AsyncGenerator<Page<RecordOf[S]>, void, void>,
  listing: { resumed: boolean; first: boolean },
): AsyncGenerator<Page<RecordOf[S]>, void, void> {
  const userOf = USER_OF[stream as ListStream];
  // The first listing tells which account this is; one taken up again has shown it before it was cut.
  if (!userOf || listing.resumed || listing.first) return yield* pages;
  const { store } = context.deps;
  const known = await countKnownUsers(store.read, context.connection.id);
  const sameAfterAll = async () =>
    stream !== "users" && (await sameAccount(store, session, context.connection));
  const waiting: Page<RecordOf[S]>[] = [];
  for await (const page of pages) {
    waiting.push(page);
    const ids = page.records.map((record) => userOf(record as never));
    if (ids.length > 0 && (await knownAmong(store.read, context.connection.id, ids)) > 0) {
      yield* waiting;
      return yield* pages;
    }
    if (waiting.length < HOLD_BACK_PAGES) continue;
    if (!(await sameAfterAll())) throw new OtherAccount(known);
    yield* waiting;
    return yield* pages;
  }
  // An empty list is not another account: it has a verdict of its own.
  if (waiting.every((page) => page.records.length === 0)) return yield* waiting;
  if (!(await sameAfterAll())) throw new OtherAccount(known);
  yield* waiting;
}
