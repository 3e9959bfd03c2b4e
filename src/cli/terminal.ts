/** Where a command reads and writes; tests give their own. */
import type { Readable, Writable } from "node:stream";

export interface Terminal {
  out: Writable;
  err: Writable;
  in: Readable & { isTTY?: boolean; isRaw?: boolean; setRawMode?(on: boolean): unknown };
  env: NodeJS.ProcessEnv;
  /** Columns of the terminal that `out` is; null: it is a pipe or a file. */
  columns: number | null;
  /** Is `err` a terminal, where bars may move? */
  live: boolean;
  color: boolean;
  cwd: string;
  now: () => number;
  /** Calls back at each Ctrl-C (and SIGTERM) until the returned function is called. */
  onInterrupt(callback: () => void): () => void;
}

export function processTerminal(): Terminal {
  const { stdout, stderr, stdin, env } = process;
  for (const stream of [stdout, stderr]) goOnWithout(stream);
  const dumb = env.TERM === "dumb";
  return {
    out: stdout,
    err: stderr,
    in: stdin,
    env,
    columns: stdout.isTTY ? (stdout.columns ?? 80) : null,
    live: Boolean(stderr.isTTY) && !dumb,
    color: Boolean(stdout.isTTY) && !dumb && !env.NO_COLOR,
    cwd: process.cwd(),
    now: Date.now,
    onInterrupt(callback) {
      process.on("SIGINT", callback);
      process.on("SIGTERM", callback);
      return () => {
        process.off("SIGINT", callback);
        process.off("SIGTERM", callback);
      };
    },
  };
}

const closed = new WeakSet<Writable>();

/** `| head` closes the pipe: that is an end, not a fault. What is under way goes on, and says no more. */
export function goOnWithout(stream: Writable): void {
  stream.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") throw error;
    closed.add(stream);
  });
}

/** Has its reader gone? Then there is nobody to print a list for. */
export const isClosed = (stream: Writable): boolean => closed.has(stream);

/** Waits while the reader of a pipe is slower than we are. */
export async function write(stream: Writable, text: string): Promise<void> {
  if (isClosed(stream) || stream.write(text)) return;
  await new Promise<void>((done) => {
    const settled = () => {
      stream.off("drain", settled).off("error", settled);
      done();
    };
    stream.on("drain", settled).on("error", settled);
  });
}

export type Tone = "well" | "attention" | "failed" | "gray" | "strong" | "none";
const CODES: Record<Tone, [number, number] | null> = {
  well: [32, 39],
  attention: [33, 39],
  failed: [31, 39],
  gray: [90, 39],
  strong: [1, 22],
  none: null,
};

export function paint(terminal: Pick<Terminal, "color">, tone: Tone, text: string): string {
  const codes = CODES[tone];
  return terminal.color && codes ? `\u001b[${codes[0]}m${text}\u001b[${codes[1]}m` : text;
}
