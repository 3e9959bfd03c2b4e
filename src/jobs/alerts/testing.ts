/** For tests of alerts: receivers that do as they are told, under a clock that the test sets. */

import { randomBytes } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { pino } from "pino";
import { SMTPServer, type SMTPServerOptions } from "smtp-server";
import { newWebhookSecret } from "../../alerts/channels/webhook.ts";
import { listenFrom } from "../../alerts/due.ts";
import { weeklyReport } from "../../alerts/report/report.ts";
import type { MailServer } from "../../config.ts";
import {
  ALERT_TOPICS,
  type AlertTopic,
  type Channel,
  DEFAULT_TOPICS,
  type NewAlert,
} from "../../model/alerts/alert.ts";
import { addAlerts, lastAlert } from "../../store/alerts/alerts.ts";
import { type ListedDelivery, listDeliveries } from "../../store/alerts/deliveries.ts";
import { addDestination, type Destination, saveDestinationSecret } from "../../store/alerts/destinations.ts";
import { createConnection } from "../../store/connections/connections.ts";
import { KeyRing } from "../../store/secrets/seal.ts";
import { newConnection, testStore } from "../../store/testing.ts";
import type { AlertDeps } from "./deps.ts";
import { AlertRunner } from "./runner.ts";

type TestContext = Parameters<typeof testStore>[0];

export interface Received {
  path: string;
  headers: Record<string, string>;
  body: string;
}
export type Does = (response: ServerResponse, request: IncomingMessage) => void;

/** An HTTP receiver: does what `next` says, one after another, and then takes everything. */
export async function receiver(t: TestContext) {
  const got: Received[] = [];
  const next: Does[] = [];
  const server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on("data", (part: Buffer) => parts.push(part));
    request.on("end", () => {
      const headers = request.headers as Record<string, string>;
      got.push({ path: request.url!, headers, body: Buffer.concat(parts).toString() });
      const does = next.shift();
      if (does) does(response, request);
      else response.end("ok");
    });
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return { got, next, port, url: `http://127.0.0.1:${port}/services/T024/B024/s3cr3t-of-the-receiver` };
}

export const answers =
  (status: number, headers: Record<string, string> = {}, body = ""): Does =>
  (response) =>
    void response.writeHead(status, headers).end(body);

/** A mail server; `says` answers instead of taking the mail: an error with its code. */
export async function mailbox(t: TestContext, options: Partial<SMTPServerOptions> = {}) {
  const got: { to: string[]; raw: string }[] = [];
  const says: { code: number; text: string }[] = [];
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ["STARTTLS"],
    logger: false,
    onRcptTo(_address, _session, done) {
      const said = says.shift();
      done(said ? Object.assign(new Error(said.text), { responseCode: said.code }) : null);
    },
    onData(stream, session, done) {
      const parts: Buffer[] = [];
      stream.on("data", (part: Buffer) => parts.push(part));
      stream.on("end", () => {
        const to = session.envelope.rcptTo.map(({ address }) => address);
        got.push({ to, raw: Buffer.concat(parts).toString() });
        done(null, "queued");
      });
    },
    ...options,
  });
  server.on("error", () => {});
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  t.after(() => new Promise<void>((done) => server.close(done)));
  const { port } = server.server.address() as AddressInfo;
  const settings: MailServer = {
    ...{ host: "127.0.0.1", port, secure: false, requireTls: false, user: null, password: null },
    from: "glasshouse@aldermoor.example",
  };
  return { got, says, settings };
}

/** A store with one connection, and what sends alerts over it. */
export async function alertHouse(t: TestContext, changes: Partial<AlertDeps> = {}) {
  const store = await testStore(t);
  const seal = new KeyRing([randomBytes(32)]);
  const clock = { now: Date.parse("2026-11-26T10:00:00Z") };
  const log = pino({ level: process.env.GLASSHOUSE_TEST_LOG ?? "silent" });
  const deps: AlertDeps = {
    ...{ store, seal, log, owner: "the test", makeReport: weeklyReport, timeoutMs: 10_000 },
    now: () => clock.now,
    settings: { mailServer: null, webhooksToPrivate: true, consoleUrl: "https://glasshouse.example.com" },
    ...changes,
  };
  const connect = async (name: string) =>
    store.write((tx) => createConnection(tx, seal, newConnection(seal, { name })));
  const connection = await connect("Aldermoor");
  const runner = new AlertRunner(deps, { mode: "none" });
  const happens = (alert: Partial<NewAlert> = {}, of = connection.id) =>
    store.write((tx) =>
      addAlerts(
        tx,
        of,
        [
          {
            ...{ topic: "sync_failed", text: "Users can't be read.", rule: null, userId: null, path: "/x" },
            ...alert,
          },
        ],
        clock.now,
      ),
    );
  const destination = (channel: Channel, place: string, more: Partial<Destination> = {}) =>
    store.write(async (tx) => {
      const from = { lastAlert: await lastAlert(tx), now: clock.now };
      const id = await addDestination(tx, {
        ...{ channel, name: `${channel} of the test`, ownerId: null, told: "somewhere", connections: null },
        address: channel === "email" ? place : null,
        topics: DEFAULT_TOPICS,
        schedule: { zone: "UTC", hour: 8, quiet: null },
        ...{ on: true, offReason: null, oldSecretEndsAt: null, madeAt: clock.now },
        heard: listenFrom({} as Record<AlertTopic, number>, ALERT_TOPICS, from),
        ...more,
      });
      if (channel !== "email") await saveDestinationSecret(tx, seal, id, "url", place);
      if (channel === "webhook") await saveDestinationSecret(tx, seal, id, "secret", newWebhookSecret());
      return id;
    });
  const deliveries = (id: number): Promise<ListedDelivery[]> =>
    listDeliveries(store.read, [id], { before: null, limit: 100 });
  return { store, seal, clock, deps, runner, connection, connect, happens, destination, deliveries };
}
