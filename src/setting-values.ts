/** What the values of settings mean, and why one is refused. Pure; no message repeats a secret. */
import { isIP } from "node:net";
import { hostOf, isLoopback } from "./model/loopback.ts";

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

/** Never repeats what it refuses: a password is in it. */
export function databaseRefused(value: string): string | null {
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

export const MAIL_ADDRESS = /^[^\s@<>(),;:"[\]\\]+@[^\s@<>(),;:"[\]\\]+$/;

/** Nothing but these parts is taken from it: a query could switch the check of certificates off. */
export function mailServerIn(text: string): Omit<MailServer, "from"> | null {
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
export function addressIn(text: string): { host: string; port: number } | null {
  const parts = /^(\[[\da-f:.]+\]|[^\s:/[\]]+):(\d{1,5})$/i.exec(text);
  const port = Number(parts?.[2]);
  return parts && port <= 65_535 ? { host: parts[1]!.replace(/^\[(.*)\]$/, "$1"), port } : null;
}

/** Microsoft's issuers for whoever has an account anywhere: each of its customers could say that an address is theirs. */
const ANYBODY = /^\/(common|organizations|consumers)(\/|$)/;

export function issuerRefused(issuer: URL): string | null {
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
export function keptPrivate(url: URL): boolean {
  return url.protocol === "https:" || isLoopback(hostOf(url));
}

const OWN_MACHINE = ["127.0.0.0/8", "::1/128"];

/** @returns null for what names no proxies */
export function proxies(value: string): string[] | null {
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
