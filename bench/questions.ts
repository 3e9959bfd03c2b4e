/**
 * How long the API takes for each question behind a page, in a large company. At rest what was counted is remembered;
 * during a sync of the account it is out of date with each answer, and counted anew each minute at most, while the sync of
 * another one keeps the machine busy.
 */
import { randomBytes } from "node:crypto";
import { sql } from "kysely";
import { getConnection } from "../src/store/connections/connections.ts";
import { dataChanged } from "../src/store/connections/data-version.ts";
import type { Store } from "../src/store/store.ts";
import { type Claim, count, type Figure, median, percentile95 } from "./claim.ts";
import { type Company, foundCompany } from "./company.ts";
import { type BenchPostgres, engineName, inPlace, openPlace, type Place } from "./place.ts";
import { type BenchServer, connect, startServer } from "./server.ts";
import { startBenchSimulator } from "./simulator.ts";

const ROUNDS = 20;
/** A question that has taken so long is asked no more. */
const ENOUGH_MS = 20_000;
const GOAL_MS = 50;
/** Five times the pace at which Greenhouse lets anybody read. */
const TIME_SCALE = 5;

interface Question {
  name: string;
  path: (company: Company, chance: () => number) => string;
  /** null: told for comparison. */
  goalMs?: number | null;
  /** Asked with the cursor of the first page, too. */
  goesOn?: boolean;
}

const days = (n: number) => {
  const day = (ago: number) => new Date(Date.now() - ago * 86_400_000).toISOString().slice(0, 10);
  return `from=${day(n)}&to=${day(1)}`;
};
const past = () => new Date(Date.now() - 30 * 86_400_000).toISOString();

export const QUESTIONS: Question[] = [
  { name: "overview", path: () => "/overview" },
  { name: "users", path: () => "/users", goesOn: true },
  { name: "users, last used first", path: () => "/users?sort=lastUsed&descending=true", goesOn: true },
  { name: "users with most grants", path: () => "/users?sort=grants&descending=true" },
  { name: "unused licenses", path: () => "/users?license=unused,never_used&status=active", goesOn: true },
  { name: "users of a department", path: () => "/users?department=150" },
  { name: "users of a role", path: (company, chance) => `/users?role=${company.role(chance())}` },
  { name: "users searched", path: (_, chance) => `/users?search=costa%20${Math.floor(chance() * 500)}` },
  { name: "users as of a month ago", path: () => `/users?asOf=${past()}` },
  { name: "one user", path: (company, chance) => `/users/${company.user(chance())}` },
  { name: "roles", path: () => "/roles" },
  { name: "grants", path: () => "/grants", goesOn: true },
  { name: "grants of a user", path: (company, chance) => `/grants?user=${company.user(chance())}` },
  {
    name: "grants of a role",
    path: (company, chance) => `/grants?role=${company.role(chance())}`,
    goesOn: true,
  },
  {
    name: "who can see a job",
    path: (company, chance) => `/grants?job=${company.job(chance())}`,
    goesOn: true,
  },
  { name: "licenses", path: () => "/licenses" },
  { name: "usage of 28 days", path: () => `/usage?${days(28)}` },
  { name: "usage of 90 days, distinct people", path: () => `/usage?${days(90)}`, goalMs: 250 },
  { name: "usage of a year, distinct people", path: () => `/usage?${days(364)}`, goalMs: null },
  { name: "request types", path: () => "/usage/request-types" },
  { name: "events", path: () => "/events", goesOn: true },
  { name: "events of a user", path: (company, chance) => `/events?user=${company.user(chance())}` },
  { name: "events of a type", path: () => "/events?type=data_change_create", goesOn: true },
  { name: "events of a kind", path: () => "/events?kind=acted", goesOn: true },
  // No index tells that there is none: the log is read through for at most a second, and the answer says how far back.
  { name: "events of a kind that nobody did", path: () => "/events?kind=viewed", goalMs: null },
  { name: "changes", path: () => "/changes", goesOn: true },
  { name: "changes of a user", path: (company, chance) => `/changes?user=${company.user(chance())}` },
  { name: "runs", path: () => "/runs" },
  { name: "verdicts", path: () => "/verdicts" },
  { name: "the connection", path: () => "" },
];

export const questions: Claim = async ({ full, postgres, say }) => {
  const users = full ? 50_000 : 5000;
  const small = await ask(users / 10, false, postgres, say);
  const large = await ask(users, true, postgres, say);
  const { company } = large;
  const sizes =
    `${count(company.users)} users, ${count(company.grants)} grants, ${count(company.userDays)} user-days of a year, ` +
    `${count(company.events)} events, ${count(company.changes)} changes, ${count(company.runs)} runs`;
  return QUESTIONS.map(({ name, goalMs = GOAL_MS }, i): Figure => {
    const [tenth, rest, sync] = [small.rest, large.rest, large.sync].map((times) => percentile95(times[i]!));
    const [usual, usualSync] = [large.rest, large.sync].map((times) => median(times[i]!).toFixed(1));
    return {
      what: name,
      value: Math.max(rest!, sync!),
      unit: "ms",
      goal: goalMs === null ? null : { atMost: goalMs },
      conditions:
        `95th percentile: at rest ${rest!.toFixed(1)} ms (median ${usual}), during a sync ${sync!.toFixed(1)} ms ` +
        `(${usualSync}); at a tenth ${tenth!.toFixed(1)} ms${
          i > 0
            ? ""
            : `. ${engineName(postgres)}; ${sizes}; each asked ${ROUNDS} times over HTTP, one at a time; during ` +
              `the sync counts are out of date, and another account is read, limits on, time scale ${TIME_SCALE}`
        }`,
    };
  });
};

/** ms of each asking, by question. */
export type Times = number[][];

function ask(
  users: number,
  withSync: boolean,
  postgres: BenchPostgres | null,
  say: (text: string) => void,
): Promise<{ company: Company; rest: Times; sync: Times }> {
  return inPlace(postgres, async (place) => {
    const company = await foundCompany(place, users, (text) => say(`${count(users)} users: ${text}`));
    const server = await startServer(place);
    let rest: Times;
    try {
      rest = await rounds(server, company, null, (text) => say(`${count(users)} users at rest: ${text}`));
    } finally {
      await server.stop();
    }
    const sync = withSync
      ? await duringSync(place, company, (text) => say(`${count(users)} users ${text}`))
      : [];
    return { company, rest, sync };
  });
}

/** Asked while another account is read into the same database, which stays there, paused. */
export async function duringSync(
  place: Place,
  company: Company,
  say: (text: string) => void,
): Promise<Times> {
  const simulator = await startBenchSimulator({
    users: 2000,
    grants: 20_000,
    eventsPerDay: 20_000,
    timeScale: TIME_SCALE,
    limits: true,
    scenario: { "audit.unpagedCap": 100 },
  });
  try {
    const options = { ...place, simulator, timeScale: TIME_SCALE };
    // A company that was kept holds those of earlier times.
    const other = `bench-${randomBytes(4).toString("hex")}`;
    await connect(simulator, options, other);
    const syncing = await startServer(options);
    try {
      const { store } = await openPlace(place);
      const times = await rounds(syncing, company, store, (text) => say(`during a sync: ${text}`)).finally(
        () => store.close(),
      );
      await mustBeSyncing(syncing, other);
      await syncing.call("PATCH", `/connections/${other}`, { paused: true });
      return times;
    } finally {
      await syncing.stop();
    }
  } finally {
    await simulator.stop();
  }
}

async function mustBeSyncing(server: BenchServer, connection: string): Promise<void> {
  const { items } = await server.call<{ items: { lane: string; endedAt: string | null }[] }>(
    "GET",
    `/connections/${connection}/runs`,
  );
  if (items.some(({ lane, endedAt }) => lane === "usage" && endedAt === null)) return;
  throw new Error("the sync had ended before the questions had");
}

/** @param syncing the store, while a sync writes into it */
export async function rounds(
  server: BenchServer,
  company: Company,
  syncing: Store | null,
  say: (text: string) => void,
): Promise<Times> {
  const times: Times = QUESTIONS.map(() => []);
  const chance = Math.random;
  for (let round = -2; round < ROUNDS; round += 1) {
    say(`round ${round} of ${ROUNDS}`);
    for (const [i, question] of QUESTIONS.entries()) {
      if (times[i]!.reduce((sum, took) => sum + took, 0) > ENOUGH_MS) continue;
      if (syncing) await arrive(syncing);
      const path = question.path(company, chance);
      const { took, answer } = await timed(server, path);
      if (round >= 0) times[i]!.push(took);
      const { nextCursor } = answer as { nextCursor?: string | null };
      if (!question.goesOn || !nextCursor) continue;
      const more = await timed(
        server,
        `${path}${path.includes("?") ? "&" : "?"}cursor=${encodeURIComponent(nextCursor)}`,
      );
      if (round >= 0) times[i]!.push(more.took);
    }
  }
  return times;
}

async function timed(server: BenchServer, path: string): Promise<{ took: number; answer: unknown }> {
  const from = performance.now();
  const answer = await server.call<unknown>("GET", `/connections/large${path}`);
  return { took: performance.now() - from, answer };
}

/** A run of the account is under way, and an answer arrives: what the server remembers of it is out of date. */
async function arrive(store: Store): Promise<void> {
  const large = (await getConnection(store.read, "large"))!.id;
  await store.write(async (tx) => {
    await sql`update lane set lease_until_at = ${Date.now() + 3_600_000}, owner = 'bench'
      where connection = ${large} and lane = 'usage'`.execute(tx);
    await dataChanged(tx, large, "use");
  });
}
