/** Harvest v1, kept for accounts where it still answers: lists by Link header, grants user by user (api.md §1). */
import type { RecordOf, UnreadableRecord } from "../../model/records.ts";
import type { ListStream } from "../../model/stream.ts";
import type { ListOptions, Page } from "../connector.ts";
import { ConnectorError, RestartListing } from "../errors.ts";
import type { Authorization } from "./auth.ts";
import type { Answer, Caller } from "./call.ts";
import { list, nobody } from "./harvest-v3.ts";
import { fromPlace, LinkTrail, toPlace } from "./next-link.ts";
import { V1_ROWS } from "./normalize.ts";
import { Questions } from "./questions.ts";
import { readRows } from "./rows.ts";

/** What v1 can give: it has no list of e-mail addresses of its own. */
export type V1Stream = Exclude<ListStream, "user_emails">;
export const V1_STREAMS: readonly V1Stream[] = [
  "users",
  "roles",
  "departments",
  "offices",
  "jobs",
  "job_grants",
  "future_job_grants",
];

type WholeStream = Exclude<V1Stream, "job_grants" | "future_job_grants">;
type GrantStream = "job_grants" | "future_job_grants";

/** `numbered`: paged by number, and not of the newer family that knows only `next`. */
const LISTS: Record<WholeStream, { path: string; numbered: boolean }> = {
  users: { path: "/v1/users", numbered: true },
  roles: { path: "/v1/user_roles", numbered: false },
  departments: { path: "/v1/departments", numbered: true },
  offices: { path: "/v1/offices", numbered: true },
  jobs: { path: "/v1/jobs", numbered: true },
};

const ROWS_A_PAGE = 500;
const PER_PAGE = String(ROWS_A_PAGE);
/** Users whose grants are asked for at the same time. */
const IN_FLIGHT = 6;

export function v1Path(stream: V1Stream): string {
  return stream in LISTS ? LISTS[stream as WholeStream].path : grantPath(stream as GrantStream, "#");
}

function grantPath(stream: GrantStream, userId: string): string {
  return `/v1/users/${userId}/permissions/${stream === "job_grants" ? "jobs" : "future_jobs"}`;
}

/** Lists a stream. Its order isn't documented, so no page speaks for more than its own rows; a grants page does for its user. */
export function listV1<S extends V1Stream>(
  stream: S,
  caller: Caller,
  authorization: Authorization,
  options: ListOptions,
): AsyncGenerator<Page<RecordOf[S]>, void, void> {
  const pages =
    stream === "job_grants" || stream === "future_job_grants"
      ? grants(stream, caller, authorization, options)
      : whole(stream as WholeStream, caller, authorization, options);
  return pages as unknown as AsyncGenerator<Page<RecordOf[S]>, void, void>;
}

async function* whole<S extends WholeStream>(
  stream: S,
  caller: Caller,
  authorization: Authorization,
  options: ListOptions,
): AsyncGenerator<Page<RecordOf[S]>, void, void> {
  const { path, numbered } = LISTS[stream];
  const trail = new LinkTrail(caller.options.origins.harvest);
  const seen = new Set<string>();
  const first = caller.url("harvest", path, { per_page: PER_PAGE, ...(numbered && { skip_count: "true" }) });
  let url: URL | null =
    options.resume === null ? first : caller.url("harvest", fromPlace(options.resume).url);
  let blindly = false;
  while (url) {
    const answer: Answer = await authorization.harvest({ method: "GET", url, families: ["v1"] });
    const rows = list(answer);
    const { records, unreadable } = readRows<RecordOf[S]>(
      rows,
      (row) => V1_ROWS[stream](row, answer.invalidUtf8),
      null,
      seen,
    );
    const fresh = records.length + unreadable.length;
    const told: URL | null = trail.next(answer, url, fresh);
    if (stream === "users" && options.resume === null && url === first && rows.length === 0 && !told)
      throw nobody(answer);
    // A page before, once more, in the place of the one that was asked for.
    if (rows.length > 0 && fresh === 0 && !blindly)
      throw new RestartListing("out_of_order", `${answer.ask.path} answered with rows of another page`);
    // No Link header means the last page. One guide has seen none at all (api.md §1.2): so a full page without one is
    // followed by its number, until a page brings nothing new.
    const blind =
      numbered && answer.headers.link === undefined && rows.length >= ROWS_A_PAGE && records.length > 0;
    const next: URL | null = told ?? (blind ? following(url) : null);
    yield {
      records,
      unreadable,
      covers: { by: "nothing" },
      next: next && toPlace({ url: next, below: null }),
      ask: answer.ask,
    };
    url = next;
    blindly = told === null;
  }
}

function following(url: URL): URL {
  const next = new URL(url);
  next.searchParams.set("page", String(Number(url.searchParams.get("page") ?? 1) + 1));
  return next;
}

type GrantPage = Page<RecordOf[GrantStream]>;

/** One page for each user, in the order of `usersAfter`; several users are asked for at a time. */
async function* grants(
  stream: GrantStream,
  caller: Caller,
  authorization: Authorization,
  options: ListOptions,
): AsyncGenerator<GrantPage, void, void> {
  const usersAfter = options.usersAfter;
  if (!usersAfter) throw new TypeError("v1 reads grants user by user: usersAfter is missing");
  const asked: Promise<GrantPage>[] = [];
  let waiting: string[] = [];
  let after = options.resume;
  let more = true;
  let answered = false;
  for (;;) {
    while (asked.length < IN_FLIGHT && (more || waiting.length > 0)) {
      if (waiting.length === 0) {
        waiting = await usersAfter(after, IN_FLIGHT * 10);
        more = waiting.length > 0;
        after = waiting.at(-1) ?? after;
        continue;
      }
      const page = grantsOf(stream, waiting.shift()!, caller, authorization, () => answered);
      page.then(
        () => {
          answered = true;
        },
        () => {}, // thrown where it is awaited
      );
      asked.push(page);
    }
    const page = await asked.shift();
    if (!page) break;
    yield asked.length > 0 ? page : { ...page, next: null };
    if (asked.length === 0) return;
  }
  // Nobody can hold a grant: that, too, is a complete listing.
  yield {
    records: [],
    unreadable: [],
    covers: { by: "nothing" },
    next: null,
    ask: {
      method: "GET",
      path: v1Path(stream),
      host: new URL(caller.options.origins.harvest).host,
      status: null,
      at: caller.now(),
      requestId: null,
    },
  };
}

async function grantsOf(
  stream: GrantStream,
  userId: string,
  caller: Caller,
  authorization: Authorization,
  othersAnswered: () => boolean,
): Promise<GrantPage> {
  const trail = new LinkTrail(caller.options.origins.harvest);
  const seen = new Set<string>();
  const records: RecordOf[GrantStream][] = [];
  const unreadable: UnreadableRecord[] = [];
  let url: URL | null = caller.url("harvest", grantPath(stream, userId), { per_page: PER_PAGE });
  let ask: GrantPage["ask"] | null = null;
  let blindly = false;
  while (url) {
    let answer: Answer;
    try {
      answer = await authorization.harvest({ method: "GET", url, families: ["v1"] });
    } catch (error) {
      // One user that Greenhouse doesn't know must not end the listing of all others. While nobody's was read, the
      // path itself may be gone: then Greenhouse is asked for the user.
      if (!(error instanceof ConnectorError) || error.ask.status !== 404) throw error;
      // Past the last page, which was full.
      if (blindly) break;
      if (!othersAnswered() && (await new Questions(caller, authorization).lookUp(userId)).says !== "nobody")
        throw error;
      const row = { id: null, field: "user_id", reason: `Greenhouse doesn't know user ${userId}` };
      return { records: [], unreadable: [row], covers: { by: "nothing" }, next: userId, ask: error.ask };
    }
    ask ??= answer.ask;
    const page = readRows<RecordOf[GrantStream]>(
      list(answer),
      (row) => V1_ROWS[stream](row, answer.invalidUtf8, userId),
      null,
      seen,
    );
    records.push(...page.records);
    unreadable.push(...page.unreadable);
    const fresh = page.records.length + page.unreadable.length;
    const told = trail.next(answer, url, fresh);
    blindly =
      told === null && answer.headers.link === undefined && list(answer).length >= ROWS_A_PAGE && fresh > 0;
    url = told ?? (blindly ? following(url) : null);
  }
  const whole = unreadable.every((row) => row.id !== null);
  return {
    records,
    unreadable,
    covers: whole ? { by: "user", userId } : { by: "nothing" },
    next: userId,
    ask: ask!,
  };
}
