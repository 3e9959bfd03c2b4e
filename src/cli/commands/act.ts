/** act, actions: changes something in Greenhouse, after a preview; what was changed, by whom, with what result. */
import { setTimeout as sleep } from "node:timers/promises";
import { type Command, Option } from "commander";
import type { ActionView, PreviewBody, TargetView } from "../../api/contract/actions.ts";
import { ACTION_CSV, TARGET_CSV, targetGrant } from "../../api/contract/columns.ts";
import { ACTION_KINDS, type ActionKind } from "../../model/action.ts";
import {
  ACTION_STATE_WORD,
  ACTION_WORD,
  LEVEL_WORD,
  named,
  STATUS_WORD,
  TARGET_STATE_WORD,
} from "../../model/words.ts";
import type { Client } from "../client.ts";
import {
  type Context,
  EXIT,
  examples,
  type ListOptions,
  output,
  UsageError,
  wholeNumber,
} from "../context.ts";
import { printList } from "../list.ts";
import { prompt } from "../secret.ts";
import { type Column, TableWriter } from "../table.ts";
import { type Tone, write } from "../terminal.ts";
import { clock, count, harmless, harmlessJson } from "../text.ts";

const KIND_OF: Record<string, ActionKind> = Object.fromEntries(
  ACTION_KINDS.map((kind) => [kind.replaceAll("_", "-"), kind]),
);
const LOOK_AGAIN_MS = 400;

export function actionCommands(root: Command, context: Context): void {
  act(root, context);
  actions(root, context);
}

interface ActOptions {
  dryRun?: boolean;
  confirm?: number;
  serviceAccounts?: boolean;
  undo?: number;
  json?: boolean;
}

function act(root: Command, context: Context): void {
  const kinds = Object.keys(KIND_OF).join(", ");
  const command = root
    .command("act <connection> <what> [targets...]")
    .description(
      `Change something in Greenhouse, after a preview. What: ${kinds}. Targets: user IDs or e-mail addresses; for ` +
        "remove-grants IDs of grants, those on future jobs as future:ID. - reads them from standard input, one a line.",
    )
    .option("--dry-run", "show the preview, and change nothing")
    .addOption(
      new Option("--confirm <n>", "go on without asking, if it touches exactly n")
        .argParser(wholeNumber)
        .conflicts("dryRun"),
    )
    .option("--service-accounts", "service accounts are meant too: what uses them stops")
    .option("--undo <action>", "with reactivate: everybody whom this action has deactivated", wholeNumber);
  examples(output(command, { list: false }), [
    "act Aldermoor deactivate mara.quill@aldermoor.example 4017730022 --dry-run",
    "act Aldermoor deactivate 4017730022 --confirm 1",
    "act Aldermoor remove-grants 9100000001004 future:9200000001004",
    "act Aldermoor reactivate --undo 12",
  ]).action((c: string, what: string, targets: string[], given: ActOptions) =>
    context.withClient("act", (client) => doAct(context, client, { c, what, targets }, given)),
  );
}

async function doAct(
  context: Context,
  client: Client,
  asked: { c: string; what: string; targets: string[] },
  given: ActOptions,
): Promise<void> {
  const { terminal } = context;
  const { c } = asked;
  if (given.json && !given.dryRun && given.confirm === undefined) {
    throw new UsageError(
      "With --json nobody reads a preview: look at it with --dry-run, then add --confirm n.",
    );
  }
  const body = await previewBody(context, client, asked, given);
  const preview = await client.call("previewAction", { params: { c }, body });
  if (given.dryRun && given.json) return printJson(context, client, c, preview);
  if (!given.json) await show(context, client, c, preview);
  const { waiting } = preview.counts;
  if (given.dryRun) return write(terminal.err, "Nothing was changed.\n");
  await confirm(context, preview, given.confirm);
  const params = { c, action: preview.id };
  const action = await client.call("applyAction", { params, body: { count: waiting } });
  if (action.state === "proposed") {
    await write(
      terminal.err,
      `Proposed as action ${action.id}. Another admin approves it in the console, until ${clock(action.endsAt, terminal.now())} UTC.\n`,
    );
    return given.json ? printJson(context, client, c, action) : undefined;
  }
  await toItsEnd(context, client, c, action, { json: given.json, refusedBefore: preview.counts.refused });
}

/** Waits until it is done, and tells what became of each. */
async function toItsEnd(
  context: Context,
  client: Client,
  c: string,
  begun: ActionView,
  { json = false, refusedBefore = 0 }: { json?: boolean; refusedBefore?: number },
): Promise<void> {
  const { terminal } = context;
  const params = { c, action: begun.id };
  let action = begun;
  while (action.state === "approved" || action.state === "running") {
    await sleep(LOOK_AGAIN_MS);
    action = await client.call("getAction", { params });
  }
  // What was changed is read again: the ledger tells of it.
  for await (const _ of client.stream("progress", { params: { c } }));
  const { seen, refused, unknown } = action.counts;
  context.exit = refused + unknown > refusedBefore ? EXIT.attention : EXIT.well;
  if (json) return printJson(context, client, c, action);
  await write(terminal.out, `\nAction ${action.id}: ${ACTION_STATE_WORD[action.state].toLowerCase()}.\n`);
  await show(context, client, c, action);
  await write(
    terminal.out,
    `${count(seen)} done and seen, ${count(refused)} refused, ${count(unknown)} unknown. ${action.undoText}\n`,
  );
}

async function previewBody(
  { terminal }: Context,
  client: Client,
  { c, what, targets }: { c: string; what: string; targets: string[] },
  { serviceAccounts = false, undo }: ActOptions,
): Promise<PreviewBody> {
  const kind = KIND_OF[what];
  if (!kind) throw new UsageError(`"${what}" is none of ${Object.keys(KIND_OF).join(", ")}.`);
  if (undo !== undefined) {
    if (targets.length > 0) throw new UsageError("--undo says whom it is about: leave the targets out.");
    return { kind, serviceAccounts, undo };
  }
  const all = targets.includes("-")
    ? [...targets.filter((each) => each !== "-"), ...(await lines(terminal.in))]
    : targets;
  if (all.length === 0)
    throw new UsageError("Say whom it is about: IDs, e-mail addresses, or - for standard input.");
  if (kind === "remove_grants") return { kind, serviceAccounts, grants: all.map(grantOf) };
  const users: string[] = [];
  for (const each of all) users.push(/^\d+$/.test(each) ? each : await userWith(client, c, each));
  return { kind, serviceAccounts, users: [...new Set(users)] };
}

async function lines(input: AsyncIterable<Buffer | string>): Promise<string[]> {
  let text = "";
  for await (const chunk of input) text += chunk;
  return text.split(/[\s,]+/).filter(Boolean);
}

function grantOf(text: string): { kind: "job" | "future_job"; id: string } {
  const [, future, id] = /^(future:)?(\d{1,19})$/.exec(text) ?? [];
  if (id === undefined) throw new UsageError(`"${text}" is no ID of a grant. On future jobs: future:ID.`);
  return { kind: future ? "future_job" : "job", id };
}

async function userWith(client: Client, c: string, email: string): Promise<string> {
  const { items } = await client.call("listUsers", { params: { c }, query: { search: email, limit: 50 } });
  const found = items.filter(({ emails }) =>
    emails.some((each) => each.toLowerCase() === email.toLowerCase()),
  );
  if (found.length === 1) return found[0]!.id;
  throw new UsageError(
    `${found.length === 0 ? "Nobody has" : `${found.length} users have`} the e-mail address ${email}. Give the user ID.`,
  );
}

async function confirm(
  context: Context,
  { counts: { waiting }, kind }: ActionView,
  given?: number,
): Promise<void> {
  const { terminal } = context;
  if (waiting === 0)
    throw new UsageError("It would touch nobody: the preview says why. Nothing was changed.");
  if (given !== undefined) {
    if (given === waiting) return;
    throw new UsageError(`It would touch ${waiting}, not ${given}. Nothing was changed.`);
  }
  if (!terminal.in.isTTY) throw new UsageError(`Nobody is here to confirm it. Add --confirm ${waiting}.`);
  const typed = await prompt(context, `${ACTION_WORD[kind]}: type ${waiting} to go on: `, false);
  if (typed.trim() !== String(waiting)) throw new UsageError("That is not the number. Nothing was changed.");
}

async function show(context: Context, client: Client, c: string, action: ActionView): Promise<void> {
  const { terminal } = context;
  const table = new TableWriter(terminal, TARGET_COLUMNS);
  for await (const page of client.pages("listTargets", { params: { c, action: action.id } }, null)) {
    await table.write(page.items);
  }
  if (action.state !== "previewed") return;
  for (const text of action.notTold) await write(terminal.out, `${harmless(text)}\n`);
  await write(
    terminal.out,
    `${ACTION_WORD[action.kind]}: touches ${count(action.counts.waiting)} of ${count(action.targets)}. ${action.undoText}\n`,
  );
}

async function printJson(
  { terminal }: Context,
  client: Client,
  c: string,
  action: ActionView,
): Promise<void> {
  const targets: TargetView[] = [];
  for await (const page of client.pages("listTargets", { params: { c, action: action.id } }, null)) {
    targets.push(...page.items);
  }
  await write(terminal.out, `${harmlessJson({ ...action, targetList: targets }, 2)}\n`);
}

const TONE: Record<TargetView["state"], Tone> = {
  waiting: "none",
  sent: "none",
  seen: "well",
  refused: "attention",
  unknown: "attention",
};
const TARGET_COLUMNS: Column<TargetView>[] = [
  { name: "User", value: (t) => named(t.user, "User"), min: 12 },
  { name: "ID", value: (t) => t.grant?.id ?? t.user.id, right: true, rank: 3 },
  {
    name: "Was",
    value: (t) => targetGrant(t) ?? `${STATUS_WORD[t.user.status]}, ${LEVEL_WORD[t.user.level]}`,
    min: 10,
    rank: 2,
  },
  { name: "Effect", value: (t) => t.effect.join(" "), min: 16, rank: 1 },
  { name: "Result", value: (t) => TARGET_STATE_WORD[t.state], min: 7, tone: (t) => TONE[t.state] },
  { name: "Why", value: (t) => t.reason?.text ?? "", min: 16 },
];

function actions(root: Command, context: Context): void {
  const command = root
    .command("actions <connection> [action]")
    .description(
      "What was changed in Greenhouse, by whom, with what result; with an action's ID, each of whom it was aimed at.",
    )
    .option("--stop", "cancel this action; of one that runs, what was not sent yet isn't sent")
    .addOption(
      new Option(
        "--go-on",
        "do what is left of an action whose process was killed, and wait for its end",
      ).conflicts("stop"),
    );
  examples(output(command, { list: true }), [
    "actions Aldermoor",
    "actions Aldermoor 12 --csv",
    "actions Aldermoor 12 --stop",
    "actions Aldermoor 12 --go-on",
  ]).action((c: string, id: string | undefined, given: ListOptions & { stop?: boolean; goOn?: boolean }) =>
    context.withClient("actions", async (client) => {
      if (id === undefined && given.stop) throw new UsageError("Say which action is to stop.");
      if (id === undefined && given.goOn) throw new UsageError("Say which action is to go on.");
      if (id === undefined) return listActions(context, client, c, given);
      const params = { c, action: wholeNumber(id) };
      if (given.stop) {
        const action = await client.call("stopAction", { params });
        return write(context.terminal.out, `Action ${action.id}: ${stateOf(action)}.\n`);
      }
      if (given.goOn) return goOn(context, client, params, given.json);
      const action = await client.call("getAction", { params });
      await printList(
        context,
        {
          pages: client.pages("listTargets", { params }, given.limit ?? null),
          columns: TARGET_COLUMNS,
          csv: TARGET_CSV,
          what: action.kind === "remove_grants" ? "grants" : "users",
          source: "records",
          scope: `action ${action.id}: ${ACTION_WORD[action.kind]}, by ${action.madeBy}`,
          empty: "Nobody.",
        },
        given,
      );
    }),
  );
}

async function goOn(
  context: Context,
  client: Client,
  params: { c: string; action: number },
  json?: boolean,
): Promise<void> {
  const found = await client.call("getAction", { params });
  if (found.state !== "approved" && found.state !== "running") {
    throw new UsageError(`Action ${found.id} is ${stateOf(found)}: there is nothing left to do.`);
  }
  const body = { count: Math.max(1, found.counts.waiting) };
  await toItsEnd(context, client, params.c, await client.call("applyAction", { params, body }), { json });
}

function stateOf(action: ActionView): string {
  const stopping = action.state === "running" && action.stoppedBy !== null;
  return stopping ? "stops" : ACTION_STATE_WORD[action.state].toLowerCase();
}

async function listActions(context: Context, client: Client, c: string, given: ListOptions): Promise<void> {
  await printList(
    context,
    {
      pages: client.pages("listActions", { params: { c } }, given.limit ?? null),
      columns: actionColumns(context.terminal.now()),
      csv: ACTION_CSV,
      what: "actions",
      source: "records",
      times: true,
      scope: "",
      empty: "No action yet. See: glasshouse act --help",
    },
    given,
  );
}

const actionColumns = (now: number): Column<ActionView>[] => [
  { name: "ID", value: (a) => String(a.id), right: true },
  { name: "When", value: (a) => clock(a.appliedAt ?? a.madeAt, now), min: 12 },
  { name: "What", value: (a) => ACTION_WORD[a.kind], min: 10 },
  { name: "By", value: (a) => a.madeBy, min: 8 },
  { name: "Approved by", value: (a) => a.approvedBy ?? "", min: 8, rank: 3 },
  { name: "State", value: stateOf, min: 8 },
  { name: "Done", value: (a) => count(a.counts.seen), right: true },
  {
    name: "Refused",
    value: (a) => count(a.counts.refused),
    right: true,
    tone: (a) => (a.counts.refused > 0 ? "attention" : "none"),
  },
  {
    name: "Unknown",
    value: (a) => count(a.counts.unknown),
    right: true,
    rank: 1,
    tone: (a) => (a.counts.unknown > 0 ? "attention" : "none"),
  },
];
