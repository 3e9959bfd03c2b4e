/** The days that decide whether somebody is in use. */
import type { UseState } from "../../model/license.ts";
import type { Level } from "../../model/records.ts";
import type { Named } from "./common.ts";

/** The days that decide: whole days in the connection's zone, both included. */
export interface WindowView extends WindowDays {
  timeZone: string;
  /** Windows of their own for a level or a role, longest first: the first that fits a person is theirs. */
  others: (WindowDays & { level: Level | null; role: Named | null })[];
}

export interface WindowDays {
  from: string;
  to: string;
  days: number;
  coveredDays: number;
  /** Why it isn't covered, and from when it will be; null: it is. */
  reason: string | null;
}

export interface WindowsPreview {
  window: WindowView;
  /** Active people by state. */
  before: Record<UseState, number>;
  after: Record<UseState, number>;
  /** `first`: of these people, by name. */
  moves: { level: Level; people: number; from: UseState; to: UseState; first: Named[] }[];
}
