/** What every answer tells a browser to refuse. */
import type { FastifyInstance } from "fastify";

/** Nothing that we answer is a page, but the console: it has a policy of its own (console.ts). */
const POLICY =
  "default-src 'none'; object-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";

export const SECURITY_HEADERS = {
  "cache-control": "no-store",
  "content-security-policy": POLICY,
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY",
} as const;

const YEAR_S = 31_536_000;

export function securityHeaders(app: FastifyInstance, publicUrl: URL | null): void {
  app.addHook("onRequest", async (request, reply) => {
    reply.headers(SECURITY_HEADERS);
    // Of this host alone we know that it is never asked without https again. Browsers look at it over https only.
    if (publicUrl?.protocol === "https:" && request.headers.host?.toLowerCase() === publicUrl.host) {
      reply.header("strict-transport-security", `max-age=${YEAR_S}; includeSubDomains`);
    }
  });
}
