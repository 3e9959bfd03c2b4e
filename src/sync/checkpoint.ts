import type { ListStream, RecruitingStream } from "../model/stream.ts";

/** How far the listing of one stream is. Saved with the rows that it vouches for. */
export interface ListingCheckpoint {
  /** Where the next page is; null: from the start. */
  next: string | null;
  startedAt: number;
  viewerVersion: number;
  rows: number;
  unreadable: number;
  unordered: boolean;
  /** For users: what a complete listing must hold. */
  sawSiteAdmin: boolean;
  sawAdminUser: boolean;
  /** Is Greenhouse's flag that shows them heeded? */
  sawServiceAccount: boolean;
  /** A record without a readable id: absence in this listing proves nothing. */
  blind: boolean;
}

/** What a lane remembers between two commits, and after a kill. */
export interface LaneCheckpoint {
  /** Streams that this run has finished, well or not. */
  finished: ListStream[];
  listing: ({ stream: ListStream } & ListingCheckpoint) | null;
  /** The audit reader's own memory; it outlives the run. */
  activity: unknown;
  /** The memory of each recruiting list's reader; it outlives the run. */
  recruiting: Partial<Record<RecruitingStream, unknown>>;
  /** Deeds of before this time were deleted, and are not to be read again. */
  forgottenBefore: number | null;
}

export function readCheckpoint(stored: unknown): LaneCheckpoint {
  const checkpoint = (stored ?? {}) as Partial<LaneCheckpoint>;
  return {
    finished: checkpoint.finished ?? [],
    listing: checkpoint.listing ?? null,
    activity: checkpoint.activity ?? null,
    recruiting: checkpoint.recruiting ?? {},
    forgottenBefore: checkpoint.forgottenBefore ?? null,
  };
}
