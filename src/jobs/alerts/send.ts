/** Sends one message once, and notes what came of it. */
import { sendMail } from "../../alerts/channels/email.ts";
import { slackBody } from "../../alerts/channels/slack.ts";
import { teamsBody } from "../../alerts/channels/teams.ts";
import { webhookBody, webhookHeaders } from "../../alerts/channels/webhook.ts";
import { type Message, withoutOthers } from "../../alerts/message.ts";
import { type Outcome, post } from "../../alerts/post.ts";
import { afterAttempt } from "../../alerts/retry.ts";
import {
  aboutOf,
  type Delivery,
  dropDeliveries,
  getDelivery,
  holdDeliveries,
  noteAttempt,
} from "../../store/alerts/deliveries.ts";
import { claimDelivery, type DeliveryClaim, DeliveryLost } from "../../store/alerts/delivery-leases.ts";
import {
  changeDestination,
  type Destination,
  destinationSecret,
  getDestination,
  lockDestination,
} from "../../store/alerts/destinations.ts";
import { isSample } from "../../store/upkeep/sample.ts";
import type { AlertDeps } from "./deps.ts";
import { type Hears, hears } from "./hears.ts";

/** Longer than an attempt takes, whatever the receiver does. */
const LEASE_MS = 120_000;

/** @returns false: another process has it, or it is no longer to be sent */
export async function send(deps: AlertDeps, id: number, { early = false } = {}): Promise<boolean> {
  const { store, owner, now } = deps;
  const claim = await store.write((tx) =>
    claimDelivery(tx, id, { owner, leaseMs: LEASE_MS, now: now(), early }),
  );
  if (!claim) return false;
  deps.onPoint?.("delivery_claimed");
  try {
    await sendClaimed(deps, claim);
    return true;
  } catch (error) {
    if (error instanceof DeliveryLost) return false;
    throw error;
  }
}

async function sendClaimed(deps: AlertDeps, claim: DeliveryClaim): Promise<void> {
  const { store, now } = deps;
  const delivery = await getDelivery(store.read, claim.delivery);
  const destination = delivery && (await getDestination(store.read, delivery.destination));
  // Gone since: with it went the message.
  if (!delivery || !destination) return;
  const may = await hears(store.read, destination);
  const about = await aboutOf(store.read, delivery.id);
  const told = about.filter(({ connection }) => may.connection(connection));
  if (!destination.on || (told.length === 0 && about.length > 0)) {
    return drop(deps, claim, "It may not hear of this any more.");
  }
  const whole = messageOf(delivery, destination, deps.settings.consoleUrl);
  const sample = await isSample(store.read);
  const message = delivery.kind === "alerts" ? { ...whole, ...withoutOthers(whole, told, sample) } : whole;
  const began = { at: now(), steady: performance.now() };
  const url = await destinationSecret(store.read, deps.seal, destination.id, "url");
  const outcome = await sendBy(deps, { message, url }, destination, may).catch((error): Outcome => {
    deps.log.error({ err: error, delivery: delivery.id }, "a message can't be sent");
    return FAULT;
  });
  deps.onPoint?.("delivery_sent");
  const attempt = {
    at: began.at,
    status: outcome.status,
    text: outcome.text,
    ms: Math.round(performance.now() - began.steady),
  };
  await store.write(async (tx) => {
    const latest = await lockDestination(tx, destination.id);
    const here = (await destinationSecret(tx, deps.seal, destination.id, "url")) === url;
    // An address that isn't its own any more may well be gone.
    const result = outcome.result === "gone" && !here ? "later" : outcome.result;
    const next = afterAttempt(delivery, { ...outcome, result }, (latest ?? destination).schedule, now());
    await noteAttempt(tx, claim, attempt, next);
    if (next.state === "waiting" && here && result === "later")
      await holdDeliveries(tx, destination.id, next.dueAt);
    if (result !== "gone") return;
    const offReason = "The receiver said that this address is gone for good (410).";
    await changeDestination(tx, destination.id, { on: false, offReason });
    await dropDeliveries(tx, destination.id, now());
  });
  deps.onPoint?.("delivery_noted");
}

async function drop({ store, now }: AlertDeps, claim: DeliveryClaim, text: string): Promise<void> {
  const attempt = { at: now(), status: null, text, ms: 0 };
  await store.write((tx) => noteAttempt(tx, claim, attempt, { state: "dropped", dueAt: now(), failures: 0 }));
}

async function sendBy(
  deps: AlertDeps,
  { message, url }: { message: Message; url: string | null },
  destination: Destination,
  { owner }: Hears,
): Promise<Outcome> {
  const { store, seal, settings, timeoutMs, now, lookup } = deps;
  if (destination.channel === "email") {
    // Where they sign in with another address by now, it goes there.
    const address = owner?.email ?? destination.address ?? "";
    return sendMail(message, address, settings.mailServer, timeoutMs);
  }
  const secret = (field: "secret" | "old_secret") =>
    destinationSecret(store.read, seal, destination.id, field);
  if (url === null) return LOCKED;
  const sending = { toPrivate: settings.webhooksToPrivate, timeoutMs, now, lookup };
  if (destination.channel !== "webhook") {
    const body = destination.channel === "slack" ? slackBody(message) : teamsBody(message);
    return post(url, JSON.stringify(body), {}, [], sending);
  }
  const signing = await secret("secret");
  if (signing === null) return LOCKED;
  const oldCounts = destination.oldSecretEndsAt !== null && destination.oldSecretEndsAt > now();
  const old = oldCounts ? await secret("old_secret") : null;
  const secrets = old === null ? [signing] : [signing, old];
  const body = webhookBody(message);
  return post(url, body, webhookHeaders(message.id, body, secrets, now()), secrets, sending);
}

const FAULT: Outcome = {
  result: "later",
  status: null,
  text: "Glasshouse failed to send it: the log of the server says why.",
  waitMs: null,
};

const LOCKED: Outcome = {
  result: "later",
  status: null,
  text: "Its address can't be opened: this installation's key is not the one that sealed it. Give the address anew.",
  waitMs: null,
};

function messageOf(delivery: Delivery, { schedule }: Destination, consoleUrl: string): Message {
  const { messageId, kind, subject, saidAt, lines, more, report } = delivery;
  return { id: messageId, kind, subject, at: saidAt, lines, more, report, zone: schedule.zone, consoleUrl };
}
