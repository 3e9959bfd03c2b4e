/** What columns hold, by the ends of their names. */

/** Greenhouse's 64-bit integers, exact. */
export type Id = string;
/** 0 or 1. */
export type Flag = number;
export type Json = string;
/** ms since the epoch. */
export type At = number;

/** A row of a listing. */
export interface Listed {
  state: "present" | "removed" | "not_visible";
  first_seen_at: At;
  gone_at: At | null;
}
