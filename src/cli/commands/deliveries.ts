/** deliveries, delivery, replay: what was sent to destinations of alerts, and what was said to it. */
import type { Command } from "commander";
import type { DeliveryView } from "../../api/contract/alerts.ts";
import { DELIVERY_STATES } from "../../model/alerts/alert.ts";
import type { CsvColumn } from "../../model/csv.ts";
import { CHANNEL_WORD, DELIVERY_STATE_WORD } from "../../model/words.ts";
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
import { printList } from "../list.ts";
import type { Column } from "../table.ts";
import { paint, type Tone, write } from "../terminal.ts";
import { clock, count, harmless, harmlessJson, pad, wrap } from "../text.ts";
import { scopeOf } from "./people.ts";

export function deliveryCommands(root: Command, context: Context): void {
  const list = root
    .command("deliveries")
    .description(
      "Messages to destinations of alerts, newest first, with what came of them. Kept for 90 days.",
    )
    .option("--destination <id>", "only to this one", wholeNumber)
    .addOption(choiceOf("--state <words>", "only these", DELIVERY_STATES));
  examples(output(list, { list: true }), [
    "deliveries",
    "deliveries --state given_up,waiting",
    "deliveries --destination 2 --csv > sent.csv",
  ]).action(async (given: ListOptions & Record<string, unknown>) => {
    const { json: _json, csv: _csv, limit: _limit, ...query } = given;
    await context.withClient("deliveries", (client) =>
      printList(
        context,
        {
          pages: client.pages("listDeliveries", { query }, given.limit ?? null),
          columns: columns(context.terminal.now()),
          csv: CSV,
          what: "messages",
          source: "records",
          times: true,
          scope: scopeOf(query),
          empty: "Nothing was sent yet.",
        },
        given,
      ),
    );
  });

  const one = root.command("delivery <id>").description("One message: what is in it, and every attempt.");
  examples(output(one, { list: false }), ["delivery 40"]).action((id: string, given: { json?: boolean }) =>
    context.withClient("delivery", async (client) =>
      printDelivery(context, await client.call("getDelivery", { params: { delivery: idOf(id) } }), given),
    ),
  );

  const replay = root
    .command("replay <id>")
    .description(
      "Send a message again, with the same webhook-id. One that waits for its next attempt is tried now.",
    );
  examples(output(replay, { list: false }), ["replay 40"]).action((id: string, given: { json?: boolean }) =>
    context.withClient("replay", async (client) =>
      printDelivery(context, await client.call("replayDelivery", { params: { delivery: idOf(id) } }), given),
    ),
  );
}

export function idOf(text: string): number {
  if (/^[1-9]\d{0,9}$/.test(text)) return Number(text);
  throw new UsageError("Give the id: glasshouse alerts and glasshouse deliveries show them.");
}

/** Exit code 3 where it did not arrive. */
export async function printDelivery(
  context: Context,
  delivery: DeliveryView,
  { json }: { json?: boolean },
): Promise<void> {
  const { terminal } = context;
  const now = terminal.now();
  if (delivery.state !== "delivered") context.exit = EXIT.attention;
  if (json) return write(terminal.out, `${harmlessJson(delivery, 2)}\n`);
  const room = Math.max(30, terminal.columns ?? 100);
  const say = (text: string) => write(terminal.out, `${text}\n`);
  const block = (label: string, text: string) =>
    say(`  ${pad(label, 14)}${wrap(harmless(text), room - 16).join(`\n${" ".repeat(16)}`)}`);
  const { destination, state, nextAt, replayOf, more } = delivery;
  await say(paint(terminal, "strong", harmless(delivery.subject)));
  await block("Message", `${delivery.id}, ${delivery.messageId}`);
  await block("To", `${destination.name} (${CHANNEL_WORD[destination.channel]}, ${destination.id})`);
  await block(
    "State",
    `${DELIVERY_STATE_WORD[state]}${nextAt === null ? "" : `, next try ${clock(nextAt, now)}`}`,
  );
  await block("Made", `${clock(delivery.madeAt, now)} UTC`);
  if (replayOf !== null) await block("Repeats", String(replayOf));
  if (delivery.report !== null)
    await say(`\n${delivery.report.trimEnd().split("\n").map(harmless).join("\n")}`);
  if (delivery.lines.length > 0) await say("\n  Alerts");
  for (const { connection, text, at } of delivery.lines) {
    const told = `· ${harmless(`${connection.name}: ${text}`)}, ${clock(at, now)}`;
    await say(`  ${wrap(told, room - 4).join("\n    ")}`);
  }
  if (more > 0) await say(`  and ${count(more)} more`);
  if (delivery.attempts.length > 0) await say("\n  Attempts");
  for (const { at, text, ms } of delivery.attempts)
    await say(`  · ${clock(at, now)}: ${harmless(text)} (${count(ms)} ms)`);
}

const TONE: Record<DeliveryView["state"], Tone> = {
  waiting: "attention",
  delivered: "well",
  given_up: "failed",
  dropped: "gray",
};

const columns = (now: number): Column<DeliveryView>[] => [
  { name: "ID", value: (d) => String(d.id), right: true },
  { name: "Made", value: (d) => clock(d.madeAt, now), min: 10 },
  { name: "To", value: (d) => d.destination.name, min: 8 },
  { name: "What", value: (d) => d.subject, min: 20 },
  { name: "State", value: (d) => DELIVERY_STATE_WORD[d.state], min: 9, tone: (d) => TONE[d.state] },
  { name: "Tries", value: (d) => count(d.attempts.length), right: true, rank: 2 },
  { name: "Last answer", value: (d) => d.attempts.at(-1)?.text ?? "", min: 10, rank: 1 },
];

const CSV: CsvColumn<DeliveryView>[] = [
  { name: "id", value: (d) => d.id },
  { name: "made_at", value: (d) => d.madeAt },
  { name: "destination", value: (d) => d.destination.name },
  { name: "channel", value: (d) => d.destination.channel },
  { name: "kind", value: (d) => d.kind },
  { name: "subject", value: (d) => d.subject },
  { name: "state", value: (d) => d.state },
  { name: "attempts", value: (d) => d.attempts.length },
  { name: "last_status", value: (d) => d.attempts.at(-1)?.status ?? null },
  { name: "last_text", value: (d) => d.attempts.at(-1)?.text ?? null },
  { name: "delivered_at", value: (d) => d.deliveredAt },
  { name: "message_id", value: (d) => d.messageId },
  { name: "replay_of", value: (d) => d.replayOf },
];
