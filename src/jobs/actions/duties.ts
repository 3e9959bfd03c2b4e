/** What people are responsible for, beyond their grants: what a preview shows of it. */
import type { DutiesTold, DutyList } from "../../connectors/acting.ts";
import { ConnectorError } from "../../connectors/errors.ts";
import type { Duties } from "../../model/action.ts";
import type { Connection } from "../../model/connection.ts";
import type { Db } from "../../store/store.ts";
import { openJobsAmong } from "../../store/users/jobs.ts";
import type { SyncDeps } from "../../sync/context.ts";
import { openSession } from "../../sync/session.ts";
import { ActionRefused } from "./refused.ts";

/** Greenhouse is asked about so many people; each question is about 50 of them. */
const PEOPLE = 200;
const AT_ONCE = 50;

interface Told extends DutiesTold {
  asked: Set<string>;
  notTold: string[];
}

const DUTY_WORDS: Record<DutyList, string> = {
  hiring_managers: "whom a job has as its hiring manager",
  owners: "who is recruiter, coordinator or sourcer of a job",
  default_interviewers: "who is a default interviewer",
  interviews: "which interviews somebody is to hold",
  approvers: "whose approval is waited for",
};

/** As far as Greenhouse tells: what it doesn't is said, and stops nothing. `of`: null for whom it wasn't asked. */
export async function dutiesOf(
  deps: SyncDeps,
  connection: Connection,
  userIds: readonly string[],
  signal: AbortSignal,
): Promise<{ of: (userId: string) => Duties | null; notTold: string[] }> {
  const people = [...new Set(userIds)];
  const told: Told = {
    hiringManager: new Map(),
    owner: new Map(),
    interviewKits: new Map(),
    interviews: new Map(),
    approvals: new Map(),
    untold: new Map(),
    asked: new Set(),
    notTold: [],
  };
  const session = await openSession(deps, connection, { signal });
  if (!session) {
    throw new ActionRefused("not_possible", `The credential of ${connection.name} can't be opened.`);
  }
  try {
    for (let from = 0; from < Math.min(people.length, PEOPLE); from += AT_ONCE) {
      const some = people.slice(from, from + AT_ONCE);
      add(told, await session.duties(some), some);
    }
  } catch (error) {
    if (!(error instanceof ConnectorError)) throw error;
    told.notTold.push(`Duties: Greenhouse couldn't be asked (${error.said ?? error.message}).`);
  }
  for (const [name, why] of told.untold) told.notTold.push(`Not told: ${DUTY_WORDS[name]} (${why}).`);
  if (people.length > PEOPLE) told.notTold.push(`Duties were asked for the first ${PEOPLE} people only.`);
  return { of: await openDuties(deps.store.read, connection, told), notTold: told.notTold };
}

function add(all: Told, told: DutiesTold, people: readonly string[]): void {
  for (const [name, why] of told.untold) all.untold.set(name, why);
  for (const id of people) all.asked.add(id);
  for (const name of ["hiringManager", "owner", "interviewKits", "interviews", "approvals"] as const) {
    for (const [user, value] of told[name]) (all[name] as Map<string, unknown>).set(user, value);
  }
}

/** Duties on jobs that are open; a job whose status isn't known is taken for one. */
async function openDuties(
  db: Db,
  connection: Connection,
  told: Told,
): Promise<(userId: string) => Duties | null> {
  const jobs = [
    ...[...told.hiringManager.values()].flat(),
    ...[...told.owner.values()].flatMap((owned) => owned.map(({ jobId }) => jobId)),
  ];
  const open = await openJobsAmong(db, connection.id, [...new Set(jobs)]);
  const readable = <T>(name: DutyList, value: T) => (told.untold.has(name) ? null : value);
  return (userId) => {
    if (!told.asked.has(userId)) return null;
    const owned = (type: string) =>
      (told.owner.get(userId) ?? [])
        .filter((each) => each.type === type && open.has(each.jobId))
        .map((each) => each.jobId);
    const managed = (told.hiringManager.get(userId) ?? []).filter((job) => open.has(job));
    return {
      hiringManager: readable("hiring_managers", managed),
      recruiter: readable("owners", owned("recruiter")),
      coordinator: readable("owners", owned("coordinator")),
      sourcer: readable("owners", owned("sourcer")),
      interviews: readable("interviews", {
        count: told.interviews.get(userId)?.length ?? 0,
        jobs: [...new Set(told.interviews.get(userId)?.flatMap((job) => job ?? []) ?? [])],
      }),
      interviewKits: readable("default_interviewers", told.interviewKits.get(userId) ?? 0),
      approvals: readable("approvers", told.approvals.get(userId) ?? 0),
    };
  };
}
