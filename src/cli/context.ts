/** What every command needs: who it speaks with, how it ends. */
import { type Command, InvalidArgumentError, Option } from "commander";
import { type Config, readConfig } from "../config.ts";
import { Client } from "./client.ts";
import type { Installation, Program } from "./installation.ts";
import type { Terminal } from "./terminal.ts";

/** 0 well, 1 failed, 2 usage, 3 needs attention. */
export const EXIT = { well: 0, failed: 1, usage: 2, attention: 3 } as const;
export type Exit = (typeof EXIT)[keyof typeof EXIT];

/** The command was called in a way that can't be: exit code 2. */
export class UsageError extends Error {
  override name = "UsageError";
}

export class Context {
  readonly program: Program;
  readonly terminal: Terminal;
  exit: Exit = EXIT.well;
  #config: Config | null = null;

  constructor(program: Program, terminal: Terminal) {
    this.program = program;
    this.terminal = terminal;
  }

  get config(): Config {
    this.#config ??= readConfig(this.terminal.env);
    return this.#config;
  }

  open(command: string, more: { need?: "own"; scheduled?: boolean } = {}): Promise<Installation> {
    const { need = "any", scheduled = false } = more;
    return this.program.open({ config: this.config, command, need, scheduled, err: this.terminal.err });
  }

  /** Does `work` as a client of whoever owns the installation, and gives it back afterwards. */
  async withClient<T>(command: string, work: (client: Client) => Promise<T>): Promise<T> {
    const installation = await this.open(command);
    try {
      return await work(new Client(installation.transport));
    } finally {
      await installation.close();
    }
  }
}

export type Format = "table" | "json" | "csv";

export interface FormatOptions {
  json?: boolean;
  csv?: boolean;
}
export function formatOf({ json, csv }: FormatOptions): Format {
  return json ? "json" : csv ? "csv" : "table";
}

export interface ListOptions extends FormatOptions {
  limit?: number;
}

/** `--json`, and for lists `--csv` and `--limit`. */
export function output(command: Command, kinds: { list: boolean; csv?: boolean }): Command {
  command.option("--json", "print nothing but JSON, as the API gives it");
  if (kinds.list || kinds.csv) {
    command.addOption(
      new Option("--csv", "print CSV in UTF-8, safe to open in a spreadsheet").conflicts("json"),
    );
  }
  if (kinds.list) command.option("--limit <n>", "stop after n rows; without it, all", wholeNumber);
  return command;
}

export function wholeNumber(text: string): number {
  const n = Number(text);
  if (!Number.isInteger(n) || n < 1) throw new InvalidArgumentError("Give a whole number from 1.");
  return n;
}

/** For options that may be given several times or with commas between. */
export function several(text: string, before: string[] | undefined): string[] {
  return [...(before ?? []), ...text.split(",").map((each) => each.trim())];
}

export function choiceOf(flags: string, description: string, choices: readonly string[]): Option {
  return new Option(`${flags}`, `${description}: ${choices.join(", ")}`).argParser(
    (text, before: unknown) => {
      const given = several(text, before as string[] | undefined);
      const strange = given.find((each) => !choices.includes(each));
      if (strange !== undefined)
        throw new InvalidArgumentError(`"${strange}" is none of ${choices.join(", ")}.`);
      return given;
    },
  );
}

export function examples(command: Command, lines: readonly string[]): Command {
  return command.addHelpText(
    "after",
    `\nExamples:\n${lines.map((line) => `  $ glasshouse ${line}`).join("\n")}\n`,
  );
}
