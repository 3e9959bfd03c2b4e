/** What counts as use, and of which kind. Pure. */

export const KINDS_OF_USE = ["viewed", "changed", "acted", "other"] as const;
/** `viewed`: a page was opened. `changed`: data was changed. `acted`: another action. `other`: a type we don't know. */
export type KindOfUse = (typeof KINDS_OF_USE)[number];

/** What the rules need of an event. */
export interface Deed {
  type: string | null;
  targetType: string | null;
  /** Greenhouse names the page only for page views (api.md §6.6). */
  path: boolean;
}

export function kindOfUse(deed: Deed): KindOfUse {
  if (deed.type?.startsWith("data_change")) return "changed";
  if (deed.type !== "action") return "other";
  return deed.targetType === PAGE_OPENED || deed.path ? "viewed" : "acted";
}

/** Greenhouse's label for an opened page: the best sign of use there is (api.md §3.5). */
export const PAGE_OPENED = "PII Page Accessed";

/** Reads of Harvest by a program, never a person's deed. */
export const HARVEST_ACCESS = "harvest_access";

export interface Performance {
  performerType: string | null;
  type: string | null;
  /** We know which user it was, or by which id one may be listed yet. */
  known: boolean;
  /** The performer is a service account, by Greenhouse's mark or ours. */
  serviceAccount: boolean;
  /** An admin switched this request type off. */
  switchedOff: boolean;
}

/** A `user` of whom the log tells no id, and no address that exactly one user has. */
export const STRANGER = "stranger";

export type Performer = "user" | "stranger" | "service_account" | "harvest_access" | (string & {}) | null;

/**
 * Who stands behind an event, for the list of what counts and what doesn't. API keys, service accounts and
 * Greenhouse's own staff never count; their words are Greenhouse's, and unknown ones are kept.
 */
export function performerOf(event: Omit<Performance, "switchedOff">): Performer {
  if (event.performerType !== "user") return event.performerType;
  if (event.serviceAccount) return "service_account";
  if (event.type === HARVEST_ACCESS) return HARVEST_ACCESS;
  return event.known ? "user" : STRANGER;
}

/** Only people's deeds are use. */
export function counts(event: Performance): boolean {
  return performerOf(event) === "user" && !event.switchedOff;
}
