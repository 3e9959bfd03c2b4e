import type { Logger } from "pino";
import type { BudgetStore, Connector, TokenStore } from "../connectors/connector.ts";
import type { Connection, Origins } from "../model/connection.ts";
import type { Lane } from "../model/stream.ts";
import type { LaneClaim } from "../store/lanes.ts";
import type { KeyRing } from "../store/seal.ts";
import type { Store } from "../store/store.ts";
import type { ProgressBoard } from "./progress.ts";

/** Where a run may be cut with nothing lost: each names the transaction that has just been committed. */
export type CommitPoint =
  | "run_started"
  | "listing_begun"
  | "page_stored"
  | "listing_finished"
  | "activity_stored"
  | "levels_refreshed"
  | "days_rebuilt"
  | "verdict_saved"
  | "run_ended";

export type Log = Pick<Logger, "info" | "warn" | "error">;

/** What every run needs. The clock and the commit hook vary in tests; the store never does. */
export interface SyncDeps {
  store: Store;
  seal: KeyRing;
  /** Shared by all runs: a token is minted once, a limit obeyed by all. */
  tokens: TokenStore;
  budgets: BudgetStore;
  connectors: Record<Connection["vendor"], Connector>;
  progress: ProgressBoard;
  /** Divides the rate windows that are assumed until Greenhouse tells: 1, but for a simulator in scaled time. */
  timeScale: (origins: Origins) => number;
  log: Log;
  now: () => number;
  /** Names this process in leases. */
  owner: string;
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
  signal: AbortSignal;
}
