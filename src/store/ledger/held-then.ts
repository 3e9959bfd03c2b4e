/** How many grants some users held at an earlier time, by kind and by role. */
import { sql } from "kysely";
import type { GrantStream } from "../../model/stream.ts";
import { idList } from "../engine/bulk.ts";
import { lastListings } from "../listings/listed.ts";
import type { Db } from "../store.ts";
import { countGrantsAsOf } from "./as-of.ts";

export interface HeldThen {
  /** By user; null: that kind had not been read by then. */
  jobs: ReadonlyMap<string, number> | null;
  futureJobs: ReadonlyMap<string, number> | null;
  /** By user, then by role, of both kinds. Grants whose role wasn't told are in none. */
  roles: ReadonlyMap<string, ReadonlyMap<string, number>>;
}

/** What is held now is counted already, so what has changed since is taken back from it: a user's grants may be thousands. */
export async function grantsHeldAsOf(
  db: Db,
  connection: number,
  at: number,
  users: readonly string[],
): Promise<HeldThen> {
  const { job_grants, future_job_grants } = await lastListings(
    db,
    connection,
    ["job_grants", "future_job_grants"],
    at,
  );
  if (job_grants && future_job_grants) {
    const since = { job_grants: job_grants.seq, future_job_grants: future_job_grants.seq };
    const held = await takenBack(db, connection, since, users);
    if (held) return held;
  }
  return countedThen(db, connection, at, users);
}

const KIND = { job_grants: "jobs", future_job_grants: "futureJobs" } as const;

class Sums implements HeldThen {
  readonly jobs = new Map<string, number>();
  readonly futureJobs = new Map<string, number>();
  readonly roles = new Map<string, Map<string, number>>();

  ofKind(stream: GrantStream, user: string, n: number): void {
    raise(this[KIND[stream]], user, n);
  }

  ofRole(user: string, role: string | null | undefined, n: number): void {
    if (role == null) return;
    if (!this.roles.has(user)) this.roles.set(user, new Map());
    raise(this.roles.get(user)!, role, n);
  }
}

function raise(counts: Map<string, number>, key: string, n: number): void {
  counts.set(key, (counts.get(key) ?? 0) + n);
}

interface Row {
  what: "role" | "user" | GrantStream;
  kind: "added" | "returned" | "removed" | "not_visible" | "changed" | null;
  user_id: string;
  role_id: string | null;
  n: number;
  future_n: number;
  before_json: string | null;
  after_json: string | null;
}

/** null: a grant has moved to another user, whose entry alone doesn't tell its role. */
async function takenBack(
  db: Db,
  connection: number,
  since: Record<GrantStream, number>,
  users: readonly string[],
): Promise<HeldThen | null> {
  const ids = idList(users);
  // One statement, lest a run write between what is held and what has changed.
  const { rows } = await sql<Row>`
    select 'role' as what, null as kind, user_id, role_id, n, 0 as future_n, null as before_json, null as after_json
      from user_role where connection = ${connection} and user_id in ${ids} and role_id <> 0
    union all select 'user', null, user_id, null, job_grants, future_job_grants, null, null
      from "user" where connection = ${connection} and user_id in ${ids}
    union all select stream, kind, user_id, null, 0, 0, before_json, after_json
      from change where connection = ${connection} and user_id in ${ids}
        and seq > ${Math.min(since.job_grants, since.future_job_grants)}
        and ((stream = 'job_grants' and seq > ${since.job_grants})
          or (stream = 'future_job_grants' and seq > ${since.future_job_grants}))`.execute(db);
  const sums = new Sums();
  for (const row of rows) {
    if (row.what === "role") sums.ofRole(row.user_id, row.role_id, row.n);
    else if (row.what === "user") {
      sums.ofKind("job_grants", row.user_id, row.n);
      sums.ofKind("future_job_grants", row.user_id, row.future_n);
    } else if (!takeBack(sums, row.what, row)) return null;
  }
  return sums;
}

/** Of a grant that has changed only the fields that differ are told. @returns whether it could be taken back */
function takeBack(
  sums: Sums,
  stream: GrantStream,
  { kind, user_id: user, before_json, after_json }: Row,
): boolean {
  const [before, after] = [before_json, after_json].map(
    (json) => JSON.parse(json ?? "{}") as { userId?: string; roleId?: string | null },
  );
  if (kind === "changed") {
    if (after!.userId !== undefined) return false;
    sums.ofRole(user, after!.roleId, -1);
    sums.ofRole(user, before!.roleId, 1);
  } else {
    const gone = kind === "removed" || kind === "not_visible";
    sums.ofKind(stream, user, gone ? 1 : -1);
    sums.ofRole(user, (gone ? before : after)!.roleId, gone ? 1 : -1);
  }
  return true;
}

/** Grant by grant. */
async function countedThen(
  db: Db,
  connection: number,
  at: number,
  users: readonly string[],
): Promise<HeldThen> {
  const sums = new Sums();
  const count = async (stream: GrantStream): Promise<ReadonlyMap<string, number> | null> => {
    const held = await countGrantsAsOf(db, connection, stream, at, users);
    if (!held) return null;
    for (const { userId, roleId, n } of held) {
      sums.ofKind(stream, userId, n);
      sums.ofRole(userId, roleId, n);
    }
    return sums[KIND[stream]];
  };
  const [jobs, futureJobs] = [await count("job_grants"), await count("future_job_grants")];
  return { jobs, futureJobs, roles: sums.roles };
}
