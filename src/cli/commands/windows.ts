/** windows: after how many days without use a license is unused, by level and role. */
import { type Command, InvalidArgumentError } from "commander";
import { LEVELS } from "../../api/contract/kit.ts";
import type { LicensesView } from "../../api/contract/usage.ts";
import type { Answer } from "../../api/contract.ts";
import { LICENSE_WORD } from "../../model/words.ts";
import { type Context, examples, type FormatOptions, output, UsageError, wholeNumber } from "../context.ts";
import { foot } from "../list.ts";
import { write } from "../terminal.ts";
import { countOf, harmless, harmlessJson } from "../text.ts";
import { LEVEL_WORD, named } from "../words.ts";

type Settings = Answer<"getConnection">["settings"];
type Rule = Settings["windows"][number];
type Window = LicensesView["window"];
type Preview = Answer<"previewWindows">;

/** `days` null: its window is taken away. */
interface Change {
  level: Rule["level"];
  role: Rule["role"];
  days: number | null;
}

interface WindowOptions extends FormatOptions {
  days?: number;
  level?: Change[];
  role?: Change[];
  preview?: boolean;
}

export function windowCommands(root: Command, context: Context): void {
  const command = root
    .command("windows <connection>")
    .description(
      "After how many days without use a license is unused, by level and role; changes it, and says who moves.",
    )
    .option("--days <n>", "for everybody who has no window of their own", wholeNumber)
    .option("--level <level=days>", "for this level; =none takes it away", levelOf)
    .option("--role <id=days>", "for who holds this role; =none takes it away", roleOf)
    .option("--preview", "only say who would move; change nothing");
  examples(output(command, { list: false }), [
    "windows Aldermoor",
    "windows Aldermoor --level basic=180 --preview",
    "windows Aldermoor --role 4731004=90",
  ]).action((c: string, given: WindowOptions) =>
    context.withClient("windows", async (client) => {
      const { terminal } = context;
      const params = { c };
      const { settings } = await client.call("getConnection", { params });
      const next = {
        windowDays: given.days ?? settings.windowDays,
        windows: changed(settings.windows, [...(given.level ?? []), ...(given.role ?? [])]),
      };
      const changes = (given.days ?? given.level ?? given.role) !== undefined;
      if (given.preview && !changes)
        throw new UsageError("--preview goes with --days, --level or --role: say what to try.");
      const preview = await client.call("previewWindows", { params, body: next });
      if (changes && !given.preview) {
        // Only what was asked for: the rest may have changed since it was read.
        const { days, level, role } = given;
        const asked = {
          ...(days === undefined ? {} : { windowDays: next.windowDays }),
          ...((level ?? role) === undefined ? {} : { windows: next.windows }),
        };
        await client.call("updateConnection", { params, body: { settings: asked } });
      }
      if (given.json) return write(terminal.out, `${harmlessJson(preview, 2)}\n`);
      if (changes) await sayMoves(context, preview, given.preview ? "would move" : "moved");
      for (const line of windowLines(preview.window, true)) await write(terminal.out, `${line}\n`);
      await foot(terminal, "The longest window that fits a person is theirs.");
      if (given.preview) await write(terminal.out, "Nothing was changed. Without --preview it is.\n");
    }),
  );
}

async function sayMoves({ terminal }: Context, { moves }: Preview, verb: string): Promise<void> {
  if (moves.length === 0) return write(terminal.out, `Nobody ${verb}.\n\n`);
  for (const { level, people, from, to, first } of moves) {
    const more = people > first.length ? [`and ${people - first.length} more`] : [];
    const who = [...first.map((each) => harmless(named(each, "User"))), ...more].join(", ");
    await write(
      terminal.out,
      `${countOf(people, "active people")} ${verb}: ${LEVEL_WORD[level]}, from ${LICENSE_WORD[from]} to ${LICENSE_WORD[to]}\n  ${who}\n`,
    );
  }
  await write(terminal.out, "\n");
}

/** One line a window: whose, how long, and why it isn't covered. */
export function windowLines({ others, ...common }: Window, all = false): string[] {
  const line = (who: string, { days, coveredDays, reason }: Omit<Window, "others" | "timeZone">) =>
    `${who}: ${days} days, ${coveredDays} covered${reason === null ? "" : ` (${reason})`}.`;
  return [
    ...others.map((each) =>
      line(each.level ? LEVEL_WORD[each.level] : `Role ${harmless(named(each.role!, "Role"))}`, each),
    ),
    ...(all ? [line(others.length > 0 ? "Everybody else" : "Everybody", common)] : []),
  ];
}

function changed(before: readonly Rule[], changes: readonly Change[]): Rule[] {
  return changes.reduce<Rule[]>(
    (rules, { level, role, days }) => {
      const others = rules.filter((each) => each.level !== level || each.role !== role);
      return days === null ? others : [...others, { level, role, days }];
    },
    [...before],
  );
}

function daysOf(text: string): number | null {
  return text.toLowerCase() === "none" ? null : wholeNumber(text);
}

function levelOf(text: string, before: Change[] = []): Change[] {
  const [, level = "", days = ""] = /^(\w+)=(\w+)$/.exec(text.trim()) ?? [];
  if (!(LEVELS as readonly string[]).includes(level)) {
    throw new InvalidArgumentError(`Write it as basic=180. Levels: ${LEVELS.join(", ")}.`);
  }
  return [...before, { level: level as Rule["level"], role: null, days: daysOf(days) }];
}

function roleOf(text: string, before: Change[] = []): Change[] {
  const [, role, days] = /^(\d{1,19})=(\w+)$/.exec(text.trim()) ?? [];
  if (role === undefined || days === undefined) {
    throw new InvalidArgumentError("Write it as 4731004=90, with the role's ID. See: glasshouse roles");
  }
  return [...before, { level: null, role, days: daysOf(days) }];
}
