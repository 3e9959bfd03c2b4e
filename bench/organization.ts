/**
 * A large company a year after it was connected, written straight into a database: its lists, a year of roll-ups, of
 * hourly runs and of changes, and the events of the last thirty days. The shapes are those of src/store/statistics.ts.
 */
import { join } from "node:path";
import Database from "better-sqlite3";
import { DEFAULT_SETTINGS, GREENHOUSE_ORIGINS } from "../src/model/connection.ts";
import type { RecordOf } from "../src/model/records.ts";
import { LANE_NAMES, LANES, LIST_STREAMS, type ListStream, STREAMS } from "../src/model/stream.ts";
import { createConnection, fingerprintOf, updateConnection } from "../src/store/connections.ts";
import { openStore } from "../src/store/open.ts";
import { layoutOf } from "../src/store/rows.ts";
import { loadSeal } from "../src/store/seal.ts";
import { rebuildOrgDays } from "../src/store/usage.ts";
import { saveVerdict } from "../src/store/verdicts.ts";
import { well } from "../src/sync/verdicts.ts";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const YEAR_DAYS = 365;
const EVENT_DAYS = 30;

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
  const company = new Founding(join(dataDir, "glasshouse.sqlite"), connection, now);
  const jobs = Math.ceil(users * 0.4);
  const grants = users * 100;
  const counts = {
    users,
    grants,
    jobs,
    userDays: 0,
    events: users * EVENT_DAYS,
    changes: users * 4,
    runs: 0,
  };
  try {
    say("lists");
    company.lists(users, jobs);
    say("grants");
    company.grants(users, jobs, grants);
    say("a year of use");
    counts.userDays = company.year(users);
    company.events(users, counts.events);
    say("a year of runs and changes");
    counts.runs = company.history(users, counts.changes);
  } finally {
    company.close();
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

const ROLES = 40;
const DEPARTMENTS = 200;
const OFFICES = 60;
const userId = (i: number) => 4_000_000_000 + 7 * i;
const roleId = (i: number) => 500 + i;
const jobId = (i: number) => 9_000_000 + 3 * i;

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

/** Writes rows by the hundred thousand. */
class Founding {
  readonly #db: Database.Database;
  readonly #connection: number;
  readonly #now: number;
  readonly #random = seeded(1);

  constructor(file: string, connection: number, now: number) {
    this.#db = new Database(file);
    this.#connection = connection;
    this.#now = now;
    // Nothing here must outlive a power cut.
    for (const pragma of ["synchronous = off", "cache_size = -400000", "temp_store = memory"])
      this.#db.pragma(pragma);
  }

  close(): void {
    this.#db.pragma("wal_checkpoint(truncate)");
    this.#db.close();
  }

  lists(users: number, jobs: number): void {
    this.#list("roles", ROLES, (i) => ({
      id: String(roleId(i)),
      name: `Role ${i}`,
      type: i < 4 ? "interviewer" : "job_admin",
    }));
    this.#list("departments", DEPARTMENTS, (i) => ({
      id: String(100 + i),
      name: `Department ${i}`,
      parentId: i < 10 ? null : String(100 + (i % 10)),
      externalId: null,
    }));
    this.#list("offices", OFFICES, (i) => ({
      id: String(1000 + i),
      name: `Office ${i}`,
      parentId: null,
      externalId: null,
      location: null,
    }));
    this.#list("jobs", jobs, (i) => ({
      id: String(jobId(i)),
      name: `Job ${i}`,
      status: i % 5 === 0 ? "open" : "closed",
      confidential: i % 50 === 0,
      departmentId: String(100 + (i % DEPARTMENTS)),
      officeIds: [String(1000 + (i % OFFICES))],
    }));
    this.#list("users", users, (i) => {
      const name = `${FIRST[i % FIRST.length]} ${LAST[Math.floor(i / FIRST.length) % LAST.length]} ${i}`;
      const email = `${name.toLowerCase().replaceAll(" ", ".")}@aldermoor.example`;
      return {
        id: String(userId(i)),
        name,
        email: i % 500 === 499 ? null : email,
        emails: i % 500 === 499 ? [] : [email],
        employeeId: i % 3 === 0 ? null : `E${i}`,
        jobTitle: `Title ${i % 90}`,
        deactivated: i % 7 === 6,
        siteAdmin: i % 30 === 0,
        serviceAccount: i % 5000 === 4999,
        agencyId: i % 100 === 50 ? "77" : null,
        departmentIds: [String(100 + (i % DEPARTMENTS))],
        officeIds: [String(1000 + (i % OFFICES))],
        createdAt: this.#now - Math.floor(this.#random() * 5 * YEAR_DAYS) * DAY_MS,
        updatedAt: this.#now - Math.floor(this.#random() * YEAR_DAYS) * DAY_MS,
      };
    });
    this.#list("user_emails", 2 * users, (i) => ({
      id: String(70_000_000 + i),
      userId: String(userId(Math.floor(i / 2))),
      email: `address.${i}@aldermoor.example`,
      verified: i % 2 === 0,
    }));
  }

  /** Five roles a user; a few users hold thousands of grants, most hold few. */
  grants(users: number, jobs: number, grants: number): void {
    // Far apart by id, whoever holds many.
    const holder = () => (Math.floor(users * this.#random() ** 2.2) * 7919) % users;
    const grant = (i: number) => {
      const user = holder();
      const role = 4 + ((user * 13 + Math.floor(this.#random() * 5) * 7) % (ROLES - 4));
      const createdAt = this.#now - Math.floor(this.#random() * 2 * YEAR_DAYS) * DAY_MS;
      return {
        id: String(800_000_000 + i),
        userId: String(userId(user)),
        roleId: String(roleId(role)),
        createdAt,
      };
    };
    this.#list("job_grants", grants, (i) => ({
      ...grant(i),
      jobId: String(jobId(Math.floor(this.#random() * jobs))),
      automated: i % 3 === 0,
    }));
    this.#list("future_job_grants", 2 * users, (i) => ({
      ...grant(i),
      departmentId: i % 4 === 0 ? null : String(100 + (i % DEPARTMENTS)),
      officeId: i % 5 === 0 ? null : String(1000 + (i % OFFICES)),
    }));
    this.#db.exec(`
      insert into user_role (connection, user_id, role_id, n)
        select connection, user_id, role_id, count(*) from (
          select connection, user_id, role_id from job_grant union all
          select connection, user_id, role_id from future_job_grant)
        group by 1, 2, 3;
      update "user" set
        job_grants = (select count(*) from job_grant g where g.connection = "user".connection and g.user_id = "user".user_id),
        future_job_grants =
          (select count(*) from future_job_grant g where g.connection = "user".connection and g.user_id = "user".user_id);
      update "user" set level = case when site_admin = 1 then 'site_admin'
        when job_grants + future_job_grants > 0 then 'job_admin' else 'basic' end;`);
  }

  /** Two users of five work on a day; one of four never does. Returns the user-days. */
  year(users: number): number {
    const insert = this.#insert("usage_day", ["day", "user_id", "viewed", "changed", "acted", "other"]);
    const newest = new Map<number, number>();
    const today = Math.floor(this.#now / DAY_MS);
    let rows = 0;
    this.#db.transaction(() => {
      for (let day = today - YEAR_DAYS + 1; day <= today; day += 1) {
        const weekend = (day + 4) % 7 >= 5 ? 0.1 : 1;
        for (let i = 0; i < users; i += 1) {
          if (i % 4 === 3 || this.#random() > 0.7 * weekend) continue;
          // One of ten has stopped some time ago.
          if (i % 10 === 5 && day > today - (i % 90)) continue;
          insert(day, userId(i), 5 + (i % 20), i % 5, i % 3, 0);
          newest.set(i, day);
          rows += 1;
        }
      }
      const last = this.#insert("usage_user", [
        "user_id",
        "at",
        "hash",
        "n",
        "source",
        "type",
        "request_type",
        "target_type",
      ]);
      for (const [i, day] of [...newest].sort(([a], [b]) => a - b))
        last(
          userId(i),
          Math.min(day * DAY_MS + 10 * HOUR_MS, this.#now),
          Buffer.alloc(16, i),
          0,
          "audit_log",
          "action",
          "GET /dashboard",
          "Page",
        );
      this.#insert("coverage", ["source", "from_at", "to_at"])(
        "audit_log",
        this.#now - YEAR_DAYS * DAY_MS,
        this.#now - HOUR_MS,
      );
      const word = this.#db.prepare("insert or ignore into word (word, text) values (?, ?)");
      for (const [i, text] of WORDS.entries()) word.run(i + 1, text);
      const hour = this.#insert("event_hour", ["hour", "n", "people"]);
      for (let i = 0; i < YEAR_DAYS * 24; i += 1)
        hour(this.#now / HOUR_MS - 1 - i, users, Math.ceil(users / 2));
      const request = this.#insert("request_day", ["day", "performer_type", "request_type", "n"]);
      for (let day = today - YEAR_DAYS + 1; day <= today; day += 1)
        for (let type = 0; type < REQUESTS; type += 1) request(day, 1, WORDS.length - type, users);
    })();
    return rows;
  }

  events(users: number, events: number): void {
    const insert = this.#insert("event", [
      ..."at hash n performer_type user_id performer type request_type request target_type target ip counts".split(
        " ",
      ),
    ]);
    const step = (EVENT_DAYS * DAY_MS) / events;
    this.#db.transaction(() => {
      for (let i = 0; i < events; i += 1) {
        const hash = Buffer.alloc(16);
        hash.writeDoubleBE(this.#random(), 0);
        hash.writeDoubleBE(i, 8);
        const at = Math.floor(this.#now - EVENT_DAYS * DAY_MS + i * step);
        const user = Math.floor(users * this.#random() ** 2);
        insert(
          at,
          hash,
          0,
          1,
          userId(user),
          null,
          2 + (i % 3),
          WORDS.length - (i % REQUESTS),
          `r${i}`,
          5 + (i % 5),
          String(i % 9999),
          "10.0.0.1",
          1,
        );
      }
    })();
  }

  /** Hourly listings, quarter-hourly usage runs, and the changes between them. Returns the runs. */
  history(users: number, changes: number): number {
    const run = this.#db.prepare(
      `insert into run (connection, lane, trigger_, started_at, ended_at, outcome, requests, waited_ms, throttled)
       values (?, ?, 'schedule', ?, ?, 'complete', 10, 0, 0)`,
    );
    const step = this.#db.prepare(
      `insert into step (run, stream, outcome, started_at, ended_at, rows, added, changed, removed, unreadable_json,
         requests, waited_ms) values (?, ?, 'complete', ?, ?, 10, 0, 0, 0, '[]', 1, 0)`,
    );
    const listing = this.#insert("listing", [
      "stream",
      "seq",
      "run",
      "started_at",
      "ended_at",
      "rows",
      "viewer_version",
    ]);
    const change = this.#insert("change", [
      ..."seq stream kind row_id user_id before_json after_json run after_at seen_at".split(" "),
    ]);
    const begin = this.#now - YEAR_DAYS * DAY_MS;
    const hours = YEAR_DAYS * 24;
    let seq = 0;
    let runs = 0;
    const end = () => this.#db.prepare("select count(*) as n from run").get() as { n: number };
    this.#db.transaction(() => {
      for (const stream of LIST_STREAMS)
        change(++seq, stream, "baseline", null, null, null, null, 1, null, begin);
      for (let hour = 0; hour <= hours; hour += 1) {
        const at = begin + hour * HOUR_MS;
        for (const lane of LANE_NAMES) {
          for (let quarter = 0; quarter < (lane === "usage" ? 4 : 1); quarter += 1) {
            const from = at + quarter * 15 * 60_000;
            const { lastInsertRowid } = run.run(this.#connection, lane, from, from + 60_000);
            for (const stream of LANES[lane]) {
              step.run(lastInsertRowid, stream, from, from + 60_000);
              if (lane === "usage") continue;
              const wanted =
                Math.floor((changes * hour) / hours) - Math.floor((changes * (hour - 1)) / hours);
              if (stream === "job_grants" && hour > 0)
                for (let i = 0; i < wanted; i += 1)
                  this.#grantChange(change, ++seq, users, Number(lastInsertRowid), at);
              listing(stream, ++seq, lastInsertRowid, from, from + 60_000, users, 1);
            }
          }
        }
      }
      runs = end().n;
    })();
    return runs;
  }

  #grantChange(
    change: (...values: unknown[]) => void,
    seq: number,
    users: number,
    run: number,
    at: number,
  ): void {
    const user = userId(Math.floor(users * this.#random()));
    const grant = 800_000_000 + Math.floor(this.#random() * users * 100);
    const kind = seq % 3 === 0 ? "removed" : "added";
    const record = JSON.stringify({
      id: String(grant),
      userId: String(user),
      roleId: "510",
      jobId: String(jobId(1)),
    });
    const [before, after] = kind === "added" ? [null, record] : [record, null];
    change(seq, "job_grants", kind, grant, user, before, after, run, at - HOUR_MS, at);
  }

  #list<S extends ListStream>(stream: S, rows: number, record: (i: number) => RecordOf[S]): void {
    const layout = layoutOf(stream);
    const more = stream === "users" ? ["level"] : [];
    const insert = this.#insert(layout.table, [
      layout.id,
      ...layout.columns,
      "state",
      "first_seen_at",
      ...more,
    ]);
    const seenAt = this.#now - YEAR_DAYS * DAY_MS;
    this.#db.transaction(() => {
      for (let i = 0; i < rows; i += 1) {
        const one = record(i);
        const cells = layout.toCells(one).map((cell) => (typeof cell === "boolean" ? Number(cell) : cell));
        insert(one.id, ...cells, "present", seenAt, ...more.map(() => "unknown"));
      }
    })();
  }

  #insert(table: string, columns: readonly string[]): (...values: unknown[]) => void {
    const statement = this.#db.prepare(
      `insert into "${table}" (connection, ${columns.map((name) => `"${name}"`).join(", ")})
       values (${this.#connection}${", ?".repeat(columns.length)})`,
    );
    return (...values) => void statement.run(...values);
  }
}

const FIRST = [
  "Ada",
  "Bo",
  "Chidi",
  "Dana",
  "Eve",
  "Farid",
  "Grace",
  "Hana",
  "Ivo",
  "June",
  "Kofi",
  "Lea",
  "Mia",
];
const LAST = [
  "Abara",
  "Berg",
  "Costa",
  "Dubois",
  "Ek",
  "Fontaine",
  "Gruber",
  "Haas",
  "Ito",
  "Jansen",
  "Kowalski",
];
const REQUESTS = 12;
const WORDS = [
  ...[
    "user",
    "action",
    "data_change_update",
    "data_change_create",
    "Page",
    "Candidate",
    "Job",
    "User",
    "Application",
  ],
  ...Array.from({ length: REQUESTS }, (_, i) => `controller_${i}#show`),
];

function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
}
