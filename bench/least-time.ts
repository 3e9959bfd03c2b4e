/** How near the first sync comes to the least time that Greenhouse's limits allow for the same data. */
import { closeSync, fsyncSync, openSync, writeSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { type Claim, count } from "./claim.ts";
import { engineName, inPlace } from "./place.ts";
import { connect, firstSync, startServer } from "./server.ts";
import { type BenchSimulator, startBenchSimulator } from "./simulator.ts";

/** Rows that a page of v3 holds at most. */
const PAGE = 500;
/** Events in an unpaged answer: Greenhouse's own number is not known, and this is the smallest that is likely. */
const CAP = 100;
const LIMITS = {
  v3: { limit: 50, windowSeconds: 30 },
  audit: { limit: 50, windowSeconds: 10 },
};
/** Windows and waits are divided by it. At 25 requests a second each has 40 ms: processor time isn't measured here. */
const TIME_SCALE = 5;

export const leastTime: Claim = ({ full, postgres, say }) =>
  inPlace(postgres, async (place) => {
    const size = full
      ? { users: 20_000, grants: 200_000, eventsPerDay: 50_000 }
      : { users: 2000, grants: 20_000, eventsPerDay: 5000 };
    const simulator = await startBenchSimulator({
      ...size,
      timeScale: TIME_SCALE,
      limits: true,
      scenario: { "audit.unpagedCap": CAP },
    });
    try {
      const truth = await truthOf(simulator);
      await connect(simulator, { ...place, timeScale: TIME_SCALE });
      // What connecting has used of the windows is not the sync's.
      await sleep((1.1 * 1000 * LIMITS.v3.windowSeconds) / TIME_SCALE);
      await simulator.send("POST", "/_sim/limits/reset");
      await simulator.send("DELETE", "/_sim/counters");
      const server = await startServer({ ...place, timeScale: TIME_SCALE, simulator });
      try {
        const { ms } = await firstSync(server, (runs) =>
          say(`${runs.map((run) => `${run.lane} ${count(run.requests)}`).join(", ")} requests`),
        );
        const { total } = await simulator.get<Counters>("/_sim/counters");
        const { cpuMs, written, peakMb } = server.figures();
        const diskMs = total.requests * syncedWriteMs(place.dataDir, written / total.requests);
        const conditions =
          `${engineName(postgres)}; ${count(truth.users)} users, ${count(truth.grants)} grants, ${count(truth.events)} events; ` +
          `cap ${CAP}, share 100 %, limits on: v3 50 in 30 s, audit log 50 in 10 s, in fixed windows ` +
          `that begin with the first request; time scale ${TIME_SCALE}; ` +
          `${count(total.requests)} requests where ${count(truth.leastRequests)} could do`;
        const least = `least time ${count(truth.leastSeconds)} s`;
        return [
          {
            what: "sync ÷ least time",
            value: (ms * TIME_SCALE) / 1000 / truth.leastSeconds,
            unit: "",
            goal: { atMost: 1.05 },
            conditions: `${conditions}; ${least}`,
          },
          {
            what: "answers with status 429",
            value: total.throttled,
            unit: "",
            goal: { atMost: 0 },
            conditions: "counted by the simulator in the same run",
          },
          {
            what: "CPU and disk time ÷ least time",
            value: (cpuMs + diskMs) / 1000 / truth.leastSeconds,
            unit: "",
            goal: { atMost: 0.1 },
            conditions:
              `the same run; ${count(cpuMs / 1000)} s of all threads, start-up included, and ` +
              `${count(diskMs / 1000)} s for ${count(total.requests)} synced writes of the ` +
              `${count(written / 2 ** 20)} MB it wrote, timed on the same disk`,
          },
          {
            what: "peak memory of the server",
            value: peakMb,
            unit: "MB",
            goal: { below: 300 },
            conditions: "the same run; VmHWM, heap as the launcher sets it",
          },
        ];
      } finally {
        await server.stop();
      }
    } finally {
      await simulator.stop();
    }
  });

interface Counters {
  total: { requests: number; throttled: number };
}

interface Truth {
  users: number;
  grants: number;
  events: number;
  leastRequests: number;
  leastSeconds: number;
}

/** The fewest requests that could carry what the simulator has, and how long its limits make them take. */
async function truthOf(simulator: BenchSimulator): Promise<Truth> {
  const parts = ["userRoles", "futureJobPermissions", "userEmails", "departments", "offices", "jobs"];
  const dump = await simulator.get<Record<string, unknown[]>>(`/_sim/dump?parts=${parts.join(",")}`);
  const state = await simulator.get<{
    users: number;
    serviceAccounts: number;
    jobPermissions: number;
    events: number;
  }>("/_sim/state");
  const users = state.users + state.serviceAccounts;
  const lists = [users, state.jobPermissions, ...parts.map((part) => dump[part]!.length)];
  const requests = {
    v3: lists.reduce((sum, rows) => sum + Math.ceil(rows / PAGE), 0),
    audit: Math.ceil(state.events / CAP),
  };
  const seconds = (["v3", "audit"] as const).map((family) => {
    const { limit, windowSeconds } = LIMITS[family];
    return Math.floor((requests[family] - 1) / limit) * windowSeconds;
  });
  return {
    users,
    grants: state.jobPermissions + dump.futureJobPermissions!.length,
    events: state.events,
    leastRequests: requests.v3 + requests.audit,
    leastSeconds: Math.max(...seconds),
  };
}

/** Time to write so many bytes and have them on the disk, ms: the mean of many. */
function syncedWriteMs(folder: string, bytes: number): number {
  const times = 300;
  const block = Buffer.alloc(Math.ceil(bytes), 1);
  const file = openSync(join(folder, "synced-writes"), "w");
  const from = performance.now();
  for (let i = 0; i < times; i += 1) {
    writeSync(file, block);
    fsyncSync(file);
  }
  const took = performance.now() - from;
  closeSync(file);
  return took / times;
}
