/** Destinations and messages as the API shows them: never an address that is a secret, and of connections only those that one sees. */
import { NO_MAIL_SERVER } from "../../alerts/channels/email.ts";
import { allows, seesConnection } from "../../model/member.ts";
import {
  aboutOf,
  type Delivery,
  type ListedDelivery,
  lastDeliveries,
} from "../../store/alerts/deliveries.ts";
import { type Destination, destinationSecret, getDestination } from "../../store/alerts/destinations.ts";
import { getMember } from "../../store/members/members.ts";
import type { DeliveryView, DestinationView } from "../contract/alerts.ts";
import { type Asking, iso, isoOrNull } from "../handler.ts";

const LOCKED =
  "Its address can't be opened: this installation's key is not the one that sealed it. Give the address anew.";

export async function destinationViews(
  asking: Asking,
  destinations: readonly Destination[],
): Promise<DestinationView[]> {
  const { db, who } = asking;
  const last = await lastDeliveries(
    db,
    destinations.map(({ id }) => id),
  );
  return Promise.all(
    destinations.map(async (destination) => {
      const { id, channel, name, ownerId, told, topics, connections, schedule } = destination;
      const owner = ownerId === null ? null : await getMember(db, ownerId);
      const delivery = last.get(id);
      return {
        ...{ id, channel, name, topics, connections },
        own: ownerId !== null,
        owner: owner && { id: owner.id, name: owner.name },
        mine: who.kind === "member" && ownerId === who.member.id,
        where: owner?.email ?? told,
        zone: schedule.zone,
        hour: schedule.hour,
        quiet: schedule.quiet,
        on: destination.on,
        offReason: destination.offReason,
        missing: await missing(asking, destination),
        oldSecretEndsAt: oldSecretEnds(destination, asking.now()),
        lastDelivery: delivery
          ? {
              id: delivery.id,
              state: delivery.state,
              at: iso(delivery.attempts.at(-1)?.at ?? delivery.madeAt),
              text: delivery.attempts.at(-1)?.text ?? "",
            }
          : null,
        madeAt: iso(destination.madeAt),
      };
    }),
  );
}

const oldSecretEnds = ({ oldSecretEndsAt: at }: Destination, now: number) =>
  at !== null && at > now ? iso(at) : null;

async function missing({ db, services }: Asking, { id, channel }: Destination): Promise<string | null> {
  if (channel === "email") return services.alerts.mailServer ? null : NO_MAIL_SERVER;
  return (await destinationSecret(db, services.seal, id, "url")) === null ? LOCKED : null;
}

export async function deliveryViews(
  asking: Asking,
  deliveries: readonly (ListedDelivery & Partial<Pick<Delivery, "report">>)[],
): Promise<DeliveryView[]> {
  const { db, who } = asking;
  const ids = [...new Set(deliveries.map(({ destination }) => destination))];
  const found = await Promise.all(ids.map((id) => getDestination(db, id)));
  const destinations = new Map(found.flatMap((each) => (each ? [[each.id, each]] : [])));
  const views = await Promise.all(
    deliveries.map(async (delivery): Promise<DeliveryView | null> => {
      const destination = destinations.get(delivery.destination);
      if (!destination) return null;
      const about = allows(who, "admin") ? [] : await aboutOf(db, delivery.id);
      const hidden = about.some(({ connection }) => !seesConnection(who, connection));
      return {
        id: delivery.id,
        destination: { id: destination.id, name: destination.name, channel: destination.channel },
        kind: delivery.kind,
        messageId: delivery.messageId,
        subject: hidden ? "About a connection that you may not see" : delivery.subject,
        lines: delivery.lines
          .filter(({ connection }) => seesConnection(who, connection.id))
          .map(({ topic, text, path, at, connection, rule, userId }) => ({
            ...{ topic, text, path, connection, rule, userId },
            at: iso(at),
          })),
        more: delivery.more,
        report: hidden ? null : (delivery.report?.text ?? null),
        state: delivery.state,
        attempts: delivery.attempts.map(({ at, ...attempt }) => ({ at: iso(at), ...attempt })),
        nextAt: delivery.state === "waiting" ? iso(delivery.dueAt) : null,
        madeAt: iso(delivery.madeAt),
        deliveredAt: delivery.state === "delivered" ? isoOrNull(delivery.endedAt) : null,
        replayOf: delivery.replayOf,
      };
    }),
  );
  return views.filter((view) => view !== null);
}
