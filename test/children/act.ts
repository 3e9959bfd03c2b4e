/**
 * For test/actions.test.ts: does the actions that wait in a data directory, in a process that kills itself right after the
 * n-th commit of a kind. Arguments: DATA_DIR POINT NTH.
 */
import { pino } from "pino";
import { openGlasshouse } from "../../src/glasshouse.ts";

const [dataDir, point, nth] = process.argv.slice(2) as [string, string, string];
let seen = 0;

await openGlasshouse({
  dataDir,
  env: {},
  log: pino({ level: "silent" }),
  scheduled: true,
  timeScale: 1_000_000,
  onCommit(committed) {
    if (committed === point && ++seen === Number(nth)) process.kill(process.pid, "SIGKILL");
    if (committed === "action_ended") process.exit(1);
  },
});
