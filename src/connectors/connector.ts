/** What every connector offers, and what it asks for. `sync` knows this file and no vendor. */
import type { Connection, Credential, Origins } from "../model/connection.ts";
import type { EventRecord, RecordOf, UnreadableRecord } from "../model/records.ts";
import type { Deed } from "../model/recruiting.ts";
import type { Span } from "../model/span.ts";
import type { ListStream, RecruitingStream, Stream } from "../model/stream.ts";
import type { Ask, Verdict } from "../model/verdict.ts";
import type { Acting } from "./acting.ts";
import type { ConnectorError } from "./errors.ts";

export type { Span } from "../model/span.ts";

/**
 * Which stored rows a page speaks for. Absence inside is a candidate for removal once the listing is complete.
 * - `ids`: every stored row with from <= id < to (numerically; `to` null: no upper bound)
 * - `user`: every stored row of that user
 * - `nothing`: only the end of the listing speaks, through the ids it has seen. With a user: it was to tell of that user
 *   alone, and couldn't; what it couldn't read is no other user's.
 */
export type Covers =
  | { by: "ids"; from: string; to: string | null }
  | { by: "user"; userId: string }
  | { by: "nothing"; userId?: string };

/** A row that names a user, whatever else it says. */
export interface HeldBy {
  id: string;
  userId: string;
}

export interface Page<R> {
  records: R[];
  unreadable: UnreadableRecord[];
  /** Those of `unreadable` that name a user: of grants, who holds them. */
  heldBy?: readonly HeldBy[];
  covers: Covers;
  /** Where the listing goes on after this page; opaque. null: this was the last page. */
  next: string | null;
  ask: Ask;
}

export interface ListOptions {
  /** `next` of the last stored page; null: from the start. A stale one restarts (RestartListing is thrown). */
  resume: string | null;
  /**
   * For grants on v1, which are read user by user: the users who may hold any, by ascending id, those after `after`.
   * `resume` then is the last user read.
   */
  usersAfter?: (after: string | null, limit: number) => Promise<string[]>;
  /** Read in any order and speak for nothing: set after a listing came out of order. */
  unordered?: boolean;
}

export interface ActivityPage {
  events: EventRecord[];
  /** Entries that are no events, or have no time: counted and shown, not stored. */
  unreadable: UnreadableRecord[];
  /** Read completely by this answer: becomes coverage with the events, in one transaction. */
  claim: Span | null;
  /** Found to be false: coverage to take back. */
  unclaim: Span | null;
  /** Can't be read by any means: remembered with its cause. */
  hole: (Span & { cause: string }) | null;
  /** The reader's own memory (probe, lag, time format …): stored with the page, handed back at the next start. */
  checkpoint: unknown;
  /** For progress: the span this read is working through, and how much of it is left. */
  progress: {
    working: Span;
    remainingMs: number;
    phase: "probe" | "newest" | "backfill" | "tail" | "verify";
  };
  ask: Ask;
}

/** What the store did with an ActivityPage, told to the reader with the next pull. */
export interface Stored {
  inserted: number;
  /** Time of the oldest event in the page that was new although its time had been read before. */
  oldestLate: number | null;
}

export interface ActivityOptions {
  checkpoint: unknown;
  coverage: Span[];
  /** The oldest event ever stored for this organization; null: none. */
  oldestEvent: number | null;
  /** Read everything in the window again, coverage or not (`sync --full`). */
  full: boolean;
}

/** A page of a recruiting list: what its rows tell of who did something, and nothing else of them. */
export interface DeedPage {
  deeds: Deed[];
  /** Rows on the page, whether they tell of a deed or not. */
  rows: number;
  unreadable: UnreadableRecord[];
  /** Every row that was last changed within this span has been read: it becomes coverage with the deeds. */
  claim: Span | null;
  /** Read, but for rows that can't be: it is no coverage, and read again now and then. */
  hole: (Span & { cause: string }) | null;
  /** The reader's own memory: stored with the page, handed back at the next start. */
  checkpoint: unknown;
  /** For progress: how much of the wanted time is left. */
  progress: { remainingMs: number; phase: "newest" | "backfill" };
  ask: Ask;
}

export interface DeedOptions {
  checkpoint: unknown;
  /** What was read. */
  coverage: readonly Span[];
  /** What was read but for rows that couldn't be. */
  holes: readonly Span[];
  /** What time it is at Greenhouse, ms, as far as is known. */
  now: number;
  /** Nothing older than this is wanted. */
  since: number;
  /** Read everything wanted again, coverage or not (`sync --full`). */
  full: boolean;
}

/**
 * One authorized conversation with an account, for one run. Every call obeys rate limits and the abort signal. What
 * changes anything (`act`) is refused unless the connection may act.
 */
export interface Session extends Acting {
  /** What this kind of credential can give at all. */
  readonly streams: readonly Stream[];
  list<S extends ListStream>(stream: S, options: ListOptions): AsyncGenerator<Page<RecordOf[S]>, void, void>;
  activity(options: ActivityOptions): AsyncGenerator<ActivityPage, void, Stored | undefined>;
  /** Nothing is asked before a page is pulled, so that whoever pulls can give way to others. */
  deeds(stream: RecruitingStream, options: DeedOptions): AsyncGenerator<DeedPage, void, void>;
  /** Turns what was thrown while a stream was read into its verdict. May ask Greenhouse cheap questions. */
  diagnose(stream: Stream, error: unknown, known: Known): Promise<Verdict>;
  /** Asked when a list that had rows came back empty: can users not be seen either? To be diagnosed; null: they can. */
  usersHidden(): Promise<ConnectorError | null>;
  /**
   * Asked when a whole list of users lacks the admin user and holds no service account. `hidden`: the list hides such users,
   * and proves nothing by it; `shown`: asked for alone they are shown, so the list isn't whole; `nobody`: there is no such user.
   */
  unlistedAdmin(): Promise<UnlistedAdmin>;
  /** Which of these users (50 at most) Greenhouse shows when asked for them by ID, service accounts too; null: it refuses that. */
  shown(userIds: readonly string[]): Promise<ReadonlySet<string> | null>;
  /** *Test connection*, step by step; saves nothing. */
  test(known: Known, wantsUsage: boolean): AsyncGenerator<TestStep, void, void>;
  /** Site Admins to pick the admin user from (active people and integrations' own users), where users can be listed. */
  siteAdmins(): Promise<{ id: string; name: string | null; email: string | null; serviceAccount: boolean }[]>;
  /** The numbers a run shows. */
  readonly meter: Meter;
  /** What is wrong although users were read well: `credential_shared`. Asks nothing. null: nothing. */
  concern(): Promise<Verdict | null>;
}

export interface Meter {
  requests: number;
  waitedMs: number;
  throttled: number;
  bytes: number;
  /** Until when the next request waits for a limit; null: it doesn't. */
  waitingUntil: number | null;
  /** Server clock minus ours, ms, from the last Date header; null: none seen. */
  clockSkewMs: number | null;
}

export type UnlistedAdmin = "hidden" | "shown" | "nobody";

/** What the store already knows, for verdicts: all questions of console.md §7 that need our own data. */
export interface Known {
  usersReadAt: number | null;
  userCount: number;
  /** The user with this id as last read; null: no such user, undefined: users were never read. */
  user: (id: string) => Promise<KnownUser | null>;
  /** The stream's last success; null: never. */
  lastSuccess: (stream: Stream) => number | null;
}

export interface KnownUser {
  id: string;
  name: string | null;
  status: "active" | "deactivated" | "missing";
  level: "site_admin" | "job_admin" | "basic" | "unknown";
  siteAdmin: boolean;
  /** When it was last seen to change into this status. */
  statusSince: number | null;
}

export interface TestStep {
  step: "reach" | "credential" | "admin_user" | Stream;
  /** `off`: not allowed but optional. */
  state: "asking" | "well" | "off" | "failed" | "skipped";
  text: string;
  verdict: Verdict | null;
  tookMs: number;
}

/** What the store keeps for connectors. Both survive a restart and are shared by all runs of a credential, wherever they are. */
export interface TokenStore {
  /**
   * Runs `mint` under the credential's lease unless another run has put a newer token than `stale` meanwhile. Times of
   * tokens are by the clock that all share. Rejects with the signal's reason, whoever is minting.
   */
  get(
    fingerprint: string,
    stale: string | null,
    mint: () => Promise<Token>,
    signal?: AbortSignal,
  ): Promise<Token>;
}
export interface Token {
  accessToken: string;
  expiresAt: number;
  mintedAt: number;
}

export interface TrafficStore {
  /**
   * Changes what is known of a credential's traffic in one step: nobody else's comes between. `change` is quick, may be
   * called again when another was faster, and asks nothing. `now`: by the clock that all share.
   */
  change<T>(fingerprint: string, change: (traffic: Traffic, now: number) => T): Promise<T>;
}

/** What all who work with a credential know together of their use of Greenhouse. */
export interface Traffic {
  /** One for each family that was ever asked. */
  budgets: BudgetState[];
  /** Who has the credential for themselves; everybody else waits. */
  alone: { by: string; until: number } | null;
  /** Our latest mint, for whatever subject. */
  mintedAt: number;
  /** The requests that told, in the last 24 hours, that somebody else had ended a token of ours. */
  endedEarly: Ask[];
}

/** A rate-limit window as last known; see connectors/rate-limit.ts. Times in ms. */
export interface BudgetState {
  family: string;
  /** Requests allowed a window, as the headers told last. */
  limit: number;
  windowMs: number;
  /** Of which the window is told: see SessionOptions. */
  timeScale: number;
  /** Send times of the latest requests, newest last, at most `limit` of them. */
  sent: number[];
  blockedUntil: number;
  told: Told | null;
}

/** What the latest answer with limit headers told. */
export interface Told {
  /** When it came in, and when its request had left. */
  at: number;
  sentAt: number;
  /** Requests of that window that weren't ours: Remaining fell by more than we had asked. */
  others: number;
  /** Between these two moments the window of that answer ends; null: Greenhouse didn't tell. */
  end: { earliest: number; latest: number } | null;
}

export interface SessionOptions {
  connection: Pick<Connection, "id" | "fingerprint" | "adminUserId" | "permissionType" | "credentialKind"> & {
    settings: Pick<Connection["settings"], "sharePercent" | "off">;
  };
  credential: Credential;
  origins: Origins;
  tokens: TokenStore;
  traffic: TrafficStore;
  /** Keys the hash of events: of this connection, 32 bytes. */
  eventKey: Uint8Array;
  signal: AbortSignal;
  /** Our clock, ms; the machine's unless told. */
  now?: () => number;
  /** Divides rate-limit windows and waits alike, for tests against a simulator that does the same. 1: real time. */
  timeScale?: number;
  /** Called when something worth showing happens: a wait, a retry. Never holds a secret. */
  onProgress?: (meter: Meter) => void;
}

export interface Connector {
  readonly vendor: "greenhouse";
  open(options: SessionOptions): Session;
}
