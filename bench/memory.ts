/** The most memory the server ever holds while it syncs, and whether that grows with what there is to sync. */
import { type Claim, count } from "./claim.ts";
import { type BenchPostgres, engineName, inPlace } from "./place.ts";
import { connect, firstSync, NO_LIMITS, startServer } from "./server.ts";
import { startBenchSimulator } from "./simulator.ts";

const CAP = 500;
/** The simulator makes somewhat less than it is asked for on an average day. */
const DAYS = 29;

export const memory: Claim = async ({ full, postgres, say }) => {
  // The smaller one fills the database's cache too: below that, memory grows up to the cache's own limit.
  const [small, large] = full ? [1_000_000, 10_000_000] : [200_000, 600_000];
  const before = await peakOf(small, postgres, say);
  const after = await peakOf(large, postgres, say);
  const conditions =
    `${engineName(postgres)}; 2,000 users, 20,000 grants; cap ${CAP}, limits off; VmHWM of a fresh server's process, ` +
    "heap and threads as the launcher and the store set them";
  return [
    {
      what: "peak memory of the server",
      value: after.peakMb,
      unit: "MB",
      goal: { below: 300 },
      conditions: `${count(after.events)} events; ${conditions}`,
    },
    {
      what: `peak at ${large / small} times the events ÷ peak`,
      value: after.peakMb / before.peakMb,
      unit: "",
      goal: { atMost: 1.1 },
      conditions: `${count(before.events)} events, ${count(before.peakMb)} MB; ${conditions}`,
    },
  ];
};

function peakOf(
  events: number,
  postgres: BenchPostgres | null,
  say: (text: string) => void,
): Promise<{ events: number; peakMb: number }> {
  return inPlace(postgres, async (place) => {
    const simulator = await startBenchSimulator({
      users: 2000,
      grants: 20_000,
      eventsPerDay: Math.ceil(events / DAYS),
      limits: false,
      scenario: { "audit.unpagedCap": CAP },
    });
    try {
      await connect(simulator, { ...place, timeScale: NO_LIMITS });
      const server = await startServer({ ...place, timeScale: NO_LIMITS, simulator });
      try {
        const done = await firstSync(server, (runs) => {
          const usage = runs.find(({ lane }) => lane === "usage");
          say(`${count(events)} events, ${count((usage?.requests ?? 0) * CAP)} read`);
        });
        return { events: done.events, peakMb: server.figures().peakMb };
      } finally {
        await server.stop();
      }
    } finally {
      await simulator.stop();
    }
  });
}
