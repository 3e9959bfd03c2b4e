/** Tells "cannot reach" from "is not who it says" from "the proxy": by the codes Node and undici throw. */
import type { Family, Fault } from "./errors.ts";

export interface Trouble {
  family: Family;
  fault: Fault | null;
  /** In words, for a message: "name not found". */
  words: string;
  /** The system's code, such as ENOTFOUND. */
  code: string | null;
}

const TLS_WORDS: Record<string, string> = {
  CERT_HAS_EXPIRED: "its certificate has expired",
  CERT_NOT_YET_VALID: "its certificate is not valid yet",
  ERR_TLS_CERT_ALTNAME_INVALID: "its certificate is made out to another name",
  SELF_SIGNED_CERT_IN_CHAIN: "its certificate's issuer is not trusted",
  DEPTH_ZERO_SELF_SIGNED_CERT: "its certificate is signed by itself",
  UNABLE_TO_GET_ISSUER_CERT: "its certificate's issuer is not known",
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: "its certificate's issuer is not known",
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: "its certificate's issuer is not known",
};

/** Codes that say: this chain ends at somebody this machine has never heard of. */
export const UNKNOWN_ISSUER: readonly string[] = [
  "SELF_SIGNED_CERT_IN_CHAIN",
  "DEPTH_ZERO_SELF_SIGNED_CERT",
  "UNABLE_TO_GET_ISSUER_CERT",
  "UNABLE_TO_GET_ISSUER_CERT_LOCALLY",
  "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
];

const NETWORK_WORDS: Record<string, string> = {
  ENOTFOUND: "name not found",
  EAI_AGAIN: "name not found: the name server doesn't answer",
  ECONNREFUSED: "refused",
  ECONNRESET: "the connection was closed",
  EPIPE: "the connection was closed",
  UND_ERR_SOCKET: "the connection was closed",
  EHOSTUNREACH: "no route to it",
  ENETUNREACH: "no route to it",
  EACCES: "not allowed by this machine",
  EPERM: "not allowed by this machine",
};

const TIMEOUTS = ["UND_ERR_CONNECT_TIMEOUT", "UND_ERR_HEADERS_TIMEOUT", "UND_ERR_BODY_TIMEOUT", "ETIMEDOUT"];

/**
 * What an error that was thrown instead of an answer means. `proxy` is the proxy in force, null if none.
 * A failure to connect counts as the proxy's where the error names the proxy's host or port.
 */
export function trouble(error: unknown, proxy: URL | null): Trouble {
  const chain = causes(error);
  const code = chain.map((each) => each.code).find((each) => typeof each === "string") ?? null;
  const said = chain.map((each) => each.message ?? "").join(" ");

  const refusal = /Proxy response \((\d{3})\)/.exec(said)?.[1] ?? (/\b407\b/.test(said) ? "407" : null);
  if (refusal) {
    const words = refusal === "407" ? "it asks for a user name and password (407)" : `it answered ${refusal}`;
    return { family: "proxy", fault: null, words, code: refusal };
  }
  if (
    chain.some((each) => each.name === "SecureProxyConnectionError" || each.name === "ProxyConnectionError")
  ) {
    return { family: "proxy", fault: null, words: "the connection to it failed", code };
  }
  const tls = chain.map((each) => each.code).find((each) => each && isTls(each));
  if (tls) {
    return { family: "tls", fault: null, words: TLS_WORDS[tls] ?? `TLS failed (${tls})`, code: tls };
  }
  const timedOut = code !== null && TIMEOUTS.includes(code);
  const words = timedOut
    ? "no answer in time"
    : (NETWORK_WORDS[code ?? ""] ?? `failed (${code ?? "no code"})`);
  const family: Family = proxy && chain.some((each) => names(each, proxy)) ? "proxy" : "network";
  return { family, fault: timedOut ? "timed_out" : null, words, code };
}

/**
 * Was there no connection yet, so that nothing of the request can have left? The same code may come later, of a connection
 * that breaks while the answer is awaited: only what failed tells.
 */
export function failedToConnect(error: unknown): boolean {
  return causes(error).some(
    ({ code = "", syscall = "" }) =>
      ["connect", "getaddrinfo"].includes(syscall) ||
      code === "UND_ERR_CONNECT_TIMEOUT" ||
      isCertificate(code),
  );
}

interface SystemError {
  name?: string;
  message?: string;
  code?: string;
  syscall?: string;
  hostname?: string;
  address?: string;
  port?: number;
}

function causes(error: unknown): SystemError[] {
  const found: SystemError[] = [];
  const queue: unknown[] = [error];
  while (queue.length > 0 && found.length < 20) {
    const next = queue.shift();
    if (next === null || typeof next !== "object") continue;
    found.push(next as SystemError);
    const { cause, errors } = next as { cause?: unknown; errors?: unknown };
    if (cause) queue.push(cause);
    if (Array.isArray(errors)) queue.push(...errors);
  }
  return found;
}

function isTls(code: string): boolean {
  return (
    isCertificate(code) || code.startsWith("ERR_SSL_") || code.startsWith("ERR_TLS_") || code === "EPROTO"
  );
}

/** Found wrong while connecting, before anything else is said. */
function isCertificate(code: string): boolean {
  return code in TLS_WORDS || code.startsWith("CERT_") || code.startsWith("ERR_TLS_CERT_");
}

function names(error: SystemError, proxy: URL): boolean {
  const host = proxy.hostname.replace(/^\[|\]$/g, "");
  const port = Number(proxy.port || (proxy.protocol === "https:" ? 443 : 80));
  if (error.hostname) return error.hostname === host;
  if (error.address) return error.port === port && (port !== 443 || error.address === host);
  return Boolean(error.message?.includes(`${host}:${port}`));
}
