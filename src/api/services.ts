/**
 * What the API asks of the parts that act: sync, connectors, the key. Reading goes straight to insights and store.
 * Times are milliseconds since the epoch. A service refuses by throwing ApiError.
 */
import type { SingleSignOn } from "../access/oidc.ts";
import type { Wanted } from "../jobs/actions/preview.ts";
import type { Asker } from "../model/asked.ts";
import type {
  Connection,
  ConnectionSettings,
  Credential,
  Origins,
  PermissionType,
  SettingsChange,
} from "../model/connection.ts";
import type { Lane, Stream } from "../model/stream.ts";
import type { Verdict } from "../model/verdict.ts";
import type { Action, ActionPerson } from "../store/actions/actions.ts";
import type { Seal } from "../store/secrets/seal.ts";
import type { Store } from "../store/store.ts";

/** An account to connect: its shape is checked, its origins are allowed. Usage is off where settings.off says so. */
export interface Draft {
  name: string;
  credential: Credential;
  permissionType: PermissionType;
  adminUserId: string | null;
  origins: Origins;
  settings: ConnectionSettings;
}

/** One line of *Test connection*, as connectors give it. */
export interface TestStep {
  step: "reach" | "credential" | "admin_user" | Stream;
  state: "asking" | "well" | "off" | "failed" | "skipped";
  text: string;
  verdict: Verdict | null;
  tookMs: number;
}

export interface SyncRequest {
  lanes: Lane[];
  /** Only these streams of the lanes; null: all. */
  streams: Stream[] | null;
  /** Read everything again, whatever is covered. */
  full: boolean;
}

/** run: the one under way that was joined, or that has just begun; null: it begins as soon as a worker is free. */
export interface SyncStarted {
  lane: Lane;
  run: number | null;
  joined: boolean;
}

export type Progress =
  | { type: "run"; run: number; lane: Lane; outcome: string | null }
  | {
      type: "stream";
      run: number;
      lane: Lane;
      stream: Stream;
      state: "waiting" | "reading" | "done" | "failed";
      rows: number;
      /** Rows to expect in all, from the last listing; null: not known. */
      expectedRows: number | null;
      requests: number;
      waitedMs: number;
      /** Until when the next request waits for one of Greenhouse's limits; null: it doesn't. */
      waitingUntil: number | null;
      /** Estimated; null: not known yet. */
      remainingMs: number | null;
      /** In words what the numbers can't say, such as `newest first, back to 14 Nov of 24 Oct`. */
      note: string | null;
    };

export interface ConnectionPatch {
  name?: string;
  paused?: boolean;
  settings?: SettingsChange;
  permissionType?: PermissionType;
}

/** The workers of other processes on the same database. */
export interface OtherWorkers {
  alive: number;
  /** null: none was ever seen. */
  lastSeenAt: number | null;
}

export interface Metrics {
  /** Ended since start, by lane and outcome. */
  runs: { lane: Lane; outcome: string; count: number }[];
  runningRuns: number;
  requests: number;
  throttled: number;
  waitedMs: number;
  /** Those of a shared database that live, or lived lately; of an embedded one none. */
  workers: { worker: string; alive: boolean; seenAt: number; running: number }[];
  /** Messages of alerts, of all processes: those that wait, and those of the last week that were given up. */
  messages: { waiting: number; givenUp: number };
}

/** What sends alerts. */
export interface Alerting {
  /** Can e-mail be sent by this process? */
  readonly mailServer: boolean;
  /** Where links in messages lead, without a slash at its end. */
  readonly consoleUrl: string;
  /** Sends a message at once, and ends when it was tried. */
  deliver(delivery: number): Promise<void>;
  /** A destination was made or changed. */
  changed(): void;
  /** Throws AddressRefused. */
  checkAddress(url: string): Promise<URL>;
}

/** Those that may begin runs are told by whom. */
export interface Services {
  readonly store: Store;
  /** Seals secrets that are kept to be used again. */
  readonly seal: Seal;
  /** null: none is set up. */
  readonly sso: SingleSignOn | null;
  readonly alerts: Alerting;

  /**
   * Tests an account before anything is saved. A failed step is yielded with its verdict, not thrown. Returns the
   * connection that has this account already, if there is one.
   */
  testDraft(draft: Draft, signal: AbortSignal): AsyncGenerator<TestStep, Connection | null, void>;
  /** Those an admin user can be picked from. Throws `test_failed` when users can't be listed. */
  draftSiteAdmins(
    draft: Draft,
    signal: AbortSignal,
  ): Promise<{ id: string; name: string | null; email: string | null; serviceAccount: boolean }[]>;
  /**
   * Tests, then saves: returns the new connection's id. Throws `test_failed` when users can't be read, `name_taken`,
   * `account_taken`.
   */
  connect(draft: Draft, signal: AbortSignal, by?: Asker | null): AsyncGenerator<TestStep, number, void>;
  testConnection(connection: Connection, signal: AbortSignal): AsyncGenerator<TestStep, void, void>;
  /**
   * Tests the new credential (null: the stored one) with this admin user, then replaces both. Throws `test_failed`,
   * `other_account`, `account_taken`.
   */
  replaceCredential(
    connection: Connection,
    input: { credential: Credential | null; adminUserId: string | null },
    signal: AbortSignal,
    by?: Asker | null,
  ): AsyncGenerator<TestStep, void, void>;
  /** What the patch doesn't name stays as it is when the change is made, not as it was when `connection` was read. */
  updateConnection(connection: Connection, patch: ConnectionPatch, by?: Asker | null): Promise<void>;
  /**
   * `keep`: the credential is destroyed, the data stays readable. `delete`: ends when all is deleted, with `wait` false as
   * soon as that has begun, or when a server has waited long enough; cut short, it goes on at the next start.
   */
  disconnect(connection: Connection, data: "keep" | "delete", wait?: boolean): Promise<void>;

  /** Throws `connection_paused`, `connection_frozen`, `no_worker`. */
  startSync(connection: Connection, request: SyncRequest, by?: Asker | null): Promise<SyncStarted[]>;
  /** Ends the connection's runs at their next safe point; they go on at the next sync. */
  stopSync(connection: Connection): Promise<void>;
  /** What is under way now, then each change, until nothing of this connection runs or is asked for. */
  progress(connection: Connection, signal: AbortSignal): AsyncGenerator<Progress, void, void>;
  /** `rowsAbsent`: how many it lacked when it was looked at. Throws `nothing_held`, `count_wrong`. */
  acceptHeld(connection: Connection, stream: Stream, rowsAbsent: number): Promise<void>;

  /** Keeps what an action would do, and returns its id. Throws `reads_only`, `listing_stale`, `not_possible`. */
  previewAction(
    connection: Connection,
    wanted: Wanted,
    by: ActionPerson,
    signal: AbortSignal,
  ): Promise<number>;
  /** `count`: how many it touches, as typed. Said again, it changes nothing. Throws `count_wrong`, `action_over`. */
  applyAction(
    connection: Connection,
    action: Action,
    typed: { count: number; by: ActionPerson },
  ): Promise<void>;
  /** Throws `own_action`, `action_over`. */
  approveAction(connection: Connection, action: Action, by: ActionPerson): Promise<void>;
  stopAction(action: Action, by: ActionPerson): Promise<void>;

  /** Writes a consistent copy, without the key, to a file on this machine that doesn't exist yet. */
  backup(file: string): Promise<{ file: string; bytes: number }>;
  /** Seals every secret anew; may run while everything else does. */
  rotateKey(): Promise<{ sealed: number; unreadable: number }>;
  /** null: ready; otherwise why not. */
  notReady(): Promise<string | null>;
  metrics(): Promise<Metrics>;
  /** null: the database is this process's own. */
  others(): Promise<OtherWorkers | null>;
}
