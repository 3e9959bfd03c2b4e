/** Secrets come from standard input, the environment, or a hidden prompt: never from an argument. */
import type { Context } from "./context.ts";
import { UsageError } from "./context.ts";
import { type Terminal, write } from "./terminal.ts";

const LONGEST = 20_000;

/** The credential's secret: from the environment, else piped in, else typed without being shown. */
export async function readSecret({ terminal, config }: Context, what: string): Promise<string> {
  if (config.credentialSecret !== null) return config.credentialSecret;
  const other = "set GLASSHOUSE_CREDENTIAL_SECRET or GLASSHOUSE_CREDENTIAL_SECRET_FILE";
  return pipedOrTyped({ terminal }, what, other);
}

/** @param other another way to give it */
export async function pipedOrTyped(
  { terminal }: Pick<Context, "terminal">,
  what: string,
  other: string | null = null,
): Promise<string> {
  if (terminal.in.isTTY) return prompt({ terminal } as Context, `${what} (not shown): `, true);
  let text = "";
  for await (const chunk of terminal.in.setEncoding("utf8")) {
    text += chunk;
    if (text.length > LONGEST)
      throw new UsageError(`What was piped in is no ${what.toLowerCase()}: it is too long.`);
  }
  if (text.trim() !== "") return text;
  throw new UsageError(`No ${what.toLowerCase()}. Pipe it in${other === null ? "" : `, or ${other}`}.`);
}

const ENTER = /[\r\n]$/;
const [CTRL_C, CTRL_D, BACKSPACE, DELETE] = ["\u0003", "\u0004", "\b", "\u007f"];
/** Terminals that bracket what is pasted put these around it. */
const BRACKETS = /\u001b\[20[01]~/g;

/**
 * Stops the terminal from showing what is typed or pasted by itself: what comes before the question is asked would stand
 * there in clear. Within another call it changes nothing, so that nothing is shown between two questions either.
 */
export function hush({ in: input }: Pick<Terminal, "in">): { end(): void } {
  const already = input.isRaw === true;
  if (!already) input.setRawMode?.(true);
  return {
    end() {
      if (!already) input.setRawMode?.(false);
    },
  };
}

/** Asks on the terminal. Pasted text may hold line breaks: only one at the end of what arrives is Enter. */
export async function prompt({ terminal }: Context, question: string, hidden: boolean): Promise<string> {
  const { in: input, err } = terminal;
  const quiet = hush(terminal);
  input.setEncoding("utf8");
  await write(err, question);
  let text = "";
  try {
    for await (const chunk of input.iterator({ destroyOnReturn: false }) as AsyncIterable<string>) {
      const typed = chunk.replace(BRACKETS, "");
      if (typed === CTRL_C || (typed === CTRL_D && text === "")) throw new UsageError("Nothing was given.");
      if (typed === BACKSPACE || typed === DELETE) {
        if (text !== "" && !hidden) await write(err, "\b \b");
        text = text.slice(0, -1);
        continue;
      }
      if (typed.length === 1 && typed < " " && !ENTER.test(typed)) continue;
      text += typed;
      if (!hidden) await write(err, typed.replace(/[\r\n]+/g, " "));
      if (ENTER.test(typed)) break;
    }
  } finally {
    input.pause();
    quiet.end();
    await write(err, "\n");
  }
  return text.replace(/[\r\n]+$/, "");
}
