/** The program's settings, read from the environment and checked. */
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import type { Origins } from "./model/connection.ts";
import { isLoopback } from "./model/loopback.ts";
import {
  addressIn,
  databaseRefused,
  issuerRefused,
  keptPrivate,
  MAIL_ADDRESS,
  type MailServer,
  mailServerIn,
  proxies,
} from "./setting-values.ts";
import { SETTINGS } from "./settings.ts";

export type { MailServer } from "./setting-values.ts";

export const LOG_LEVELS = ["fatal", "error", "warn", "info", "debug", "trace", "silent"] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** Where members may sign in with an account that they have there. */
export interface OidcSettings {
  issuer: URL;
  clientId: string;
  clientSecret: string;
  label: string;
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
