/** API keys and webhooks, as the kept events tell of them. */
import type { Candidate, Found } from "../model/finding.ts";
import { beginsThing, endsThing } from "../model/watched.ts";
import type { WatchedEvent } from "../store/watched.ts";
import { type Asked, dateOf, nameOf } from "./kit.ts";

/** A company has dozens of keys; the latest thousand events about them tell of all that live. */
export const EVENTS = 1_000;

const THING = { api_key: "API key", webhook: "webhook" } as const;

export interface Story {
  thing: WatchedEvent["thing"];
  target: string | null;
  events: WatchedEvent[];
}

/** The events of each key and webhook. One that Greenhouse gives no id is a story of its own. */
export function storiesOf(events: readonly WatchedEvent[]): Map<string, Story> {
  const stories = new Map<string, Story>();
  for (const event of events) {
    const { thing, target, at } = event;
    const key = `${thing}:${target ?? `at ${new Date(at).toISOString()}`}`;
    if (!stories.has(key)) stories.set(key, { thing, target, events: [] });
    stories.get(key)!.events.push(event);
  }
  return stories;
}

export const lives = ({ events }: Story) => !endsThing(events.at(-1)!.label);
export const makerOf = ({ events }: Story) =>
  events.findLast(({ label }) => beginsThing(label)) ?? events[0]!;
export const whoOf = ({ user, performer }: WatchedEvent) =>
  user ? nameOf(user) : (performer ?? "nobody named");
export const evidenceOf = ({ events }: Story) =>
  events.slice(-20).map((each) => ({
    text: `${each.label}, by ${whoOf(each)}`,
    userId: each.user?.id ?? null,
    at: each.at,
  }));
export const idOf = ({ thing, target }: Story) => (target === null ? "" : ` (${THING[thing]} ${target})`);
export const rowsAt = ({ events, target }: Story): Candidate["rowsAt"] => ({
  list: "events",
  filter: target === null ? { targetType: events.at(-1)!.label } : { target },
});

/** The log tells of the time that it covers; what was made before is not known. */
export function byLog({ coverage, stamp, ...asked }: Asked, candidates: Candidate[]): Found {
  const [first, last] = [coverage.effective.spans[0], coverage.effective.spans.at(-1)];
  if (!first || !last) return { known: false, reason: "the audit log was never read" };
  const holes = stamp.holes.length === 0 ? "" : `, but for ${stamp.holes.length} holes`;
  return {
    known: true,
    seenAt: last.to,
    run: null,
    coverage: `audit log since ${dateOf(asked, first.from)}${holes}: what was made before is not known`,
    candidates,
  };
}
