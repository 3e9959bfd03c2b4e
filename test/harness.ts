/** Parts of end-to-end tests: a whole installation in this process, against a simulator over real HTTP. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { pino } from "pino";
import type { Simulator, SimulatorOptions } from "../simulator/index.ts";
import { startSimulator } from "../simulator/index.ts";
import type { Draft, TestStep } from "../src/api/services.ts";
import { type Glasshouse, type GlasshouseOptions, openGlasshouse } from "../src/glasshouse.ts";
import { type Connection, type ConnectionSettings, DEFAULT_SETTINGS } from "../src/model/connection.ts";
import { LANE_NAMES, type Lane, RECRUITING_STREAMS, type Stream } from "../src/model/stream.ts";
import type { CauseCode } from "../src/model/verdict.ts";
import { getConnection } from "../src/store/connections/connections.ts";
import { listVerdicts } from "../src/store/connections/verdicts.ts";
import { databaseFile } from "../src/store/open.ts";
import { emptyDatabase, layDatabase, testServer } from "../src/store/testing.ts";
import { dump, dumpPostgres } from "./dump.ts";

/** The simulator sets no limits here and tells none, and the documented ones would only make tests slow. */
export const UNLIMITED = 1_000_000;

/** A small organization whose clock stands still, without limits unless told. */
export async function simulate(t: TestContext, options: SimulatorOptions = {}): Promise<Simulator> {
  const sim = await startSimulator({ users: 60, eventsPerDay: 60, rateLimits: false, ...options });
  t.after(() => sim.close());
  return sim;
}

export function temporaryFolder(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), "glasshouse-test-"));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

export async function open(
  t: TestContext,
  options: Partial<GlasshouseOptions> = {},
): Promise<Glasshouse & { dataDir: string }> {
  const dataDir = options.dataDir ?? temporaryFolder(t);
  const database = await databaseOf(dataDir);
  if (!database || options.databaseUrl === null) await layDatabase(dataDir);
  const house = await openGlasshouse({
    databaseUrl: database?.url ?? null,
    env: {},
    log: pino({ level: process.env.GLASSHOUSE_TEST_LOG ?? "silent" }),
    scheduled: false,
    timeScale: UNLIMITED,
    ...options,
    dataDir,
  });
  let closed = false;
  const close = async () => {
    if (!closed) await house.close();
    closed = true;
  };
  if (database) database.openings++;
  t.after(async () => {
    await close();
    if (database && --database.openings === 0) {
      databases.delete(dataDir);
      await database.discard();
    }
  });
  return { ...house, close, dataDir };
}

/** On PostgreSQL: the database that belongs to a folder, for every opening of it. */
interface Belonging {
  url: string;
  discard: () => Promise<void>;
  /** Openings whose test has not ended. */
  openings: number;
}
const databases = new Map<string, Belonging>();

/** null: the embedded one. */
async function databaseOf(dataDir: string): Promise<Belonging | null> {
  if (testServer() === null) return null;
  const known = databases.get(dataDir);
  if (known) return known;
  const { options, discard } = await emptyDatabase();
  const database = { url: (options as { url: string }).url, discard, openings: 0 };
  databases.set(dataDir, database);
  return database;
}

/** Everything that it knows of its accounts (dump.ts). */
export async function dumpOf({ dataDir }: { dataDir: string }): Promise<Record<string, string[]>> {
  const database = databases.get(dataDir);
  return database ? dumpPostgres(database.url) : dump(databaseFile(dataDir));
}

/** Most tests are about something else: to them five more lists would only be more to read. */
export const WITHOUT_RECRUITING: ConnectionSettings = { ...DEFAULT_SETTINGS, off: [...RECRUITING_STREAMS] };

export function draftFor(
  sim: Simulator,
  kind: "harvest_v3" | "harvest_v1",
  changes: Partial<Draft> = {},
): Draft {
  return {
    name: "Aldermoor",
    credential:
      kind === "harvest_v3"
        ? { kind, clientId: sim.clientId, secret: sim.clientSecret }
        : { kind, clientId: null, secret: sim.v1Key },
    permissionType: "read",
    adminUserId: String(sim.siteAdminId),
    origins: sim.urls,
    settings: WITHOUT_RECRUITING,
    ...changes,
  };
}

/** Connects and returns the test's steps with the connection. */
export async function connect(
  house: Glasshouse,
  draft: Draft,
): Promise<{ steps: TestStep[]; connection: Connection }> {
  const steps: TestStep[] = [];
  const test = house.services.connect(draft, AbortSignal.timeout(60_000));
  for (;;) {
    const next = await test.next();
    if (!next.done) {
      if (next.value.state !== "asking") steps.push(next.value);
      continue;
    }
    const connection = await getConnection(house.store.read, next.value);
    if (!connection) throw new Error("connected, but not stored");
    return { steps, connection };
  }
}

/** Runs lanes until they have ended. */
export async function sync(
  house: Glasshouse,
  connection: Connection,
  options: { lanes?: Lane[]; streams?: Stream[] | null; full?: boolean } = {},
): Promise<void> {
  const current = await getConnection(house.store.read, connection.id);
  await house.services.startSync(current!, {
    lanes: options.lanes ?? [...LANE_NAMES],
    streams: options.streams ?? null,
    full: options.full ?? false,
  });
  for await (const _ of house.services.progress(connection, AbortSignal.timeout(300_000)));
}

/** Cause code by stream; `null` where the stream is well. */
export async function causes(
  house: Glasshouse,
  connection: Connection,
): Promise<Partial<Record<Stream, CauseCode | null>>> {
  const verdicts = await listVerdicts(house.store.read, connection.id);
  return Object.fromEntries(verdicts.map(({ verdict }) => [verdict.stream, verdict.cause]));
}
