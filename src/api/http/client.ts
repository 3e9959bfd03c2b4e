/** The client of a request: where it is, what it calls itself, and its session's cookie. */
import type { FastifyReply, FastifyRequest } from "fastify";
import type { ClientFacts } from "../../access/session.ts";
import type { BegunKind } from "../../store/members/begun.ts";

export interface Client extends ClientFacts {
  /** What its cookie holds; null: none. */
  session: string | null;
  /** Gives it the cookie of a new session; null takes it away. */
  keepSession(token: string | null): void;
  /** What its cookie holds of what it has begun; null: nothing. */
  begun(kind: BegunKind): string | null;
  /** Gives it that cookie, for ten minutes; null takes it away. */
  keepBegun(kind: BegunKind, token: string | null): void;
  /** Where people open Glasshouse: never as the request names it. */
  address: URL;
  /** Does it ask there? */
  here: boolean;
}

const BEGUN_S = 600;

/** Where a server is asked. */
export interface Asked {
  publicUrl: URL | null;
  /** As it was set; 0: a free one. */
  port: number;
}

/**
 * Under the public https address only https carries it, and only to this very host. Browsers send a cookie to all ports
 * of a host: its name holds the port, or signing in to one Glasshouse would sign out of the next on the same machine.
 */
function cookieOf(
  request: FastifyRequest,
  { publicUrl, port }: Asked,
  what: "session" | BegunKind = "session",
): { name: string; secure: boolean } {
  const publicly = publicUrl !== null && request.headers.host?.toLowerCase() === publicUrl.host;
  const secure = publicly && publicUrl.protocol === "https:";
  const of = publicly ? publicUrl.port : port || "";
  return { name: `${secure ? "__Host-" : ""}glasshouse_${what}${of && `_${of}`}`, secure };
}

export function sessionCookie(request: FastifyRequest, asked: Asked): string | null {
  return request.cookies[cookieOf(request, asked).name] || null;
}

export function clientOf(request: FastifyRequest, reply: FastifyReply, asked: Asked, address: URL): Client {
  const { name, secure } = cookieOf(request, asked);
  const options = { path: "/", httpOnly: true, sameSite: "lax", secure } as const;
  return {
    ip: request.who.kind === "machine" ? null : request.ip,
    agent: request.headers["user-agent"] ?? null,
    session: sessionCookie(request, asked),
    keepSession(token) {
      if (token === null) reply.clearCookie(name, options);
      else reply.setCookie(name, token, options);
    },
    begun: (kind) => request.cookies[cookieOf(request, asked, kind).name] || null,
    keepBegun(kind, token) {
      const { name: of } = cookieOf(request, asked, kind);
      const strictly = { ...options, sameSite: "strict" } as const;
      if (token === null) reply.clearCookie(of, strictly);
      else reply.setCookie(of, token, { ...strictly, maxAge: BEGUN_S });
    },
    address,
    here: request.headers.host?.toLowerCase() === address.host,
  };
}
