/** What people are responsible for, beyond their grants: shown before they are deactivated or made Basic. */
import { DUTY_LISTS, type DutiesTold, type DutyList } from "../acting.ts";
import { ConnectorError } from "../errors.ts";
import type { Authorization } from "./auth.ts";
import type { Caller } from "./call.ts";
import { inSeconds } from "./dates.ts";
import { list } from "./harvest-v3.ts";
import { LinkTrail } from "./next-link.ts";
import { isRefusal } from "./questions.ts";

type Row = Record<string, unknown>;

/** Only ids and times: nobody's candidate, no name. */
const LISTS: Record<Exclude<DutyList, "interviews">, { path: string; fields: string }> = {
  hiring_managers: { path: "/v3/job_hiring_managers", fields: "id,job_id,user_id" },
  owners: { path: "/v3/job_owners", fields: "id,job_id,user_id,type" },
  default_interviewers: { path: "/v3/default_interviewers", fields: "id,user_id" },
  approvers: { path: "/v3/approvers", fields: "id,user_id,resolved_at" },
};
const SEATS = { path: "/v3/interviewers", fields: "id,interview_id,user_id" };
const INTERVIEWS = { path: "/v3/interviews", fields: "id,job_id,created_at,starts_at" };
/** A preview is no sync: longer lists are told as not read. */
const MOST_PAGES = 6;

/** Harvest v1 tells a hiring team job by job: it isn't asked. */
export async function duties(
  caller: Caller,
  authorization: Authorization,
  userIds: readonly string[],
): Promise<DutiesTold> {
  const told: DutiesTold = {
    hiringManager: new Map(),
    owner: new Map(),
    interviewKits: new Map(),
    interviews: new Map(),
    approvals: new Map(),
    untold: new Map(),
  };
  const of = { user_ids: userIds.join(",") };
  const read: Read = (list, query) => rowsOf(list, query, caller, authorization);
  for (const name of DUTY_LISTS) {
    const rows =
      caller.options.credential.kind === "harvest_v1"
        ? "Harvest v1 has no list of it"
        : name === "interviews"
          ? await seatsToCome(read, of, caller.now())
          : await read(LISTS[name], of);
    if (typeof rows === "string") told.untold.set(name, rows);
    else for (const row of rows) if (userIds.includes(String(row.user_id))) note(told, name, row);
  }
  return told;
}

function note(told: DutiesTold, name: DutyList, row: Row): void {
  const user = String(row.user_id);
  const add = <T>(map: Map<string, T[]>, value: T) => map.set(user, [...(map.get(user) ?? []), value]);
  const count = (map: Map<string, number>) => map.set(user, (map.get(user) ?? 0) + 1);
  const job = row.job_id == null ? null : String(row.job_id);
  if (name === "hiring_managers" && job) add(told.hiringManager, job);
  if (name === "owners" && job)
    add(told.owner, { jobId: job, type: typeof row.type === "string" ? row.type : null });
  if (name === "default_interviewers") count(told.interviewKits);
  if (name === "interviews") add(told.interviews, job);
  if (name === "approvers" && row.resolved_at == null) count(told.approvals);
}

type Read = (
  list: { path: string; fields: string },
  query: Record<string, string>,
) => Promise<Row[] | string>;

/** Their seats in interviews that begin later than now, each with its interview's job. A seat is as old as its interview at most. */
async function seatsToCome(read: Read, of: Record<string, string>, now: number): Promise<Row[] | string> {
  const listed = await read(INTERVIEWS, { starts_at: `gte|${inSeconds(now)}` });
  if (typeof listed === "string") return listed;
  // A filter that was overlooked lists those of the past too.
  const found = listed.filter(({ starts_at }) => Date.parse(String(starts_at)) >= now);
  if (found.length === 0) return [];
  const jobs = new Map(found.map((row) => [String(row.id), row.job_id]));
  const since = Math.min(...found.map((row) => Date.parse(String(row.created_at))));
  const made: Record<string, string> = Number.isFinite(since)
    ? { created_at: `gte|${inSeconds(since)}` }
    : {};
  const seats = await read(SEATS, { ...of, ...made });
  if (typeof seats === "string") return seats;
  return seats
    .filter((seat) => jobs.has(String(seat.interview_id)))
    .map(({ user_id, interview_id }) => ({ user_id, job_id: jobs.get(String(interview_id)) }));
}

/** A text: why they aren't told. */
async function rowsOf(
  { path, fields }: { path: string; fields: string },
  query: Record<string, string>,
  caller: Caller,
  authorization: Authorization,
): Promise<Row[] | string> {
  const trail = new LinkTrail(caller.options.origins.harvest);
  const rows: Row[] = [];
  let url: URL | null = caller.url("harvest", path, { ...query, fields, per_page: "500" });
  for (let page = 0; url; page++) {
    if (page === MOST_PAGES) return "the list is too long";
    try {
      const answer = await authorization.harvest({ method: "GET", url, families: ["v3"] });
      const found = list(answer) as Row[];
      rows.push(...found);
      url = trail.next(answer, url, found.length);
    } catch (error) {
      if (isRefusal(error)) return "the credential may not read it";
      if (error instanceof ConnectorError && error.family === "invalid")
        return "Greenhouse doesn't take the question";
      throw error;
    }
  }
  return rows;
}
