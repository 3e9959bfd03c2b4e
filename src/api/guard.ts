/** Who may ask over HTTP: this machine, by its own name, with the token; and no page of another site. */
import { createHash, timingSafeEqual } from "node:crypto";
import type { FastifyInstance } from "fastify";
import { ApiError } from "./errors.ts";

export interface GuardOptions {
  token: string;
  /** `host:port` as browsers and clients write it. Asked anew: a free port is known only after listening. */
  hosts: () => readonly string[];
  /** Origins of the pages that may call. */
  origins: () => readonly string[];
}

declare module "fastify" {
  interface FastifyContextConfig {
    /** Anybody on this machine may ask: whether the server lives, and the console's own files. */
    open?: boolean;
  }
}

export function guard(app: FastifyInstance, { token, hosts, origins }: GuardOptions): void {
  app.addHook("onRequest", async (request) => {
    const host = request.headers.host?.toLowerCase();
    if (host === undefined || !hosts().includes(host)) {
      throw new ApiError(
        "host_not_allowed",
        `This server is not ${host ? `"${host.slice(0, 200)}"` : "without a name"}.`,
        `Call it as ${hosts()[0]}, or set GLASSHOUSE_PUBLIC_URL.`,
      );
    }
    const { origin } = request.headers;
    if (origin !== undefined && !origins().includes(origin)) {
      throw new ApiError("origin_not_allowed", "Pages of other sites may not call this server.");
    }
    if (request.routeOptions.config?.open) return;
    const given = /^Bearer +(\S+)$/i.exec(request.headers.authorization ?? "")?.[1];
    if (given === undefined || !same(given, token)) {
      throw new ApiError(
        "not_authorized",
        given === undefined ? "This server asks for its token." : "This is not the server's token.",
        "Send `Authorization: Bearer …` with the content of the file `token` in the data directory.",
      );
    }
  });
}

/** In a time that tells nothing of how much was right. */
function same(a: string, b: string): boolean {
  const hash = (text: string) => createHash("sha256").update(text).digest();
  return timingSafeEqual(hash(a), hash(b));
}

const PAGE_POLICY =
  "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";

export function securityHeaders(app: FastifyInstance): void {
  app.addHook("onRequest", async (_request, reply) => {
    reply.headers({
      "cache-control": "no-store",
      "content-security-policy": PAGE_POLICY,
      "cross-origin-opener-policy": "same-origin",
      "cross-origin-resource-policy": "same-origin",
      "referrer-policy": "no-referrer",
      "x-content-type-options": "nosniff",
      "x-frame-options": "DENY",
    });
  });
}
