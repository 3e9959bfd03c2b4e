import type { Db, Tx } from "./store.ts";

/** How much is stored of a connection: what disconnecting touches. */
export interface Extent {
  users: number;
  /** Job grants and future job grants that are present. */
  grants: number;
  events: number;
  /** Days with counted use. */
  usageDays: number;
}

export async function extentOf(db: Db | Tx, connection: number): Promise<Extent> {
  const count = async (table: "user" | "job_grant" | "future_job_grant" | "event"): Promise<number> => {
    const all = db
      .selectFrom(table)
      .select((eb) => eb.fn.countAll<number>().as("n"))
      .where("connection", "=", connection);
    const row = await (table === "event"
      ? all
      : all.where("state", "=", "present")
    ).executeTakeFirstOrThrow();
    return row.n;
  };
  const days = await db
    .selectFrom("org_day")
    .select((eb) => eb.fn.count<number>("day").distinct().as("n"))
    .where("connection", "=", connection)
    .executeTakeFirstOrThrow();
  const [users, jobs, future, events] = await Promise.all([
    count("user"),
    count("job_grant"),
    count("future_job_grant"),
    count("event"),
  ]);
  return { users, grants: jobs + future, events, usageDays: days.n };
}
