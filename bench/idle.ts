/** What a server takes that has nothing to do: memory and CPU at rest, and how long it took to be ready. */
import { setTimeout as sleep } from "node:timers/promises";
import { type Claim, count, type Figure } from "./claim.ts";
import { foundCompany } from "./company.ts";
import { engineName, inPlace } from "./place.ts";
import { type BenchServer, startServer, startWorker } from "./server.ts";

const USERS = 5000;
/** Until what a start leaves behind is done. */
const SETTLE_MS = 10_000;
const WATCHED_MS = 60_000;

export const idle: Claim = ({ full, postgres, say }) =>
  inPlace(postgres, async (place) => {
    const users = full ? 50_000 : USERS;
    await foundCompany(place, users, say);
    const from = performance.now();
    const server = await startServer(place);
    const readyMs = performance.now() - from;
    const conditions = `${engineName(postgres)}; ${count(users)} users, nothing due, nobody asks; ${WATCHED_MS / 1000} s after ${SETTLE_MS / 1000} s of rest`;
    const figures: Figure[] = [
      {
        what: "start to ready, signed in",
        value: readyMs / 1000,
        unit: "s",
        goal: null,
        conditions: "launcher, program, and a sign-in with its password",
      },
    ];
    try {
      figures.push(...(await atRest("server", server, conditions, say)));
    } finally {
      await server.stop();
    }
    if (postgres === null) return figures;
    const worker = await startWorker(place);
    try {
      figures.push(...(await atRest("worker", worker, conditions, say)));
    } finally {
      await worker.stop();
    }
    return figures;
  });

async function atRest(
  what: string,
  process: Pick<BenchServer, "figures">,
  conditions: string,
  say: (text: string) => void,
): Promise<Figure[]> {
  say(`${what} at rest`);
  await sleep(SETTLE_MS);
  const before = process.figures();
  const from = performance.now();
  await sleep(WATCHED_MS);
  const after = process.figures();
  return [
    {
      what: `memory of a ${what} at rest`,
      value: after.residentMb,
      unit: "MB",
      goal: { below: 300 },
      conditions: `${conditions}; VmRSS`,
    },
    {
      what: `CPU of a ${what} at rest`,
      value: (100 * (after.cpuMs - before.cpuMs)) / (performance.now() - from),
      unit: "%",
      goal: { atMost: 5 },
      conditions: "of one core, all its threads",
    },
  ];
}
