/** Follows a test as it happens: each step twice, asked and answered; notes; and what came of it. */
import { useCallback, useEffect, useRef, useState } from "react";
import { ApiFailure, type StreamItem } from "../api/client.ts";
import { api as words } from "../text/api.ts";

type Told = StreamItem<"testDraft" | "testConnection" | "createConnection">;
export type TestStep = Extract<Told, { type: "step" }>["step"];
export type Saved = Extract<Told, { type: "saved" }>["connection"];

/** What of a step is shown: a one-time link tells no more. */
export interface ShownStep extends Pick<TestStep, "step" | "label" | "state" | "text" | "tookMs"> {
  verdict: Pick<NonNullable<TestStep["verdict"]>, "cause" | "text" | "cure"> | null;
}
type Event = Exclude<Told, { type: "step" }> | { type: "step"; step: ShownStep };

export interface Testing {
  state: "idle" | "running" | "ended" | "failed";
  steps: ShownStep[];
  notes: string[];
  failure: ApiFailure | null;
  saved: Saved | null;
  /** The connection that has the account of a draft already. */
  accountOf: { id: number; name: string } | null;
}

const IDLE: Testing = { state: "idle", steps: [], notes: [], failure: null, saved: null, accountOf: null };

type Run = (
  open: (signal: AbortSignal) => AsyncIterable<Event>,
  /** Of the same credential: where it is refused before the first step, what was found before still stands. */
  how?: { again?: boolean },
) => Promise<Testing>;

/** `run` ends the test before it; leaving the page ends it too. */
export function useTest(): { testing: Testing; run: Run; clear: () => void } {
  const [testing, setTesting] = useState<Testing>(IDLE);
  const current = useRef<AbortController | null>(null);
  useEffect(() => () => current.current?.abort(), []);

  const clear = useCallback(() => {
    current.current?.abort();
    setTesting(IDLE);
  }, []);

  const found = useRef<ShownStep[]>([]);

  const run = useCallback<Run>(async (open, { again = false } = {}) => {
    current.current?.abort();
    const controller = new AbortController();
    current.current = controller;
    let now: Testing = { ...IDLE, state: "running" };
    if (!again) found.current = [];
    const show = (next: Partial<Testing>) => {
      now = { ...now, ...next };
      if (current.current === controller && !controller.signal.aborted) setTesting(now);
    };
    show({});
    try {
      for await (const event of open(controller.signal)) {
        if (event.type === "note") show({ notes: [...now.notes, event.text] });
        if (event.type === "step") show({ steps: withStep(now.steps, event.step) });
        if (event.type === "saved") show({ saved: event.connection });
        if (event.type === "done" && "accountOf" in event) show({ accountOf: event.accountOf });
      }
      show({ state: "ended" });
    } catch (error) {
      const steps = now.steps.length > 0 ? now.steps : found.current;
      if (!controller.signal.aborted) show({ state: "failed", failure: asFailure(error), steps });
    }
    found.current = now.steps;
    return now;
  }, []);

  return { testing, run, clear };
}

/** A step takes the place of what was said of it before: nothing jumps. */
function withStep(steps: readonly ShownStep[], step: ShownStep): ShownStep[] {
  const known = steps.some((each) => each.step === step.step);
  return known ? steps.map((each) => (each.step === step.step ? step : each)) : [...steps, step];
}

function asFailure(error: unknown): ApiFailure {
  if (error instanceof ApiFailure) return error;
  return new ApiFailure(0, "unreachable", words.brokeOff, words.tryAgain);
}

/** Users can be read: what Connect waits for. */
export const usersRead = ({ steps }: Pick<Testing, "steps">): boolean =>
  steps.some(({ step, state }) => step === "users" && state === "well");

/** What was asked for and is refused beside users. */
export const usageRefused = ({ steps }: Pick<Testing, "steps">): boolean =>
  steps.some(({ step, state }) => step === "audit_log" && state === "failed");
