/** API keys and webhooks, as the kept events tell of them. */
import { type Candidate, EVIDENCE_KEPT, type Reading } from "../model/finding.ts";
import { beginsThing, endsThing } from "../model/watched.ts";
import type { WatchedEvent } from "../store/usage/watched.ts";
import { type Asked, dateOf, nameOf, numberOf } from "./kit.ts";

/** A company has dozens of keys; the latest events about them tell of all that live. */
export const EVENTS = 5_000;

/** Everything that is known of one key or webhook, oldest first. One that Greenhouse gives no id is a story of its own. */
interface Story {
  thing: WatchedEvent["thing"];
  events: WatchedEvent[];
}

function storiesOf(events: readonly WatchedEvent[]): Story[] {
  const stories = new Map<string, Story>();
  for (const [i, event] of events.entries()) {
    const key = `${event.thing} ${event.target ?? `event ${i}`}`;
    if (!stories.has(key)) stories.set(key, { thing: event.thing, events: [] });
    stories.get(key)!.events.push(event);
  }
  return [...stories.values()];
}

/** Those that have not ended, as far as is known. */
export const living = (events: readonly WatchedEvent[]): Story[] =>
  storiesOf(events).filter((story) => !endsThing(story.events.at(-1)!.label));

/** Who made it; where that was before the log was read, whose first change of it is known. */
export const makerOf = ({ events }: Story): WatchedEvent =>
  events.findLast(({ label }) => beginsThing(label)) ?? events[0]!;

export const lastOf = ({ events }: Story): WatchedEvent => events.at(-1)!;

/** Living things by who did the event that counts: a person, or Greenhouse's word for who did it. */
export function byDoer(
  stories: readonly Story[],
  of: (story: Story) => WatchedEvent,
): { subject: string; who: string; user: WatchedEvent["user"]; stories: Story[]; events: WatchedEvent[] }[] {
  const doers = new Map<string, ReturnType<typeof byDoer>[number]>();
  for (const story of stories) {
    const event = of(story);
    const subject = event.user?.id ?? event.performer ?? "";
    const who = event.user
      ? nameOf(event.user)
      : (event.performer ?? "Somebody whom Greenhouse doesn't name");
    if (!doers.has(subject)) doers.set(subject, { subject, who, user: event.user, stories: [], events: [] });
    const doer = doers.get(subject)!;
    doer.stories.push(story);
    doer.events.push(event);
  }
  return [...doers.values()];
}

const THINGS = [
  ["api_key", "API key"],
  ["webhook", "webhook"],
] as const;

/**
 * `2 API keys and 1 webhook`. Of events without an ID nobody knows how many things they are about: `and others without an ID
 * in the log, 3 times`.
 *
 * @param alive said of those that are counted: `that still live`
 */
export function thingsText(stories: readonly Story[], alive = false): string {
  const isNamed = ({ events: [first] }: Story) => first!.target !== null;
  const [counted, others] = [stories.filter(isNamed), stories.filter((story) => !isNamed(story))];
  const of = (all: readonly Story[], text: (n: number, one: string) => string) =>
    THINGS.flatMap(([thing, one]) => {
      const n = all.filter((story) => story.thing === thing).length;
      return n === 0 ? [] : text(n, one);
    }).join(" and ");
  const still = alive ? ` that still ${counted.length === 1 ? "lives" : "live"}` : "";
  const which = counted.length > 0 ? "others" : of(others, (_, one) => `${one}s`);
  const times = others.length === 1 ? "once" : numberOf(others.length, "time");
  return [
    ...(counted.length > 0 ? [of(counted, numberOf) + still] : []),
    ...(others.length > 0 ? [`${which} without an ID in the log, ${times}`] : []),
  ].join(", and ");
}

/** Newest first. */
export const evidenceOf = (events: readonly WatchedEvent[]): Candidate["evidence"] =>
  events
    .toSorted((a, b) => b.at - a.at)
    .slice(0, EVIDENCE_KEPT)
    .map(({ label, target, user, at }) => ({
      text: target === null ? label : `${label}: ${target}`,
      userId: user?.id ?? null,
      at,
    }));

export function rowsAt(events: readonly WatchedEvent[], user: WatchedEvent["user"]): Candidate["rowsAt"] {
  const targetType = [...new Set(events.map(({ label }) => label))].sort().join(",");
  return { list: "events", filter: { ...(user && { user: user.id }), targetType } };
}

/** Where older events were not looked at, nothing is known to be gone. */
export async function cutAway(asked: Asked, gone: readonly string[]): Promise<readonly string[]> {
  return (await asked.watched()).length < EVENTS ? [] : gone;
}

/** The log tells of the time that it covers; what was made before is not known. */
export function byLog({ coverage, stamp, ...asked }: Asked): Reading {
  const [first, last] = [coverage.effective.spans[0], coverage.effective.spans.at(-1)];
  if (!first || !last) return { known: false, reason: "the audit log was never read" };
  const holes = stamp.holes.length === 0 ? "" : `, but for ${numberOf(stamp.holes.length, "hole")}`;
  return {
    known: true,
    seenAt: last.to,
    begunAt: last.to,
    run: null,
    coverage: `audit log since ${dateOf(asked, first.from)}${holes}: what was made before is not known`,
  };
}
