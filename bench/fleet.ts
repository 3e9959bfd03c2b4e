/**
 * Many connections on few workers: 1,000 of 200 users each, synced hourly. All of them read one simulated organization,
 * each with a token and limits of its own. How much of an hour an hour's syncs take, and how late they begin when they
 * are spread over it as the schedule spreads them.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { sql } from "kysely";
import { DEFAULT_SETTINGS } from "../src/model/connection.ts";
import { LANE_NAMES, type Lane } from "../src/model/stream.ts";
import { createConnection, fingerprintOf } from "../src/store/connections/connections.ts";
import type { KeyRing } from "../src/store/secrets/seal.ts";
import type { Store } from "../src/store/store.ts";
import { type Claim, count, percentile95 } from "./claim.ts";
import { asked, engineName, inPlace, openPlace, type Place } from "./place.ts";
import { type BenchWorker, NO_LIMITS, NOT_SYNCED, SYNCED, startServer, startWorker } from "./server.ts";
import { type BenchSimulator, startBenchSimulator } from "./simulator.ts";

const CONNECTIONS = 1000;
const SIZE = { users: 200, grants: 2000, eventsPerDay: 100 };
const HOUR_MS = 3_600_000;
const LONG_MS = 24 * HOUR_MS;
/** Of the whole fleet, all its lanes. */
const PACE_MS = HOUR_MS / (SYNCED.length * CONNECTIONS);
/** So much of an hour is watched for how late syncs begin. */
const WATCHED_MS = 10 * 60_000;
const AT_ONCE = 50;

export const fleet: Claim = ({ size, postgres, say }) =>
  inPlace(postgres, async (place) => {
    const connections = Math.max(5, Math.round(CONNECTIONS * size));
    const simulator = await startBenchSimulator({
      ...SIZE,
      limits: false,
      scenario: { "audit.unpagedCap": 500, "credentials.v3": credentials(connections) },
    });
    const { store, seal } = await openPlace(place);
    const workers: BenchWorker[] = [];
    try {
      await connectAll(store, seal, simulator, connections);
      const options = { ...place, timeScale: NO_LIMITS };
      if (postgres) workers.push(await startWorker(options), await startWorker(options));
      else workers.push(await startServer(options));
      const first = await allAtOnce({ store, place, simulator, workers }, connections, (n) =>
        say(`first syncs: ${n} of ${SYNCED.length * connections}`),
      );
      const hour = await allAtOnce({ store, place, simulator, workers }, connections, (n) =>
        say(`an hour's syncs: ${n} of ${SYNCED.length * connections}`),
      );
      const lag = await spread(store, (n) => say(`as the schedule has them: ${n} have begun`));
      const peakMb = Math.max(...workers.map((worker) => worker.figures().peakMb));
      const told =
        `${engineName(postgres)}; ${count(connections)} connections of ${SIZE.users} users, ${count(SIZE.grants)} grants and ` +
        `${SIZE.eventsPerDay} events a day, ${postgres ? "two workers" : "one process"}; all read one simulated organization, each with ` +
        "a token of its own, limits off, recruiting activity off";
      const part = size === 1 ? "" : `; full size was not measured`;
      return [
        {
          what: "an hour's syncs ÷ an hour",
          value: hour.ms / HOUR_MS,
          unit: "",
          goal: size === 1 ? { below: 1 } : null,
          conditions: `all lanes of all at once: ${(hour.ms / 1000).toFixed(0)} s; ${count(hour.requests)} requests, ${(hour.requests / connections).toFixed(1)} a connection; ${told}${part}`,
        },
        {
          what: "how late a sync begins",
          value: percentile95(lag) / 1000,
          unit: "s",
          goal: { atMost: 60 },
          conditions: `95th percentile of ${lag.length} lanes that were due one after another, ${PACE_MS / 1000} s apart, as the whole fleet's are; the latest ${(Math.max(...lag) / 1000).toFixed(1)} s`,
        },
        {
          what: "the first syncs ÷ an hour's",
          value: first.ms / hour.ms,
          unit: "",
          goal: null,
          conditions: `${(first.ms / 1000).toFixed(0)} s; ${count(first.requests)} requests`,
        },
        {
          what: "memory of a worker",
          value: peakMb,
          unit: "MB",
          goal: { below: 300 },
          conditions: "VmHWM of the larger one, over all of the above",
        },
        {
          what: "CPU of the workers while they sync",
          value: (100 * hour.cpuMs) / hour.ms,
          unit: "%",
          goal: null,
          conditions: "of one core, all workers together, during an hour's syncs at once",
        },
        ...(hour.databaseMs === null
          ? []
          : [
              {
                what: "database load",
                value: (100 * hour.databaseMs) / hour.ms,
                unit: "%" as const,
                goal: null,
                conditions:
                  "time within statements ÷ time, during an hour's syncs at once (pg_stat_database)",
              },
            ]),
      ];
    } finally {
      await Promise.all(workers.map((worker) => worker.stop()));
      await store.close();
      await simulator.stop();
    }
  });

const SECRET = "what the fleet shows";
const clientId = (i: number) => `fleet-${i + 1}`;

/** Of one credential they would share token and limits. */
function credentials(connections: number): Record<string, { secret: string; scopes: null }> {
  return Object.fromEntries(
    Array.from({ length: connections }, (_, i) => [clientId(i), { secret: SECRET, scopes: null }]),
  );
}

async function connectAll(
  store: Store,
  seal: KeyRing,
  { siteAdminId, urls }: BenchSimulator,
  connections: number,
): Promise<void> {
  const everyMinutes = Object.fromEntries(LANE_NAMES.map((lane) => [lane, 60])) as Record<Lane, number>;
  for (let from = 0; from < connections; from += AT_ONCE) {
    await store.write(async (tx) => {
      for (let i = from; i < Math.min(connections, from + AT_ONCE); i += 1) {
        const credential = { kind: "harvest_v3", clientId: clientId(i), secret: SECRET } as const;
        await createConnection(tx, seal, {
          name: `Fleet ${i}`,
          credential,
          permissionType: "read",
          adminUserId: String(siteAdminId),
          origins: urls,
          settings: { ...DEFAULT_SETTINGS, everyMinutes, sharePercent: 100, off: [...NOT_SYNCED] },
          fingerprint: fingerprintOf(seal, urls, credential),
          now: Date.now() + LONG_MS,
        });
      }
    });
  }
}

interface Fleet {
  store: Store;
  place: Place;
  simulator: BenchSimulator;
  workers: readonly BenchWorker[];
}

interface Phase {
  ms: number;
  requests: number;
  /** Of our processes. */
  cpuMs: number;
  /** Time within statements; null: there is no server to ask. */
  databaseMs: number | null;
}

/** Every lane due now: until each has run. */
async function allAtOnce(
  { store, place, simulator, workers }: Fleet,
  connections: number,
  onWait: (ended: number) => void,
): Promise<Phase> {
  await simulator.send("DELETE", "/_sim/counters");
  const cpu = () => workers.reduce((sum, worker) => sum + worker.figures().cpuMs, 0);
  const [cpuBefore, databaseBefore] = [cpu(), await activeMs(place)];
  const from = Date.now();
  await store.write((tx) =>
    tx.updateTable("lane").set({ due_at: from }).where("lane", "in", SYNCED).execute(),
  );
  for (;;) {
    await sleep(500);
    const { ended, bad } = await store.read
      .selectFrom("run")
      .where("started_at", ">=", from)
      .where("ended_at", "is not", null)
      .where("lane", "in", SYNCED)
      .select((eb) => [
        eb.fn.countAll<number>().as("ended"),
        sql<number>`sum(case when outcome = 'complete' then 0 else 1 end)`.as("bad"),
      ])
      .executeTakeFirstOrThrow();
    if (Number(bad) > 0) throw new Error(`${bad} runs didn't end well`);
    if (Number(ended) >= SYNCED.length * connections) break;
    onWait(Number(ended));
  }
  const ms = Date.now() - from;
  const { total } = await simulator.get<{ total: { requests: number } }>("/_sim/counters");
  const databaseAfter = await activeMs(place);
  const databaseMs =
    databaseAfter === null || databaseBefore === null ? null : databaseAfter - databaseBefore;
  return { ms, requests: total.requests, cpuMs: cpu() - cpuBefore, databaseMs };
}

/** Lanes that are due one after another, at the pace of the whole fleet: ms from due to begun. */
async function spread(store: Store, onWait: (begun: number) => void): Promise<number[]> {
  const from = Date.now() + 2000;
  const lanes = await store.read
    .selectFrom("lane")
    .select(["connection", "lane"])
    .where("lane", "in", SYNCED)
    .orderBy("lane")
    .orderBy("connection")
    .execute();
  // Neighbours are due at different times: a connection's lanes don't come together.
  const due = new Map(
    lanes.map(({ connection, lane }, i) => {
      const place = (i * 7919) % lanes.length;
      return [`${connection} ${lane}`, { connection, lane, at: from + place * PACE_MS }];
    }),
  );
  await store.write(async (tx) => {
    for (const { connection, lane, at } of due.values())
      await tx
        .updateTable("lane")
        .set({ due_at: at })
        .where("connection", "=", connection)
        .where("lane", "=", lane)
        .execute();
  });
  const wanted = [...due.values()].filter(({ at }) => at < from + WATCHED_MS);
  for (;;) {
    await sleep(1000);
    const runs = await store.read
      .selectFrom("run")
      .where("started_at", ">=", from)
      .select(["connection", "lane", "started_at"])
      .execute();
    const begun = new Map(runs.map((run) => [`${run.connection} ${run.lane}`, run.started_at]));
    const lags = wanted.flatMap(({ connection, lane, at }) => {
      const startedAt = begun.get(`${connection} ${lane}`);
      return startedAt === undefined ? [] : [startedAt - at];
    });
    onWait(lags.length);
    if (lags.length === wanted.length) return lags;
  }
}

/** What the server has spent within statements of this database so far; null: there is no server. */
async function activeMs({ databaseUrl }: Place): Promise<number | null> {
  if (databaseUrl === null) return null;
  return asked(databaseUrl, async (client) => {
    const { rows } = await client.query<{ active_time: number }>(
      "select active_time from pg_stat_database where datname = current_database()",
    );
    return rows[0]!.active_time;
  });
}
