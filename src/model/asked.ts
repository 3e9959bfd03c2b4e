/** Why a run began, and who wanted it. Kept with the run, so that it stays readable when they are gone. */

export const RUN_TRIGGERS = [
  "schedule",
  "request",
  "connect",
  "credential",
  "settings",
  "users_back",
  "action",
] as const;
/**
 * `request`: somebody asked for a sync. `connect`: the first after connecting. `credential`: it was replaced.
 * `settings`: a stream was switched on. `users_back`: users can be read again, for which it had waited.
 * `action`: one of ours has changed something in Greenhouse.
 */
export type RunTrigger = (typeof RUN_TRIGGERS)[number];

/** Whoever acted, as they were called then. */
export type Asker =
  | { kind: "member"; member: number; name: string }
  | { kind: "token"; member: number; name: string; token: number; tokenName: string }
  /** Over the socket of the data directory's owner. */
  | { kind: "machine" }
  /** Somebody elsewhere, by the one-time link of this member. */
  | { kind: "link"; name: string };

export interface AskedFor {
  trigger: RunTrigger;
  /** null: nobody in particular. */
  who: Asker | null;
}

/** How whoever asks over the socket is called wherever a name is kept. */
export const COMMAND_LINE = "the command line";
