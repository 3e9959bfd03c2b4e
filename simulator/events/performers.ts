import type { User } from "../org/types.ts";
import { hash } from "../random.ts";
import type { Scenario } from "../switches.ts";
import type { Described } from "./text.ts";

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

type Performer = Pick<Described, "performer" | "performerId" | "performerType" | "ip">;

/** Greenhouse's own staff (api.md §6.6). */
export const support: Performer = {
  performer:
    '{"id":77,"type":"greenhouse_internal","ip_address":null,"meta":{"name":"Support","username":null}}',
  performerId: "77",
  performerType: "greenhouse_internal",
  ip: null,
};

/** A performer of any other type. */
export function other(type: string, id: number, ip: string | null): Performer {
  return {
    performer: `{"id":${id},"type":"${type}","ip_address":${JSON.stringify(ip)},"meta":null}`,
    performerId: String(id),
    performerType: type,
    ip,
  };
}
