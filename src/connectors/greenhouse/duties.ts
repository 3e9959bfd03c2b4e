/** What people are responsible for, beyond their grants: shown before they are deactivated or made Basic. */
import { DUTY_LISTS, type DutiesTold, type DutyList } from "../acting.ts";
import { ConnectorError } from "../errors.ts";
import type { Authorization } from "./auth.ts";
import type { Caller } from "./call.ts";
import { list } from "./harvest-v3.ts";
import { LinkTrail } from "./next-link.ts";
import { isRefusal } from "./questions.ts";

type Row = Record<string, unknown>;

/** Only ids: nobody's candidate, no name. */
const LISTS: Record<DutyList, { path: string; fields: string }> = {
  hiring_managers: { path: "/v3/job_hiring_managers", fields: "id,job_id,user_id" },
  owners: { path: "/v3/job_owners", fields: "id,job_id,user_id,type" },
  default_interviewers: { path: "/v3/default_interviewers", fields: "id,user_id" },
  approvers: { path: "/v3/approvers", fields: "id,user_id,resolved_at" },
};
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
    approvals: new Map(),
    refused: [],
  };
  for (const name of DUTY_LISTS) {
    const rows =
      caller.options.credential.kind === "harvest_v1"
        ? null
        : await rowsOf(name, caller, authorization, userIds);
    if (rows === null) told.refused.push(name);
    else for (const row of rows) note(told, name, row);
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
  if (name === "approvers" && row.resolved_at == null) count(told.approvals);
}

/** null: not allowed, not there, or too long. */
async function rowsOf(
  name: DutyList,
  caller: Caller,
  authorization: Authorization,
  userIds: readonly string[],
): Promise<Row[] | null> {
  const { path, fields } = LISTS[name];
  const trail = new LinkTrail(caller.options.origins.harvest);
  const rows: Row[] = [];
  let url: URL | null = caller.url("harvest", path, { user_ids: userIds.join(","), fields, per_page: "500" });
  for (let page = 0; url; page++) {
    if (page === MOST_PAGES) return null;
    try {
      const answer = await authorization.harvest({ method: "GET", url, families: ["v3"] });
      const found = list(answer) as Row[];
      rows.push(...found.filter((row) => userIds.includes(String(row.user_id))));
      url = trail.next(answer, url, found.length);
    } catch (error) {
      if (isRefusal(error) || (error instanceof ConnectorError && error.family === "invalid")) return null;
      throw error;
    }
  }
  return rows;
}
