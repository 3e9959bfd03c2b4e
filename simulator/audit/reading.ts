import assert from "node:assert/strict";
import type { Client, Got } from "../testing.ts";

/** An audit event as the tests look at it. */
export type Event = {
  event_time: string;
  performer?: { id: unknown; type: string } | null;
  event: { type: string; target_type: string };
  request: { id: string };
};

/** Reads a query to its end through a PIT. */
export async function read(
  c: Client,
  auth: Record<string, string>,
  query = "",
  size = "500",
): Promise<{ events: Event[]; pages: Got[] }> {
  const events: Event[] = [];
  const pages: Got[] = [];
  let headers: Record<string, string> = { size };
  for (;;) {
    const got = await c.get(`/events?paging=true${query}`, { ...auth, ...headers });
    assert.equal(got.status, 200, got.text);
    pages.push(got);
    events.push(...got.body.results);
    const { pit_id, next_search_after } = got.body.paging;
    if (next_search_after === null) return { events, pages };
    headers = { size, "pit-id": pit_id, "search-after": String(next_search_after) };
  }
}
