/** sync, runs: brings the data up to date, and tells how it went. */
import { type Command, Option } from "commander";
import type { RunView } from "../../api/contract/runs.ts";
import type { CsvColumn } from "../../model/csv.ts";
import { LANE_NAMES, RECRUITING_STREAMS, STREAM_TEXT, STREAMS, type Stream } from "../../model/stream.ts";
import { LANE_WORD, wasNotRead } from "../../model/words.ts";
import type { Client } from "../client.ts";
import { type Context, choiceOf, EXIT, examples, type ListOptions, output } from "../context.ts";
import { printList } from "../list.ts";
import { barProgress, noProgress, plainProgress } from "../progress.ts";
import type { Column } from "../table.ts";
import { paint, write } from "../terminal.ts";
import { clock, count, countOf, duration, harmlessJson, wrap } from "../text.ts";
import { printVerdicts } from "../verdicts.ts";
import { runBy, runOutcome } from "../words.ts";

export function syncCommands(root: Command, context: Context): void {
  sync(root, context);
  runs(root, context);
}

/** The lane's name stands for its streams. */
const STREAM_WORDS = [...STREAMS, "recruiting_activity"] as const;
const streamsOf = (word: (typeof STREAM_WORDS)[number]): readonly Stream[] =>
  word === "recruiting_activity" ? RECRUITING_STREAMS : [word];

interface SyncOptions {
  lane?: RunView["lane"][];
  stream?: (typeof STREAM_WORDS)[number][];
  full?: boolean;
  json?: boolean;
}

function sync(root: Command, context: Context): void {
  const command = root
    .command("sync <connection>")
    .description(
      "Sync now, every lane unless told otherwise, and wait until it is done. Ctrl-C stops at a safe point.",
    )
    .addOption(choiceOf("--lane <words>", "only these lanes", LANE_NAMES))
    .addOption(choiceOf("--stream <words>", "only these streams", STREAM_WORDS).conflicts("lane"))
    .addOption(new Option("--full", "read everything again, even what is known"));
  examples(output(command, { list: false }), [
    "sync Aldermoor",
    "sync Aldermoor --stream users",
    "sync Aldermoor --full",
  ]).action((c: string, given: SyncOptions) =>
    context.withClient("sync", (client) => syncNow(context, client, c, given)),
  );
}

async function syncNow(context: Context, client: Client, c: string, given: SyncOptions): Promise<void> {
  const { terminal } = context;
  const params = { c };
  const before = await client.call("listRuns", { params, query: { limit: 1 } });
  const newest = before.items[0]?.id ?? 0;
  const body = {
    full: given.full ?? false,
    ...(given.lane ? { lanes: given.lane } : {}),
    ...(given.stream ? { streams: given.stream.flatMap(streamsOf) } : {}),
  };
  const started = await client.call("startSync", { params, body });
  const ours = new Set(started.items.flatMap(({ run }) => run ?? []));

  const progress = terminal.live ? barProgress : given.json ? noProgress : plainProgress;
  const view = progress(terminal);
  let stopping = false;
  const unhook = terminal.onInterrupt(() => {
    if (stopping) {
      view.close(); // brings the cursor back
      process.exit(EXIT.failed);
    }
    stopping = true;
    view.say("Stopping at a safe point. Ctrl-C again leaves at once.");
    client.call("stopSync", { params }).catch(() => {}); // the progress then ends, or says what is wrong
  });
  try {
    for await (const event of client.stream("progress", { params })) {
      view.show(event);
      if (event.type === "run") ours.add(event.run);
    }
  } finally {
    view.close();
    unhook();
  }
  const runs = await runsSince(client, c, newest, ours);
  const answer = await client.call("verdicts", { params });
  const failed = runs.some((run) => run.outcome === "failed" || run.outcome === "partial");
  // By us, or by the end of the server whose runs they were.
  const stopped = stopping || runs.some((run) => run.outcome === "stopped");
  context.exit = stopped ? EXIT.failed : answer.needsAttention || failed ? EXIT.attention : EXIT.well;
  if (given.json) return write(terminal.out, `${harmlessJson(runs, 2)}\n`);
  const room = terminal.columns ?? Number.POSITIVE_INFINITY;
  for (const run of runs) await write(terminal.out, `${wrap(summary(run), room - 2).join("\n  ")}\n`);
  if (stopped) return write(terminal.out, "Stopped. The next sync goes on from there.\n");
  if (answer.needsAttention || failed) {
    await write(terminal.out, "\n");
    return printVerdicts(terminal, answer);
  }
  await write(terminal.out, `${paint(terminal, "well", "✓")} ${answer.connection.stateText}\n`);
}

async function runsSince(
  client: Client,
  c: string,
  newest: number,
  ours: ReadonlySet<number>,
): Promise<RunView[]> {
  const found: RunView[] = [];
  const oldest = Math.min(newest + 1, ...ours);
  for await (const { items } of client.pages("listRuns", { params: { c } }, null)) {
    found.push(...items.filter((run) => run.id > newest || ours.has(run.id)));
    if (items.some((run) => run.id < oldest)) break;
  }
  return found.reverse();
}

function summary(run: RunView): string {
  const rows = run.steps
    .map((step) => {
      return `${STREAM_TEXT[step.stream].label.toLowerCase()} ${wasNotRead(step) ? "not read" : count(step.rows)}`;
    })
    .join(", ");
  return (
    `${LANE_WORD[run.lane]}: ${runOutcome(run)} (run ${run.id}) · ${tookText(run)} · ${countOf(run.requests, "requests")}` +
    `${run.waitedMs >= 1000 ? ` · waited ${duration(run.waitedMs)}` : ""}${rows ? ` · ${rows}` : ""}`
  );
}

const tookText = ({ startedAt, endedAt, outcome }: RunView) =>
  endedAt === null
    ? outcome === null
      ? "under way"
      : "not ended"
    : duration(Date.parse(endedAt) - Date.parse(startedAt));
const sum = (run: RunView, of: "rows" | "added" | "changed" | "removed") =>
  run.steps.reduce((total, step) => total + step[of], 0);

function runs(root: Command, context: Context): void {
  const command = root.command("runs <connection>").description("What the last runs did, newest first.");
  examples(output(command, { list: true }), [
    "runs Aldermoor --limit 20",
    "runs Aldermoor --json --limit 1",
  ]).action(async (c: string, given: ListOptions) => {
    await context.withClient("runs", (client) =>
      printList(
        context,
        {
          pages: client.pages("listRuns", { params: { c } }, given.limit ?? null),
          columns: runColumns(context.terminal.now()),
          csv: RUN_CSV,
          what: "runs",
          source: "records",
          times: true,
          scope: "",
          empty: "No run yet. See: glasshouse sync --help",
        },
        given,
      ),
    );
  });
}

const runColumns = (now: number): Column<RunView>[] => [
  { name: "Run", value: (r) => String(r.id), right: true },
  { name: "Started", value: (r) => clock(r.startedAt, now), min: 12 },
  { name: "Lane", value: (r) => LANE_WORD[r.lane], min: 9 },
  { name: "By", value: runBy, min: 8, rank: 3 },
  { name: "Took", value: tookText, right: true, rank: 2 },
  { name: "Requests", value: (r) => count(r.requests), right: true, rank: 5 },
  { name: "Waits", value: (r) => duration(r.waitedMs), right: true, rank: 6 },
  { name: "Read", value: (r) => count(sum(r, "rows")), right: true, rank: 4 },
  { name: "Added", value: (r) => count(sum(r, "added")), right: true, rank: 7 },
  { name: "Changed", value: (r) => count(sum(r, "changed") + sum(r, "removed")), right: true, rank: 8 },
  {
    name: "Outcome",
    value: runOutcome,
    min: 18,
    tone: (r) => (r.outcome === "failed" ? "failed" : r.outcome === "partial" ? "attention" : "none"),
  },
];
const RUN_CSV: CsvColumn<RunView>[] = [
  { name: "id", value: (r) => r.id },
  { name: "lane", value: (r) => r.lane },
  { name: "trigger", value: (r) => r.trigger },
  { name: "by", value: (r) => r.by },
  { name: "by_token", value: (r) => r.byToken },
  { name: "started_at", value: (r) => r.startedAt },
  { name: "ended_at", value: (r) => r.endedAt },
  { name: "outcome", value: (r) => r.outcome },
  { name: "requests", value: (r) => r.requests },
  { name: "waited_ms", value: (r) => r.waitedMs },
  { name: "throttled", value: (r) => r.throttled },
  ...(["rows", "added", "changed", "removed"] as const).map((of) => ({
    name: of,
    value: (r: RunView) => sum(r, of),
  })),
];
