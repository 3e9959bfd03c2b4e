import type { Connection } from "../model/connection.ts";
import type { FutureJobGrantRecord, JobGrantRecord } from "../model/records.ts";
import { grantsAsOf, jobsByIdsAsOf, usersByIdsAsOf } from "../store/ledger/as-of.ts";
import type { Db } from "../store/store.ts";
import { GRANT_KINDS, type GrantKind } from "../store/users/grants.ts";
import { namesOf } from "../store/users/names.ts";
import { cursorOf, idFrom, placeOf } from "./cursor.ts";
import { NotKnownThen, QueryRefused } from "./errors.ts";
import { isoOrNull, NOT_THEN, type Question, question } from "./question.ts";
import type { GrantQuery, GrantUser, GrantView, JobRef, Listed, Named } from "./types.ts";

const NOW_ONLY = ["jobStatus", "userStatus", "agency", "everyFutureJob"] as const;

type Asked = GrantQuery & { kind: ("job" | "future_job")[]; limit: number; asOf: number };
type Then = { kind: "job"; record: JobGrantRecord } | { kind: "future_job"; record: FutureJobGrantRecord };

/**
 * The grants that were in force then, by id, with what their holders and jobs were. Users, roles and jobs show the names
 * of today. Throws NotKnownThen before the first complete listing.
 */
export async function listGrantsAsOf(
  db: Db,
  connection: Connection,
  query: Asked,
  now: number,
): Promise<Listed<GrantView>> {
  const refused = NOW_ONLY.find((name) => query[name] !== undefined);
  if (refused) {
    throw new QueryRefused(
      `The filter "${refused}" can't be asked as of an earlier time. Leave one of them out.`,
    );
  }
  const list = `grants as of ${query.asOf}`;
  const place = placeOf(list, query.cursor, 2);
  const asked = await question(db, connection, now, query.asOf);
  // A rule for future jobs is on no job yet.
  const kinds = GRANT_KINDS.filter(
    (kind) => query.kind.includes(kind) && (query.job === undefined || kind === "job"),
  );
  const found: Then[] = [];
  for (const kind of kinds) {
    if (found.length > query.limit || (place && kinds.indexOf(kind) < kinds.indexOf(place[0] as GrantKind)))
      continue;
    const after = place && place[0] === kind ? idFrom(place[1]) : null;
    found.push(...(await grantsThen(db, connection.id, kind, query, after, query.limit + 1 - found.length)));
  }
  const page = found.slice(0, query.limit);
  const last = found.length > query.limit ? page.at(-1) : undefined;
  return {
    items: await views(asked, page, query.asOf),
    nextCursor: last ? cursorOf(list, [last.kind, last.record.id]) : null,
    total: null,
    stamp: asked.stamp,
  };
}

async function grantsThen(
  db: Db,
  connection: number,
  kind: GrantKind,
  query: Asked,
  from: string | null,
  limit: number,
): Promise<Then[]> {
  const ids = { userId: query.user, roleId: query.role, jobId: kind === "job" ? query.job : undefined };
  const found: Then[] = [];
  let after = from;
  do {
    const stream = kind === "job" ? "job_grants" : "future_job_grants";
    const page = await grantsAsOf(db, connection, stream, query.asOf, { ...ids, after, limit });
    if (!page.listing) throw new NotKnownThen(page.knownSince);
    const grants = page.items.map((record) => ({ kind, record }) as Then);
    found.push(...grants.filter((grant) => !query.made || query.made.includes(madeOf(grant))));
    after = page.next;
  } while (after !== null && found.length < limit);
  return found.slice(0, limit);
}

function madeOf(grant: Then): GrantView["made"] {
  if (grant.kind === "future_job" || grant.record.automated === null) return "not_told";
  return grant.record.automated ? "by_rule" : "by_hand";
}

async function views(
  { db, connection }: Question,
  grants: readonly Then[],
  asOf: number,
): Promise<GrantView[]> {
  const ids = (of: (grant: Then) => string | null) => [
    ...new Set(grants.flatMap((grant) => of(grant) ?? [])),
  ];
  const holders = ids(({ record }) => record.userId);
  const then = await usersByIdsAsOf(db, connection.id, asOf, holders);
  const users = new Map(then.map((user) => [user.record.id, user]));
  const names = await namesOf(db, connection.id, "user", holders);
  const roles = await namesOf(
    db,
    connection.id,
    "role",
    ids(({ record }) => record.roleId),
  );
  const jobIds = ids((grant) => (grant.kind === "job" ? grant.record.jobId : null));
  const jobs = await jobsByIdsAsOf(db, connection.id, asOf, jobIds);
  const jobNames = await namesOf(db, connection.id, "job", jobIds);
  const of = (field: "departmentId" | "officeId") =>
    ids((grant) => (grant.kind === "job" ? null : grant.record[field]));
  const departments = await namesOf(db, connection.id, "department", of("departmentId"));
  const offices = await namesOf(db, connection.id, "office", of("officeId"));
  const named = (id: string, names: Map<string, string | null>): Named => ({
    id,
    name: names.get(id) ?? null,
  });
  const jobThen = (id: string): JobRef => {
    const job = jobs.get(id);
    const { name } = named(id, jobNames);
    return { id, name, status: job?.status ?? null, confidential: job?.confidential ?? null };
  };
  return grants.map((grant): GrantView => {
    const { record } = grant;
    const user = users.get(record.userId);
    const who: GrantUser = {
      id: record.userId,
      name: names.get(record.userId) ?? null,
      email: user?.record.email ?? null,
      status: user?.status ?? "missing",
      level: user?.level ?? "unknown",
      agency: user?.record.agencyId != null,
      serviceAccount: user?.record.serviceAccount ?? false,
      usage: { state: "unknown", reason: NOT_THEN, since: null },
    };
    const place = (id: string | null, names: Map<string, string | null>) =>
      id === null ? "every" : named(id, names);
    return {
      kind: grant.kind,
      id: record.id,
      user: who,
      role: record.roleId === null ? null : named(record.roleId, roles),
      job: grant.kind === "job" ? jobThen(grant.record.jobId) : null,
      department: grant.kind === "job" ? null : place(grant.record.departmentId, departments),
      office: grant.kind === "job" ? null : place(grant.record.officeId, offices),
      made: madeOf(grant),
      since: isoOrNull(record.createdAt),
      seenSince: null,
      lastUsed: null,
      lastUsedBy: null,
    };
  });
}
