import type { Connection } from "../model/connection.ts";
import { countUnlisted } from "../store/listings/listed.ts";
import type { Db } from "../store/store.ts";
import {
  countGrants,
  countGrantsOfRole,
  GRANT_KINDS,
  type GrantFilter,
  type GrantKind,
  type GrantRow,
  selectGrants,
} from "../store/users/grants.ts";
import { cursorOf, idFrom, placeOf } from "./cursor.ts";
import { grantViews } from "./grant-view.ts";
import { listGrantsAsOf } from "./grants-as-of.ts";
import { countsOf } from "./memo.ts";
import { DEFAULT_LIMIT, type Question, question } from "./question.ts";
import type { GrantQuery, GrantView, Listed } from "./types.ts";
import { listWhoCanSee } from "./who-can-see.ts";

/**
 * Who has which role on what. With `job`: who can see this job, Site Admins first, then grants, then the future-job rules
 * that fit it. Throws InvalidCursor, NotKnownThen, QueryRefused.
 */
export async function listGrants(
  db: Db,
  connection: Connection,
  query: GrantQuery,
  now: number,
): Promise<Listed<GrantView>> {
  const { limit = DEFAULT_LIMIT, cursor, asOf = null, kind: kinds = [...GRANT_KINDS], ...filter } = query;
  if (asOf !== null)
    return listGrantsAsOf(db, connection, { ...filter, kind: kinds, limit, cursor, asOf }, now);
  if (filter.job !== undefined) return listWhoCanSee(db, connection, { ...query, job: filter.job }, now);
  const list = `grants ${kinds.join("+")} ${orderOf(filter)}`;
  const place = placeOf(list, cursor, 3);
  const asked = await question(db, connection, now);
  const wanted = GRANT_KINDS.filter((kind) => kinds.includes(kind));
  const found: { kind: GrantKind; row: GrantRow }[] = [];
  for (const kind of wanted) {
    if (found.length > limit || (place && wanted.indexOf(kind) < wanted.indexOf(place[0] as GrantKind)))
      continue;
    const after =
      place && place[0] === kind
        ? { lead: place[1] === null ? null : idFrom(place[1]), id: idFrom(place[2]) }
        : null;
    const rows = await selectGrants(db, connection.id, kind, filter, {
      after,
      limit: limit + 1 - found.length,
    });
    found.push(...rows.map((row) => ({ kind, row })));
  }
  const page = found.slice(0, limit);
  const last = found.length > limit ? page.at(-1) : undefined;
  return {
    items: await grantViews(asked, page),
    nextCursor: last ? cursorOf(list, [last.kind, last.row.lead, last.row.id]) : null,
    total: place ? null : await totalOf(asked, wanted, filter),
    stamp: asked.stamp,
  };
}

/** The order of the list in words, as its stamp tells it. */
export function grantOrder(query: GrantQuery): string {
  if (query.asOf != null) return "grants on jobs, then on future jobs; each by ID";
  if (query.job !== undefined) return "Site Admins by name, then grants, then future-job rules; each by ID";
  const order = orderOf(query);
  const by =
    order === "by job"
      ? "job ID, then ID"
      : order === "by id" || query.user !== undefined
        ? "ID"
        : "user ID, then ID";
  return `grants on jobs, then on future jobs; each by ${by}`;
}

/** What decides the order (store/users/grants.ts): a cursor can't go on in another one. */
function orderOf({ user, role, userStatus, agency, jobStatus }: GrantFilter): string {
  if (user !== undefined) return `of user ${user}`;
  if (role !== undefined) return `of role ${role}`;
  if (userStatus !== undefined || agency !== undefined) return "by user";
  return jobStatus === undefined ? "by id" : "by job";
}

/** null where some kind is too costly to count. */
async function totalOf(
  asked: Question,
  kinds: readonly GrantKind[],
  filter: GrantFilter,
): Promise<number | null> {
  const { db, connection } = asked;
  const { role, ...rest } = filter;
  const alone = Object.values(rest).every((value) => value === undefined);
  if (alone && role !== undefined && kinds.length === GRANT_KINDS.length) {
    return countGrantsOfRole(db, connection.id, role);
  }
  const counts = await Promise.all(kinds.map((kind) => countGrants(db, connection.id, kind, filter)));
  if (alone && role === undefined) {
    const { remember } = await countsOf(asked);
    for (const kind of kinds) {
      const stream = `${kind}_grants` as const;
      counts.push(await remember(`unlisted ${kind}`, () => countUnlisted(db, connection.id, stream)));
    }
  }
  return counts.reduce<number | null>((sum, n) => (sum === null || n === null ? null : sum + n), 0);
}
