import type { SessionRow } from "../store/sessions.ts";
import type { Answer } from "./contract.ts";
import { iso } from "./handler.ts";

/** @param current the session that asks */
export function sessionViews(
  sessions: readonly SessionRow[],
  current: number | null,
): Answer<"listSessions">["items"] {
  return sessions.map(({ id, createdAt, lastSeenAt, endsAt, ip, agent }) => ({
    id,
    current: id === current,
    createdAt: iso(createdAt),
    lastSeenAt: iso(lastSeenAt),
    endsAt: iso(endsAt),
    ip,
    agent,
  }));
}
