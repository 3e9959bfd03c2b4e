import { type Actor, allows } from "../../model/member.ts";
import type { SessionRow } from "../../store/members/sessions.ts";
import type { Answer } from "../contract.ts";
import { iso } from "../handler.ts";

/**
 * @param current the session that asks
 * @param who a viewer never gets an IP address, not even their own: it may be one of the company's network
 */
export function sessionViews(
  sessions: readonly SessionRow[],
  current: number | null,
  who: Actor,
): Answer<"listSessions">["items"] {
  return sessions.map(({ id, createdAt, lastSeenAt, endsAt, ip, agent }) => ({
    id,
    current: id === current,
    createdAt: iso(createdAt),
    lastSeenAt: iso(lastSeenAt),
    endsAt: iso(endsAt),
    ip: allows(who, "operator") ? ip : null,
    agent,
  }));
}
