import type { Db, Tx } from "./store.ts";

/** Was this job ever listed, or named by a grant? Where the list of jobs can't be read, grants alone tell. */
export async function knowsJob(db: Db | Tx, connection: number, job: string): Promise<boolean> {
  for (const table of ["job", "job_grant"] as const) {
    const row = await db
      .selectFrom(table)
      .select("job_id")
      .where("connection", "=", connection)
      .where("job_id", "=", job)
      .limit(1)
      .executeTakeFirst();
    if (row) return true;
  }
  return false;
}
