/** Alerts: who hears of what, where and when; what was sent. */
import { z } from "zod";
import {
  ALERT_TOPICS,
  CHANNELS,
  DEFAULT_HOUR,
  DELIVERY_KINDS,
  DELIVERY_STATES,
  FREQUENCIES,
} from "../../model/alerts/alert.ts";
import { FINDING_RULES } from "../../model/finding.ts";
import { Email, PersonName } from "./access.ts";
import { anyOf, endpoint, Id, PageQuery, plainList, Time } from "./kit.ts";

const id = z.number().int();
const Topics = z
  .partialRecord(z.enum(ALERT_TOPICS), z.enum(FREQUENCIES))
  .refine(({ weekly_report: report }) => report === undefined || report === "weekly" || report === "never", {
    error: "weekly_report is weekly or never",
  });
const Clock = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, "a time of day is such as 22:00");
const Quiet = z.object({ from: Clock, to: Clock }).strict().nullable();
const Zone = z
  .string()
  .max(64)
  .refine(isZone, { error: "give a time zone such as Europe/Berlin" })
  .describe("IANA name");

function isZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat("en-US", { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

export const DestinationView = z
  .object({
    id,
    channel: z.enum(CHANNELS),
    name: z.string(),
    own: z.boolean().describe("true: it is a member's own; false: the installation's"),
    owner: z.object({ id, name: z.string() }).nullable(),
    mine: z.boolean(),
    where: z
      .string()
      .describe("the e-mail address; of the others the host and no more: their address is a secret"),
    topics: z.record(z.enum(ALERT_TOPICS), z.enum(FREQUENCIES)),
    connections: z.array(id).nullable().describe("null: all that its owner may see"),
    zone: z.string(),
    hour: z.number().int().describe("of daily and weekly messages, by its zone; weekly ones on Monday"),
    quiet: Quiet.describe("no message begins within these hours; null: none"),
    on: z.boolean(),
    offReason: z.string().nullable().describe("why it was switched off; null: it is on, or a person did it"),
    missing: z
      .string()
      .nullable()
      .describe("what is missing before anything can be sent there; null: nothing"),
    oldSecretEndsAt: Time.nullable().describe("until when the secret before this one signs too"),
    lastDelivery: z
      .object({ id, state: z.enum(DELIVERY_STATES), at: Time, text: z.string().describe("what was said") })
      .nullable(),
    madeAt: Time,
  })
  .meta({ id: "Destination" });
export type DestinationView = z.output<typeof DestinationView>;

export const DeliveryView = z
  .object({
    id,
    destination: z.object({ id, name: z.string(), channel: z.enum(CHANNELS) }),
    kind: z.enum(DELIVERY_KINDS),
    messageId: z.string().describe("`webhook-id`; a replay has that of what it repeats"),
    subject: z.string(),
    lines: z.array(
      z.object({
        topic: z.enum(ALERT_TOPICS),
        text: z.string(),
        path: z.string().describe("of the console's page"),
        at: Time,
        connection: z.object({ id, name: z.string() }),
        rule: z.enum(FINDING_RULES).nullable(),
        userId: Id.nullable(),
      }),
    ),
    more: z.number().int().describe("alerts that it counts and doesn't list"),
    report: z
      .string()
      .nullable()
      .describe("of a weekly report: its text; null: it is none, or stands in a list of messages"),
    state: z.enum(DELIVERY_STATES),
    attempts: z.array(
      z.object({
        at: Time,
        status: z.number().int().nullable().describe("of the answer; null: none came"),
        text: z.string().describe("what was said, or what went wrong"),
        ms: z.number().int(),
      }),
    ),
    nextAt: Time.nullable().describe("when it is tried next; null: it isn't"),
    madeAt: Time,
    deliveredAt: Time.nullable(),
    replayOf: id.nullable(),
  })
  .meta({ id: "Delivery" });
export type DeliveryView = z.output<typeof DeliveryView>;

const Url = z.string().trim().max(2000);
const settings = {
  name: PersonName,
  topics: Topics.describe("those left out stay as they are; of a new destination, the usual ones"),
  connections: z.array(id.positive()).max(500).nullable().describe("null: all"),
  zone: Zone,
  hour: z.number().int().min(0).max(23),
  quiet: Quiet,
};

export const DestinationBody = z
  .object({
    channel: z.enum(CHANNELS),
    name: settings.name,
    own: z.boolean().default(false).describe("true: for oneself, to the address one signs in with"),
    address: Email.optional().describe("for `email` that isn't one's own"),
    url: Url.optional().describe("of the incoming webhook, for the others"),
    topics: settings.topics.default({}),
    connections: settings.connections.default(null),
    zone: settings.zone.default("UTC"),
    hour: settings.hour.default(DEFAULT_HOUR),
    quiet: settings.quiet.default(null),
  })
  .strict()
  .refine(
    ({ channel, own, address, url }) => {
      if (channel !== "email") return !own && address === undefined && url !== undefined;
      return url === undefined && (address === undefined) === own;
    },
    {
      error:
        "e-mail of one's own needs neither address nor url, other e-mail an address; slack, teams and webhook a url",
    },
  );
export type DestinationBody = z.input<typeof DestinationBody>;

export const DestinationPatch = z
  .object({
    name: settings.name.optional(),
    on: z.boolean().optional(),
    address: Email.optional(),
    url: Url.optional(),
    topics: settings.topics.optional(),
    connections: settings.connections.optional(),
    zone: settings.zone.optional(),
    hour: settings.hour.optional(),
    quiet: settings.quiet.optional(),
  })
  .strict();
export type DestinationPatch = z.input<typeof DestinationPatch>;

const group = "Alerts";
const one = z.object({ destination: z.coerce.number().int().positive() });
const sent = z.object({ delivery: z.coerce.number().int().positive() });

export const listDestinations = endpoint({
  method: "GET",
  path: "/destinations",
  needs: "viewer",
  group,
  summary: "One's own destinations of alerts; an admin's answer has all.",
  answer: z.object({
    items: z.array(DestinationView),
    mailServer: z.boolean().describe("false: no mail server is set, so that no e-mail can be sent"),
  }),
  errors: [],
});
export const addDestination = endpoint({
  method: "POST",
  path: "/destinations",
  needs: "viewer",
  by: "person",
  target: "name",
  group,
  status: 201,
  summary:
    "Makes a destination: one's own e-mail, or as an admin any other. It hears of what happens from now on.",
  body: DestinationBody,
  answer: DestinationView.extend({
    secret: z.string().nullable().describe("`whsec_…` that signs webhooks, shown this once"),
  }),
  errors: ["invalid_request", "not_allowed", "not_possible", "connection_not_found", "address_refused"],
});
export const getDestination = endpoint({
  method: "GET",
  path: "/destinations/{destination}",
  needs: "viewer",
  group,
  summary: "One destination.",
  params: one,
  answer: DestinationView,
  errors: ["invalid_request", "destination_not_found"],
});
export const updateDestination = endpoint({
  method: "PATCH",
  path: "/destinations/{destination}",
  needs: "viewer",
  by: "person",
  group,
  summary: "Changes a destination, or switches it off or on.",
  params: one,
  body: DestinationPatch,
  answer: DestinationView,
  errors: [
    "invalid_request",
    "destination_not_found",
    "not_possible",
    "connection_not_found",
    "address_refused",
  ],
});
export const removeDestination = endpoint({
  method: "DELETE",
  path: "/destinations/{destination}",
  needs: "viewer",
  by: "person",
  group,
  summary: "Removes a destination, and with it the log of what was sent there.",
  params: one,
  answer: z.object({ removed: z.literal(true) }),
  errors: ["invalid_request", "destination_not_found"],
});
export const testDestination = endpoint({
  method: "POST",
  path: "/destinations/{destination}/test",
  needs: "viewer",
  by: "person",
  group,
  status: 201,
  summary: "Sends a message there, and says what became of the first attempt.",
  params: one,
  answer: DeliveryView,
  errors: ["invalid_request", "destination_not_found", "not_possible", "too_many_tries"],
});
export const rotateWebhookSecret = endpoint({
  method: "POST",
  path: "/destinations/{destination}/secret",
  needs: "admin",
  by: "person",
  group,
  summary: "Makes a new secret for a webhook. The one before it signs too for 24 hours.",
  params: one,
  answer: z.object({ secret: z.string().describe("`whsec_…`, shown this once"), oldEndsAt: Time }),
  errors: ["invalid_request", "destination_not_found", "not_possible"],
});
export const listDeliveries = endpoint({
  method: "GET",
  path: "/deliveries",
  needs: "viewer",
  group,
  summary:
    "What was sent to one's own destinations, newest first; an admin's answer has all. Kept for 90 days.",
  query: PageQuery.extend({
    destination: z.coerce.number().int().positive().optional(),
    state: anyOf(z.enum(DELIVERY_STATES)),
  }).strict(),
  answer: plainList(DeliveryView),
  errors: ["invalid_request", "invalid_cursor", "destination_not_found"],
});
export const getDelivery = endpoint({
  method: "GET",
  path: "/deliveries/{delivery}",
  needs: "viewer",
  group,
  summary: "One message, with every attempt.",
  params: sent,
  answer: DeliveryView,
  errors: ["invalid_request", "delivery_not_found"],
});
export const replayDelivery = endpoint({
  method: "POST",
  path: "/deliveries/{delivery}/replay",
  needs: "viewer",
  by: "person",
  group,
  status: 201,
  summary:
    "Sends the same message again, with the same `webhook-id`, and says what became of the first attempt.",
  params: sent,
  answer: DeliveryView,
  errors: ["invalid_request", "delivery_not_found", "not_possible", "too_many_tries"],
});
