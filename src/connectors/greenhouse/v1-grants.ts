/** Grants on Harvest v1: user by user (api.md §1.5), several users at a time. */
import type { RecordOf, UnreadableRecord } from "../../model/records.ts";
import type { GrantStream } from "../../model/stream.ts";
import type { Ask } from "../../model/verdict.ts";
import type { ListOptions, Page } from "../connector.ts";
import { ConnectorError } from "../errors.ts";
import type { Authorization } from "./auth.ts";
import type { Caller } from "./call.ts";
import { list } from "./harvest-v3.ts";
import { LinkTrail } from "./next-link.ts";
import { V1_ROWS } from "./normalize.ts";
import { Questions } from "./questions.ts";
import { readRows } from "./rows.ts";
import { followingPage, V1_ROWS_A_PAGE, type V1Page, v1Page } from "./v1-pages.ts";

type GrantPage = Page<RecordOf[GrantStream]>;

/** One user's grants; `refused`: they could not be read, and the page says so. */
interface Told {
  userId: string;
  page: GrantPage;
  refused: ConnectorError | null;
}

/** Users whose grants are asked for at the same time. */
const IN_FLIGHT = 6;
/** So many users in a row whose grants are refused, and all may be: then it is looked at before more are asked for. */
const MOST_REFUSED = 12;
/** Trouble, or an answer that can't be read, was asked for several times already, and is a server's more often than a user's. */
const TROUBLE_WEIGHS = 4;
/** Of the newest users so many are asked where nobody was told before: of the oldest many have left. */
const NEWEST_ASKED = 3;
const IDS_AT_ONCE = 5_000;

export function grantPath(stream: GrantStream, userId: string): string {
  return `/v1/users/${userId}/permissions/${stream === "job_grants" ? "jobs" : "future_jobs"}`;
}

/**
 * One page for each user, in the order of `usersAfter`. A user who is refused, or answered with a 500 each time, while others
 * are not, has a page that speaks for nothing: api.md §1.4 has a 403 for a single record, too.
 */
export async function* listV1Grants(
  stream: GrantStream,
  caller: Caller,
  authorization: Authorization,
  options: ListOptions,
): AsyncGenerator<GrantPage, void, void> {
  let last: GrantPage | null = null;
  for await (const page of pagesOfUsers(stream, caller, authorization, options)) {
    if (last) yield last;
    last = page;
  }
  // Nobody can hold a grant: that, too, is a complete listing.
  yield last ? { ...last, next: null } : nobodysPage(stream, caller);
}

async function* pagesOfUsers(
  stream: GrantStream,
  caller: Caller,
  authorization: Authorization,
  options: ListOptions,
): AsyncGenerator<GrantPage, void, void> {
  const { usersAfter } = options;
  if (!usersAfter) throw new TypeError("v1 reads grants user by user: usersAfter is missing");
  const ask = (userId: string) => grantsOf(stream, userId, caller, authorization);
  /** The last one whose grants could be read: of this listing, also before it was cut off. */
  let witness = options.resume;
  let refused: Told[] = [];
  const questions = new Questions(caller, authorization);
  const others = async () => (witness === null ? newestUsers(usersAfter) : [witness]);
  for await (const told of inTurn(usersAfter, options.resume, ask)) {
    if (told.refused) refused.push(told);
    else witness = told.userId;
    if (told.refused && weightOf(refused) < MOST_REFUSED) continue;
    if (told.refused) await requireOthers(refused, await others(), ask, questions);
    yield* refused.map(({ page }) => page);
    refused = [];
    if (!told.refused) yield told.page;
  }
  if (refused.length === 0) return;
  await requireOthers(refused, await others(), ask, questions);
  yield* refused.map(({ page }) => page);
}

/** Asks for the grants of the users after `from`, of several at a time; what is told comes in their order. */
async function* inTurn(
  usersAfter: NonNullable<ListOptions["usersAfter"]>,
  from: string | null,
  ask: (userId: string) => Promise<Told>,
): AsyncGenerator<Told, void, void> {
  const asked: Promise<Told>[] = [];
  let waiting: string[] = [];
  let after = from;
  let more = true;
  for (;;) {
    while (asked.length < IN_FLIGHT && (more || waiting.length > 0)) {
      if (waiting.length === 0) {
        waiting = await usersAfter(after, IN_FLIGHT * 10);
        more = waiting.length > 0;
        after = waiting.at(-1) ?? after;
        continue;
      }
      const told = ask(waiting.shift()!);
      told.catch(() => {}); // thrown where it is awaited
      asked.push(told);
    }
    const next = asked.shift();
    if (!next) return;
    yield await next;
  }
}

async function newestUsers(usersAfter: NonNullable<ListOptions["usersAfter"]>): Promise<string[]> {
  let newest: string[] = [];
  for (let more = await usersAfter(null, IDS_AT_ONCE); more.length > 0; ) {
    newest = [...newest, ...more].slice(-NEWEST_ASKED);
    more = await usersAfter(newest.at(-1)!, IDS_AT_ONCE);
  }
  return newest.toReversed();
}

/**
 * Throws the first refusal unless it is of these users alone: one of `others` can be read, or Greenhouse knows none of them.
 * Else a permission may be missing, or v1 may have ended.
 */
async function requireOthers(
  refused: readonly Told[],
  others: readonly string[],
  ask: (userId: string) => Promise<Told>,
  questions: Questions,
): Promise<void> {
  for (const other of others) {
    if (!refused.some(({ userId }) => userId === other) && (await ask(other)).refused === null) return;
  }
  for (const { userId, refused: error } of refused) {
    const unknown = error!.family === "gone" && (await questions.lookUp(userId)).says === "nobody";
    if (!unknown) throw error;
  }
}

async function grantsOf(
  stream: GrantStream,
  userId: string,
  caller: Caller,
  authorization: Authorization,
): Promise<Told> {
  const trail = new LinkTrail(caller.options.origins.harvest);
  const seen = new Set<string>();
  const records: RecordOf[GrantStream][] = [];
  const unreadable: UnreadableRecord[] = [];
  const query = { per_page: String(V1_ROWS_A_PAGE) };
  let next: URL | null = caller.url("harvest", grantPath(stream, userId), query);
  let before: URL | null = null;
  let ask: Ask | null = null;
  while (next) {
    let page: V1Page;
    try {
      page = await v1Page(next, authorization, before);
    } catch (error) {
      if (!(error instanceof ConnectorError) || !isOfUser(error)) throw error;
      return { userId, refused: error, page: refusedPage(userId, error) };
    }
    const { url, answer }: V1Page = page;
    if (!answer) break;
    ask ??= answer.ask;
    const rows = list(answer);
    const read = readRows<RecordOf[GrantStream]>(
      rows,
      (row, nullsLeftOut) => V1_ROWS[stream](row, answer.invalidUtf8, userId, nullsLeftOut),
      null,
      seen,
      caller.habit,
    );
    records.push(...read.records);
    unreadable.push(...read.unreadable);
    const fresh = read.records.length + read.unreadable.length;
    const told = trail.next(answer, url, fresh);
    const blind: URL | null =
      answer.headers.link === undefined && fresh > 0 ? followingPage(url, rows.length) : null;
    before = told ? null : url;
    next = told ?? blind;
  }
  const whole = unreadable.every((row) => row.id !== null);
  const covers = whole ? ({ by: "user", userId } as const) : ({ by: "nothing", userId } as const);
  // One that is said to be another user's is nobody's.
  const heldBy = unreadable.flatMap(({ id, field }) =>
    id === null || field === "user_id" ? [] : [{ id, userId }],
  );
  return { userId, refused: null, page: { records, unreadable, heldBy, covers, next: userId, ask: ask! } };
}

/** May it be about this user alone? Trouble that names its end is not. */
function isOfUser(error: ConnectorError): boolean {
  const { family, fault, retryAfterMs } = error;
  if (family === "invalid") return fault === null;
  return family === "refused" || family === "gone" || (isTrouble(error) && retryAfterMs === null);
}

const isTrouble = ({ family }: ConnectorError) => family === "unavailable" || family === "unreadable";

function weightOf(refused: readonly Told[]): number {
  const troubles = refused.filter((told) => isTrouble(told.refused!)).length;
  return refused.length + troubles * (TROUBLE_WEIGHS - 1);
}

function refusedPage(userId: string, error: ConnectorError): GrantPage {
  const { ask } = error;
  const what = error.family === "unreadable" ? "an answer that can't be read" : ask.status;
  const row = { id: null, field: "user_id", reason: `Greenhouse answered ${what} for user ${userId}` };
  return { records: [], unreadable: [row], covers: { by: "nothing", userId }, next: userId, ask };
}

function nobodysPage(stream: GrantStream, caller: Caller): GrantPage {
  return {
    records: [],
    unreadable: [],
    covers: { by: "nothing" },
    next: null,
    ask: {
      method: "GET",
      path: grantPath(stream, "#"),
      host: new URL(caller.options.origins.harvest).host,
      status: null,
      at: caller.now(),
      requestId: null,
    },
  };
}
