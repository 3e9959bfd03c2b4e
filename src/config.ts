/** Every setting: one table for the program, its help and its docs. */
import { readFileSync } from "node:fs";
import { isIP } from "node:net";
import { resolve } from "node:path";
import { GREENHOUSE_ORIGINS, type Origins } from "./model/connection.ts";
import { hostOf, isLoopback } from "./model/loopback.ts";

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

export const LOG_LEVELS = ["fatal", "error", "warn", "info", "debug", "trace", "silent"] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** Where members may sign in with an account that they have there. */
export interface OidcSettings {
  issuer: URL;
  clientId: string;
  clientSecret: string;
  label: string;
}

export interface MailServer {
  host: string;
  port: number;
  /** TLS from the start; else STARTTLS where the server offers it. */
  secure: boolean;
  /** A password never travels unprotected: then STARTTLS is a must. */
  requireTls: boolean;
  user: string | null;
  password: string | null;
  from: string;
}

/** What sending alerts takes from the environment. */
export interface AlertSettings {
  /** null: none is set, and no e-mail can be sent. */
  mailServer: MailServer | null;
  webhooksToPrivate: boolean;
  /** Where links in messages lead, without a slash at its end. */
  consoleUrl: string;
}

export interface Config {
  port: number;
  host: string;
  /** Absolute. */
  dataDir: string;
  /** With its password; null: the embedded database of the data directory. */
  databaseUrl: string | null;
  /** Where a worker tells its health; null: nowhere. */
  workerAddress: { host: string; port: number } | null;
  secretKey: string | null;
  publicUrl: URL | null;
  /** The addresses of proxies that say truly who asks. */
  trustProxy: readonly string[];
  /** null: no single sign-on. */
  oidc: OidcSettings | null;
  alerts: AlertSettings;
  logLevel: LogLevel;
  /** Was GLASSHOUSE_LOG_LEVEL given? Single commands are silent otherwise. */
  logLevelGiven: boolean;
  remote: { url: URL; token: string } | null;
  credentialSecret: string | null;
  /** How much faster than real time a simulator's limits run; 1: real time. */
  timeScale: number;
  /** Greenhouse's own, but where the environment names others. */
  origins: Origins;
}

/** A setting that can't be used: the message says which, why, and what fits. */
export class ConfigError extends Error {
  override name = "ConfigError";
}

/** Reads the settings. Throws ConfigError with a line for each bad one. */
export function readConfig(env: NodeJS.ProcessEnv): Config {
  const problems: string[] = [];
  const refuse = (name: string, why: string) => void problems.push(`${name}: ${why}`);
  const get = (name: string): string | null => {
    const known = SETTINGS.find((each) => each.name === name)!;
    const value = env[name]?.trim() || null;
    if (!known.secret) return value ?? known.default;
    const file = env[`${name}_FILE`]?.trim();
    if (!file) return value;
    if (value) refuse(name, `give either ${name} or ${name}_FILE, not both`);
    try {
      return readFileSync(file, "utf8").trim() || null;
    } catch (error) {
      refuse(`${name}_FILE`, `${file} can't be read (${(error as NodeJS.ErrnoException).code})`);
      return null;
    }
  };

  const databaseUrl = get("GLASSHOUSE_DATABASE_URL");
  const badDatabase = databaseUrl === null ? null : databaseRefused(databaseUrl);
  if (badDatabase) refuse("GLASSHOUSE_DATABASE_URL", badDatabase);
  const address = get("GLASSHOUSE_WORKER_ADDRESS");
  const workerAddress = address === null ? null : addressIn(address);
  if (address !== null && workerAddress === null) {
    refuse("GLASSHOUSE_WORKER_ADDRESS", `"${address}" is no address with a port, such as 127.0.0.1:9180`);
  }
  const port = Number(get("GLASSHOUSE_PORT"));
  if (!Number.isInteger(port) || port < 0 || port > 65_535) {
    refuse("GLASSHOUSE_PORT", `"${env.GLASSHOUSE_PORT}" is not a port; give a number from 0 to 65535`);
  }
  const host = get("GLASSHOUSE_HOST")!.replace(/^\[(.*)\]$/, "$1");
  const logLevel = get("GLASSHOUSE_LOG_LEVEL") as LogLevel;
  if (!LOG_LEVELS.includes(logLevel)) {
    refuse("GLASSHOUSE_LOG_LEVEL", `"${logLevel}" is none of ${LOG_LEVELS.join(", ")}`);
  }
  const timeScale = Number(get("GLASSHOUSE_TIME_SCALE"));
  if (!(timeScale >= 1) || !Number.isFinite(timeScale)) {
    refuse("GLASSHOUSE_TIME_SCALE", `"${env.GLASSHOUSE_TIME_SCALE}" is not a number from 1`);
  }
  const trustProxy = proxies(get("GLASSHOUSE_TRUST_PROXY")!);
  if (!trustProxy) {
    refuse(
      "GLASSHOUSE_TRUST_PROXY",
      `"${env.GLASSHOUSE_TRUST_PROXY}" is neither true nor false, nor a list of addresses such as 10.0.0.0/8`,
    );
  }

  const url = (name: string): URL | null => {
    const value = get(name);
    if (value === null) return null;
    if (URL.canParse(value) && /^https?:$/.test(new URL(value).protocol)) return new URL(value);
    refuse(name, `"${value}" is not an http or https address`);
    return null;
  };
  const publicUrl = url("GLASSHOUSE_PUBLIC_URL");
  if (!isLoopback(host) && !(publicUrl && keptPrivate(publicUrl))) {
    refuse(
      "GLASSHOUSE_HOST",
      `"${host}" is not a loopback address. Passwords would travel unprotected: use 127.0.0.1, ::1 or localhost; or ` +
        "put a proxy with https before it, and give its address (GLASSHOUSE_PUBLIC_URL)",
    );
  }
  const remoteUrl = url("GLASSHOUSE_URL");
  const token = get("GLASSHOUSE_TOKEN");
  if (remoteUrl && !token)
    refuse("GLASSHOUSE_TOKEN", "GLASSHOUSE_URL is set, so give that server's token too");
  if (remoteUrl && !keptPrivate(remoteUrl)) {
    refuse("GLASSHOUSE_URL", "the token would travel unprotected; use https, or http on this machine");
  }

  const origin = (name: string): string => {
    const value = url(name);
    if (value && !keptPrivate(value)) {
      refuse(name, "the credential would travel unprotected; use https, or http on this machine");
    } else if (value && value.href !== `${value.origin}/`) {
      refuse(
        name,
        "give scheme, host and port alone, as in https://harvest.greenhouse.io: paths are Greenhouse's own",
      );
    }
    return value?.origin ?? "";
  };
  const oidc = (): OidcSettings | null => {
    const issuer = url("GLASSHOUSE_OIDC_ISSUER");
    const clientId = get("GLASSHOUSE_OIDC_CLIENT_ID");
    const clientSecret = get("GLASSHOUSE_OIDC_CLIENT_SECRET");
    if (!issuer) {
      if (clientId && get("GLASSHOUSE_OIDC_ISSUER") === null)
        refuse("GLASSHOUSE_OIDC_ISSUER", "a client ID is set, so name its issuer too");
      return null;
    }
    const why = issuerRefused(issuer);
    if (why) refuse("GLASSHOUSE_OIDC_ISSUER", why);
    if (!clientId) refuse("GLASSHOUSE_OIDC_CLIENT_ID", "an issuer is set, so give the client ID too");
    if (!clientSecret)
      refuse("GLASSHOUSE_OIDC_CLIENT_SECRET", "an issuer is set, so give the client secret too");
    const label = get("GLASSHOUSE_OIDC_LABEL")!;
    if (label.length > 40) refuse("GLASSHOUSE_OIDC_LABEL", "a button has room for 40 characters");
    return { issuer, clientId: clientId ?? "", clientSecret: clientSecret ?? "", label };
  };
  const mailServer = (): MailServer | null => {
    const given = get("GLASSHOUSE_SMTP_URL");
    const from = get("GLASSHOUSE_MAIL_FROM");
    if (from !== null && !MAIL_ADDRESS.test(from)) {
      refuse("GLASSHOUSE_MAIL_FROM", `"${from}" is no e-mail address, such as glasshouse@example.com`);
    }
    if (given === null) return null;
    if (from === null)
      refuse("GLASSHOUSE_MAIL_FROM", "a mail server is set, so say which address mails come from");
    const server = mailServerIn(given);
    if (server) return { ...server, from: from ?? "" };
    refuse(
      "GLASSHOUSE_SMTP_URL",
      "give it as smtp://USER:PASSWORD@HOST:587, or smtps://…:465; other characters of the password as %XX",
    );
    return null;
  };
  const yesOrNo = (name: string): boolean => {
    const value = get(name)!;
    if (value !== "true" && value !== "false") refuse(name, `"${value}" is neither true nor false`);
    return value === "true";
  };
  const config: Config = {
    port,
    host,
    dataDir: resolve(get("GLASSHOUSE_DATA_DIR")!),
    databaseUrl,
    workerAddress,
    secretKey: get("GLASSHOUSE_SECRET_KEY"),
    publicUrl,
    trustProxy: trustProxy ?? [],
    oidc: oidc(),
    alerts: {
      mailServer: mailServer(),
      webhooksToPrivate: yesOrNo("GLASSHOUSE_WEBHOOKS_TO_PRIVATE"),
      consoleUrl: (publicUrl?.href ?? `http://localhost:${port}`).replace(/\/+$/, ""),
    },
    logLevel,
    logLevelGiven: Boolean(env.GLASSHOUSE_LOG_LEVEL?.trim()),
    remote: remoteUrl && token ? { url: remoteUrl, token } : null,
    credentialSecret: get("GLASSHOUSE_CREDENTIAL_SECRET"),
    timeScale,
    origins: {
      harvest: origin("GLASSHOUSE_GREENHOUSE_HARVEST_URL"),
      auth: origin("GLASSHOUSE_GREENHOUSE_AUTH_URL"),
      audit: origin("GLASSHOUSE_GREENHOUSE_AUDIT_URL"),
    },
  };
  if (problems.length > 0) throw new ConfigError(problems.join("\n"));
  return config;
}

/** Never repeats what it refuses: a password is in it. */
function databaseRefused(value: string): string | null {
  if (!URL.canParse(value) || !/^postgres(ql)?:$/.test(new URL(value).protocol)) {
    return "give it as postgres://USER:PASSWORD@HOST:PORT/DATABASE; other characters of the password as %XX";
  }
  const url = new URL(value);
  if (url.pathname.length < 2) return "name the database after the host: postgres://…/glasshouse";
  const host = url.searchParams.get("host") ?? hostOf(url);
  const near = host === "" || host.startsWith("/") || isLoopback(host);
  if (near || url.searchParams.has("sslmode")) return null;
  return (
    "everything would travel unprotected; add ?sslmode=verify-full, " +
    "or ?sslmode=disable within a network of your own"
  );
}

const MAIL_ADDRESS = /^[^\s@<>(),;:"[\]\\]+@[^\s@<>(),;:"[\]\\]+$/;

/** Nothing but these parts is taken from it: a query could switch the check of certificates off. */
function mailServerIn(text: string): Omit<MailServer, "from"> | null {
  if (!URL.canParse(text)) return null;
  const url = new URL(text);
  const secure = url.protocol === "smtps:";
  if (!(secure || url.protocol === "smtp:") || url.hostname === "") return null;
  if (url.search || url.hash || (url.pathname !== "" && url.pathname !== "/")) return null;
  try {
    const [user, password] = [decodeURIComponent(url.username), decodeURIComponent(url.password)];
    const host = hostOf(url);
    return {
      host,
      port: Number(url.port) || (secure ? 465 : 587),
      secure,
      requireTls: !secure && password !== "" && !isLoopback(host),
      user: user || null,
      password: password || null,
    };
  } catch {
    return null;
  }
}

/** `host:port`; the host of IPv6 in brackets. */
function addressIn(text: string): { host: string; port: number } | null {
  const parts = /^(\[[\da-f:.]+\]|[^\s:/[\]]+):(\d{1,5})$/i.exec(text);
  const port = Number(parts?.[2]);
  return parts && port <= 65_535 ? { host: parts[1]!.replace(/^\[(.*)\]$/, "$1"), port } : null;
}

/** Microsoft's issuers for whoever has an account anywhere: each of its customers could say that an address is theirs. */
const ANYBODY = /^\/(common|organizations|consumers)(\/|$)/;

function issuerRefused(issuer: URL): string | null {
  if (!keptPrivate(issuer))
    return "whoever is on the way could sign in as anybody; use https, or http on this machine";
  if (issuer.search || issuer.hash || issuer.username)
    return "an issuer has no user name, no ? and no #; give what stands before /.well-known/openid-configuration";
  if (issuer.pathname.includes("/.well-known/"))
    return "give what stands before /.well-known/openid-configuration";
  if (issuer.hostname === "login.microsoftonline.com" && ANYBODY.test(issuer.pathname))
    return "this issuer lets in every customer of Microsoft; put your tenant's ID in its place";
  return null;
}

/** By https, or never leaving this machine. */
function keptPrivate(url: URL): boolean {
  return url.protocol === "https:" || isLoopback(hostOf(url));
}

const OWN_MACHINE = ["127.0.0.0/8", "::1/128"];

/** @returns null for what names no proxies */
function proxies(value: string): string[] | null {
  if (value === "true" || value === "1") return OWN_MACHINE;
  if (value === "false" || value === "0") return [];
  const named = value.split(",").map((each) => each.trim());
  return named.every(isAddressOrNetwork) ? named : null;
}

function isAddressOrNetwork(text: string): boolean {
  const [address = "", prefix] = text.split("/");
  const version = isIP(address);
  if (version === 0) return false;
  if (prefix === undefined) return true;
  return /^\d{1,3}$/.test(prefix) && Number(prefix) <= (version === 4 ? 32 : 128);
}
