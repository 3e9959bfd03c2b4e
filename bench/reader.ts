/** How much sooner our reader has the audit log than reading in pages has it, each really run at the limits. */
import { readPages } from "../src/connectors/greenhouse/audit/pages.ts";
import { AuditLog } from "../src/connectors/greenhouse/audit/query.ts";
import { claimable } from "../src/connectors/greenhouse/audit/slices.ts";
import { auditTransport } from "../src/connectors/greenhouse/audit-transport.ts";
import { greenhouse } from "../src/connectors/greenhouse/index.ts";
import { parts, sessionOptions } from "../src/connectors/greenhouse/testing.ts";
import type { EventRecord } from "../src/model/records.ts";
import { type Claim, count, type Goal } from "./claim.ts";
import { type BenchSimulator, startBenchSimulator } from "./simulator.ts";

/** What unpaged answers are, and how much faster than real time the run may be so that it waits and doesn't compute. */
const CAPS: { cap: 100 | 500 | null | "refuse"; name: string; timeScale: number; goal: Goal | null }[] = [
  { cap: 100, name: "capped at 100 events", timeScale: 5, goal: { atLeast: 9.5 } },
  { cap: 500, name: "capped at 500 events", timeScale: 1, goal: { atLeast: 45 } },
  { cap: null, name: "without a cap", timeScale: 1, goal: null },
  { cap: "refuse", name: "refused", timeScale: 40, goal: { about: 1 } },
];
const PAGES_TIME_SCALE = 40;

export const reader: Claim = async ({ full, say }) => {
  const eventsPerDay = full ? 5000 : 1750;
  const pages = await run({ eventsPerDay, timeScale: PAGES_TIME_SCALE, cap: 100 }, inPages, (n) =>
    say(`pages only, ${count(n)} events`),
  );
  const figures = [];
  for (const { cap, name, timeScale, goal } of CAPS) {
    const ours = await run({ eventsPerDay, timeScale, cap }, ourReader, (n) =>
      say(`${name}, ${count(n)} events`),
    );
    figures.push({
      what: `pages only ÷ our reader, answers ${name}`,
      value: pages.seconds / ours.seconds,
      unit: "" as const,
      goal,
      conditions:
        `${told(pages)} in pages, ${told(ours)} by our reader, in real time; time scales ` +
        `${PAGES_TIME_SCALE} and ${timeScale}; share 100 %, limits on: 50 in 10 s, 3 pages of 500 in 30 s; ` +
        "nothing is stored",
    });
  }
  return figures;
};

interface Reading {
  events: number;
  requests: number;
  /** As it would take at Greenhouse's own limits. */
  seconds: number;
}

const told = ({ events, requests, seconds }: Reading) =>
  `${count(events)} events with ${count(requests)} requests in ${count(seconds)} s`;

type Read = (
  options: ReturnType<typeof sessionOptions>,
) => AsyncGenerator<readonly EventRecord[], void, void>;

async function run(
  size: { eventsPerDay: number; timeScale: number; cap: 100 | 500 | null | "refuse" },
  read: Read,
  onEvents: (events: number) => void,
): Promise<Reading> {
  const { timeScale } = size;
  const simulator = await startBenchSimulator({
    users: 400,
    grants: 4000,
    eventsPerDay: size.eventsPerDay,
    timeScale,
    limits: true,
    scenario: { "audit.unpagedCap": size.cap },
  });
  try {
    const credential = {
      kind: "harvest_v3",
      clientId: simulator.clientId,
      secret: simulator.clientSecret,
    } as const;
    const options = sessionOptions(simulator.urls, credential, {
      adminUserId: String(simulator.siteAdminId),
      timeScale,
    });
    const found = new Set<string>();
    const startedAt = performance.now();
    for await (const events of read(options)) {
      for (const { hash, n } of events) found.add(`${hash} ${n}`);
      onEvents(found.size);
    }
    const seconds = ((performance.now() - startedAt) * timeScale) / 1000;
    await refuseLoss(simulator, found.size);
    const { endpoints } = await simulator.get<Counters>("/_sim/counters");
    return { events: found.size, requests: endpoints["audit.events"]!.requests, seconds };
  } finally {
    await simulator.stop();
  }
}

interface Counters {
  endpoints: Record<string, { requests: number }>;
}

/** Who reads less is no faster. Events at the very ends of the thirty days come and go meanwhile. */
async function refuseLoss(simulator: BenchSimulator, found: number): Promise<void> {
  const { events } = await simulator.get<{ events: number }>("/_sim/state");
  if (found < 0.999 * events) throw new Error(`only ${found} of ${events} events were read`);
}

/** All of the thirty days, page after page. */
async function* inPages(options: Parameters<Read>[0]): ReturnType<Read> {
  const { caller, authorization } = parts(options);
  const log = new AuditLog(auditTransport(caller, authorization), options.eventKey);
  const { from } = claimable(Date.now(), 0);
  for await (const { events } of readPages(log, { from, to: Date.now() })) yield events;
}

async function* ourReader(options: Parameters<Read>[0]): ReturnType<Read> {
  const pages = greenhouse
    .open(options)
    .activity({ checkpoint: null, coverage: [], oldestEvent: null, full: false });
  let next = await pages.next();
  while (!next.done) {
    yield next.value.events;
    next = await pages.next({ inserted: next.value.events.length, oldestLate: null });
  }
}
