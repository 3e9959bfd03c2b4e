import type { UnreadableRecord } from "../model/records.ts";

/** The listing ended, but can't be the whole truth: nothing of what it lacks is taken for absent. */
export class IncompleteListing extends Error {
  override name = "IncompleteListing";
  readonly why: "users_empty" | "admin_user_unknown" | "admin_user_unlisted" | "no_site_admin" | "unreadable";
  /** Rows that could be read, and what is known of those that couldn't. */
  readonly rows: number;
  readonly unreadable: readonly UnreadableRecord[];
  readonly unreadableCount: number;

  constructor(
    why: IncompleteListing["why"],
    seen: { rows: number; unreadable: readonly UnreadableRecord[]; unreadableCount: number },
  ) {
    super(`the users listing is not complete: ${why}`);
    this.why = why;
    this.rows = seen.rows;
    this.unreadable = seen.unreadable;
    this.unreadableCount = seen.unreadableCount;
  }
}

/** A complete, wrong list: none of the users we know is in it. Nothing of it was stored. */
export class OtherAccount extends Error {
  override name = "OtherAccount";
  readonly known: number;
  constructor(known: number) {
    super(`none of ${known} known users is in this account`);
    this.known = known;
  }
}
