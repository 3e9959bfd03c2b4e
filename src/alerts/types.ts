/** What is sent: the weekly report, which src/alerts/report/report.ts makes. */
import type { Stamp } from "../insights/types.ts";
import type { Connection } from "../model/connection.ts";
import type { Store } from "../store/store.ts";

export interface WeeklyReport {
  /** One line. */
  subject: string;
  text: string;
  /** A whole document; no remote image, no script; good in light and dark. */
  html: string;
  /** `YYYY-MM-DD` in the connection's zone, both included. */
  period: { from: string; to: string };
  stamp: Stamp;
}

export interface ReportOptions {
  /** Address of the console, without a slash at its end: links are `${consoleUrl}${path}`. */
  consoleUrl: string;
}

/** `weeklyReport` of src/alerts/report/report.ts. @param now ms of our own clock */
export type MakeReport = (
  store: Store,
  connection: Connection,
  now: number,
  options: ReportOptions,
) => Promise<WeeklyReport>;
