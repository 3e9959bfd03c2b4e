/** license-rules, request-types: what counts as a license, and what as use. */
import { type Command, InvalidArgumentError } from "commander";
import { LEVELS, STATUSES } from "../../api/contract/kit.ts";
import type { Answer } from "../../api/contract.ts";
import { csvHead, csvRows } from "../../model/csv.ts";
import type { Client } from "../client.ts";
import { type Context, examples, type FormatOptions, formatOf, output, UsageError } from "../context.ts";
import { foot } from "../list.ts";
import { type Column, TableWriter } from "../table.ts";
import { write } from "../terminal.ts";
import { count, countOf, harmless, harmlessJson } from "../text.ts";
import { LEVEL_WORD, STATUS_WORD } from "../words.ts";

export function ruleCommands(root: Command, context: Context): void {
  licenseRules(root, context);
  requestTypes(root, context);
}

type Rules = Answer<"licenseRules">;
type Rule = Rules["rules"][number];
type Purchased = Rules["purchased"][number];
type Preview = Answer<"previewLicenseRules">;

interface RuleOptions extends FormatOptions {
  rule?: Rule[];
  purchased?: Partial<Purchased>[];
  price?: Partial<Purchased>[];
  preview?: boolean;
}

function licenseRules(root: Command, context: Context): void {
  const command = root
    .command("license-rules <connection>")
    .description(
      "The rules that count licenses, with purchased counts and prices; changes them, and says who moves.",
    )
    .option(
      "--rule <level/status=type>",
      "count these people as this type (none: they take up no license); any for each",
      ruleOf,
    )
    .option("--purchased <type=n>", "how many licenses of a type were bought", purchasedOf)
    .option("--price <type=amount>", "what one license costs a year, with its currency", priceOf)
    .option("--preview", "only say who would move; change nothing");
  examples(output(command, { list: false }), [
    "license-rules Aldermoor",
    "license-rules Aldermoor --rule basic/active=none --preview",
    'license-rules Aldermoor --purchased "Job Admin=180" --price "Job Admin=32.50 EUR"',
  ]).action((c: string, given: RuleOptions) =>
    context.withClient("license-rules", async (client) => {
      const { terminal } = context;
      const params = { c };
      const now = await client.call("licenseRules", { params });
      const next = {
        rules: withRules(now.rules, given.rule ?? []),
        purchased: withPurchased(now.purchased, given),
      };
      const changes = (given.rule ?? given.purchased ?? given.price) !== undefined;
      if (given.preview && !given.rule) throw new UsageError("--preview goes with --rule: say what to try.");
      const preview = given.rule
        ? await client.call("previewLicenseRules", { params, body: { rules: next.rules } })
        : null;
      if (given.preview) {
        if (given.json) return write(terminal.out, `${harmlessJson(preview, 2)}\n`);
        await sayMoves(context, preview!, "would move");
        return write(terminal.out, "Nothing was changed. Without --preview it is.\n");
      }
      const saved = changes ? await client.call("saveLicenseRules", { params, body: next }) : now;
      if (given.json) return write(terminal.out, `${harmlessJson(saved, 2)}\n`);
      if (preview) await sayMoves(context, preview, "moved");
      await printRules(context, saved);
    }),
  );
}

async function sayMoves({ terminal }: Context, { moves }: Preview, verb: string): Promise<void> {
  if (moves.length === 0) return write(terminal.out, `Nobody ${verb}.\n\n`);
  for (const { people, level, status, from, to } of moves) {
    await write(
      terminal.out,
      `${countOf(people, "users")} ${verb}: ${LEVEL_WORD[level]}, ${STATUS_WORD[status].toLowerCase()}, ` +
        `from ${harmless(from ?? "None")} to ${harmless(to ?? "None")}\n`,
    );
  }
  await write(terminal.out, "\n");
}

async function printRules({ terminal }: Context, { rules, purchased }: Rules): Promise<void> {
  await new TableWriter(terminal, RULE_COLUMNS).write(rules);
  await foot(terminal, "The first rule that fits decides. A service account takes up none.");
  if (purchased.length === 0)
    return foot(terminal, "No count or price is typed in: see --purchased and --price.", false);
  await write(terminal.out, "\n");
  await new TableWriter(terminal, PURCHASED_COLUMNS).write(purchased);
}

const RULE_COLUMNS: Column<Rule>[] = [
  { name: "Level", value: (r) => (r.level === "any" ? "any" : LEVEL_WORD[r.level]), min: 9 },
  { name: "Status", value: (r) => (r.status === "any" ? "any" : STATUS_WORD[r.status]), min: 8 },
  { name: "License type", value: (r) => r.type ?? "None", min: 10 },
];
const PURCHASED_COLUMNS: Column<Purchased>[] = [
  { name: "License type", value: (p) => p.type, min: 10 },
  { name: "Purchased", value: (p) => (p.purchased === null ? "Not typed" : count(p.purchased)), right: true },
  {
    name: "One a year",
    value: (p) =>
      p.priceCents === null ? "Type a price" : `${p.currency ?? ""} ${(p.priceCents / 100).toFixed(2)}`,
    right: true,
  },
];

/** A rule for the same level and status takes the place of the old one; another one goes first, where it decides. */
export function withRules(rules: readonly Rule[], given: readonly Rule[]): Rule[] {
  const next = [...rules];
  for (const rule of given) {
    const at = next.findIndex((each) => each.level === rule.level && each.status === rule.status);
    if (at >= 0) next[at] = rule;
    else next.unshift(rule);
  }
  return next;
}

function withPurchased(
  before: readonly Purchased[],
  { purchased = [], price = [] }: RuleOptions,
): Purchased[] {
  const byType = new Map(before.map((each) => [each.type, each]));
  for (const part of [...purchased, ...price]) {
    const type = part.type!;
    const old = byType.get(type) ?? { type, purchased: null, priceCents: null, currency: null };
    byType.set(type, { ...old, ...part });
  }
  return [...byType.values()];
}

/** `job_admin/active=Job Admin` */
function ruleOf(text: string, before: Rule[] = []): Rule[] {
  const [, level = "", status = "", type = ""] = /^(\w+)\/(\w+)=(.+)$/.exec(text.trim()) ?? [];
  const levels = [...LEVELS, "any"] as const;
  const statuses = [...STATUSES, "any"] as const;
  if (!levels.includes(level as Rule["level"]) || !statuses.includes(status as Rule["status"])) {
    throw new InvalidArgumentError(
      `Write it as basic/active=none. Levels: ${levels.join(", ")}. Statuses: ${statuses.join(", ")}.`,
    );
  }
  const rule = { level: level as Rule["level"], status: status as Rule["status"] };
  return [...before, { ...rule, type: type.toLowerCase() === "none" ? null : type.trim() }];
}

function purchasedOf(text: string, before: Partial<Purchased>[] = []): Partial<Purchased>[] {
  const [, type, n] = /^(.+)=(\d{1,9})$/.exec(text.trim()) ?? [];
  if (type === undefined) throw new InvalidArgumentError('Write it as "Job Admin=180".');
  return [...before, { type: type.trim(), purchased: Number(n) }];
}

function priceOf(text: string, before: Partial<Purchased>[] = []): Partial<Purchased>[] {
  const [, type, amount, currency] = /^(.+)=(\d{1,9}(?:\.\d{1,2})?)\s*([A-Za-z]{3})$/.exec(text.trim()) ?? [];
  if (type === undefined) throw new InvalidArgumentError('Write it as "Job Admin=32.50 EUR".');
  const priceCents = Math.round(Number(amount) * 100);
  return [...before, { type: type.trim(), priceCents, currency: currency!.toUpperCase() }];
}

type RequestType = Answer<"requestTypes">["items"][number];
const NO_REQUEST = "none";

function requestTypes(root: Command, context: Context): void {
  const command = root
    .command("request-types <connection>")
    .description("What counts as use: request types with their events, and a switch each.")
    .option("--count <type>", "count this request type as use; none: events that name no request", repeated)
    .option("--ignore <type>", "count it no more; days whose events are kept are counted anew", repeated);
  examples(output(command, { list: false, csv: true }), [
    "request-types Aldermoor",
    "request-types Aldermoor --ignore 'dashboard#index'",
  ]).action((c: string, given: FormatOptions & { count?: string[]; ignore?: string[] }) =>
    context.withClient("request-types", async (client) => {
      const { terminal } = context;
      const items = await switched(client, c, given);
      const format = formatOf(given);
      if (format === "json") return write(terminal.out, `${harmlessJson(items, 2)}\n`);
      if (format === "csv") return write(terminal.out, csvHead(TYPE_CSV) + csvRows(TYPE_CSV, items));
      if (items.length === 0) return write(terminal.out, "No event was read yet.\n");
      await new TableWriter(terminal, TYPE_COLUMNS).write(items);
      await foot(
        terminal,
        `${countOf(items.length, "request types")} · events of the window and today · only deeds of people count.`,
      );
    }),
  );
}

async function switched(
  client: Client,
  c: string,
  given: { count?: string[]; ignore?: string[] },
): Promise<RequestType[]> {
  const to = (types: string[] | undefined, counts: boolean) =>
    (types ?? []).map((type) => ({ requestType: type === NO_REQUEST ? null : type, counts }));
  const set = [...to(given.count, true), ...to(given.ignore, false)];
  const { items } = await client.call("requestTypes", { params: { c } });
  const strange = set.find(({ requestType }) => !items.some((each) => each.requestType === requestType));
  if (strange) {
    throw new UsageError(
      `No event has the request type "${strange.requestType ?? NO_REQUEST}". Nothing was changed.`,
    );
  }
  if (set.length === 0) return items;
  return (await client.call("setRequestTypes", { params: { c }, body: { set } })).items;
}

const repeated = (text: string, before: string[] = []) => [...before, text];
const typeText = ({ requestType }: RequestType) => requestType ?? "none: names no request";

const TYPE_COLUMNS: Column<RequestType>[] = [
  { name: "Request type", value: typeText, min: 20 },
  { name: "Events", value: (t) => count(t.events), right: true },
  {
    name: "Counts as use",
    value: (t) => (t.counts ? "yes" : "no"),
    tone: (t) => (t.counts ? "none" : "gray"),
  },
];
const TYPE_CSV = [
  { name: "request_type", value: (t: RequestType) => t.requestType },
  { name: "events", value: (t: RequestType) => t.events },
  { name: "counts", value: (t: RequestType) => t.counts },
];
