/** The command line: reads the arguments, runs one command, and ends with its exit code. */
import { Command, CommanderError } from "commander";
import { ConfigError } from "../config.ts";
import { OwnerError } from "../owner/data-dir.ts";
import { Refused } from "./client.ts";
import { accessCommands } from "./commands/access.ts";
import { actionCommands } from "./commands/act.ts";
import { alertCommands } from "./commands/alerts.ts";
import { connectCommands, refusalText } from "./commands/connect.ts";
import { connectionCommands } from "./commands/connections.ts";
import { deliveryCommands } from "./commands/deliveries.ts";
import { demoCommand } from "./commands/demo.ts";
import { employeeCommands } from "./commands/employees.ts";
import { findingCommands } from "./commands/findings.ts";
import { installationCommands } from "./commands/installation.ts";
import { memberCommands } from "./commands/members.ts";
import { overviewCommands } from "./commands/overview.ts";
import { peopleCommands } from "./commands/people.ts";
import { reportCommand } from "./commands/report.ts";
import { ruleCommands } from "./commands/rules.ts";
import { syncCommands } from "./commands/sync.ts";
import { tokenCommands } from "./commands/tokens.ts";
import { trailCommand } from "./commands/trail.ts";
import { useCommands } from "./commands/use.ts";
import { windowCommands } from "./commands/windows.ts";
import { Context, EXIT, type Exit, UsageError } from "./context.ts";
import type { Program } from "./installation.ts";
import { processTerminal, type Terminal } from "./terminal.ts";
import { harmless } from "./text.ts";
import { Unreachable } from "./transport.ts";

const AFTER = `
Exit codes: 0 well, 1 failed, 2 wrong usage, 3 needs attention.
Settings come from the environment (GLASSHOUSE_…): see docs/settings.md.
`;

/** All commands, as the documentation and its test see them. */
export function commandLine(context: Context): Command {
  const { terminal, program } = context;
  const root = new Command("glasshouse")
    .description("Who has access to Greenhouse Recruiting, who really uses it, and what to do about it.")
    .version(program.version)
    .addHelpText("after", AFTER)
    .showHelpAfterError("(add --help for what it takes)");
  // What sub-commands inherit is set before they are made.
  // An option belongs to the command before it: `tokens create … --json` is not that of `tokens`.
  root
    .enablePositionalOptions()
    .exitOverride()
    .configureOutput({
      writeOut: (text) => void terminal.out.write(text),
      writeErr: (text) => void terminal.err.write(text),
      getOutHelpWidth: () => terminal.columns ?? 100,
      getErrHelpWidth: () => terminal.columns ?? 100,
    });
  installationCommands(root, context);
  accessCommands(root, context);
  memberCommands(root, context);
  tokenCommands(root, context);
  trailCommand(root, context);
  demoCommand(root, context);
  connectCommands(root, context);
  connectionCommands(root, context);
  syncCommands(root, context);
  peopleCommands(root, context);
  actionCommands(root, context);
  useCommands(root, context);
  employeeCommands(root, context);
  ruleCommands(root, context);
  windowCommands(root, context);
  findingCommands(root, context);
  alertCommands(root, context);
  deliveryCommands(root, context);
  overviewCommands(root, context);
  reportCommand(root, context);
  return root;
}

/** Runs one command. Never throws: what went wrong is on standard error. @param argv without node and script */
export async function runCommandLine(
  argv: readonly string[],
  program: Program,
  terminal: Terminal = processTerminal(),
): Promise<Exit> {
  const context = new Context(program, terminal);
  try {
    await commandLine(context).parseAsync(argv, { from: "user" });
    return context.exit;
  } catch (error) {
    const asked =
      error instanceof Refused && !argv.includes("--json") ? asTyped(error, context, argv) : error;
    return failed(asked, terminal, argv.includes("--json"));
  }
}

/** What the API calls otherwise than the options of `set`. */
const SETTINGS: Record<string, string> = {
  name: "rename",
  everyMinutes: "every",
  sharePercent: "share",
  keepEventsDays: "keepEvents",
  topics: "topic",
};

/** The API names a parameter in its own words; who typed an option reads that one: `asOf` is `--as-of`. */
function asTyped(error: Refused, context: Context, [name, part]: readonly string[]): Refused {
  const named = commandLine(context).commands.find((each) => each.name() === name);
  const command = named?.commands.find((each) => each.name() === part) ?? named;
  if (error.code !== "invalid_request" || !command) return error;
  const long = new Map(command.options.map((option) => [option.attributeName(), option.long!]));
  const option = (word: string) => long.get(word) ?? long.get(SETTINGS[word] ?? "");
  const message = error.message.replace(
    /(^|; |")(?:settings\.)?([a-z]\w*)(?:\.(\w+))?(?=[:"])/gi,
    (all, before: string, word: string, part: string | undefined) => {
      const typed = option(word);
      if (typed === undefined) return all;
      return before + typed + (part === undefined || /^\d+$/.test(part) ? "" : ` ${part}`);
    },
  );
  return new Refused({
    error: {
      ...error.body.error,
      message,
      cure: `See glasshouse ${command === named ? name : `${name} ${part}`} --help.`,
    },
  });
}

function failed(error: unknown, terminal: Terminal, json: boolean): Exit {
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.well : EXIT.usage;
  if (error instanceof Refused && json) {
    terminal.err.write(`${JSON.stringify(error.body)}\n`);
    return exitOf(error);
  }
  terminal.err.write(`${textOf(error)}\n`);
  return exitOf(error);
}

function exitOf(error: unknown): Exit {
  const usage = error instanceof UsageError || error instanceof ConfigError;
  const asked = error instanceof Refused && USAGE_CODES.has(error.code);
  return usage || asked ? EXIT.usage : EXIT.failed;
}
/** What was typed can't be; the account has nothing to do with it. */
const USAGE_CODES = new Set<string>(["invalid_request", "credential_malformed", "admin_user_malformed"]);

const EXPECTED = [UsageError, ConfigError, OwnerError, Unreachable];

function textOf(error: unknown): string {
  if (error instanceof Refused) return refusalText(error);
  if (!(error instanceof Error)) return String(error);
  if (EXPECTED.some((kind) => error instanceof kind)) return error.message;
  // Errors of the store and the system name themselves well enough; a stack helps only us.
  return harmless(error.message);
}
