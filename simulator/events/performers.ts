import type { User } from "../org/types.ts";
import { hash } from "../random.ts";
import type { Scenario } from "../switches.ts";

/** A person as the performer of an event (api.md §3.4). */
export interface PerformerText {
  performer: string;
  performerId: string;
  ip: string;
  version: number;
}

/** Writes a performer. `named` is who they were at the time. */
export function performerText(
  user: User,
  named: { name: string | null; primaryEmail: string | null },
  actor: number,
  seed: number,
  style: Scenario["audit.userMeta"],
): PerformerText {
  const h = hash(seed, actor, 56);
  const ip =
    h % 5 === 0
      ? `2001:db8::${((h >>> 8) & 0xffff).toString(16)}`
      : `198.51.${(h >>> 8) & 255}.${1 + ((h >>> 16) % 254)}`;
  const meta =
    style === "text"
      ? JSON.stringify(named.primaryEmail)
      : JSON.stringify({ name: named.name, username: named.primaryEmail });
  return {
    performer: `{"id":${user.id},"type":"user","ip_address":"${ip}","meta":${meta}}`,
    performerId: String(user.id),
    ip,
    version: -1,
  };
}
