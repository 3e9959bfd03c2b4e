/** Alerts: what happened that somebody wants to hear of, where they go, and when. */
import type { FindingRule } from "../finding.ts";

export const ALERT_TOPICS = [
  "sync_failed",
  "sync_recovered",
  "needs_attention",
  "left_but_active",
  "new_site_admin",
  "finding_opened",
  "finding_closed",
  "weekly_report",
] as const;
export type AlertTopic = (typeof ALERT_TOPICS)[number];
/** What a row is written of; the weekly report is made by the clock. */
export type ToldTopic = Exclude<AlertTopic, "weekly_report">;

export const CHANNELS = ["email", "slack", "teams", "webhook"] as const;
export type Channel = (typeof CHANNELS)[number];

export const FREQUENCIES = ["at_once", "daily", "weekly", "never"] as const;
export type Frequency = (typeof FREQUENCIES)[number];

export type Topics = Record<AlertTopic, Frequency>;

/** Of a new destination, where nothing else is said. */
export const DEFAULT_TOPICS: Topics = {
  sync_failed: "at_once",
  sync_recovered: "at_once",
  needs_attention: "at_once",
  left_but_active: "at_once",
  new_site_admin: "at_once",
  finding_opened: "daily",
  finding_closed: "daily",
  weekly_report: "weekly",
};

/** When a destination hears: its clock, the hour of daily and weekly messages, and when no message begins. */
export interface Schedule {
  /** IANA name. */
  zone: string;
  hour: number;
  /** `HH:MM`, by its clock; over midnight where `from` is the later one. null: none. */
  quiet: { from: string; to: string } | null;
}

export const DEFAULT_HOUR = 8;

export const DELIVERY_KINDS = ["alerts", "report", "test"] as const;
export type DeliveryKind = (typeof DELIVERY_KINDS)[number];

/**
 * - `waiting`: to be sent, or sent again
 * - `delivered`: the receiver took it
 * - `given_up`: tried as often as it is tried
 * - `dropped`: its destination was switched off before it was sent
 */
export const DELIVERY_STATES = ["waiting", "delivered", "given_up", "dropped"] as const;
export type DeliveryState = (typeof DELIVERY_STATES)[number];

/** Something that happened, as it is kept. */
export interface Alert {
  id: number;
  connection: number;
  topic: ToldTopic;
  at: number;
  /** One sentence, without the connection's name. */
  text: string;
  rule: FindingRule | null;
  userId: string | null;
  /** Of the page of the console that has more. */
  path: string;
}

/** As it happens, before it is kept. */
export type NewAlert = Pick<Alert, "topic" | "text" | "rule" | "userId" | "path">;
