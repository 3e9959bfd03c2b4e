/**
 * The words for states, levels, kinds and streams, one place for all pages: `WORD.level[user.level]`.
 * Typed by the contract: a state that gains a value fails the type check here.
 */
import type { Answer } from "../../src/api/contract.ts";
import { STREAM_TEXT, STREAMS } from "../../src/model/stream.ts";
import {
  LANE_WORD,
  LEVEL_WORD,
  LICENSE_WORD,
  MADE_WORD,
  OUTCOME_WORD,
  SOURCE_LABEL,
  SOURCE_WORD,
  STATUS_WORD,
} from "../../src/model/words.ts";

export type Connection = Answer<"getConnection">;
export type Verdict = Connection["streams"][number];
export type User = Answer<"listUsers">["items"][number];
export type Grant = Answer<"listGrants">["items"][number];
export type Change = Answer<"listChanges">["items"][number];
export type ActivityEvent = Answer<"listEvents">["items"][number];
export type Run = Answer<"getRun">;
export type DayOfUse = Answer<"usage">["days"][number];
export type KindOfUse = keyof NonNullable<DayOfUse["kinds"]>;

export type UseSource = NonNullable<User["lastUsed"]>["source"];

export type ConnectionState = Connection["state"];
export type StreamState = Verdict["state"];
export type StreamName = Verdict["stream"];
export type Status = User["status"];
export type Level = User["level"];
export type LicenseState = NonNullable<User["license"]["state"]>;

export const WORD = {
  connection: {
    not_synced_yet: "Not synced yet",
    syncing: "Syncing",
    connected: "Connected",
    needs_attention: "Needs attention",
    failing: "Failing",
    paused: "Paused",
  } satisfies Record<ConnectionState, string>,
  stream: {
    well: "Well",
    reading: "Reading",
    stopped: "Stopped",
    off: "Off",
    waiting_for_users: "Waits for users",
    not_read_yet: "Not read yet",
  } satisfies Record<StreamState, string>,
  status: STATUS_WORD satisfies Record<Status, string>,
  level: LEVEL_WORD satisfies Record<Level, string>,
  license: LICENSE_WORD satisfies Record<LicenseState, string>,
  made: MADE_WORD satisfies Record<Grant["made"], string>,
  kind: {
    viewed: "Page opened",
    changed: "Data changed",
    acted: "Action",
    other: "Other",
  } satisfies Record<KindOfUse, string>,
  change: {
    baseline: "first listing",
    added: "added",
    changed: "changed",
    removed: "removed",
    not_visible: "no longer visible",
    returned: "returned",
    level: "level changed",
  } satisfies Record<Change["kind"], string>,
  run: OUTCOME_WORD,
  lane: LANE_WORD satisfies Record<Run["lane"], string>,
  source: SOURCE_WORD satisfies Record<UseSource, string>,
  sourceLabel: SOURCE_LABEL satisfies Record<UseSource, string>,
  role: { viewer: "Viewer", operator: "Operator", admin: "Admin" },
  permission: {
    read: "Read",
    read_and_act: "Read and act",
  } satisfies Record<Connection["permissionType"], string>,
  credential: {
    harvest_v3: "Harvest v3",
    harvest_v1: "Harvest v1",
  } satisfies Record<Connection["credentialKind"], string>,
} as const;

export const STREAM = Object.fromEntries(
  STREAMS.map((stream) => [stream, STREAM_TEXT[stream].label]),
) as Record<StreamName, string>;

/** `1 user`, `2 users`, `0 users`. The number in the reader's locale. */
export function plural(count: number, one: string, many: string = `${one}s`): string {
  return `${count.toLocaleString()} ${count === 1 ? one : many}`;
}

/** `Role 4800…004, not in Greenhouse's list` where Greenhouse gives a thing no name. */
export function nameOf(thing: { id: string; name: string | null }, what: string): string {
  return thing.name ?? `${what} ${shortId(thing.id)}, not in Greenhouse's list`;
}

/** A long id in short: `4800…004`. */
export function shortId(id: string): string {
  return id.length > 10 ? `${id.slice(0, 4)}…${id.slice(-3)}` : id;
}

/** A user without a name is told by the number. */
export function userName(user: { id: string; name: string | null }): string {
  return user.name || `Not given (user ${user.id})`;
}
