/** Makes messages of what destinations have not heard. Each in one transaction with how far it has heard: none twice, none lost. */
import { randomBytes } from "node:crypto";
import { dueAlerts, dueReport, toldTopics } from "../../alerts/due.ts";
import { LINES_FOR_PEOPLE, LINES_FOR_PROGRAMS, subjectOf } from "../../alerts/message.ts";
import type { Alert } from "../../model/alert.ts";
import { dayOf } from "../../model/alert-schedule.ts";
import type { Connection } from "../../model/connection.ts";
import { alertsAfter } from "../../store/alerts.ts";
import { listConnections } from "../../store/connections.ts";
import { addDelivery, type Line, type NewDelivery, reportMade } from "../../store/deliveries.ts";
import { changeDestination, type Destination, lockDestination } from "../../store/destinations.ts";
import { lastListing } from "../../store/listed.ts";
import { isSample } from "../../store/sample.ts";
import type { Db, Tx } from "../../store/store.ts";
import type { AlertDeps } from "./deps.ts";
import { hears } from "./hears.ts";

type Waiting = Alert & { connectionName: string };

/** More than are ever waiting: what is beyond comes with the next look. */
const MOST_WAITING = 10_000;

export const newMessageId = (): string => `msg_${randomBytes(18).toString("base64url")}`;

/** @param settleMs see dueAlerts @returns how many messages were made */
export async function compose(deps: AlertDeps, destination: Destination, settleMs = 0): Promise<number> {
  const { store, now } = deps;
  if (!destination.on) return 0;
  const looked = await waitingFor(store.read, destination);
  const some = dueAlerts(destination, looked, now(), settleMs).due.length > 0;
  const made = some ? await store.write((tx) => composeAlerts(tx, destination.id, now())) : 0;
  if (some) deps.onPoint?.("alerts_composed");
  return made + (await composeReports(deps, destination));
}

async function waitingFor(db: Db | Tx, destination: Destination): Promise<Waiting[]> {
  const topics = toldTopics(destination);
  const heard = Math.min(...topics.map((topic) => destination.heard[topic]));
  return alertsAfter(db, heard, topics, MOST_WAITING);
}

async function composeAlerts(tx: Tx, id: number, now: number): Promise<number> {
  const destination = await lockDestination(tx, id);
  if (!destination?.on) return 0;
  const { due, heard } = dueAlerts(destination, await waitingFor(tx, destination), now);
  const may = await hears(tx, destination);
  const told = due.filter(({ connection }) => may.connection(connection));
  const sample = await isSample(tx);
  const messages =
    destination.channel === "webhook" ? inParts(told, LINES_FOR_PROGRAMS) : told.length > 0 ? [told] : [];
  for (const alerts of messages) {
    await addDelivery(tx, {
      destination: id,
      kind: "alerts",
      messageId: newMessageId(),
      subject: subjectOf(alerts, sample),
      ...linesOf(alerts, destination),
      report: null,
      saidAt: now,
      madeAt: now,
      connections: alerts.map(({ connection }) => connection),
    });
  }
  await changeDestination(tx, id, { heard });
  return messages.length;
}

function inParts<T>(all: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(all.length / size) }, (_, i) => all.slice(i * size, (i + 1) * size));
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

/** One mail for each connection, once for each Monday; what could not be made is tried with a later look. */
async function composeReports(deps: AlertDeps, destination: Destination): Promise<number> {
  const { store, now, log } = deps;
  const monday = dueReport(destination, now());
  if (monday === null) return 0;
  const day = dayOf(destination.schedule, monday);
  let made = 0;
  let failed = false;
  for (const connection of await reported(store.read, destination)) {
    try {
      if (await composeReport(deps, destination.id, connection, day)) made++;
    } catch (error) {
      failed = true;
      log.error({ err: error, connection: connection.id }, "the weekly report can't be made");
    }
  }
  if (!failed) {
    await store.write(async (tx) => {
      const latest = await lockDestination(tx, destination.id);
      if (!latest || latest.heard.weekly_report >= monday) return;
      await changeDestination(tx, destination.id, { heard: { ...latest.heard, weekly_report: monday } });
    });
  }
  return made;
}

/** Of a connection that is disconnected, or was never read, there is nothing to report. */
async function reported(db: Db, destination: Destination): Promise<Connection[]> {
  const may = await hears(db, destination);
  const all = (await listConnections(db)).filter(
    ({ id, frozenAt }) => frozenAt === null && may.connection(id),
  );
  const listed = await Promise.all(all.map(({ id }) => lastListing(db, id, "users")));
  return all.filter((_, i) => listed[i] !== null);
}

async function composeReport(
  { store, now, settings, makeReport, onPoint }: AlertDeps,
  id: number,
  connection: Connection,
  day: number,
): Promise<boolean> {
  const once = { connection: connection.id, day };
  if (await reportMade(store.read, id, once)) return false;
  const { subject, text, html, period } = await makeReport(store, connection, now(), settings);
  const delivery = await store.write(async (tx) => {
    const destination = await lockDestination(tx, id);
    if (!destination?.on || !(await hears(tx, destination)).connection(connection.id)) return null;
    return addDelivery(tx, {
      destination: id,
      kind: "report",
      messageId: newMessageId(),
      subject,
      lines: [],
      more: 0,
      report: { text, html, period },
      saidAt: now(),
      madeAt: now(),
      connections: [connection.id],
      once,
    });
  });
  onPoint?.("alerts_composed");
  return delivery !== null;
}
