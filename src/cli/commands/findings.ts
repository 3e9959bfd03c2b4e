/** findings, finding: what somebody should look at, and what was decided about it. */
import { type Command, InvalidArgumentError } from "commander";
import { FINDING_CSV } from "../../api/contract/columns.ts";
import type { FindingView } from "../../api/contract/findings.ts";
import type { Answer } from "../../api/contract.ts";
import { FINDING_RULES, FINDING_STATES, SEVERITIES } from "../../model/finding.ts";
import { shellName } from "../../model/text.ts";
import type { Client } from "../client.ts";
import {
  type Context,
  choiceOf,
  EXIT,
  examples,
  type ListOptions,
  output,
  UsageError,
  wholeNumber,
} from "../context.ts";
import { dataLine, foot, printList } from "../list.ts";
import type { Column } from "../table.ts";
import { paint, type Tone, write } from "../terminal.ts";
import { clock, count, date, harmless, harmlessJson, pad, wrap } from "../text.ts";
import { named } from "../words.ts";
import { scopeOf } from "./people.ts";

export function findingCommands(root: Command, context: Context): void {
  findings(root, context);
  finding(root, context);
}

function findings(root: Command, context: Context): void {
  const command = root
    .command("findings <connection>")
    .description(
      "What somebody should look at, the severest first: open ones, unless told. Exit code 3: a severe one is among them.",
    )
    .addOption(choiceOf("--state <words>", "only these", FINDING_STATES))
    .addOption(choiceOf("--severity <words>", "only these", SEVERITIES))
    .addOption(choiceOf("--rule <words>", "only of these rules", FINDING_RULES))
    .option("--user <id>", "only about this user")
    .option("--owner <id>", "only those that this member looks after")
    .option("--all", "those accepted and fixed too");
  examples(output(command, { list: true }), [
    "findings Aldermoor",
    "findings Aldermoor --severity high --json",
    "findings Aldermoor --all --csv > findings.csv",
  ]).action(async (c: string, given: ListOptions & Record<string, unknown>) => {
    const { json: _json, csv: _csv, limit: _limit, all, ...filter } = given;
    if (all && filter.state) throw new UsageError("--all goes without --state: it is every state.");
    const query = { ...filter, ...(all ? {} : { state: (filter.state as string[]) ?? ["open"] }) };
    await context.withClient("findings", async (client) => {
      let first: Answer<"listFindings"> | null = null;
      async function* pages() {
        for await (const page of client.pages(
          "listFindings",
          { params: { c }, query },
          given.limit ?? null,
        )) {
          first ??= page as Answer<"listFindings">;
          if (page.items.some((each) => each.severity === "high" && each.state === "open")) {
            context.exit = EXIT.attention;
          }
          yield page;
        }
      }
      await printList(
        context,
        {
          pages: pages(),
          columns: findingColumns(context.terminal.now()),
          csv: FINDING_CSV,
          what: "findings",
          source: "records",
          scope: scopeOf(query),
          empty: "No finding fits.",
          dataLine: () => dataLine(context, client, c),
        },
        given,
      );
      if (!given.json && !given.csv && first) await sayNotJudged(context, first);
    });
  });
}

/** An empty list says nothing of a rule that can't be judged. */
async function sayNotJudged({ terminal }: Context, { rules }: Answer<"listFindings">): Promise<void> {
  for (const { label, on, judgedAt, notJudged } of rules) {
    if (!on) continue;
    if (judgedAt === null) await foot(terminal, `${label}: not judged yet; the next sync does it.`, false);
    else if (notJudged !== null) await foot(terminal, `${label}: not judged, ${notJudged}.`, false);
  }
}

const TONE: Record<FindingView["severity"], Tone> = { high: "failed", medium: "attention", low: "none" };

const findingColumns = (now: number): Column<FindingView>[] => [
  {
    name: "Severity",
    value: (f) => f.severity,
    min: 8,
    tone: (f) => (f.state === "open" ? TONE[f.severity] : "gray"),
  },
  { name: "Finding", value: (f) => f.text, min: 30 },
  { name: "State", value: stateText, min: 10, rank: 1 },
  { name: "Owner", value: (f) => f.owner?.name ?? "Nobody", min: 8, rank: 3 },
  { name: "Since", value: (f) => clock(f.firstSeenAt, now), min: 8, rank: 2 },
  { name: "ID", value: (f) => f.id, min: 12 },
];

function stateText({ state, accepted }: FindingView): string {
  if (state === "accepted" && accepted) return `accepted until ${date(accepted.until)}`;
  return state.replaceAll("_", " ");
}

type Settings = Answer<"getConnection">["settings"]["findings"];
export interface FindingPatch {
  /** Rules to switch. */
  rules: Partial<Record<Settings["off"][number], boolean>>;
  thresholds: Partial<Omit<Settings, "off">>;
}

const THRESHOLDS = ["newSiteAdminDays", "agencyGrants", "credentialDays"] as const;

/** `private_grants=off`, `agencyGrants=50`, `privateRoles=Private,Executive`. @throws InvalidArgumentError */
export function findingOf(text: string, before: FindingPatch = { rules: {}, thresholds: {} }): FindingPatch {
  const [name = "", value = ""] = text.split("=");
  const rule = FINDING_RULES.find((each) => each === name);
  if (rule && (value === "on" || value === "off")) {
    return { ...before, rules: { ...before.rules, [rule]: value === "on" } };
  }
  const changed = (more: FindingPatch["thresholds"]) => ({
    ...before,
    thresholds: { ...before.thresholds, ...more },
  });
  const threshold = THRESHOLDS.find((each) => each === name);
  if (threshold) return changed({ [threshold]: value === "0" ? 0 : wholeNumber(value) });
  if (name === "privateRoles") {
    return changed({
      privateRoles: value
        .split(",")
        .map((each) => each.trim())
        .filter(Boolean),
    });
  }
  throw new InvalidArgumentError(
    `Give a rule with on or off, such as private_grants=off, or one of ${[...THRESHOLDS, "privateRoles"].join(", ")} ` +
      `with its value. Rules: ${FINDING_RULES.join(", ")}.`,
  );
}

export function withSwitches(saved: Settings, { rules, thresholds }: FindingPatch): Partial<Settings> {
  const off = FINDING_RULES.filter((rule) => !(rules[rule] ?? !saved.off.includes(rule)));
  return { ...thresholds, ...(Object.keys(rules).length > 0 ? { off } : {}) };
}

interface Decision {
  json?: boolean;
  acceptUntil?: string;
  reason?: string;
  fixed?: boolean;
  open?: boolean;
  owner?: string;
}

function finding(root: Command, context: Context): void {
  const command = root
    .command("finding <connection> <finding>")
    .description(
      "One finding with its evidence; accepts it until a date, says that it is fixed, or gives it an owner.",
    )
    .option("--accept-until <date>", "accept it: open again from then on; takes --reason")
    .option("--reason <text>", "why it is accepted")
    .option("--fixed", "say that it is fixed: a later sync shows whether it is")
    .option("--open", "take back that it is accepted or fixed")
    .option("--owner <member>", "who looks after it: a member's e-mail address, or none");
  examples(output(command, { list: false }), [
    "finding Aldermoor dormant_site_admin:4017730022",
    'finding Aldermoor new_site_admin:4017730022 --accept-until 2027-01-31 --reason "stands in for Ines"',
    "finding Aldermoor grants_on_closed_jobs --owner m.ito@aldermoor.example",
  ]).action((c: string, id: string, given: Decision) =>
    context.withClient("finding", async (client) => {
      const { terminal } = context;
      const params = { c, finding: id };
      const change = await changeOf(given, client);
      const view = change
        ? await client.call("changeFinding", { params, body: change })
        : await client.call("getFinding", { params });
      if (given.json) return write(terminal.out, `${harmlessJson(view, 2)}\n`);
      await printFinding(context, c, view);
    }),
  );
}

async function changeOf(given: Decision, client: Client) {
  const { acceptUntil, reason, fixed, open, owner } = given;
  const states = [acceptUntil !== undefined, fixed, open].filter(Boolean).length;
  if (states > 1) throw new UsageError("Give one of --accept-until, --fixed and --open.");
  if (reason !== undefined && acceptUntil === undefined)
    throw new UsageError("--reason goes with --accept-until.");
  if (acceptUntil !== undefined && reason === undefined) {
    throw new UsageError("--accept-until takes --reason: whoever reads it later wants to know why.");
  }
  const state =
    acceptUntil !== undefined
      ? ("accepted" as const)
      : fixed
        ? ("fixed" as const)
        : open
          ? ("open" as const)
          : undefined;
  if (!state && owner === undefined) return null;
  return {
    ...(state && { state }),
    ...(acceptUntil !== undefined && { until: acceptUntil, reason }),
    ...(owner !== undefined && { owner: owner === "none" ? null : await memberId(owner, client) }),
  } as const;
}

async function memberId(address: string, client: Client): Promise<number> {
  const { items } = await client.call("listMembers", {});
  const found = items.find(({ email }) => email.toLowerCase() === address.toLowerCase());
  if (!found) throw new UsageError(`No member has the address ${address}. See \`glasshouse members\`.`);
  return found.id;
}

async function printFinding({ terminal }: Context, c: string, view: FindingView): Promise<void> {
  const room = Math.max(30, terminal.columns ?? 100);
  const say = (text: string) => write(terminal.out, `${text}\n`);
  const block = (label: string, text: string) =>
    say(`  ${pad(label, 14)}${wrap(harmless(text), room - 16).join(`\n${" ".repeat(16)}`)}`);
  await say(paint(terminal, "strong", wrap(harmless(view.text), room).join("\n")));
  await block("Rule", `${view.label} (${view.rule})`);
  await block("Severity", view.severity);
  const by = view.by === null ? "" : `, by ${view.by}`;
  await block("State", `${stateText(view)} since ${date(view.stateAt)}${by}`);
  if (view.accepted) await block("Reason", view.accepted.reason);
  if (view.user) await block("User", `${named(view.user, "User")} (${view.user.id})`);
  await block("Owner", view.owner?.name ?? "Nobody");
  await block("Seen", `first ${date(view.firstSeenAt)}, last ${date(view.lastSeenAt)}`);
  if (view.returned > 0) await block("Came back", `${count(view.returned)} times`);
  await block("Rests on", view.coverage);
  await block("What to do", view.remedy);
  await say("\n  Evidence");
  for (const { text, at } of view.evidence) {
    await say(`  · ${harmless(text)}${at === null ? "" : `, ${date(at)}`}`);
  }
  if (view.rows > view.evidence.length && view.rowsAt) {
    await foot(
      terminal,
      `The first ${view.evidence.length} of ${count(view.rows)}. All: glasshouse ${commandOf(c, view.rowsAt)}`,
    );
  }
}

/** The command that lists the rows: `users Aldermoor --license unused`. */
function commandOf(c: string, { list, filter }: NonNullable<FindingView["rowsAt"]>): string {
  const options = Object.entries(filter).map(([name, value]) => {
    const option = `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
    return value === "true" ? option : `${option} ${shellName(value)}`;
  });
  return [list, shellName(c), ...options].join(" ");
}
