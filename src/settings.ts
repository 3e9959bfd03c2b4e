/** Every setting: one table for the program, its help and its docs. */
import { GREENHOUSE_ORIGINS } from "./model/connection.ts";

export interface Setting {
  name: string;
  /** As typed; null: none. */
  default: string | null;
  meaning: string;
  example: string;
  /** May also be given as a file: `{name}_FILE`. */
  secret: boolean;
}

const setting = (name: string, fallback: string | null, example: string, meaning: string): Setting => ({
  name,
  default: fallback,
  meaning,
  example,
  secret: false,
});
const secret = (...of: Parameters<typeof setting>): Setting => ({ ...setting(...of), secret: true });

export const SETTINGS: readonly Setting[] = [
  setting("GLASSHOUSE_PORT", "4180", "8080", "Port that `serve` listens on; 0 takes a free one."),
  setting(
    "GLASSHOUSE_HOST",
    "127.0.0.1",
    "0.0.0.0",
    "Address that `serve` listens on. One that others can reach needs GLASSHOUSE_PUBLIC_URL.",
  ),
  setting("GLASSHOUSE_DATA_DIR", "./data", "/var/lib/glasshouse", "Where database, key and socket live."),
  secret(
    "GLASSHOUSE_DATABASE_URL",
    null,
    "postgres://glasshouse@db.example.com/glasshouse?sslmode=verify-full",
    "A database of PostgreSQL, which several processes may share; unset: the embedded one.",
  ),
  secret(
    "GLASSHOUSE_SECRET_KEY",
    null,
    "the output of `openssl rand -base64 32`",
    "Key that encrypts stored credentials; unset: a file of the data directory.",
  ),
  setting(
    "GLASSHOUSE_PUBLIC_URL",
    null,
    "https://glasshouse.example.com",
    "Address under which a proxy offers the server: its host is let in.",
  ),
  setting(
    "GLASSHOUSE_TRUST_PROXY",
    "false",
    "true",
    "Whether the address of who asks is the one that a proxy names (X-Forwarded-For): true for one on this machine, or the proxies' own addresses.",
  ),
  setting(
    "GLASSHOUSE_OIDC_ISSUER",
    null,
    "https://login.example.com",
    "Issuer of OpenID Connect that members may sign in with; unset: no single sign-on.",
  ),
  setting("GLASSHOUSE_OIDC_CLIENT_ID", null, "glasshouse", "Client ID that the issuer knows Glasshouse by."),
  secret("GLASSHOUSE_OIDC_CLIENT_SECRET", null, "the client secret", "The secret of that client."),
  setting(
    "GLASSHOUSE_OIDC_LABEL",
    "single sign-on",
    "Aldermoor",
    "What stands on the button: *Sign in with …*.",
  ),
  secret(
    "GLASSHOUSE_SMTP_URL",
    null,
    "smtp://glasshouse:PASSWORD@mail.example.com:587",
    "The mail server that alerts and reports are sent by; `smtps://…` for TLS from the start. Unset: no e-mail is sent.",
  ),
  setting(
    "GLASSHOUSE_MAIL_FROM",
    null,
    "glasshouse@example.com",
    "The address that those mails come from; needed with a mail server.",
  ),
  setting(
    "GLASSHOUSE_WEBHOOKS_TO_PRIVATE",
    "false",
    "true",
    "Whether alerts may go to webhooks at private addresses, and by http.",
  ),
  setting(
    "GLASSHOUSE_WORKER_ADDRESS",
    null,
    "127.0.0.1:9180",
    "Address and port at which `worker` tells its health and metrics; unset: nowhere.",
  ),
  setting("GLASSHOUSE_LOG_LEVEL", "info", "debug", "fatal, error, warn, info, debug, trace or silent."),
  setting(
    "GLASSHOUSE_URL",
    null,
    "http://127.0.0.1:4180",
    "A running server that the commands talk to, in place of the data directory.",
  ),
  secret("GLASSHOUSE_TOKEN", null, "glasshouse_…", "An API token of the server at GLASSHOUSE_URL."),
  secret(
    "GLASSHOUSE_CREDENTIAL_SECRET",
    null,
    "the client secret",
    "The secret that `connect` uses when none is piped or typed.",
  ),
  setting(
    "GLASSHOUSE_GREENHOUSE_HARVEST_URL",
    GREENHOUSE_ORIGINS.harvest,
    "http://127.0.0.1:4199",
    "Origin of Greenhouse's Harvest API for new connections.",
  ),
  setting(
    "GLASSHOUSE_GREENHOUSE_AUTH_URL",
    GREENHOUSE_ORIGINS.auth,
    "http://127.0.0.1:4199",
    "Origin of Greenhouse's token endpoint for new connections.",
  ),
  setting(
    "GLASSHOUSE_GREENHOUSE_AUDIT_URL",
    GREENHOUSE_ORIGINS.audit,
    "http://127.0.0.1:4199",
    "Origin of Greenhouse's audit log for new connections.",
  ),
  setting(
    "GLASSHOUSE_TIME_SCALE",
    "1",
    "20",
    "Of a simulator in scaled time (`simulate --time-scale`). Never applied to Greenhouse's own hosts.",
  ),
];
