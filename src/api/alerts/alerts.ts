/** Alerts: the handlers of contract/alerts.ts, but for the weekly report. A secret is in one answer, and nowhere else. */
import { trySending } from "../../access/attempts.ts";
import { newWebhookSecret } from "../../alerts/channels/webhook.ts";
import { listenFrom } from "../../alerts/due.ts";
import { AddressRefused } from "../../alerts/guard.ts";
import { TEST_SUBJECT } from "../../alerts/message.ts";
import { newMessageId } from "../../jobs/alerts/compose.ts";
import { ALERT_TOPICS, type AlertTopic, DEFAULT_TOPICS } from "../../model/alerts/alert.ts";
import { allows, type Member, seesConnection } from "../../model/member.ts";
import { lastAlert } from "../../store/alerts/alerts.ts";
import {
  aboutOf,
  addDelivery,
  type Delivery,
  dropDeliveries,
  getDelivery,
  listDeliveries,
} from "../../store/alerts/deliveries.ts";
import {
  addDestination,
  changeDestination,
  type Destination,
  type DestinationChange,
  destinationSecret,
  getDestination,
  listDestinations,
  lockDestination,
  removeDestination,
  saveDestinationSecret,
} from "../../store/alerts/destinations.ts";
import { getConnection } from "../../store/connections/connections.ts";
import { getMember } from "../../store/members/members.ts";
import type { Tx } from "../../store/store.ts";
import type { DeliveryView, DestinationView } from "../contract/alerts.ts";
import type { Asked } from "../contract.ts";
import { ApiError } from "../errors.ts";
import { type Asking, type Handlers, iso, requireRole } from "../handler.ts";
import { deliveryViews, destinationViews } from "./alert-views.ts";

type Names =
  | "listDestinations"
  | "addDestination"
  | "getDestination"
  | "updateDestination"
  | "removeDestination"
  | "testDestination"
  | "rotateWebhookSecret"
  | "listDeliveries"
  | "getDelivery"
  | "replayDelivery";

/** Of one's own: each is a mail more for whatever happens. */
const MOST_OWN = 20;
const OLD_SECRET_MS = 24 * 3_600_000;

export const alertHandlers: Pick<Handlers, Names> = {
  async listDestinations(_asked, asking) {
    const items = await destinationViews(asking, await mayChange(asking));
    return { items, mailServer: asking.services.alerts.mailServer };
  },

  async addDestination({ body }, asking) {
    const { services, now, trail } = asking;
    const { store, seal } = services;
    const { channel, own, name, url } = body;
    if (!own) requireRole(asking, "admin", "A destination that isn't one's own e-mail");
    const owner = own ? ownerOf(asking) : null;
    await checkConnections(asking, body.connections, owner);
    const place = url === undefined ? { told: body.address ?? "" } : await placeOf(asking, url);
    trail.details = { channel, where: owner?.email ?? place.told };
    const secret = channel === "webhook" ? newWebhookSecret() : null;
    const id = await store.write(async (tx) => {
      const from = { lastAlert: await lastAlert(tx), now: now() };
      if (owner) await refuseMoreOwn(tx, owner);
      const made = await addDestination(tx, {
        channel,
        name,
        ownerId: owner?.id ?? null,
        address: body.address ?? null,
        told: place.told,
        topics: { ...DEFAULT_TOPICS, ...body.topics },
        connections: body.connections,
        schedule: { zone: body.zone, hour: body.hour, quiet: body.quiet },
        on: true,
        offReason: null,
        heard: listenFrom({} as Record<AlertTopic, number>, ALERT_TOPICS, from),
        oldSecretEndsAt: null,
        madeAt: now(),
      });
      if ("url" in place) await saveDestinationSecret(tx, seal, made, "url", place.url);
      if (secret !== null) await saveDestinationSecret(tx, seal, made, "secret", secret);
      return made;
    });
    services.alerts.changed();
    return { ...(await viewOf(asking, id)), secret };
  },

  async getDestination({ params }, asking) {
    return viewOf(asking, (await required(asking, params.destination)).id);
  },

  async updateDestination({ params, body }, asking) {
    const { services, trail } = asking;
    const destination = await required(asking, params.destination);
    trail.details = { changed: Object.keys(body).join(", ") };
    const owner = destination.ownerId === null ? null : await getMember(asking.db, destination.ownerId);
    if (body.connections !== undefined) await checkConnections(asking, body.connections, owner);
    refuseOtherPlace(destination, body);
    const place = body.url === undefined ? null : await placeOf(asking, body.url);
    const where = place?.told ?? body.address;
    if (where !== undefined) trail.details = { ...trail.details, where };
    await services.store.write(async (tx) => {
      const before = await lockThere(tx, destination.id);
      await changeDestination(tx, before.id, {
        ...(await changesOf(tx, before, body, asking.now())),
        ...(place && { told: place.told }),
      });
      if (place) await saveDestinationSecret(tx, services.seal, before.id, "url", place.url);
      if (body.on === false) await dropDeliveries(tx, before.id, asking.now());
    });
    services.alerts.changed();
    return viewOf(asking, destination.id);
  },

  async removeDestination({ params }, asking) {
    const { id } = await required(asking, params.destination);
    await asking.services.store.write((tx) => removeDestination(tx, id));
    return { removed: true };
  },

  async testDestination({ params }, asking) {
    const destination = await required(asking, params.destination);
    await mayTry(asking, destination);
    const at = asking.now();
    const id = await asking.services.store.write(async (tx) => {
      await lockThere(tx, destination.id);
      return addDelivery(tx, {
        destination: destination.id,
        kind: "test",
        messageId: newMessageId(),
        subject: TEST_SUBJECT,
        lines: [],
        more: 0,
        report: null,
        saidAt: at,
        madeAt: at,
        about: [],
      });
    });
    return sentView(asking, id!);
  },

  async rotateWebhookSecret({ params }, asking) {
    const { services, now } = asking;
    const destination = await required(asking, params.destination);
    if (destination.channel !== "webhook") {
      throw new ApiError("not_possible", `${destination.name} is no webhook: only these are signed.`);
    }
    const secret = newWebhookSecret();
    const oldEndsAt = now() + OLD_SECRET_MS;
    await services.store.write(async (tx) => {
      await lockThere(tx, destination.id);
      const old = await destinationSecret(tx, services.seal, destination.id, "secret");
      if (old !== null) await saveDestinationSecret(tx, services.seal, destination.id, "old_secret", old);
      await saveDestinationSecret(tx, services.seal, destination.id, "secret", secret);
      await changeDestination(tx, destination.id, { oldSecretEndsAt: old === null ? null : oldEndsAt });
    });
    return { secret, oldEndsAt: iso(oldEndsAt) };
  },

  async listDeliveries({ query }, asking) {
    const { destination, state, limit, cursor } = query;
    const of = destination === undefined ? await mayChange(asking) : [await required(asking, destination)];
    if (cursor !== undefined && !/^[1-9]\d{0,15}$/.test(cursor)) {
      throw new ApiError("invalid_cursor", "The cursor is none that this list gave.", "Begin without one.");
    }
    const before = cursor === undefined ? null : Number(cursor);
    const found = await listDeliveries(
      asking.db,
      of.map(({ id }) => id),
      { state, before, limit: limit + 1 },
    );
    const items = found.slice(0, limit);
    const more = found.length > limit;
    return { items: await deliveryViews(asking, items), nextCursor: more ? String(items.at(-1)!.id) : null };
  },

  async getDelivery({ params }, asking) {
    const { delivery } = await requiredDelivery(asking, params.delivery);
    return (await deliveryViews(asking, [delivery]))[0]!;
  },

  async replayDelivery({ params }, asking) {
    const { services, now, trail } = asking;
    const { delivery, destination } = await requiredDelivery(asking, params.delivery);
    trail.target = `${destination.name}, message ${delivery.id}`;
    await mayTry(asking, destination);
    // It waits for its next attempt: that comes now.
    if (delivery.state === "waiting") return sentView(asking, delivery.id);
    const { kind, messageId, subject, lines, more, report, saidAt } = delivery;
    const again = await services.store.write(async (tx) => {
      await lockThere(tx, destination.id);
      return addDelivery(tx, {
        ...{ destination: destination.id, kind, messageId, subject, lines, more, report, saidAt },
        madeAt: now(),
        about: await aboutOf(tx, delivery.id),
        replayOf: delivery.id,
      });
    });
    return sentView(asking, again!);
  },
};

/** One's own; an admin's are all. */
function mayChange({ db, who }: Asking): Promise<Destination[]> {
  return listDestinations(db, who.kind === "member" && !allows(who, "admin") ? who.member.id : undefined);
}

/** @throws ApiError `destination_not_found`: of other people's not even their being there is told */
async function required(asking: Asking, id: number): Promise<Destination> {
  const { db, who, trail } = asking;
  const destination = await getDestination(db, id);
  const mine = who.kind === "member" && destination?.ownerId === who.member.id;
  if (!destination || !(mine || allows(who, "admin"))) throw unknownDestination(id);
  trail.target = destination.name;
  return destination;
}

/** @throws ApiError `destination_not_found`: it was removed meanwhile */
async function lockThere(tx: Tx, id: number): Promise<Destination> {
  const destination = await lockDestination(tx, id);
  if (!destination) throw unknownDestination(id);
  return destination;
}

const unknownDestination = (id: number) =>
  new ApiError(
    "destination_not_found",
    `There is no destination ${id}.`,
    "See Alerts, or `glasshouse alerts`, for those there are.",
  );

async function requiredDelivery(
  asking: Asking,
  id: number,
): Promise<{ delivery: Delivery; destination: Destination }> {
  const delivery = await getDelivery(asking.db, id);
  const destination = delivery && (await required(asking, delivery.destination).catch(() => null));
  if (delivery && destination) return { delivery, destination };
  throw new ApiError(
    "delivery_not_found",
    `There is no message ${id}.`,
    "See `glasshouse deliveries` for those there are: they are kept for 90 days.",
  );
}

/** Whose e-mail it is. @throws ApiError `not_possible` */
function ownerOf({ who }: Asking): Member {
  if (who.kind !== "member") {
    throw new ApiError(
      "not_possible",
      "The command line of the server is nobody, and has no address of its own.",
      "Give `--address`.",
    );
  }
  return who.member;
}

/** @throws ApiError `not_possible` */
async function refuseMoreOwn(tx: Tx, owner: Member): Promise<void> {
  if ((await listDestinations(tx, owner.id)).length < MOST_OWN) return;
  throw new ApiError("not_possible", `You have ${MOST_OWN} of your own already.`, "Remove one first.");
}

/** @throws ApiError `connection_not_found`: there is none, or its owner doesn't see it */
async function checkConnections(
  { db, who }: Asking,
  connections: readonly number[] | null,
  owner: Member | null,
): Promise<void> {
  for (const id of connections ?? []) {
    const seen = seesConnection(who, id) && (!owner?.connections || owner.connections.includes(id));
    if (seen && (await getConnection(db, id))) continue;
    throw new ApiError(
      "connection_not_found",
      `There is no connection ${id}${owner ? ` that ${owner.name} may see` : ""}.`,
      "See `glasshouse connections` for names and ids.",
    );
  }
}

/** @throws ApiError `address_refused` */
async function placeOf({ services }: Asking, text: string): Promise<{ url: string; told: string }> {
  try {
    const url = await services.alerts.checkAddress(text);
    url.hash = "";
    const last = url.pathname.split("/").filter(Boolean).at(-1) ?? "";
    return { url: url.href, told: `${url.host}/…${last.length > 8 ? `/${last.slice(0, 4)}…` : ""}` };
  } catch (error) {
    if (!(error instanceof AddressRefused)) throw error;
    throw new ApiError("address_refused", error.message);
  }
}

/** @throws ApiError `not_possible` */
function refuseOtherPlace(
  { name, channel, ownerId }: Destination,
  body: { address?: string; url?: string },
): void {
  const mail = channel === "email";
  if (body.url !== undefined && mail) {
    throw new ApiError("not_possible", `${name} is e-mail: it has an address, and no url.`);
  }
  if (body.address !== undefined && !mail) {
    throw new ApiError("not_possible", `${name} is no e-mail: it has a url.`);
  }
  if (body.address !== undefined && ownerId !== null) {
    throw new ApiError(
      "not_possible",
      `${name} goes to the address that its owner signs in with, and to no other.`,
    );
  }
}

async function changesOf(
  tx: Tx,
  before: Destination,
  body: Asked<"updateDestination">["body"],
  now: number,
): Promise<DestinationChange> {
  const { name, on, address, connections, zone, hour, quiet } = body;
  const topics = { ...before.topics, ...body.topics };
  const schedule = {
    zone: zone ?? before.schedule.zone,
    hour: hour ?? before.schedule.hour,
    quiet: quiet === undefined ? before.schedule.quiet : quiet,
  };
  // Neither what was never asked for nor what happened while it was off is news when it is asked for.
  const fresh =
    on === true && !before.on
      ? ALERT_TOPICS
      : ALERT_TOPICS.filter((topic) => before.topics[topic] === "never" && topics[topic] !== "never");
  const heard = listenFrom(before.heard, fresh, { lastAlert: await lastAlert(tx), now });
  return {
    ...{ topics, schedule, heard },
    ...(name !== undefined && { name }),
    ...(on !== undefined && { on, offReason: null }),
    ...(address !== undefined && { address, told: address }),
    ...(connections !== undefined && { connections }),
  };
}

/** @throws ApiError `not_possible`; AccessRefused `too_many_tries` */
async function mayTry({ services, client, now }: Asking, { id, name, on }: Destination): Promise<void> {
  if (!on) throw new ApiError("not_possible", `${name} is switched off.`, "Switch it on first.");
  await trySending({ store: services.store, now: now(), ip: client.ip }, id);
}

async function viewOf(asking: Asking, id: number): Promise<DestinationView> {
  const destination = await getDestination(asking.services.store.read, id);
  if (!destination) throw unknownDestination(id);
  return (await destinationViews(asking, [destination]))[0]!;
}

/** After its first attempt. */
async function sentView(asking: Asking, id: number): Promise<DeliveryView> {
  await asking.services.alerts.deliver(id);
  const delivery = (await getDelivery(asking.services.store.read, id))!;
  asking.trail.details = { state: delivery.state };
  return (await deliveryViews(asking, [delivery]))[0]!;
}
