/**
 * For test/alerts.test.ts: sends what waits in a data directory, in a process that kills itself at a point. Arguments:
 * DATA_DIR POINT.
 */
import { pino } from "pino";
import { openGlasshouse } from "../../src/glasshouse.ts";

const [dataDir, point] = process.argv.slice(2) as [string, string];

const house = await openGlasshouse({
  dataDir,
  env: {},
  log: pino({ level: "silent" }),
  scheduled: false,
  timeScale: 1_000_000,
  alerts: { mailServer: null, webhooksToPrivate: true, consoleUrl: "https://glasshouse.example.com" },
  alertDeps: {
    onPoint(reached) {
      if (reached === point) process.kill(process.pid, "SIGKILL");
    },
  },
});
await house.alerts.round();
process.exit(1);
