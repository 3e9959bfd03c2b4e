import type { PitStore } from "../audit/pits.ts";
import type { Clock } from "../clock.ts";
import type { EventLog } from "../events/log.ts";
import type { Org } from "../org/org.ts";
import type { Recruiting } from "../recruiting/recruiting.ts";
import type { Scenario } from "../switches.ts";
import type { Desk } from "../writes/desk.ts";
import type { Limiter } from "./limits.ts";
import type { TokenStore } from "./tokens.ts";

/** Everything the endpoints play from. */
export interface World {
  org: Org;
  log: EventLog;
  recruiting: Recruiting;
  readonly clock: Clock;
  readonly scenario: Scenario;
  /** Changes whenever the scenario does. */
  scenarioVersion: string;
  readonly timeScale: number;
  readonly tokens: TokenStore;
  readonly limiters: Record<"v3" | "v1" | "token" | "audit" | "auditPaged", Limiter>;
  readonly pits: PitStore;
  readonly desk: Desk;
}

/** Why an acting user may not act, or null when they may (api.md §2.1 "Must be Site Admin"). */
export function subjectProblem(
  world: World,
  sub: number | null,
): "unknown" | "deactivated" | "not a site admin" | null {
  if (sub === null) return world.scenario["v3.isuIsSiteAdmin"] ? null : "not a site admin";
  const user = world.org.userById.get(sub);
  if (!user || user.hidden) return "unknown";
  if (user.deactivated) return "deactivated";
  return user.siteAdmin ? null : "not a site admin";
}
