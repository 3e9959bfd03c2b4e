/** One keep-alive pool for all calls of this process, through the proxy that the environment names. */
import { type Dispatcher, EnvHttpProxyAgent } from "undici";

export const CONNECT_TIMEOUT_MS = 30_000;
/** A simulator on this machine is never asked through a company's proxy. */
const LOOPBACK = "localhost,127.0.0.1,[::1]";

let shared: { dispatcher: Dispatcher; settings: string } | null = null;

/** The pool for the present environment: HTTPS_PROXY, HTTP_PROXY, NO_PROXY. */
export function dispatcher(): Dispatcher {
  const settings = [env("HTTPS_PROXY"), env("HTTP_PROXY"), noProxy()].join(" ");
  if (shared?.settings !== settings) {
    const connect = { timeout: CONNECT_TIMEOUT_MS };
    shared = {
      settings,
      dispatcher: proxied({ connect, connectTimeout: CONNECT_TIMEOUT_MS, keepAliveTimeout: 20_000 }),
    };
  }
  return shared.dispatcher;
}

/** A pool of its own, through the same proxy. What `connect` says holds where none is in between. */
export function proxied(options: EnvHttpProxyAgent.Options): Dispatcher {
  return new EnvHttpProxyAgent({
    noProxy: noProxy(),
    allowH2: false,
    ...options,
  } as EnvHttpProxyAgent.Options);
}

const noProxy = () => [env("NO_PROXY"), LOOPBACK].filter(Boolean).join(",");

/** The proxy that https calls may go through; null: none is set, or what is set is no URL. */
export function proxyInForce(): URL | null {
  const set = env("HTTPS_PROXY") || env("HTTP_PROXY");
  return set && URL.canParse(set) ? new URL(set) : null;
}

function env(name: string): string {
  return process.env[name.toLowerCase()] ?? process.env[name] ?? "";
}
