/**
 * What becomes slower as an installation grows: storing events, the questions behind each page (the table of users among
 * them) at rest and while a sync writes, and the bytes of a row; at sizes that are each ten times the one before. Full size: 60 million events of 400
 * days, 50,000 users, 5 million grants. They are generated straight into the database, as the store writes them.
 */
import { randomBytes } from "node:crypto";
import { hrtime } from "node:process";
import { dayZone } from "../src/model/day.ts";
import type { EventRecord } from "../src/model/records.ts";
import { storeEvents } from "../src/store/usage/events.ts";
import { rebuildOrgDays } from "../src/store/usage/usage.ts";
import { type Claim, count, type Figure, median, type Options, percentile95 } from "./claim.ts";
import { type Company, isLarge } from "./company.ts";
import { DAY_MS, userId } from "./company-writer.ts";
import { inCompany } from "./keep.ts";
import { parquetBytes } from "./parquet.ts";
import { engineName, openPlace, type Place } from "./place.ts";
import { duringSync, QUESTIONS, rounds, type Times } from "./questions.ts";
import { startServer } from "./server.ts";
import { sizesOf } from "./size.ts";

const FULL = { users: 50_000, events: 60_000_000, days: 400 };
const SIZES = [1 / 1000, 1 / 100, 1 / 10, 1];
/** Of new events, beside those that are there. */
const STORED = 20_000;
const BATCH = 500;
const TABLES = ["event", "job_grant", "user", "usage_day", "change"] as const;
const PARQUET = "an event in Parquet";
/** What grows by more than this as everything grows tenfold is named; below so many ms nobody waits for it. */
const BEND = 2;
const NOTICED_MS = 5;

interface Measured {
  size: number;
  company: Company;
  /** By question, while nothing and while another account is synced. */
  rest: Times;
  sync: Times;
  /** ms for each stored event. */
  store: number;
  bytes: Map<string, number>;
}

export const growth: Claim = async (options) => {
  const { size, postgres } = options;
  const sizes = SIZES.filter((each) => each <= size && each >= Math.min(size / 10, 1 / 100));
  const measured: Measured[] = [];
  for (const each of sizes) measured.push(await measure(each, options));
  const last = measured.at(-1)!;
  const { users, grants, events, userDays, changes } = last.company;
  const sizeText =
    `${engineName(postgres)}; at ${name(last.size)}: ${count(events)} events, ${count(users)} users, ${count(grants)} ` +
    `grants, ${count(userDays)} user-days, ${count(changes)} changes; generated into the database` +
    (isLarge(users) ? ", indexes of the largest tables made afterwards" : "");
  const largest = size === 1 ? "" : `. Full size was not measured`;
  return [
    step(
      "an event stored",
      "ms",
      measured,
      (each) => each.store,
      `${sizeText}${largest}; ${BATCH} a transaction`,
    ),
    ...QUESTIONS.map((question, i) =>
      step(question.name, "ms", measured, (each) => percentile95(each.rest[i]!), atRestAndNot(measured, i)),
    ),
    ...TABLES.map((table) =>
      step(`a row of ${table}`, "bytes", measured, (each) => each.bytes.get(table)!, "with its indexes"),
    ),
    step(
      PARQUET,
      "bytes",
      measured,
      (each) => each.bytes.get(PARQUET)!,
      "newest 50,000, in one file, Snappy",
    ),
  ];
};

function atRestAndNot(measured: readonly Measured[], question: number): string {
  const told = (at: (each: Measured) => number) =>
    measured.map((each) => `${name(each.size)}: ${short(at(each))} ms`).join(", ");
  return (
    `95th percentile, at rest; median ${told((each) => median(each.rest[question]!))}; ` +
    `during a sync ${told((each) => percentile95(each.sync[question]!))}, ` +
    `median ${told((each) => median(each.sync[question]!))}`
  );
}

/** The value at the largest size, divided by that at a tenth of it; where it bends stands beside. */
function step(
  what: string,
  unit: "ms" | "bytes",
  measured: readonly Measured[],
  pick: (measured: Measured) => number,
  conditions: string,
): Figure {
  const values = measured.map(pick);
  const told = measured.map(({ size }, i) => `${name(size)}: ${short(values[i]!)} ${unit}`).join(", ");
  const bends = values.flatMap((value, i) => {
    const before = values[i - 1];
    if (before === undefined || value / before <= BEND || (unit === "ms" && value <= NOTICED_MS)) return [];
    return [`BENDS from ${name(measured[i - 1]!.size)} to ${name(measured[i]!.size)}`];
  });
  const [before, after] = [values.at(-2)!, values.at(-1)!];
  return {
    what: `${what}, ten times the size ÷ before`,
    value: after / before,
    unit: "",
    goal: null,
    conditions: [told, ...bends, conditions].join("; "),
  };
}

const short = (value: number) => (value >= 1000 ? count(value) : value.toPrecision(3));
const name = (size: number) => (size === 1 ? "full size" : `1/${Math.round(1 / size)}`);

function measure(size: number, { postgres, keep, say: saySo }: Options): Promise<Measured> {
  const users = FULL.users * size;
  const say = (text: string) => saySo(`${name(size)}: ${text}`);
  const events = { n: FULL.events * size, days: FULL.days };
  return inCompany({ postgres, keep, say }, users, events, async (place, company) => {
    const sizes = await sizesOf(place, TABLES);
    const bytes = new Map([...sizes].map(([table, { rows, bytes }]) => [table, bytes / rows]));
    const server = await startServer(place);
    let rest: Times;
    try {
      rest = await rounds(server, company, null, (text) => say(`at rest: ${text}`));
    } finally {
      await server.stop();
    }
    const sync = await duringSync(place, company, say);
    say("storing");
    const { store: opened } = await openPlace(place);
    bytes.set(PARQUET, await parquetBytes(opened).finally(() => opened.close()));
    const store = await storing(place, users);
    return { size, company, rest, sync, store, bytes };
  });
}

/** ms for each event, of events that are newer than those there. */
async function storing(place: Place, users: number): Promise<number> {
  const { store } = await openPlace(place);
  try {
    const { connection } = await store.read
      .selectFrom("connection")
      .select("connection")
      .executeTakeFirstOrThrow();
    const zone = dayZone("UTC");
    const records = newEvents(users);
    const from = hrtime.bigint();
    for (let i = 0; i < records.length; i += BATCH) {
      const events = records.slice(i, i + BATCH);
      const claim = { from: events[0]!.at, to: events.at(-1)!.at };
      const progress = { working: claim, remainingMs: 0, phase: "tail" as const };
      const page = {
        events,
        unreadable: [],
        claim,
        unclaim: null,
        hole: null,
        checkpoint: {},
        progress,
        ask: ASK,
      };
      await store.write((tx) => storeEvents(tx, connection, "audit_log", page, { zone, now: Date.now() }));
    }
    const took = Number(hrtime.bigint() - from) / 1e6;
    // As at the end of a run: the next measurement finds it at rest.
    while ((await store.write((tx) => rebuildOrgDays(tx, connection, 5))) > 0);
    return took / records.length;
  } finally {
    await store.close();
  }
}

const ASK = { method: "GET", path: "/events", host: "bench", status: 200, at: 0, requestId: null };

function newEvents(users: number): EventRecord[] {
  const from = Date.now() - DAY_MS;
  // A company that was kept holds those of earlier times.
  const fresh = randomBytes(8).toString("hex");
  return Array.from({ length: STORED }, (_, i) => ({
    organizationId: null,
    at: from + Math.floor((i * DAY_MS) / STORED),
    hash: (i + 2 ** 40).toString(16).padStart(32, fresh),
    n: 0,
    requestId: `new${i}`,
    requestType: `controller_${i % 12}#show`,
    performerType: "user",
    performerId: String(userId((i * 7919) % users)),
    performerEmail: null,
    ip: "10.0.0.1",
    type: "action",
    targetType: "Page",
    targetId: String(i % 9999),
    meta: null,
  }));
}
