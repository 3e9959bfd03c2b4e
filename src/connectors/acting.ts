/** What a session offers for actions: to ask for a change once, and to see what became of it. */
import type { Write } from "../model/action.ts";
import type { Ask } from "../model/verdict.ts";

/**
 * What was answered to a change that was asked for. It proves nothing: only what Greenhouse shows afterwards does.
 * - `taken`: 200, 202, 204. `follow`: where the state of a bulk request can be asked for
 * - `refused`: nothing was done
 * - `lost`: no answer came, or one that doesn't tell whether it was done
 */
export type Acted =
  | { answer: "taken"; ask: Ask; follow: string | null }
  | { answer: "refused" | "lost"; ask: Ask; said: string };

/** What Greenhouse shows of a write's subject now. */
export interface Look {
  /** Is it as the write wants it? null: it can't be told. */
  so: boolean | null;
  /** The user as shown; null: the write is about a grant, or nobody is shown. */
  user: { name: string | null; email: string | null; deactivated: boolean; siteAdmin: boolean } | null;
}

/** Of a bulk request: what was counted. null: it can't be asked for, or isn't complete. */
export type BulkCounted = { succeeded: number; failed: number } | null;

export const DUTY_LISTS = [
  "hiring_managers",
  "owners",
  "default_interviewers",
  "interviews",
  "approvers",
] as const;
export type DutyList = (typeof DUTY_LISTS)[number];

/** What Greenhouse tells of people's duties. */
export interface DutiesTold {
  /** Jobs by user, whatever their status. */
  hiringManager: Map<string, string[]>;
  owner: Map<string, { jobId: string; type: string | null }[]>;
  interviewKits: Map<string, number>;
  /** The job of each interview that is to be held; null: Greenhouse names none. */
  interviews: Map<string, (string | null)[]>;
  approvals: Map<string, number>;
  /** Lists that weren't read, and why, in words. */
  untold: Map<DutyList, string>;
}

export interface Acting {
  /**
   * Asks Greenhouse for the change: once, never again by itself where it may have arrived. `beforeSending` is awaited
   * when its turn has come, right before it leaves; what it throws keeps it from leaving. Throws ConnectorError where
   * nothing can have arrived: no token, told to stay away.
   */
  act(write: Write, beforeSending: () => Promise<void>): Promise<Acted>;
  /** What Greenhouse shows now, in the order of the writes, all of one kind. Throws ConnectorError. */
  look(writes: readonly Write[]): Promise<Look[]>;
  bulkCounted(follow: string): Promise<BulkCounted>;
  /** What these people are responsible for, as far as the credential may read it. At most 50 people. */
  duties(userIds: readonly string[]): Promise<DutiesTold>;
}
