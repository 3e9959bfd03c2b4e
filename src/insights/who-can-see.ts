import type { Connection } from "../model/connection.ts";
import type { Db } from "../store/store.ts";
import { countGrants, type JobFacts, jobFacts, selectGrants } from "../store/users/grants.ts";
import { countUsers, selectUserIds } from "../store/users/users.ts";
import { cursorOf, idFrom, placeOf } from "./cursor.ts";
import { grantViews, jobRef } from "./grant-view.ts";
import { holdersUse } from "./holder-use.ts";
import { DEFAULT_LIMIT, isoOrNull, type Question, question } from "./question.ts";
import type { GrantQuery, GrantView, JobRef, Listed } from "./types.ts";
import { rowsOf } from "./user-view.ts";

const PARTS = ["site_admin", "job", "future_job"] as const;
type Part = (typeof PARTS)[number];

type Asked = GrantQuery & { job: string };

/**
 * Who can see this job: Site Admins, unless it is confidential; then who holds a grant on it; then the future-job rules
 * of its department and offices, which make such grants.
 */
export async function listWhoCanSee(
  db: Db,
  connection: Connection,
  query: Asked,
  now: number,
): Promise<Listed<GrantView>> {
  const { limit = DEFAULT_LIMIT, cursor, kind: kinds } = query;
  const list = `who can see ${query.job}`;
  const place = placeOf(list, cursor, 3);
  const asked = await question(db, connection, now);
  const job = await jobFacts(db, connection.id, query.job);
  const parts = PARTS.filter((part) =>
    part === "site_admin" ? showsAdmins(query, job) : !kinds || kinds.includes(part),
  );
  const found: { part: Part; view: GrantView; key: string | number | null; id: string }[] = [];
  for (const part of parts) {
    if (found.length > limit || (place && PARTS.indexOf(part) < PARTS.indexOf(place[0] as Part))) continue;
    const after = place && place[0] === part ? { key: place[1]!, id: idFrom(place[2]) } : null;
    found.push(...(await pageOf(asked, query, job, part, after, limit + 1 - found.length)));
  }
  const page = found.slice(0, limit);
  const last = found.length > limit ? page.at(-1) : undefined;
  return {
    items: page.map(({ view }) => view),
    nextCursor: last ? cursorOf(list, [last.part, last.key, last.id]) : null,
    total: place ? null : await total(asked, query, job, parts),
    stamp: asked.stamp,
  };
}

/** Filters that only a grant can fit leave the Site Admins out. */
function showsAdmins(query: Asked, job: JobFacts | null): boolean {
  const { user, role, made, kind, everyFutureJob } = query;
  const ofGrants = [user, role, made, kind, everyFutureJob];
  return job?.confidential !== true && ofGrants.every((asked) => asked === undefined);
}

const ADMINS = { level: ["site_admin"], status: ["active"] } as const;
const BY_NAME = { sort: "name", descending: false } as const;
const asFilter = (query: Asked) => ({
  level: [...ADMINS.level],
  status: query.userStatus?.includes("active") === false ? [] : [...ADMINS.status],
  agency: query.agency,
});
const futureFilter = ({ job: _, jobStatus: __, ...filter }: Asked) => filter;
const placed = (job: JobFacts | null) => ({
  departmentId: job?.departmentId ?? null,
  officeIds: job?.officeIds ?? [],
});

async function pageOf(
  asked: Question,
  query: Asked,
  job: JobFacts | null,
  part: Part,
  after: { key: string | number | null; id: string } | null,
  limit: number,
): Promise<{ part: Part; view: GrantView; key: string | number | null; id: string }[]> {
  const { db, connection } = asked;
  if (part === "site_admin") {
    const { places } = await selectUserIds(db, connection.id, asFilter(query), asked.judge, BY_NAME, {
      after,
      limit,
    });
    const views = await adminViews(
      asked,
      jobRef(query.job, job),
      places.map(({ id }) => id),
    );
    return places.map((place, i) => ({ part, view: views[i]!, ...place }));
  }
  const filter = part === "job" ? query : futureFilter(query);
  const page = { after: after && { lead: asLead(after.key), id: after.id }, limit, fits: placed(job) };
  const rows = await selectGrants(db, connection.id, part, filter, page);
  const views = await grantViews(
    asked,
    rows.map((row) => ({ kind: part, row })),
  );
  return rows.map(({ lead, id }, i) => ({ part, view: views[i]!, key: lead, id }));
}

function asLead(key: string | number | null): string | null {
  return key === null ? null : idFrom(key);
}

async function adminViews(asked: Question, job: JobRef, ids: readonly string[]): Promise<GrantView[]> {
  const rows = await rowsOf(asked, ids);
  const uses = await holdersUse(
    asked,
    rows.map((row) => ({
      ...row,
      lastUsedAt: row.lastUsed?.at ?? null,
      lastUsedBy: row.lastUsed?.source ?? null,
    })),
  );
  return rows.map((row, i) => ({
    kind: "site_admin",
    id: null,
    user: {
      id: row.id,
      name: row.name,
      email: row.email,
      status: row.status,
      level: row.level,
      agency: row.agencyId !== null,
      serviceAccount: row.serviceAccount,
      usage: uses[i]!,
    },
    role: null,
    job,
    department: null,
    office: null,
    made: "not_told",
    since: null,
    seenSince: null,
    lastUsed: isoOrNull(row.lastUsed?.at ?? null),
    lastUsedBy: row.lastUsed?.source ?? null,
  }));
}

async function total(
  { db, connection, judge }: Question,
  query: Asked,
  job: JobFacts | null,
  parts: readonly Part[],
): Promise<number> {
  let sum = 0;
  for (const part of parts) {
    if (part === "site_admin") sum += await countUsers(db, connection.id, asFilter(query), judge);
    else if (part === "job") sum += (await countGrants(db, connection.id, part, query)) ?? 0;
    else sum += (await countGrants(db, connection.id, part, futureFilter(query), placed(job))) ?? 0;
  }
  return sum;
}
