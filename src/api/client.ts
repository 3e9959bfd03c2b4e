/** The client of a request: where it is, what it calls itself, and its session's cookie. */
import type { FastifyReply, FastifyRequest } from "fastify";
import type { ClientFacts } from "../access/session.ts";

export interface Client extends ClientFacts {
  /** What its cookie holds; null: none. */
  session: string | null;
  /** Gives it the cookie of a new session; null takes it away. */
  keepSession(token: string | null): void;
}

/** Under the public https address only https carries it, and only to this very host. */
function cookieOf(request: FastifyRequest, publicUrl: URL | null): { name: string; secure: boolean } {
  const secure = publicUrl?.protocol === "https:" && request.headers.host?.toLowerCase() === publicUrl.host;
  return { name: secure ? "__Host-glasshouse_session" : "glasshouse_session", secure };
}

export function sessionCookie(request: FastifyRequest, publicUrl: URL | null): string | null {
  return request.cookies[cookieOf(request, publicUrl).name] || null;
}

export function clientOf(request: FastifyRequest, reply: FastifyReply, publicUrl: URL | null): Client {
  const { name, secure } = cookieOf(request, publicUrl);
  const options = { path: "/", httpOnly: true, sameSite: "lax", secure } as const;
  return {
    ip: request.who.kind === "machine" ? null : request.ip,
    agent: request.headers["user-agent"] ?? null,
    session: sessionCookie(request, publicUrl),
    keepSession(token) {
      if (token === null) reply.clearCookie(name, options);
      else reply.setCookie(name, token, options);
    },
  };
}
