/** Harvest v1, kept for accounts where it still answers: lists by Link header, grants user by user (api.md §1). */
import { IdSet } from "../../model/id-set.ts";
import type { RecordOf } from "../../model/records.ts";
import type { GrantStream, ListStream } from "../../model/stream.ts";
import type { ListOptions, Page } from "../connector.ts";
import { RestartListing } from "../errors.ts";
import type { Authorization } from "./auth.ts";
import type { Caller } from "./call.ts";
import { list, nobody } from "./harvest-v3.ts";
import { fromPlace, LinkTrail, toPlace } from "./next-link.ts";
import { V1_ROWS } from "./normalize.ts";
import { readRows } from "./rows.ts";
import { grantPath, listV1Grants } from "./v1-grants.ts";
import { followingPage, V1_ROWS_A_PAGE, type V1Page, v1Page } from "./v1-pages.ts";

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

type WholeStream = Exclude<V1Stream, GrantStream>;

/** `numbered`: paged by number, and not of the newer family that knows only `next`. */
const LISTS: Record<WholeStream, { path: string; numbered: boolean }> = {
  users: { path: "/v1/users", numbered: true },
  roles: { path: "/v1/user_roles", numbered: false },
  departments: { path: "/v1/departments", numbered: true },
  offices: { path: "/v1/offices", numbered: true },
  jobs: { path: "/v1/jobs", numbered: true },
};

export function v1Path(stream: V1Stream): string {
  return stream in LISTS ? LISTS[stream as WholeStream].path : grantPath(stream as GrantStream, "#");
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
      ? listV1Grants(stream, caller, authorization, options)
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
  const seen = new IdSet();
  let next: URL | null =
    options.resume === null
      ? caller.url("harvest", path, {
          per_page: String(V1_ROWS_A_PAGE),
          ...(numbered && { skip_count: "true" }),
        })
      : caller.url("harvest", fromPlace(options.resume).url);
  let first = options.resume === null;
  /** The page before, where only its number led to this one. */
  let before: URL | null = null;
  while (next) {
    const { url, answer, ask }: V1Page = await v1Page(next, authorization, before);
    if (!answer) return yield { records: [], unreadable: [], covers: { by: "nothing" }, next: null, ask };
    const rows = list(answer);
    const { records, unreadable } = readRows<RecordOf[S]>(
      rows,
      (row, nullsLeftOut) => V1_ROWS[stream](row, answer.invalidUtf8, undefined, nullsLeftOut),
      null,
      seen,
      caller.habit,
    );
    const fresh = records.length + unreadable.length;
    const told: URL | null = trail.next(answer, url, fresh);
    if (first && stream === "users" && rows.length === 0 && !told) throw nobody(answer);
    // A page before, once more, in the place of the one that was asked for.
    if (rows.length > 0 && fresh === 0 && !before)
      throw new RestartListing("out_of_order", `${ask.path} answered with rows of another page`);
    const blind = numbered && answer.headers.link === undefined && records.length > 0;
    next = told ?? (blind ? followingPage(url, rows.length) : null);
    yield {
      records,
      unreadable,
      covers: { by: "nothing" },
      next: next && toPlace({ url: next, below: null }),
      ask,
    };
    before = told ? null : url;
    first = false;
  }
}
