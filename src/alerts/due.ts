/** What a destination is to hear now, and when to look again. Pure. */
import {
  ALERT_TOPICS,
  type Alert,
  type AlertTopic,
  type Frequency,
  type Schedule,
  type ToldTopic,
  type Topics,
} from "../model/alerts/alert.ts";
import { lastDaily, lastWeekly, nextDaily, nextWeekly, quietUntil } from "../model/alerts/alert-schedule.ts";

/** A clock that was ahead by more than this was wrong: what it wrote counts as past. By less, clocks of several processes may be. */
const AHEAD_MS = 3_600_000;

export interface Listening {
  topics: Topics;
  schedule: Schedule;
  heard: Record<AlertTopic, number>;
}

/** The topics that rows are written of, and that it wants. */
export function toldTopics({ topics }: Pick<Listening, "topics">): ToldTopic[] {
  return ALERT_TOPICS.filter(
    (topic): topic is ToldTopic => topic !== "weekly_report" && topics[topic] !== "never",
  );
}

/**
 * The alerts whose time has come, in the order they came, and how far it has heard then. Daily and weekly ones are those
 * from before their last hour. In quiet hours nothing is due.
 *
 * @param waiting after what it has heard, by id
 * @param settleMs at-once ones wait until the first of them is so old: what a sync tells comes in a burst, and is one
 *   message. One from so far ahead waits for nothing.
 */
export function dueAlerts<T extends Pick<Alert, "id" | "topic" | "at">>(
  { topics, schedule, heard }: Listening,
  waiting: readonly T[],
  now: number,
  settleMs = 0,
): { due: T[]; heard: Listening["heard"] } {
  if (quietUntil(schedule, now) !== null) return { due: [], heard };
  const settled = waiting.some(
    ({ topic, at }) => topics[topic] === "at_once" && Math.abs(now - at) >= settleMs,
  );
  const before: Record<Frequency, number> = {
    at_once: settled ? Number.POSITIVE_INFINITY : 0,
    daily: lastDaily(schedule, now),
    weekly: lastWeekly(schedule, now),
    never: 0,
  };
  const next = { ...heard };
  const due: T[] = [];
  /** Of these topics one came that isn't due: those behind it wait too, or it would be passed over. */
  const waits = new Set<ToldTopic>();
  for (const alert of waiting) {
    const { topic } = alert;
    if (topics[topic] === "never" || alert.id <= heard[topic] || waits.has(topic)) continue;
    if (alert.at >= before[topics[topic]] && alert.at <= now + AHEAD_MS) {
      waits.add(topic);
      continue;
    }
    due.push(alert);
    next[topic] = alert.id;
  }
  return { due, heard: next };
}

/** The Monday whose reports are due, as its moment; null: none is. */
export function dueReport({ topics, schedule, heard }: Listening, now: number): number | null {
  if (topics.weekly_report === "never" || quietUntil(schedule, now) !== null) return null;
  const monday = lastWeekly(schedule, now);
  return monday > heard.weekly_report || heard.weekly_report > now + AHEAD_MS ? monday : null;
}

/** The next moment at which something may become due by the clock alone. */
export function nextLook({ topics, schedule }: Listening, now: number): number {
  const wants = new Set(Object.values(topics));
  const moments = [
    quietUntil(schedule, now),
    wants.has("daily") ? nextDaily(schedule, now) : null,
    wants.has("weekly") ? nextWeekly(schedule, now) : null,
  ];
  return Math.min(...moments.filter((at) => at !== null));
}

/** A destination begins to listen to these topics: what was before them is not news. */
export function listenFrom(
  heard: Record<AlertTopic, number>,
  topics: readonly AlertTopic[],
  { lastAlert, now }: { lastAlert: number; now: number },
): Record<AlertTopic, number> {
  const next = { ...heard };
  for (const topic of topics) next[topic] = topic === "weekly_report" ? now : lastAlert;
  return next;
}
