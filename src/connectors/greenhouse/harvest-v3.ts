/** Harvest v3: eight lists, newest id first, a cursor that travels alone (api.md §2.2, §2.5). */
import { IdSet } from "../../model/id-set.ts";
import type { RecordOf } from "../../model/records.ts";
import type { ListStream } from "../../model/stream.ts";
import type { ListOptions, Page } from "../connector.ts";
import { ConnectorError, RestartListing } from "../errors.ts";
import { links } from "../link.ts";
import type { Authorization } from "./auth.ts";
import type { Answer, Caller } from "./call.ts";
import { fromPlace, LinkTrail, toPlace } from "./next-link.ts";
import { V3_ROWS } from "./normalize.ts";
import { isTooMuch, smallerSize } from "./page-size.ts";
import { coveredBy, type RowsRead, readRows } from "./rows.ts";
import { withWords } from "./said.ts";
import { markServiceAccounts } from "./service-accounts.ts";

/** Path, and the fields that are asked for: those that are stored, and no others. `id` always comes. */
export const V3_LISTS: Record<ListStream, { path: string; fields: string }> = {
  users: {
    path: "/v3/users",
    fields:
      "id,first_name,last_name,name,primary_email,emails,job_title,employee_id,deactivated,site_admin,agency_id,office_ids,department_ids,created_at,updated_at",
  },
  user_emails: { path: "/v3/user_emails", fields: "id,user_id,email,verified" },
  roles: { path: "/v3/user_roles", fields: "id,name,role_type" },
  departments: { path: "/v3/departments", fields: "id,name,parent_id,external_id" },
  offices: { path: "/v3/offices", fields: "id,name,parent_id,external_id,location" },
  jobs: { path: "/v3/jobs", fields: "id,name,status,confidential,department_id,office_ids" },
  job_grants: { path: "/v3/user_job_permissions", fields: "id,user_id,job_id,role_id,automated,created_at" },
  future_job_grants: {
    path: "/v3/future_job_permissions",
    fields: "id,user_id,role_id,department_id,office_id,created_at",
  },
};

export const PER_PAGE = "500";

/**
 * Lists a stream page by page. Throws ConnectorError, and RestartListing when the cursor has expired or rows came
 * out of order. While a page is being stored, the next one is already asked for.
 */
export async function* listV3<S extends ListStream>(
  stream: S,
  caller: Caller,
  authorization: Authorization,
  options: ListOptions,
): AsyncGenerator<Page<RecordOf[S]>, void, void> {
  const pages = rawPages(stream, caller, authorization, options);
  if (stream !== "users") return yield* pages;
  const users = pages as unknown as AsyncGenerator<Page<RecordOf["users"]>, void, void>;
  // Who is shown without being asked for service accounts is a person: asked only where there is no cheaper way.
  const listShown = () =>
    rawPages(
      "users",
      caller,
      authorization,
      { resume: null, unordered: true },
      { fields: V3_LISTS.users.fields },
    );
  yield* markServiceAccounts(users, caller, authorization, listShown) as unknown as typeof pages;
}

/** All parameters of a listing's first page but its size; further ones travel in the cursor. */
const parametersOf = (stream: ListStream): Record<string, string> => ({
  fields: V3_LISTS[stream].fields,
  ...(stream === "users" && { show_service_accounts: "true" }),
});

async function* rawPages<S extends ListStream>(
  stream: S,
  caller: Caller,
  authorization: Authorization,
  options: ListOptions,
  parameters = parametersOf(stream),
): AsyncGenerator<Page<RecordOf[S]>, void, void> {
  const trail = new LinkTrail(caller.options.origins.harvest);
  const seen = options.unordered ? new IdSet() : null;
  /** Of the page before; null: that one was read by another run, or there is none. */
  let idsBefore: ReadonlySet<string> | null = null;
  let below: string | null = null;
  let first = options.resume === null;
  let asked: Promise<{ url: URL; answer: Answer }>;
  if (options.resume === null) asked = firstPage(stream, parameters, caller, authorization);
  else {
    const place = fromPlace(options.resume);
    below = place.below;
    asked = cursorPage(caller.url("harvest", place.url), authorization);
  }
  for (;;) {
    const { url, answer } = await asked;
    const rows = list(answer);
    const from: string | null = below;
    const page: RowsRead<RecordOf[S]> = readRows(
      rows,
      (row, nullsLeftOut) => V3_ROWS[stream](row, answer.invalidUtf8, undefined, nullsLeftOut),
      from,
      seen ?? new Set(idsBefore),
      caller.habit,
    );
    const fresh = page.records.length + page.unreadable.length;
    const next = trail.next(answer, url, fresh);
    if (first && next === null) await requireLinks({ url, answer }, rows.length, authorization);
    if (first && rows.length === 0 && next === null && stream === "users") throw nobody(answer);
    if (!seen && !page.descending) {
      // After a kill the page before isn't known: its rows once more look the same. The next attempt tells.
      const reason = idsBefore || from === null ? "out_of_order" : "cursor_expired";
      throw new RestartListing(reason, `${answer.ask.path} didn't list its rows by descending ID`);
    }
    if (!seen && fresh === 0 && beginsLike(page.ids, idsBefore))
      throw new RestartListing("out_of_order", `${answer.ask.path} answered with rows of another page`);
    first = false;
    if (page.ids.size > 0) idsBefore = page.ids;
    below = page.lowest;
    if (next) {
      asked = cursorPage(next, authorization);
      asked.catch(() => {}); // awaited in the next round, or never, if nobody wants the next page
    }
    yield {
      records: page.records,
      unreadable: page.unreadable,
      heldBy: page.heldBy,
      covers: options.unordered ? { by: "nothing" } : coveredBy(page, from, next === null),
      next: next && toPlace({ url: next, below }),
      ask: answer.ask,
    };
    if (!next) return;
  }
}

/** The end of the page before, once more, is no harm. With its first row it stands in another page's place. */
function beginsLike(page: ReadonlySet<string>, before: ReadonlySet<string> | null): boolean {
  const [top] = before ?? [];
  return before !== null && before.size > 1 && page.has(top!);
}

/** The first page carries all parameters. One that Greenhouse refuses is left out, of a size that is too much less is asked. */
async function firstPage(
  stream: ListStream,
  parameters: Record<string, string>,
  caller: Caller,
  authorization: Authorization,
): Promise<{ url: URL; answer: Answer }> {
  const { path } = V3_LISTS[stream];
  const query: Record<string, string> = { per_page: PER_PAGE, ...parameters };
  for (;;) {
    const url = caller.url("harvest", path, query);
    try {
      return { url, answer: await authorization.harvest({ method: "GET", url, families: ["v3"] }) };
    } catch (error) {
      if (!(error instanceof ConnectorError)) throw error;
      const size = isTooMuch(error) ? smallerSize(Number(query.per_page)) : null;
      const refused = !size && error.family === "invalid" && parameterToDrop(error, query);
      if (size) query.per_page = String(size);
      else if (refused) delete query[refused];
      else throw error;
    }
  }
}

function parameterToDrop(error: ConnectorError, query: Record<string, string>): string | null {
  if (error.fault !== null) return null;
  const optional = ["fields", "show_service_accounts"].filter((name) => name in query);
  // Without the flag the list is a shorter one: left out only where Greenhouse says that it is the flag.
  return (
    optional.find((name) => error.said?.includes(name)) ?? optional.find((name) => name === "fields") ?? null
  );
}

/** A v3 cursor travels alone: any other parameter beside it is a 422. So a question that is refused, or gone, means a dead cursor. */
export async function cursorPage(
  url: URL,
  authorization: Authorization,
): Promise<{ url: URL; answer: Answer }> {
  try {
    return { url, answer: await authorization.harvest({ method: "GET", url, families: ["v3"] }) };
  } catch (error) {
    if (!(error instanceof ConnectorError) || error.fault !== null) throw error;
    if (error.family !== "invalid" && error.family !== "gone") throw error;
    throw new RestartListing(
      "cursor_expired",
      `${url.pathname}: the cursor is not accepted any more${error.said ? `: ${error.said}` : ""}`,
    );
  }
}

/**
 * A first page without a Link header is the whole list (api.md §2.2), unless it is full and something on the way takes these headers
 * away: then a page of one row has none, either.
 */
export async function requireLinks(
  { url, answer }: { url: URL; answer: Answer },
  rows: number,
  authorization: Authorization,
): Promise<void> {
  if (answer.headers.link !== undefined || rows < Number(url.searchParams.get("per_page"))) return;
  const one = new URL(url.pathname, url);
  one.search = new URLSearchParams({ per_page: "1", fields: "id" }).toString();
  const { headers } = await authorization.harvest({ method: "GET", url: one, families: ["v3"] });
  if (links(headers.link).has("next")) return;
  throw new ConnectorError(
    "unreadable",
    `${answer.ask.path} answered ${answer.ask.status} with a full page that leads to no other, and pages of one row don't, either`,
    answer.ask,
    { fault: "shape", said: "Link headers are missing; does a proxy take them away?" },
  );
}

/** The rows of a list answer, which is a bare array (api.md §2.2). */
export function list(answer: Answer): unknown[] {
  if (Array.isArray(answer.body)) return answer.body;
  throw new ConnectorError(
    "unreadable",
    `${answer.ask.path} answered ${answer.ask.status} with something that is no list`,
    answer.ask,
    {
      fault: "shape",
      said: withWords("not a list", answer.said),
    },
  );
}

/** An account without a single user doesn't exist: the reader isn't allowed to see them (api.md §2.4). */
export function nobody(answer: Answer): ConnectorError {
  return new ConnectorError(
    "refused",
    `${answer.ask.path} answered ${answer.ask.status} with no rows at all`,
    answer.ask,
    {
      fault: "empty",
      said: "0 rows",
    },
  );
}
