/**
 * A large company a year after it was connected, written straight into a database: its lists, a year of roll-ups, of
 * hourly runs and of changes, and the events of the last thirty days. The shapes are those of src/store/statistics.ts.
 */
import { join } from "node:path";
import { DEFAULT_SETTINGS, GREENHOUSE_ORIGINS } from "../src/model/connection.ts";
import { STREAMS } from "../src/model/stream.ts";
import { createConnection, fingerprintOf, updateConnection } from "../src/store/connections.ts";
import { openStore } from "../src/store/open.ts";
import { loadSeal } from "../src/store/seal.ts";
import { rebuildOrgDays } from "../src/store/usage.ts";
import { saveVerdict } from "../src/store/verdicts.ts";
import { well } from "../src/sync/verdicts.ts";
import { history } from "./company-history.ts";
import { grants, lists, ROLES } from "./company-lists.ts";
import { EVENT_DAYS, events, year } from "./company-use.ts";
import { DAY_MS, HOUR_MS, jobId, roleId, userId, Writer, YEAR_DAYS } from "./company-writer.ts";

export interface Company {
  users: number;
  grants: number;
  jobs: number;
  userDays: number;
  events: number;
  changes: number;
  runs: number;
  /** Ids to ask for. */
  user: (chance: number) => string;
  job: (chance: number) => string;
  role: (chance: number) => string;
}

/** Makes it in the data directory, as the connection `large`, which is paused. 100 grants a user. */
export async function foundCompany(
  dataDir: string,
  users: number,
  say: (text: string) => void,
): Promise<Company> {
  const connection = await connectIt(dataDir);
  const now = Math.floor(Date.now() / HOUR_MS) * HOUR_MS;
  const writer = new Writer(join(dataDir, "glasshouse.sqlite"), connection, now);
  const jobs = Math.ceil(users * 0.4);
  const held = users * 100;
  const counts = {
    users,
    grants: held,
    jobs,
    userDays: 0,
    events: users * EVENT_DAYS,
    changes: users * 4,
    runs: 0,
  };
  try {
    say("lists");
    lists(writer, users, jobs);
    say("grants");
    grants(writer, users, jobs, held);
    say("a year of use");
    counts.userDays = year(writer, users);
    events(writer, users, counts.events);
    say("a year of runs and changes");
    counts.runs = history(writer, users, counts.changes);
  } finally {
    writer.close();
  }
  say("daily actives");
  await countActives(dataDir, connection, now);
  return {
    ...counts,
    user: (chance) => String(userId(Math.floor(chance * users))),
    job: (chance) => String(jobId(Math.floor(chance * jobs))),
    role: (chance) => String(roleId(Math.floor(chance * ROLES))),
  };
}

async function connectIt(dataDir: string): Promise<number> {
  const store = await openStore({ file: join(dataDir, "glasshouse.sqlite") });
  const seal = await loadSeal(dataDir, {});
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

async function countActives(dataDir: string, connection: number, now: number): Promise<void> {
  const store = await openStore({ file: join(dataDir, "glasshouse.sqlite") });
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
