import type { Logger } from "pino";
import type { Connector, TokenStore, TrafficStore } from "../connectors/connector.ts";
import type { Connection, Origins } from "../model/connection.ts";
import type { Lane } from "../model/stream.ts";
import type { StopWhy } from "../store/lanes/lane-requests.ts";
import { holdLane, type LaneClaim } from "../store/lanes/lanes.ts";
import type { KeyRing } from "../store/secrets/seal.ts";
import type { Store, Tx } from "../store/store.ts";
import type { ProgressBoard } from "./progress.ts";

/** Where a run may be cut with nothing lost: each names the transaction that has just been committed. */
export type CommitPoint =
  | "run_started"
  | "listing_begun"
  | "page_stored"
  | "listing_finished"
  | "activity_stored"
  | "deeds_stored"
  | "levels_refreshed"
  | "days_rebuilt"
  | "verdict_saved"
  | "run_ended"
  | "action_sending"
  | "action_answered"
  | "action_concluded"
  | "action_ended";

export type Log = Pick<Logger, "debug" | "info" | "warn" | "error">;

/** What every run needs. The clock and the commit hook vary in tests; the store never does. */
export interface SyncDeps {
  store: Store;
  seal: KeyRing;
  /** Shared by all runs: a token is minted once, a limit obeyed by all. */
  tokens: TokenStore;
  traffic: TrafficStore;
  connectors: Record<Connection["vendor"], Connector>;
  progress: ProgressBoard;
  /** Divides the rate windows that are assumed until Greenhouse tells: 1, but for a simulator in scaled time. */
  timeScale: (origins: Origins) => number;
  log: Log;
  /** Of several processes the same clock: the database's. */
  now: () => number;
  /** Names this process in leases: no other, and no earlier one, has the name. */
  owner: string;
  /** Other processes may work on the same database. */
  shared: boolean;
  /** Called after each commit; a test may kill the process here. */
  onCommit?: (point: CommitPoint) => void;
}

/** One run of one lane, under way. */
export interface RunContext {
  deps: SyncDeps;
  connection: Connection;
  lane: Lane;
  claim: LaneClaim;
  run: number;
  /** Aborted with RunStopped, or with FenceLost when the lane is another's. */
  signal: AbortSignal;
}

/** Why a run stops before its end: see StopWhy; or the process ends, and another goes on with it. */
export class RunStopped extends Error {
  override name = "RunStopped";
  readonly why: StopWhy | "ending";

  constructor(why: StopWhy | "ending") {
    super(why === "ending" ? "the process ends" : "asked to stop");
    this.why = why;
  }
}

/** Is it for this that the run stops? */
export function stopsFor({ reason }: AbortSignal, why: RunStopped["why"]): boolean {
  return reason instanceof RunStopped && reason.why === why;
}

/** A transaction of the run: nothing of it stays unless the lane is still ours. @throws FenceLost */
export function fencedWrite<T>(context: RunContext, work: (tx: Tx) => Promise<T>): Promise<T> {
  return context.deps.store.write(async (tx) => {
    await holdLane(tx, context.claim);
    return work(tx);
  });
}
