/**
 * A large company a year after it was connected, written straight into a database: its lists, a year of roll-ups, of
 * hourly runs and of changes, and the events of the last thirty days. The shapes are those of src/store/engine/statistics.ts.
 */
import { DEFAULT_SETTINGS, GREENHOUSE_ORIGINS } from "../src/model/connection.ts";
import { STREAMS } from "../src/model/stream.ts";
import { createConnection, fingerprintOf, updateConnection } from "../src/store/connections/connections.ts";
import { saveVerdict } from "../src/store/connections/verdicts.ts";
import { rebuildOrgDays } from "../src/store/usage/usage.ts";
import { well } from "../src/sync/verdicts.ts";
import { history } from "./company-history.ts";
import { grants, lists, ROLES } from "./company-lists.ts";
import { events as makeEvents, year } from "./company-use.ts";
import { DAY_MS, HOUR_MS, jobId, roleId, userId, Writer, YEAR_DAYS } from "./company-writer.ts";
import { asked, openPlace, type Place } from "./place.ts";

export interface Counts {
  users: number;
  grants: number;
  jobs: number;
  userDays: number;
  events: number;
  changes: number;
  runs: number;
}

export interface Company extends Counts {
  /** Ids to ask for. */
  user: (chance: number) => string;
  job: (chance: number) => string;
  role: (chance: number) => string;
}

const EVENT_DAYS = 30;

const MILLIONS = ["job_grant", "usage_day", "event"] as const;
/** Its indexes are made at once, and lie closer than those that grow. */
export const isLarge = (users: number) => users >= 50_000;

/**
 * Makes it, as the connection `large`, which is paused. 100 grants a user.
 *
 * @param events left out: one a user and day, of the last thirty days
 */
export async function foundCompany(
  place: Place,
  users: number,
  say: (text: string) => void,
  events: { n: number; days: number } = { n: users * EVENT_DAYS, days: EVENT_DAYS },
): Promise<Company> {
  const connection = await connectIt(place);
  const now = Math.floor(Date.now() / HOUR_MS) * HOUR_MS;
  const writer = await Writer.open(place, connection, now);
  const jobs = Math.ceil(users * 0.4);
  const held = users * 100;
  const counts: Counts = {
    users,
    grants: held,
    jobs,
    userDays: 0,
    events: events.n,
    changes: users * 4,
    runs: 0,
  };
  const rows = async () => {
    say("grants");
    await grants(writer, users, jobs, held);
    say("a year of use");
    counts.userDays = await year(writer, users);
    say("events");
    await makeEvents(writer, users, events.n, events.days);
    say("indexes");
  };
  try {
    say("lists");
    await lists(writer, users, jobs);
    await (isLarge(users) ? writer.withoutIndexes(MILLIONS, rows) : rows());
    say("a year of runs and changes");
    counts.runs = await history(writer, users, counts.changes);
  } finally {
    await writer.close();
  }
  say("daily actives");
  await settle(place);
  await countActives(place, connection, now);
  return companyOf(counts);
}

export function companyOf(counts: Counts): Company {
  const { users, jobs } = counts;
  return {
    ...counts,
    user: (chance) => String(userId(Math.floor(chance * users))),
    job: (chance) => String(jobId(Math.floor(chance * jobs))),
    role: (chance) => String(roleId(Math.floor(chance * ROLES))),
  };
}

/** What PostgreSQL does by itself within minutes: its planner knows the sizes, and numbers go on behind the given ones. */
async function settle({ databaseUrl }: Place): Promise<void> {
  if (databaseUrl === null) return;
  await asked(databaseUrl, async (client) => {
    for (const [table, column] of [
      ["run", "run"],
      ["word", "word"],
    ])
      await client.query(
        `select setval(pg_get_serial_sequence('${table}', '${column}'), (select max(${column}) from ${table}))`,
      );
    await client.query("vacuum (analyze)");
  });
}

async function connectIt(place: Place): Promise<number> {
  const { store, seal } = await openPlace(place);
  const credential = { kind: "harvest_v3", clientId: "large-1", secret: "none" } as const;
  const id = await store.write(async (tx) => {
    const { id } = await createConnection(tx, seal, {
      name: "large",
      credential,
      permissionType: "read",
      adminUserId: null,
      origins: GREENHOUSE_ORIGINS,
      settings: DEFAULT_SETTINGS,
      fingerprint: fingerprintOf(seal, GREENHOUSE_ORIGINS, credential),
      now: Date.now() - YEAR_DAYS * DAY_MS,
    });
    // Its credential leads nowhere.
    await updateConnection(tx, id, { paused: true });
    for (const stream of STREAMS) await saveVerdict(tx, id, well(stream), Date.now(), { rows: 1 });
    return id;
  });
  await store.close();
  return id;
}

async function countActives(place: Place, connection: number, now: number): Promise<void> {
  const { store } = await openPlace(place);
  const today = Math.floor(now / DAY_MS);
  await store.write((tx) =>
    tx
      .insertInto("dirty_day")
      .values(Array.from({ length: YEAR_DAYS }, (_, i) => ({ connection, day: today - i })))
      .execute(),
  );
  while ((await store.write((tx) => rebuildOrgDays(tx, connection, 5))) > 0);
  await store.close();
}
