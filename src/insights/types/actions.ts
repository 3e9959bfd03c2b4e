/** Actions and their targets. */
import type { ActionKind, ActionState, Refusal, TargetState } from "../../model/action.ts";
import type { Level, Status } from "../../model/records.ts";
import type { Ask } from "../../model/verdict.ts";
import type { Named } from "./common.ts";
import type { JobRef } from "./grants.ts";

/** An action: what is to be done, who said so, and how far it is. */
export interface ActionView {
  id: number;
  kind: ActionKind;
  state: ActionState;
  targets: number;
  counts: Record<TargetState, number>;
  serviceAccounts: boolean;
  needsApproval: boolean;
  /** The action that this one takes back. */
  undoes: number | null;
  undoneBy: number | null;
  /** What would take this one back; null: nothing would, or there is nothing. */
  undo: ActionKind | null;
  undoText: string;
  /** What Greenhouse doesn't tell of the effect. */
  notTold: string[];
  madeBy: string;
  madeByMember: number | null;
  madeAt: string;
  endsAt: string;
  appliedAt: string | null;
  approvedBy: string | null;
  approvedAt: string | null;
  stoppedBy: string | null;
  startedAt: string | null;
  endedAt: string | null;
}

/** One of whom an action is aimed at. The user is as the preview showed them. */
export interface TargetView {
  n: number;
  user: {
    id: string;
    name: string | null;
    email: string | null;
    status: Status;
    level: Level;
    serviceAccount: boolean;
  };
  grant: {
    kind: "job" | "future_job";
    id: string;
    role: Named | null;
    job: JobRef | null;
    department: Named | "every" | null;
    office: Named | "every" | null;
  } | null;
  state: TargetState;
  effect: string[];
  /** Why it was refused, or isn't known. */
  reason: { code: Refusal | "unknown"; text: string } | null;
  /** As read back; null: not seen done. */
  after: { status: Status | null; level: Level | null } | null;
  ask: (Omit<Ask, "at"> & { at: string }) | null;
  sentAt: string | null;
  endedAt: string | null;
}
