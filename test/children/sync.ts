/**
 * One sync in a process of its own, which may kill itself right after a named commit.
 * Arguments: DATA_DIR CONNECTION [POINT NTH [stop]]. Prints `begun` with its first commit and `ended` with its last.
 * With `stop` it prints `stopping` and stops itself; for whoever is woken an hour has passed.
 */
import { pino } from "pino";
import { openGlasshouse } from "../../src/glasshouse.ts";
import { LANE_NAMES } from "../../src/model/stream.ts";
import { getConnection } from "../../src/store/connections/connections.ts";

const [dataDir, name, point, nth, stop] = process.argv.slice(2) as [
  string,
  string,
  ...(string | undefined)[],
];
let begun = false;
let seen = 0;
let slept = 0;

const house = await openGlasshouse({
  dataDir,
  env: {},
  log: pino({ level: "silent" }),
  scheduled: false,
  timeScale: 1_000_000,
  now: () => Date.now() + slept,
  onCommit(committed) {
    if (!begun) process.stdout.write("begun\n");
    begun = true;
    if (committed !== point || ++seen !== Number(nth)) return;
    if (!stop) process.kill(process.pid, "SIGKILL");
    process.stdout.write("stopping\n");
    slept = 3_600_000;
    process.kill(process.pid, "SIGSTOP");
  },
});
const connection = await getConnection(house.store.read, name);
await house.services.startSync(connection!, { lanes: [...LANE_NAMES], streams: null, full: false });
for await (const _ of house.services.progress(connection!, AbortSignal.timeout(120_000)));
process.stdout.write("ended\n");
await house.close();
