/** Makes messages of what destinations have not heard. Each in one transaction with how far it has heard: none twice, none lost. */
import { randomBytes } from "node:crypto";
import { dueAlerts, toldTopics } from "../../alerts/due.ts";
import { LINES_FOR_PEOPLE, LINES_FOR_PROGRAMS, subjectOf } from "../../alerts/message.ts";
import type { Alert } from "../../model/alerts/alert.ts";
import { alertsAfter } from "../../store/alerts/alerts.ts";
import { type About, addDelivery, type Line, type NewDelivery } from "../../store/alerts/deliveries.ts";
import {
  changeDestination,
  type Destination,
  getDestination,
  lockDestination,
} from "../../store/alerts/destinations.ts";
import type { Db, Tx } from "../../store/store.ts";
import { isSample } from "../../store/upkeep/sample.ts";
import type { AlertDeps } from "./deps.ts";
import { hears } from "./hears.ts";

type Waiting = Alert & { connectionName: string };

/** Of one topic; what is beyond comes right after it. No topic's waiting ones keep another's from being seen. */
const MOST_WAITING = 10_000;

export const newMessageId = (): string => `msg_${randomBytes(18).toString("base64url")}`;

/** @param settleMs see dueAlerts @returns how many messages were made */
export async function compose(deps: AlertDeps, destination: Destination, settleMs = 0): Promise<number> {
  const { store, now } = deps;
  let made = 0;
  for (let of: Destination | null = destination; of?.on; of = await getDestination(store.read, of.id)) {
    const { waiting, more } = await waitingFor(store.read, of);
    if (dueAlerts(of, waiting, now(), settleMs).due.length === 0) break;
    const { id } = of;
    made += await store.write((tx) => composeAlerts(tx, id, now()));
    deps.onPoint?.("alerts_composed");
    if (!more) break;
  }
  return made;
}

/** In the order they came. */
async function waitingFor(
  db: Db | Tx,
  destination: Destination,
): Promise<{ waiting: Waiting[]; more: boolean }> {
  const found: Waiting[][] = [];
  for (const topic of toldTopics(destination))
    found.push(await alertsAfter(db, topic, destination.heard[topic], MOST_WAITING));
  const waiting = found.flat().sort((a, b) => a.id - b.id);
  return { waiting, more: found.some(({ length }) => length === MOST_WAITING) };
}

async function composeAlerts(tx: Tx, id: number, now: number): Promise<number> {
  const destination = await lockDestination(tx, id);
  if (!destination?.on) return 0;
  const { due, heard } = dueAlerts(destination, (await waitingFor(tx, destination)).waiting, now);
  const may = await hears(tx, destination);
  const told = due.filter(({ connection }) => may.connection(connection));
  const sample = await isSample(tx);
  const messages =
    destination.channel === "webhook" ? inParts(told, LINES_FOR_PROGRAMS) : told.length > 0 ? [told] : [];
  for (const alerts of messages) {
    const about = aboutThem(alerts);
    await addDelivery(tx, {
      destination: id,
      kind: "alerts",
      messageId: newMessageId(),
      subject: subjectOf(about, sample),
      ...linesOf(alerts, destination),
      report: null,
      saidAt: now,
      madeAt: now,
      about,
    });
  }
  await changeDestination(tx, id, { heard });
  return messages.length;
}

function inParts<T>(all: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(all.length / size) }, (_, i) => all.slice(i * size, (i + 1) * size));
}

function aboutThem(alerts: readonly Waiting[]): About[] {
  return [...Map.groupBy(alerts, ({ connection }) => connection)].map(([connection, of]) => {
    const topics: About["topics"] = {};
    for (const { topic } of of) topics[topic] = (topics[topic] ?? 0) + 1;
    return { connection, name: of[0]!.connectionName, topics };
  });
}

function linesOf(alerts: readonly Waiting[], { channel }: Destination): Pick<NewDelivery, "lines" | "more"> {
  const kept = channel === "webhook" ? alerts : alerts.slice(0, LINES_FOR_PEOPLE);
  const lines = kept.map(
    (alert): Line => ({
      alert: alert.id,
      topic: alert.topic,
      text: alert.text,
      path: alert.path,
      at: alert.at,
      connection: { id: alert.connection, name: alert.connectionName },
      rule: alert.rule,
      userId: alert.userId,
    }),
  );
  return { lines, more: alerts.length - kept.length };
}
