/** Mail by SMTP. Addresses and subjects are outside data: the library puts them into headers, encoded, never as they stand. */
import type { MailServer } from "../../config.ts";
import { type Message, oneLine } from "../message.ts";
import type { Outcome } from "../post.ts";
import { said } from "../said.ts";
import { mailText } from "./mail-text.ts";

export const NO_MAIL_SERVER =
  "No mail server is set: the operator sets GLASSHOUSE_SMTP_URL and GLASSHOUSE_MAIL_FROM.";

export async function sendMail(
  message: Message,
  address: string,
  server: MailServer | null,
  timeoutMs: number,
): Promise<Outcome> {
  if (server === null) return { result: "later", status: null, text: NO_MAIL_SERVER, waitMs: null };
  const { host, port, secure, requireTls: requireTLS, user, password, from } = server;
  // Loaded with the first mail: most installations send none.
  const { createTransport } = await import("nodemailer");
  const transport = createTransport({
    host,
    port,
    secure,
    requireTLS,
    ...(user !== null && { auth: { user, pass: password ?? "" } }),
    connectionTimeout: timeoutMs,
    greetingTimeout: timeoutMs,
    socketTimeout: timeoutMs,
    dnsTimeout: timeoutMs,
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  const secrets = [password, user];
  try {
    const { response } = await transport.sendMail({
      from: { name: "Glasshouse", address: from },
      to: { name: "", address },
      subject: oneLine(message.subject, 200),
      messageId: `<${message.id}@${from.split("@").at(-1)}>`,
      date: new Date(message.at),
      signal: AbortSignal.timeout(3 * timeoutMs),
      headers: { "Auto-Submitted": "auto-generated", "X-Auto-Response-Suppress": "All" },
      ...mailText(message),
    });
    return { result: "delivered", status: statusIn(response), text: said(response, secrets), waitMs: null };
  } catch (error) {
    const { responseCode, code, message: text } = error as Error & { responseCode?: number; code?: string };
    // The sign-in and the encryption are the operator's: whoever mends them wants the mail sent.
    const ours = code === "EAUTH" || code === "ENOAUTH" || code === "ETLS" || code === "EREQUIRETLS";
    const refused = !ours && responseCode !== undefined && responseCode >= 500;
    return {
      result: refused ? "refused" : "later",
      status: responseCode ?? null,
      text: said(ours ? `The mail server doesn't let Glasshouse in: ${text}` : text, secrets),
      waitMs: null,
    };
  } finally {
    transport.close();
  }
}

const statusIn = (response: string): number | null => Number(/^\d{3}/.exec(response)?.[0]) || null;
