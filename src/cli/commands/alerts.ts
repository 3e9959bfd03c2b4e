/** alerts: where alerts go, and what each destination wants to hear. */
import { type Command, InvalidArgumentError, Option } from "commander";
import type { DestinationBody, DestinationPatch, DestinationView } from "../../api/contract/alerts.ts";
import { ALERT_TOPICS, CHANNELS, type Channel, FREQUENCIES, type Topics } from "../../model/alerts/alert.ts";
import type { CsvColumn } from "../../model/csv.ts";
import { CHANNEL_WORD, DELIVERY_STATE_WORD } from "../../model/words.ts";
import type { Client } from "../client.ts";
import { type Context, examples, type ListOptions, output, UsageError } from "../context.ts";
import { foot, printList } from "../list.ts";
import { pipedOrTyped } from "../secret.ts";
import type { Column } from "../table.ts";
import { type Tone, write } from "../terminal.ts";
import { clock, harmless, harmlessJson } from "../text.ts";
import { idOf, printDelivery } from "./deliveries.ts";
import { connectionNames, idsOf, onePage } from "./members.ts";

export function alertCommands(root: Command, context: Context): void {
  const alerts = root
    .command("alerts")
    .description("Where alerts go: e-mail, Slack, Teams, webhooks; and how the last message went.");
  examples(output(alerts, { list: true }), [
    "alerts",
    "alerts add email security --address security@aldermoor.example --zone Europe/Berlin",
    "pass slack-webhook | glasshouse alerts add slack recruiting-ops --connections Aldermoor",
    "alerts set 2 --topic finding_opened=weekly --quiet 20:00-07:00",
    "alerts test 2",
  ]).action((given: ListOptions) =>
    context.withClient("alerts", async (client) => {
      const { items, mailServer } = await client.call("listDestinations", {});
      const names = await connectionNames(client);
      await printList(
        context,
        {
          pages: onePage(items, given.limit),
          columns: columns(context.terminal.now(), names),
          csv: csvOf(names),
          what: "destinations",
          source: "records",
          times: true,
          scope: "",
          empty: "Nobody hears of anything yet: glasshouse alerts add --help.",
        },
        given,
      );
      if (given.json || given.csv) return;
      for (const { name, missing, offReason } of items) {
        const why = offReason ?? missing;
        if (why !== null) await foot(context.terminal, `${harmless(name)}: ${why}`, false);
      }
      if (!mailServer && items.length === 0) await foot(context.terminal, "No mail server is set.", false);
    }),
  );
  add(alerts, context);
  set(alerts, context);
  remove(alerts, context);
  test(alerts, context);
  rotate(alerts, context);
}

interface Settings {
  topic?: Partial<Topics>;
  connections?: string[];
  zone?: string;
  hour?: number;
  quiet?: { from: string; to: string } | "none";
  address?: string;
  json?: boolean;
}

function settings(command: Command): Command {
  return command
    .addOption(
      new Option(
        "--topic <topic=frequency>",
        `how often it hears of a topic (${ALERT_TOPICS.join(", ")}): ${FREQUENCIES.join(", ")}`,
      ).argParser(topicOf),
    )
    .option("--connections <names>", "only of these, by name or id; all: of all", (text) =>
      text.split(",").map((each) => each.trim()),
    )
    .option("--zone <name>", "its time zone, such as Europe/Berlin")
    .option("--hour <n>", "hour of daily and weekly messages, by its zone", hourOf)
    .option("--quiet <from-to>", "no message begins within: 22:00-07:00, or none", quietOf)
    .option("--address <email>", "of e-mail");
}

function add(alerts: Command, context: Context): void {
  const command = settings(
    alerts
      .command("add <channel> <name>")
      .description(
        `Make a destination: ${CHANNELS.join(", ")}. The address of a webhook is piped in or typed, never an argument: ` +
          "whoever knows it can post there. A webhook's secret is printed this once.",
      ),
  );
  examples(output(command, { list: false }), [
    "alerts add email security --address security@aldermoor.example --topic finding_closed=never",
    "pass siem-url | glasshouse alerts add webhook siem > secret.txt",
  ]).action((channel: string, name: string, given: Settings) =>
    context.withClient("alerts", async (client) => {
      const { terminal } = context;
      const body: DestinationBody = {
        channel: channelOf(channel),
        name,
        ...(await changesOf(given, client)),
        ...(channel === "email"
          ? { address: given.address ?? "" }
          : { url: (await pipedOrTyped(context, "Address of the webhook")).trim() }),
      };
      if (channel === "email" && given.address === undefined) throw new UsageError("Give --address.");
      const { secret, ...made } = await client.call("addDestination", { body });
      if (given.json) return write(terminal.out, `${harmlessJson({ ...made, secret }, 2)}\n`);
      if (secret !== null) await write(terminal.out, `${secret}\n`);
      const remark = `${harmless(made.name)} is destination ${made.id}: ${harmless(made.where)}.`;
      const shown = secret === null ? "" : " What signs its messages is not shown again.";
      await write(terminal.err, `${remark}${shown} Try it: glasshouse alerts test ${made.id}\n`);
      if (made.missing) await write(terminal.err, `${made.missing}\n`);
    }),
  );
}

function set(alerts: Command, context: Context): void {
  const command = settings(
    alerts.command("set <id>").description("Change a destination, or switch it off or on."),
  )
    .option("--name <text>", "another name")
    .addOption(new Option("--on", "switch it on: it hears of what happens from now on").conflicts("off"))
    .option("--off", "switch it off: what waits is dropped")
    .option("--new-url", "another address of the webhook, piped in or typed");
  examples(output(command, { list: false }), [
    "alerts set 2 --topic finding_opened=weekly --topic weekly_report=never",
    "alerts set 2 --off",
  ]).action(
    (id: string, given: Settings & { name?: string; on?: boolean; off?: boolean; newUrl?: boolean }) =>
      context.withClient("alerts", async (client) => {
        const body: DestinationPatch = {
          ...(await changesOf(given, client)),
          ...(given.name !== undefined && { name: given.name }),
          ...(given.address !== undefined && { address: given.address }),
          ...((given.on || given.off) && { on: given.on === true }),
          ...(given.newUrl && { url: (await pipedOrTyped(context, "Address of the webhook")).trim() }),
        };
        if (Object.keys(body).length === 0) throw new UsageError("Say what to change: see --help.");
        const params = { destination: idOf(id) };
        const changed = await client.call("updateDestination", { params, body });
        await say(context, given, changed, `${changed.name} is changed, and ${changed.on ? "on" : "off"}.`);
      }),
  );
}

function remove(alerts: Command, context: Context): void {
  const command = alerts
    .command("remove <id>")
    .description("Remove a destination, with the log of what was sent there.");
  examples(output(command, { list: false }), ["alerts remove 2"]).action((id: string, given: Settings) =>
    context.withClient("alerts", async (client) => {
      const answer = await client.call("removeDestination", { params: { destination: idOf(id) } });
      await say(context, given, answer, "Removed.");
    }),
  );
}

function test(alerts: Command, context: Context): void {
  const command = alerts.command("test <id>").description("Send a test message, and say what came of it.");
  examples(output(command, { list: false }), ["alerts test 2"]).action((id: string, given: Settings) =>
    context.withClient("alerts", async (client) => {
      const delivery = await client.call("testDestination", { params: { destination: idOf(id) } });
      await printDelivery(context, delivery, given);
    }),
  );
}

function rotate(alerts: Command, context: Context): void {
  const command = alerts
    .command("rotate-secret <id>")
    .description("Make a new secret for a webhook, printed this once. The old one signs too for 24 hours.");
  examples(output(command, { list: false }), ["alerts rotate-secret 3 > secret.txt"]).action(
    (id: string, given: Settings) =>
      context.withClient("alerts", async (client) => {
        const { terminal } = context;
        const answer = await client.call("rotateWebhookSecret", { params: { destination: idOf(id) } });
        if (given.json) return write(terminal.out, `${harmlessJson(answer, 2)}\n`);
        await write(terminal.out, `${answer.secret}\n`);
        const until = clock(answer.oldEndsAt, terminal.now());
        await write(terminal.err, `Until ${until} UTC the old one signs too.\n`);
      }),
  );
}

async function say({ terminal }: Context, { json }: Settings, answer: unknown, text: string): Promise<void> {
  await write(terminal.out, `${json ? harmlessJson(answer, 2) : harmless(text)}\n`);
}

async function changesOf({ topic, connections, zone, hour, quiet }: Settings, client: Client) {
  const all = connections?.length === 1 && connections[0] === "all";
  return {
    ...(topic !== undefined && { topics: topic }),
    ...(connections !== undefined && { connections: all ? null : await idsOf(client, connections) }),
    ...(zone !== undefined && { zone }),
    ...(hour !== undefined && { hour }),
    ...(quiet !== undefined && { quiet: quiet === "none" ? null : quiet }),
  };
}

function channelOf(text: string): Channel {
  const channel = CHANNELS.find((each) => each === text);
  if (channel) return channel;
  throw new UsageError(`"${text}" is none of ${CHANNELS.join(", ")}.`);
}

function topicOf(text: string, before: Partial<Topics> = {}): Partial<Topics> {
  const [name, value] = text.split("=");
  const topic = ALERT_TOPICS.find((each) => each === name);
  const frequency = FREQUENCIES.find((each) => each === value);
  if (topic && frequency) return { ...before, [topic]: frequency };
  throw new InvalidArgumentError(
    `Give a topic with how often, such as finding_opened=daily. Topics: ${ALERT_TOPICS.join(", ")}. ` +
      `How often: ${FREQUENCIES.join(", ")}.`,
  );
}

function hourOf(text: string): number {
  if (/^([01]?\d|2[0-3])$/.test(text)) return Number(text);
  throw new InvalidArgumentError("Give an hour from 0 to 23.");
}

function quietOf(text: string): NonNullable<Settings["quiet"]> {
  const [from, to] = text.split("-");
  const clockText = /^([01]\d|2[0-3]):[0-5]\d$/;
  if (text === "none") return text;
  if (from && to && clockText.test(from) && clockText.test(to)) return { from, to };
  throw new InvalidArgumentError("Give two times of day, such as 22:00-07:00, or none.");
}

// --- as a list

const stateText = ({ on, missing }: DestinationView) =>
  !on ? "off" : missing !== null ? "can't send" : "on";
const STATE_TONE: Record<string, Tone> = { on: "well", off: "gray", "can't send": "attention" };

function lastText({ lastDelivery: last }: DestinationView, now: number): string {
  return last === null
    ? "nothing yet"
    : `${DELIVERY_STATE_WORD[last.state].toLowerCase()}, ${clock(last.at, now)}`;
}

function ofText({ connections }: DestinationView, names: ReadonlyMap<number, string>): string {
  if (connections === null) return "all";
  return connections.map((id) => names.get(id) ?? String(id)).join(", ") || "none";
}

const columns = (now: number, names: ReadonlyMap<number, string>): Column<DestinationView>[] => [
  { name: "ID", value: (d) => String(d.id), right: true },
  { name: "Name", value: (d) => d.name, min: 8 },
  { name: "Channel", value: (d) => CHANNEL_WORD[d.channel], min: 7 },
  { name: "Where", value: (d) => d.where, min: 12, rank: 2 },
  { name: "Whose", value: (d) => d.owner?.name ?? "everybody's", min: 8, rank: 3 },
  { name: "Of", value: (d) => ofText(d, names), min: 6, rank: 4 },
  { name: "State", value: stateText, min: 5, tone: (d) => STATE_TONE[stateText(d)] ?? "none" },
  { name: "Last message", value: (d) => lastText(d, now), min: 10, rank: 1 },
];

const csvOf = (names: ReadonlyMap<number, string>): CsvColumn<DestinationView>[] => [
  { name: "id", value: (d) => d.id },
  { name: "name", value: (d) => d.name },
  { name: "channel", value: (d) => d.channel },
  { name: "where", value: (d) => d.where },
  { name: "owner", value: (d) => d.owner?.name ?? null },
  { name: "connections", value: (d) => ofText(d, names) },
  ...ALERT_TOPICS.map((topic) => ({ name: topic, value: (d: DestinationView) => d.topics[topic] })),
  { name: "zone", value: (d) => d.zone },
  { name: "hour", value: (d) => d.hour },
  { name: "quiet", value: (d) => d.quiet && `${d.quiet.from}-${d.quiet.to}` },
  { name: "on", value: (d) => d.on },
  { name: "off_reason", value: (d) => d.offReason },
  { name: "last_state", value: (d) => d.lastDelivery?.state ?? null },
  { name: "last_at", value: (d) => d.lastDelivery?.at ?? null },
  { name: "made_at", value: (d) => d.madeAt },
];
