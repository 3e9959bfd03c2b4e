/** An organization and an installation that watches it, with one clock for both. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pino } from "pino";
import { type Simulator, startSimulator } from "../../simulator/index.ts";
import { type Glasshouse, openGlasshouse } from "../../src/glasshouse.ts";
import type { Connection } from "../../src/model/connection.ts";
import { LANE_NAMES } from "../../src/model/stream.ts";
import { fenceOff } from "../../src/store/lanes/lanes.ts";
import { layDatabase } from "../../src/store/testing.ts";
import { connect, draftFor, UNLIMITED, WITHOUT_RECRUITING } from "../harness.ts";
import { changer } from "./changes.ts";
import type { Change, History, Round } from "./steps.ts";
import { type Truth, truthOf } from "./truth.ts";

/** The clocks of Zurich go back on the 25th. */
const START = "2026-10-20T09:30:00.000Z";
const HOUR = 3_600_000;

export class World {
  readonly sim: Simulator;
  readonly dataDir: string;
  house!: Glasshouse;
  connection!: Connection;
  /** Our clock less Greenhouse's, hours. */
  clockOff = 0;
  /** When our clock was last read anew from the simulator's, by a clock that only runs. */
  #since = performance.now();
  #commits = 0;
  #onCommit: (commits: number) => void = () => {};
  readonly #change: (change: Change) => void;

  private constructor(sim: Simulator, dataDir: string) {
    this.sim = sim;
    this.dataDir = dataDir;
    this.#change = changer(this);
  }

  /** `dataDir`: emptied and deleted at the end; one of its own unless told. */
  static async begin(
    { seed, page, cap, lagSeconds }: Omit<History, "rounds">,
    dataDir = mkdtempSync(join(tmpdir(), "glasshouse-history-")),
  ): Promise<World> {
    const sim = await startSimulator({
      users: 10,
      jobPermissions: 25,
      eventsPerDay: 4,
      rateLimits: false,
      now: START,
      freeze: true,
      seed,
      scenario: { "v3.mostPerPage": page, "audit.unpagedCap": cap, "audit.lagSeconds": lagSeconds },
    });
    await layDatabase(dataDir);
    const world = new World(sim, dataDir);
    await world.open();
    const settings = { ...WITHOUT_RECRUITING, timeZone: "Europe/Zurich" };
    world.connection = (await connect(world.house, draftFor(sim, "harvest_v3", { settings }))).connection;
    return world;
  }

  /** Our clock, ms. */
  readonly now = (): number =>
    Math.round(this.simNow() + performance.now() - this.#since + this.clockOff * HOUR);

  simNow(): number {
    return Date.parse(this.sim.control.clock().now);
  }

  pass(seconds: number): void {
    this.sim.control.clock({ advanceSeconds: seconds });
    this.#since = performance.now();
  }

  truth(): Promise<Truth> {
    return truthOf(this.sim);
  }

  change(change: Change): void {
    this.#change(change);
  }

  /** One sync of every lane, to its end or to its cut. `each`: called after each commit, with their number. */
  async sync(
    { midway, cut }: Pick<Round, "midway" | "cut"> = { midway: null, cut: null },
    each: (commits: number) => void = () => {},
  ): Promise<void> {
    const { house, connection } = this;
    const watched = new AbortController();
    this.#commits = 0;
    this.#onCommit = (commits) => {
      each(commits);
      if (commits === midway?.after) this.change(midway.change);
      if (commits !== cut?.after) return;
      // What a dead process leaves: whatever was committed, and nothing after it.
      if (cut.how === "kill") {
        watched.abort();
        void house.store.close();
      } else if (cut.how === "stop") void house.services.stopSync(connection);
      else void house.store.write((tx) => fenceOff(tx, connection.id));
    };
    try {
      await house.services.startSync(connection, { lanes: [...LANE_NAMES], streams: null, full: false });
      for await (const _ of house.services.progress(connection, watched.signal));
    } catch (error) {
      if (!watched.signal.aborted) throw error;
    }
    this.#onCommit = () => {};
    if (watched.signal.aborted) {
      await house.close();
      await this.open();
    }
  }

  async open(): Promise<void> {
    this.house = await openGlasshouse({
      dataDir: this.dataDir,
      env: {},
      log: pino({ level: process.env.GLASSHOUSE_TEST_LOG ?? "silent" }),
      scheduled: false,
      timeScale: UNLIMITED,
      now: this.now,
      onCommit: () => this.#onCommit(++this.#commits),
    });
  }

  async end(): Promise<void> {
    await this.house.close();
    await this.sim.close();
    rmSync(this.dataDir, { recursive: true, force: true });
  }
}
