/**
 * Events about API keys and webhooks, and those by which somebody became a Site Admin: what stays known of them after the
 * rest of the log has passed its retention. Pure.
 */
import type { EventRecord } from "./records.ts";

export type WatchedThing = "api_key" | "webhook";

/**
 * Which thing an event is about, by Greenhouse's label (api.md §3.5: *API Key Created*, *Web Hook Removed* and the like).
 * Labels are matched loosely: the published list is cut short. null: about neither.
 */
export function watchedThing(targetType: string | null): WatchedThing | null {
  if (targetType === null) return null;
  if (/^api[ _-]?key\b/i.test(targetType)) return "api_key";
  return /^web[ _-]?hook\b/i.test(targetType) ? "webhook" : null;
}

/** The thing is gone after it. */
export const endsThing = (targetType: string): boolean =>
  /\b(revoked|removed|deleted|destroyed)$/i.test(targetType);

/** The thing began with it, or began anew. */
export const beginsThing = (targetType: string): boolean =>
  /\b(created|added|re-?enabled)$/i.test(targetType);

/** By it the user who is its target became a Site Admin: a pair of before and after (api.md §6.6), or made as one. */
export function makesSiteAdmin({
  type,
  targetId,
  meta,
}: Pick<EventRecord, "type" | "targetId" | "meta">): boolean {
  const told = meta?.site_admin;
  if (targetId === null || told === undefined) return false;
  if (Array.isArray(told)) return told[1] === true && told[0] !== true;
  return told === true && type === "data_change_create";
}
