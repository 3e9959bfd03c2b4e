import type { Connection } from "../model/connection.ts";
import { lastListing } from "../store/listings/listed.ts";
import type { Db } from "../store/store.ts";
import { countJobs, grantedJobIds, type JobRow, knowsJob, selectJobs } from "../store/users/jobs.ts";
import { cursorOf, idFrom, placeOf } from "./cursor.ts";
import { InvalidCursor } from "./errors.ts";
import { DEFAULT_LIMIT, question } from "./question.ts";
import type { JobQuery, JobView, Listed } from "./types.ts";

/**
 * Jobs to choose one from, by name. Where their list was never read completely, those that grants name, by id alone. An
 * id that is searched for whole is found wherever it is known from. Throws InvalidCursor.
 */
export async function listJobs(
  db: Db,
  connection: Connection,
  query: JobQuery,
  now: number,
): Promise<Listed<JobView>> {
  const { limit = DEFAULT_LIMIT, cursor, search = null } = query;
  const [asked, listing] = await Promise.all([
    question(db, connection, now),
    lastListing(db, connection.id, "jobs"),
  ]);
  const named = listing !== null;
  const list = named ? "jobs" : "jobs that grants name";
  const place = placeOf(list, cursor, 2);
  const id = place && idFrom(place[1]);
  if (place && typeof place[0] !== "string") throw new InvalidCursor();
  let rows: JobRow[];
  if (named) {
    const after = place && { sortName: place[0] as string, id: id! };
    rows = await selectJobs(db, connection.id, search, { after, limit: limit + 1 });
  } else {
    rows = search === null ? await idsAlone(db, connection.id, id, limit + 1) : [];
  }
  const whole = /^\d{1,18}$/.test(search?.trim() ?? "") ? search!.trim() : null;
  if (!place && whole && !rows.some((row) => row.id === whole) && (await knowsJob(db, connection.id, whole)))
    rows.unshift(idAlone(whole));
  const page = rows.slice(0, limit);
  const last = rows.length > limit ? page.at(-1)! : null;
  return {
    items: page.map(({ sortName: _, ...job }) => job),
    nextCursor: last && cursorOf(list, [last.sortName, last.id]),
    total: place || !named || whole ? null : await countJobs(db, connection.id, search),
    stamp: asked.stamp,
  };
}

async function idsAlone(db: Db, connection: number, after: string | null, limit: number): Promise<JobRow[]> {
  return (await grantedJobIds(db, connection, { after, limit })).map(idAlone);
}

const idAlone = (id: string): JobRow => ({
  id,
  name: null,
  status: null,
  confidential: null,
  inList: false,
  sortName: "",
});
