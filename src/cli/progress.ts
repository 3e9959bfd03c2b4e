/** The progress of runs: bars on a terminal, plain lines elsewhere. */
import cliProgress, { type SingleBar } from "cli-progress";
import type { ProgressEvent } from "../api/contract/runs.ts";
import type { Terminal } from "./terminal.ts";
import { count, cut, duration, harmless, pad } from "./text.ts";
import { LANE_WORD, outcomeWord } from "./words.ts";

type StreamEvent = Extract<ProgressEvent, { type: "stream" }>;
type RunEvent = Extract<ProgressEvent, { type: "run" }>;

export interface ProgressView {
  show(event: ProgressEvent): void;
  close(): void;
}

export const NO_PROGRESS: ProgressView = { show() {}, close() {} };

/** `Users 300 of 428 · 12 requests · waits 4 s for Greenhouse's limit · about 3 min left` */
export function progressText(event: StreamEvent, now: number): string {
  const unit = event.stream === "audit_log" ? "events" : "rows";
  const waits = event.waitingUntil === null ? 0 : Date.parse(event.waitingUntil) - now;
  return [
    `${count(event.rows)}${event.expectedRows === null ? "" : ` of ${count(event.expectedRows)}`} ${unit}`,
    `${count(event.requests)} requests`,
    ...(waits > 500 ? [`waits ${duration(waits)} for Greenhouse's limit`] : []),
    ...(event.note ? [harmless(event.note)] : []),
    ...(event.remainingMs !== null && event.state === "reading"
      ? [`about ${duration(event.remainingMs)} left`]
      : []),
  ].join(" · ");
}

/** A line when a stream or run ends, and now and then in between. */
export function plainProgress(terminal: Terminal): ProgressView {
  const last = new Map<string, { at: number; ended: boolean }>();
  const say = (text: string) => void terminal.err.write(`${text}\n`);
  return {
    show(event) {
      if (event.type === "run" && event.outcome !== null) say(runText(event));
      if (event.type !== "stream") return;
      const key = `${event.run} ${event.stream}`;
      const ended = event.state === "done" || event.state === "failed";
      const before = last.get(key);
      const due = before === undefined || terminal.now() - before.at >= EVERY_MS;
      if (before?.ended || !(ended || due)) return;
      last.set(key, { at: terminal.now(), ended });
      say(
        `${event.label}: ${progressText(event, terminal.now())}${event.state === "failed" ? " · failed" : ""}`,
      );
    },
    close() {},
  };
}
const EVERY_MS = 10_000;
const runText = ({ lane, run, outcome }: RunEvent) =>
  `${LANE_WORD[lane]}: run ${run}, ${outcomeWord(outcome)}`;

const LABEL = 18;
const BAR = 16;

/** One bar a stream. A bar without a known end shows only its text. */
export function barProgress(terminal: Terminal): ProgressView {
  const bars = new cliProgress.MultiBar(
    {
      stream: terminal.err as NodeJS.WriteStream,
      hideCursor: true,
      linewrap: false,
      forceRedraw: true,
      fps: 8,
      format: (options, params, payload: { event: StreamEvent }) => {
        const { event } = payload;
        const bar =
          event.expectedRows === null
            ? "·".repeat(BAR)
            : (cliProgress.Format.BarFormat(params.progress, { ...options, barsize: BAR }) as string);
        const text = `${pad(event.label, LABEL)} ${bar} ${progressText(event, terminal.now())}`;
        return cut(text, (terminal.columns ?? 80) - 1);
      },
    },
    { barCompleteChar: "█", barIncompleteChar: "░", format: "" },
  );
  const shown = new Map<string, SingleBar>();
  return {
    show(event) {
      if (event.type === "run" && event.outcome !== null) bars.log(`${runText(event)}\n`);
      if (event.type !== "stream") return;
      const key = `${event.run} ${event.stream}`;
      const of = Math.max(event.expectedRows ?? 1, 1);
      const done = event.state === "done" ? of : Math.min(event.rows, of);
      const bar = shown.get(key);
      if (bar) {
        bar.setTotal(of);
        bar.update(done, { event });
      } else shown.set(key, bars.create(of, done, { event }));
    },
    close: () => bars.stop(),
  };
}
