/** The progress of runs: bars on a terminal, plain lines elsewhere. */
import cliProgress, { type SingleBar } from "cli-progress";
import type { ProgressEvent } from "../api/contract/runs.ts";
import { LANE_WORD } from "../model/words.ts";
import type { Terminal } from "./terminal.ts";
import { count, countOf, cut, duration, harmless, pad } from "./text.ts";
import { outcomeWord } from "./words.ts";

type StreamEvent = Extract<ProgressEvent, { type: "stream" }>;
type RunEvent = Extract<ProgressEvent, { type: "run" }>;

export interface ProgressView {
  show(event: ProgressEvent): void;
  /** A line that stays: above the bars, where there are any. */
  say(text: string): void;
  close(): void;
}

export const noProgress = ({ err }: Terminal): ProgressView => ({
  show() {},
  say: (text) => void err.write(`${text}\n`),
  close() {},
});

/** `Users 300 of 428 · 12 requests · waits 4 s for Greenhouse's limit · about 3 min left` */
export function progressText(event: StreamEvent, now: number): string {
  const unit = event.stream === "audit_log" ? "events" : "rows";
  const waits = event.waitingUntil === null ? 0 : Date.parse(event.waitingUntil) - now;
  return [
    event.expectedRows === null
      ? countOf(event.rows, unit)
      : `${count(event.rows)} of ${countOf(event.expectedRows, unit)}`,
    countOf(event.requests, "requests"),
    ...(waits > 500 ? [`waits ${duration(waits)} for Greenhouse's limit`] : []),
    ...(event.note ? [harmless(event.note)] : []),
    ...(event.remainingMs !== null && event.remainingMs >= 1000 && event.state !== "done"
      ? [`about ${duration(event.remainingMs)} left`]
      : []),
  ].join(" · ");
}

/** A line when a stream or run ends, and now and then in between. */
export function plainProgress(terminal: Terminal): ProgressView {
  const latest = new Map<number, { event: StreamEvent; saidAt: number; said: boolean }>();
  const say = (text: string) => void terminal.err.write(`${text}\n`);
  const sayStream = (event: StreamEvent) =>
    say(
      `${event.label}: ${progressText(event, terminal.now())}${event.state === "failed" ? " · failed" : ""}`,
    );
  /** A stream has ended when its run goes on to the next one, or ends. */
  const end = (run: number) => {
    const before = latest.get(run);
    if (before && !before.said) sayStream(before.event);
    latest.delete(run);
  };
  return {
    show(event) {
      if (event.type === "idle") return;
      const now = terminal.now();
      if (event.type === "run") {
        if (event.outcome === null) return;
        end(event.run);
        return say(runText(event));
      }
      if (latest.get(event.run)?.event.stream !== event.stream) end(event.run);
      const saidAt = latest.get(event.run)?.saidAt ?? now;
      const due = now - saidAt >= EVERY_MS || event.state === "done" || event.state === "failed";
      if (due) sayStream(event);
      latest.set(event.run, { event, saidAt: due ? now : saidAt, said: due });
    },
    say,
    close() {
      for (const run of [...latest.keys()]) end(run);
    },
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
          event.expectedRows === null && event.state !== "done"
            ? "·".repeat(BAR)
            : (cliProgress.Format.BarFormat(params.progress, { ...options, barsize: BAR }) as string);
        const text = `${pad(event.label, LABEL)} ${bar} ${progressText(event, terminal.now())}`;
        return cut(text, (terminal.columns ?? 80) - 1);
      },
    },
    { barCompleteChar: "█", barIncompleteChar: "░", format: "" },
  );
  const shown = new Map<string, SingleBar>();
  const latest = new Map<number, StreamEvent>();
  /** A bar is full when its run goes on to the next stream, or ends. */
  const end = (run: number) => {
    const event = latest.get(run);
    const bar = event && shown.get(keyOf(event));
    if (!event || !bar) return;
    const ended: StreamEvent = { ...event, state: "done", waitingUntil: null, expectedRows: null };
    bar.update(bar.getTotal(), { event: ended });
    latest.delete(run);
  };
  return {
    show(event) {
      if (event.type === "run" && event.outcome !== null) end(event.run);
      if (event.type !== "stream") return;
      if (latest.get(event.run)?.stream !== event.stream) end(event.run);
      latest.set(event.run, event);
      const of = Math.max(event.expectedRows ?? 1, event.rows, 1);
      const done = event.state === "done" ? of : event.expectedRows === null ? 0 : event.rows;
      const bar = shown.get(keyOf(event));
      if (bar) {
        bar.setTotal(of);
        bar.update(done, { event });
      } else shown.set(keyOf(event), bars.create(of, done, { event }));
    },
    say: (text) => bars.log(`${cut(text, (terminal.columns ?? 80) - 1)}\n`),
    close: () => bars.stop(),
  };
}

const keyOf = ({ run, stream }: StreamEvent) => `${run} ${stream}`;
