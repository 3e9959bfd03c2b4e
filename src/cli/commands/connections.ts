/** connections, doctor, set, accept: is all well, and what to do where it isn't. */
import { type Command, InvalidArgumentError, Option } from "commander";
import type { ConnectionView } from "../../api/contract/connections.ts";
import { PERMISSION_TYPES } from "../../model/connection.ts";
import { type CsvColumn, csvHead, csvRows } from "../../model/csv.ts";
import { LANE_NAMES, LIST_STREAMS, STREAMS, type Stream } from "../../model/stream.ts";
import { shellName } from "../../model/text.ts";
import {
  type Context,
  choiceOf,
  EXIT,
  examples,
  type FormatOptions,
  formatOf,
  output,
  UsageError,
  wholeNumber,
} from "../context.ts";
import { foot, leftOut } from "../list.ts";
import { type Column, TableWriter } from "../table.ts";
import { paint, write } from "../terminal.ts";
import { clock, harmless, harmlessJson } from "../text.ts";
import { printVerdicts, rowsText } from "../verdicts.ts";
import { CONNECTION_ICON, KIND_WORD, PERMISSION_WORD, STREAM_WORD } from "../words.ts";

import { type FindingPatch, findingOf, withSwitches } from "./findings.ts";
export function connectionCommands(root: Command, context: Context): void {
  list(root, context);
  doctor(root, context);
  set(root, context);
  accept(root, context);
}

function list(root: Command, context: Context): void {
  const command = root
    .command("connections")
    .description("All connections: their state, and how fresh each kind of data is.");
  examples(output(command, { list: false, csv: true }), ["connections", "connections --json"]).action(
    (given: FormatOptions) =>
      context.withClient("connections", async (client) => {
        const { terminal } = context;
        const { items } = await client.call("listConnections", {});
        const format = formatOf(given);
        if (format === "json") return write(terminal.out, `${harmlessJson(items, 2)}\n`);
        if (format === "csv") return write(terminal.out, csvHead(CSV) + csvRows(CSV, items));
        if (items.length === 0) {
          return write(terminal.out, "No connection yet. See: glasshouse connect greenhouse --help\n");
        }
        const table = new TableWriter(terminal, columns(terminal.now()));
        await table.write(items);
        await foot(terminal, "Times in UTC.");
        await leftOut(terminal, table);
        const problems = items.filter((each) => each.state === "needs_attention" || each.state === "failing");
        for (const { name } of problems) {
          await write(
            terminal.out,
            `\n${paint(terminal, "attention", "▲")} ${harmless(name)}: glasshouse doctor ${harmless(shellName(name))}\n`,
          );
        }
      }),
  );
}

const streamOf = (c: ConnectionView, stream: string) => c.streams.find((each) => each.stream === stream);

function fresh(c: ConnectionView, stream: string, now: number): string {
  const found = streamOf(c, stream);
  if (!found || found.state === "off") return "Off";
  const at = found.lastSuccessAt === null ? "" : clock(found.lastSuccessAt, now);
  if (found.state === "well" || found.state === "reading") return at || "Reading";
  return found.state === "stopped" ? `▲ stopped${at ? `, ${at}` : ""}` : STREAM_WORD[found.state].word;
}

const columns = (now: number): Column<ConnectionView>[] => [
  { name: "Name", value: (c) => c.name + (c.notGreenhouse ? " (not Greenhouse)" : ""), min: 10 },
  {
    name: "State",
    value: (c) => `${CONNECTION_ICON[c.state].icon} ${c.stateText}`,
    min: 17,
    tone: (c) => CONNECTION_ICON[c.state].tone,
  },
  {
    name: "Access",
    value: (c) => `${PERMISSION_WORD[c.permissionType]} · ${KIND_WORD[c.credentialKind]}`,
    min: 10,
    rank: 5,
  },
  { name: "Users", value: (c) => rowsText(streamOf(c, "users")), right: true },
  { name: "Users as of", value: (c) => fresh(c, "users", now), min: 12 },
  { name: "Grants as of", value: (c) => fresh(c, "job_grants", now), min: 12, rank: 2 },
  { name: "Use up to", value: (c) => fresh(c, "audit_log", now), min: 16, rank: 1 },
  {
    name: "Next sync",
    value: (c) => (c.nextSyncAt === null ? "none" : clock(c.nextSyncAt, now)),
    min: 12,
    rank: 3,
  },
  { name: "ID", value: (c) => String(c.id), right: true, rank: 4 },
];
const CSV: CsvColumn<ConnectionView>[] = [
  { name: "id", value: (c) => c.id },
  { name: "name", value: (c) => c.name },
  { name: "state", value: (c) => c.stateText },
  { name: "credential", value: (c) => c.credentialKind },
  { name: "permission", value: (c) => c.permissionType },
  ...(["users", "job_grants", "audit_log"] as const).flatMap((stream) => [
    { name: `${stream}_state`, value: (c: ConnectionView) => streamOf(c, stream)?.state },
    { name: `${stream}_last_success_at`, value: (c: ConnectionView) => streamOf(c, stream)?.lastSuccessAt },
  ]),
  { name: "next_sync_at", value: (c) => c.nextSyncAt },
];

function doctor(root: Command, context: Context): void {
  const command = root
    .command("doctor <connection>")
    .description("What is well, what isn't, why, and what to do: stream by stream.");
  examples(output(command, { list: false }), ["doctor Aldermoor", "doctor Aldermoor --json"]).action(
    (c: string, given: { json?: boolean }) =>
      context.withClient("doctor", async (client) => {
        const answer = await client.call("verdicts", { params: { c } });
        if (answer.needsAttention) context.exit = EXIT.attention;
        if (given.json) return write(context.terminal.out, `${harmlessJson(answer, 2)}\n`);
        await printVerdicts(context.terminal, answer);
      }),
  );
}

interface SetOptions {
  rename?: string;
  pause?: boolean;
  resume?: boolean;
  usage?: "on" | "off";
  off?: Stream[];
  on?: Stream[];
  windowDays?: number;
  timeZone?: string;
  every?: Record<string, number>;
  share?: number;
  keepEvents?: number | null;
  finding?: FindingPatch;
  permission?: "read" | "read_and_act";
  secondApproval?: "on" | "off";
  json?: boolean;
}

function set(root: Command, context: Context): void {
  const command = root
    .command("set <connection>")
    .description("Change a connection's settings.")
    .option("--rename <name>", "another name")
    .addOption(new Option("--pause", "sync no more until --resume").conflicts("resume"))
    .option("--resume", "sync again")
    .addOption(new Option("--usage <word>", "read the audit log or not").choices(["on", "off"]))
    .addOption(choiceOf("--off <streams>", "read these no more", SWITCHED))
    .addOption(choiceOf("--on <streams>", "read these again", SWITCHED))
    .option("--window-days <n>", "whole days without use after which a license is unused", wholeNumber)
    .option("--time-zone <zone>", "decides where a day begins; a change counts days anew")
    .option(
      "--every <lane=minutes>",
      `minutes between two syncs of a lane: ${LANE_NAMES.join(", ")}`,
      everyOf,
    )
    .option("--share <percent>", "share of Greenhouse's rate limits to use", wholeNumber)
    .addOption(
      new Option("--permission <word>", "whether it may change anything in Greenhouse").choices(
        PERMISSION_TYPES,
      ),
    )
    .addOption(
      new Option(
        "--second-approval <word>",
        "an action runs only once another admin has approved it",
      ).choices(["on", "off"]),
    )
    .option("--keep-events <days>", "how long single events are kept, or `ever`", (text) =>
      text === "ever" ? null : wholeNumber(text),
    )
    .option("--finding <name=value>", "a rule of findings on or off, or one of their thresholds", findingOf);
  examples(output(command, { list: false }), [
    "set Aldermoor --usage off",
    "set Aldermoor --every usage=30 --every directory=120",
    "set Aldermoor --window-days 60",
    "set Aldermoor --off interview_replies",
    "set Aldermoor --permission read_and_act --second-approval on",
  ]).action(async (c: string, given: SetOptions) => {
    if (Object.keys(given).every((key) => key === "json"))
      throw new UsageError("Say what to change; see --help.");
    await context.withClient("set", async (client) => {
      const { settings } = await client.call("getConnection", { params: { c } });
      const patch = {
        ...(given.usage || given.off || given.on ? { off: switched(settings.off, given) } : {}),
        ...(given.secondApproval ? { secondApproval: given.secondApproval === "on" } : {}),
        ...(given.windowDays ? { windowDays: given.windowDays } : {}),
        ...(given.timeZone ? { timeZone: given.timeZone } : {}),
        ...(given.every ? { everyMinutes: given.every } : {}),
        ...(given.share ? { sharePercent: given.share } : {}),
        ...(given.keepEvents === undefined ? {} : { keepEventsDays: given.keepEvents }),
        ...(given.finding ? { findings: withSwitches(settings.findings, given.finding) } : {}),
      };
      const body = {
        ...(given.rename ? { name: given.rename } : {}),
        ...(given.pause || given.resume ? { paused: given.pause ?? false } : {}),
        ...(given.permission ? { permissionType: given.permission } : {}),
        ...(Object.keys(patch).length > 0 ? { settings: patch } : {}),
      };
      const view = await client.call("updateConnection", { params: { c }, body });
      if (given.json) return write(context.terminal.out, `${harmlessJson(view, 2)}\n`);
      const { icon } = CONNECTION_ICON[view.state];
      await write(context.terminal.out, `${icon} ${harmless(view.name)}: ${view.stateText}. Changed.\n`);
    });
  });
}

/** Nothing works without users. */
const SWITCHED = STREAMS.filter((stream) => stream !== "users");

function switched(before: readonly Stream[], { usage, off = [], on = [] }: SetOptions): Stream[] {
  const now = new Set([...before, ...off, ...(usage === "off" ? (["audit_log"] as const) : [])]);
  for (const stream of [...on, ...(usage === "on" ? (["audit_log"] as const) : [])]) now.delete(stream);
  return [...now];
}

function everyOf(text: string, before: Record<string, number> = {}): Record<string, number> {
  const [lane = "", minutes = ""] = text.split("=");
  if (!(LANE_NAMES as string[]).includes(lane)) {
    throw new InvalidArgumentError(
      `Give a lane and minutes, such as usage=30. Lanes: ${LANE_NAMES.join(", ")}.`,
    );
  }
  return { ...before, [lane]: wholeNumber(minutes) };
}

function accept(root: Command, context: Context): void {
  const command = root
    .command("accept <connection>")
    .description("Say that a held listing is right: what it lacks is taken for gone.")
    .addOption(
      choiceOf("--stream <word>", "the stream whose listing is held", LIST_STREAMS).makeOptionMandatory(),
    )
    .requiredOption(
      "--rows <n>",
      "how many rows it lacks, as doctor says: by now it may lack others, and nothing is applied then",
      wholeNumber,
    );
  examples(output(command, { list: false }), ["accept Aldermoor --stream users --rows 60"]).action(
    (c: string, given: { stream: ["users"]; rows: number; json?: boolean }) =>
      context.withClient("accept", async (client) => {
        const [stream] = given.stream;
        const answer = await client.call("acceptHeld", {
          params: { c, stream },
          body: { rowsAbsent: given.rows },
        });
        if (given.json) return write(context.terminal.out, `${harmlessJson(answer, 2)}\n`);
        await write(
          context.terminal.out,
          `Accepted: the listing of ${stream.replaceAll("_", " ")} is applied.\n`,
        );
      }),
  );
}
