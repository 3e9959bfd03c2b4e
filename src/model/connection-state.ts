import type { ConnectionState } from "./connection.ts";
import type { Stream } from "./stream.ts";
import type { CauseCode, StreamState } from "./verdict.ts";

export interface StreamFacts {
  stream: Stream;
  state: StreamState;
  cause: CauseCode | null;
  lastSuccessAt: number | null;
}

/**
 * The state of a connection, and with it the check mark. Pure; the words stand in docs/verdicts.md.
 *
 * `connected` needs every stream that is on to be well: it never shows while usage was asked for and isn't well.
 * `off` streams (never allowed, or switched off by choice) leave the check mark green.
 */
export function connectionState(facts: {
  paused: boolean;
  frozen: boolean;
  /** A run of any lane is under way. */
  running: boolean;
  streams: readonly StreamFacts[];
}): { state: ConnectionState; done: number; of: number } {
  const on = facts.streams.filter((each) => each.state !== "off");
  const done = on.filter((each) => each.lastSuccessAt !== null).length;
  const of = on.length;
  const users = on.find((each) => each.stream === "users");
  const is = (state: ConnectionState) => ({ state, done, of });

  if (facts.paused || facts.frozen) return is("paused");
  if (users?.state === "stopped" && !storedInPart(users)) return is("failing");
  const unread = on.filter(
    (each) => each.state === "not_read_yet" || (each.lastSuccessAt === null && each.state !== "stopped"),
  );
  if (unread.length > 0) return is(facts.running ? "syncing" : done > 0 ? "syncing" : "not_synced_yet");
  if (on.some((each) => each.state === "stopped" || each.state === "waiting_for_users")) {
    return is("needs_attention");
  }
  return is("connected");
}

/** Users were read, but not all of what was read could be applied. */
function storedInPart(users: StreamFacts): boolean {
  return users.cause === "records_unreadable" || users.cause === "listing_held" || users.cause === "behind";
}

/**
 * The state of a stream whose last attempt failed with `cause`. Pure.
 *
 * An optional stream that was never allowed is `off`: gray, and the check mark stays. Usage is never `off` by itself:
 * it was asked for until a person switches it off.
 */
export function failedState(stream: Stream, cause: CauseCode, everWell: boolean): StreamState {
  if (cause === "waiting_for_users") return "waiting_for_users";
  if (cause === "switched_off") return "off";
  const optional = stream !== "users" && stream !== "audit_log";
  return optional && !everWell && cause === "permission_missing" ? "off" : "stopped";
}
