/** *Test connection* as it happens: a line for each step, its verdict and cure beneath. */

import type { ConnectionView, TestStepView } from "../api/contract/connections.ts";
import type { StreamItem } from "../api/contract.ts";
import { paint, type Terminal, write } from "./terminal.ts";
import { duration, harmless, pad, wrap } from "./text.ts";
import { cureLines } from "./verdicts.ts";
import { STEP_ICON } from "./words.ts";

export interface Tested {
  steps: TestStepView[];
  /** null: only tested. */
  saved: ConnectionView | null;
}

type Events = AsyncIterable<StreamItem<"testDraft" | "testConnection" | "createConnection">>;
const CLEAR_LINE = "\r\u001b[2K";

/**
 * @param quiet prints nothing: for --json
 * @param name of the connection; null: nothing is saved yet
 */
export async function followSteps(
  terminal: Terminal,
  events: Events,
  { quiet, name }: { quiet: boolean; name: string | null },
): Promise<Tested> {
  const tested: Tested = { steps: [], saved: null };
  const moving = !quiet && terminal.columns !== null;
  let asking = false;
  const clear = async () => {
    if (asking) await write(terminal.out, CLEAR_LINE);
    asking = false;
  };
  try {
    for await (const event of events) {
      if (event.type === "saved") tested.saved = event.connection;
      if (event.type === "note" && !quiet) await write(terminal.err, `${harmless(event.text)}\n`);
      if (event.type !== "step") continue;
      const { step } = event;
      if (step.state !== "asking") tested.steps.push(step);
      if (quiet) continue;
      await clear();
      if (step.state !== "asking") await write(terminal.out, lineOf(terminal, step, name));
      else if (moving) {
        asking = true;
        await write(terminal.out, `  … ${harmless(step.label)}`);
      }
    }
  } finally {
    await clear();
  }
  return tested;
}

const LABEL_WIDTH = 19;

function lineOf(terminal: Terminal, step: TestStepView, name: string | null): string {
  const { icon, tone } = STEP_ICON[step.state];
  const took = step.tookMs > 0 ? `  ${duration(step.tookMs)}` : "";
  const room = (terminal.columns ?? Number.POSITIVE_INFINITY) - LABEL_WIDTH - 6;
  const [first = "", ...more] = wrap(harmless(step.text), Math.max(20, room - took.length));
  const indent = " ".repeat(4);
  const lines = [
    `  ${paint(terminal, tone, icon)} ${pad(step.label, LABEL_WIDTH)} ${took ? pad(first, Math.min(room - took.length, 44)) + paint(terminal, "gray", took) : first}`,
    ...more.map((line) => `${" ".repeat(LABEL_WIDTH + 5)}${line}`),
  ];
  const { verdict } = step;
  if (verdict?.text && verdict.text !== step.text) {
    const width = Math.max(20, (terminal.columns ?? Number.POSITIVE_INFINITY) - indent.length);
    lines.push(...wrap(harmless(verdict.text), width).map((line) => indent + line));
  }
  if (verdict) lines.push(...cureLines(terminal, verdict, { name }, indent));
  return `${lines.map((line) => line.trimEnd()).join("\n")}\n`;
}
