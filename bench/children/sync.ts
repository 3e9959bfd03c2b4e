/**
 * Connects and syncs in a process of its own, as `serve` does, and prints what it took as one JSON line.
 * Arguments: DATA_DIR FACTS(JSON) TIME_SCALE. The heap limit is the launcher's.
 */
import { readFileSync } from "node:fs";
import { pino } from "pino";
import { openGlasshouse } from "../../src/glasshouse.ts";
import { DEFAULT_SETTINGS } from "../../src/model/connection.ts";
import { LANE_NAMES } from "../../src/model/stream.ts";
import { getConnection } from "../../src/store/connections.ts";
import { listRuns } from "../../src/store/runs.ts";
import type { Facts } from "../simulator.ts";

const [dataDir, facts, timeScale] = process.argv.slice(2) as [string, string, string];
const sim = JSON.parse(facts) as Facts;
const house = await openGlasshouse({
  dataDir,
  env: {},
  log: pino({ level: process.env.GLASSHOUSE_LOG_LEVEL ?? "warn" }, pino.destination(2)),
  scheduled: false,
  timeScale: Number(timeScale),
});
let connection = await getConnection(house.store.read, "bench");
if (!connection) {
  const test = house.services.connect(
    {
      name: "bench",
      credential: { kind: "harvest_v3", clientId: sim.clientId, secret: sim.clientSecret },
      permissionType: "read",
      adminUserId: String(sim.siteAdminId),
      origins: sim.urls,
      settings: { ...DEFAULT_SETTINGS, sharePercent: 100 },
    },
    AbortSignal.timeout(60_000),
  );
  let next = await test.next();
  while (!next.done) next = await test.next();
  connection = await getConnection(house.store.read, next.value);
}
// The windows that the test of the connection has used are not the sync's.
await new Promise((resolve) => setTimeout(resolve, (31_000 * 1.02) / Number(timeScale)));
const cpuBefore = process.cpuUsage();
const startedAt = performance.now();
await house.services.startSync(connection!, { lanes: [...LANE_NAMES], streams: null, full: false });
for await (const _ of house.services.progress(connection!, AbortSignal.timeout(3_600_000)));
const ms = performance.now() - startedAt;
const cpu = process.cpuUsage(cpuBefore);
const runs = await listRuns(house.store.read, connection!.id, { limit: 20 });
const status = readFileSync("/proc/self/status", "utf8");
const io = readFileSync("/proc/self/io", "utf8");
const told = {
  ms,
  cpuMs: (cpu.user + cpu.system) / 1000,
  peakMb: Number(/VmHWM:\s+(\d+) kB/.exec(status)![1]) / 1024,
  writtenMb: Number(/write_bytes: (\d+)/.exec(io)![1]) / 2 ** 20,
  runs: runs.map(({ lane, outcome, requests, throttled, waitedMs }) => ({ lane, outcome, requests, throttled, waitedMs })),
  rows: Object.fromEntries(runs.flatMap((run) => run.steps.map((step) => [step.stream, step.rows]))),
};
await house.close();
process.stdout.write(`${JSON.stringify(told)}\n`);
