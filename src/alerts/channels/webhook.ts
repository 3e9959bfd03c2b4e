/** Signed webhooks for programs: Standard Webhooks. The body is the same however often it is sent. */
import { randomBytes } from "node:crypto";
import { Webhook } from "standardwebhooks";
import { linkOf, type Message } from "../message.ts";

export const newWebhookSecret = (): string => `whsec_${randomBytes(32).toString("base64")}`;

export function webhookBody(message: Message): string {
  const { id, kind, subject, at, lines, report } = message;
  return JSON.stringify({
    version: 1,
    type: kind,
    id,
    timestamp: new Date(at).toISOString(),
    subject,
    alerts: lines.map((line) => ({
      id: line.alert,
      topic: line.topic,
      at: new Date(line.at).toISOString(),
      text: line.text,
      connection: line.connection,
      rule: line.rule,
      userId: line.userId,
      url: linkOf(message, line),
    })),
    ...(report && { report }),
  });
}

/** Of each secret that counts, so that a receiver may take its time to change it. */
export function webhookHeaders(
  id: string,
  body: string,
  secrets: readonly string[],
  now: number,
): Record<string, string> {
  const at = new Date(now);
  return {
    "webhook-id": id,
    "webhook-timestamp": String(Math.floor(now / 1000)),
    "webhook-signature": secrets.map((secret) => new Webhook(secret).sign(id, at, body)).join(" "),
  };
}
