/** Who may ask over HTTP: this server by its own name, no page of another site, and whom session or token tell. */
import type { FastifyInstance, FastifyRequest } from "fastify";
import { actorOfSession, actorOfToken } from "../../access/session.ts";
import { type Actor, allows, type Needs } from "../../model/member.ts";
import { isClaimed } from "../../store/members/members.ts";
import type { Store } from "../../store/store.ts";
import { ApiError } from "../errors.ts";
import { UNATTENDED } from "../wire.ts";
import { sessionCookie } from "./client.ts";

declare module "fastify" {
  interface FastifyContextConfig {
    /** Anybody may ask: whether the server lives, and the console's own files. */
    open?: boolean;
  }
  interface FastifyRequest {
    who: Actor;
    /** Who asks, by what is stored now: rights may have gone since the request came. */
    askWho: () => Promise<Actor>;
    /** Is there an admin? Before, nothing else is answered over HTTP. */
    claimed: boolean;
  }
}

export interface GuardOptions {
  /** `host:port` as browsers and clients write it. Asked anew: a free port is known only after listening. */
  hosts: () => readonly string[];
  /** Origins of the pages that may call. */
  origins: () => readonly string[];
  /** Where people open it: the public address, else this machine's own name. */
  address: () => URL;
  /** As it was set; 0: a free one. */
  port: number;
}
interface Guarding extends GuardOptions {
  store: Store;
  publicUrl: URL | null;
  now: () => number;
}

const READING = new Set(["GET", "HEAD", "OPTIONS"]);

/** @param guarding null: whoever can reach this server is this very user, by the socket's file mode */
export function guard(app: FastifyInstance, guarding: Guarding | null): void {
  app.decorateRequest("who");
  app.decorateRequest("askWho");
  app.decorateRequest("claimed", true);
  let claimed = false;
  app.addHook("onRequest", async (request) => {
    request.who = { kind: guarding ? "nobody" : "machine" };
    request.askWho = async () => (guarding ? actorOf(request, guarding, false) : request.who);
    if (!guarding) return;
    refuseStrangers(request, guarding);
    if (request.routeOptions.config?.open) return;
    refusePages(request);
    claimed ||= await isClaimed(guarding.store.read);
    request.claimed = claimed;
    const used = request.headers[UNATTENDED] === undefined;
    if (claimed) request.who = await actorOf(request, guarding, used);
  });
}

/** @throws ApiError `host_not_allowed`, `origin_not_allowed` */
function refuseStrangers(request: FastifyRequest, { hosts, origins }: Guarding): void {
  const host = request.headers.host?.toLowerCase();
  // Of two names Node shows the first; a proxy may have looked at the other.
  const twice = request.raw.headersDistinct.host?.length !== 1;
  if (host === undefined || twice || !hosts().includes(host)) {
    throw new ApiError(
      "host_not_allowed",
      host && !twice
        ? `This server is not "${host.slice(0, 200)}".`
        : "A request names the server that it is for, once.",
      `Call it as ${hosts()[0]}, or set GLASSHOUSE_PUBLIC_URL.`,
    );
  }
  const { origin } = request.headers;
  if (origin !== undefined && !origins().includes(origin)) {
    throw new ApiError("origin_not_allowed", "Pages of other sites may not call this server.");
  }
  // A browser names the origin of whatever changes something; without it a cookie proves nothing.
  if (origin === undefined && !READING.has(request.method) && bearerOf(request) === null) {
    throw new ApiError(
      "origin_not_allowed",
      "A request that changes something needs an Origin header, or an API token.",
      "Send `Authorization: Bearer …` with an API token.",
    );
  }
}

/**
 * Browsers tell by which page a request was made, also where they send no Origin: with links, images and scripts. Pages
 * of other ports of this machine count as the same site, and would bring the cookie along.
 *
 * @throws ApiError `origin_not_allowed`
 */
function refusePages({ headers }: FastifyRequest): void {
  const from = headers["sec-fetch-site"];
  if (from === undefined || from === "same-origin" || from === "none") return;
  throw new ApiError(
    "origin_not_allowed",
    "Pages of other sites may not call this server.",
    "Open Glasshouse itself, and follow the link from there.",
  );
}

function bearerOf(request: FastifyRequest): string | null {
  const { authorization } = request.headers;
  if (authorization === undefined) return null;
  return /^Bearer +(\S+)$/i.exec(authorization)?.[1] ?? "";
}

async function actorOf(request: FastifyRequest, guarding: Guarding, used: boolean): Promise<Actor> {
  const { store, now } = guarding;
  const bearer = bearerOf(request);
  if (bearer !== null) return actorOfToken(store, bearer, now());
  const cookie = sessionCookie(request, guarding);
  return cookie === null ? { kind: "nobody" } : actorOfSession(store, cookie, now(), used);
}

/** What an endpoint asks of whom it answers. */
export interface Asks {
  needs: Needs;
  /** `session`: not for API tokens, nor over the socket. `person`: not for API tokens. */
  by?: "session" | "person";
  /** Answers before there is an admin. */
  beforeClaim?: boolean;
  /** Answers whoever has yet to add a second factor. */
  beforeSecondFactor?: boolean;
}

/** @throws ApiError `unclaimed`, `not_authorized`, `second_factor_missing`, `not_allowed`, `session_needed` */
export function authorize(
  { who, claimed, headers }: Pick<FastifyRequest, "who" | "claimed" | "headers">,
  asks: Asks,
): void {
  if (!claimed && !asks.beforeClaim) {
    throw new ApiError(
      "unclaimed",
      "This Glasshouse has no admin yet.",
      "Open it in a browser and enter the setup code; `glasshouse setup-code` shows one.",
    );
  }
  const lacks = who.kind === "member" && "session" in who.via && who.via.lacksSecondFactor;
  if (lacks && asks.needs !== "nobody" && !asks.beforeSecondFactor) {
    throw new ApiError(
      "second_factor_missing",
      "Whoever signs in with a password needs a second factor here, and you have none.",
      "Open Glasshouse in a browser: it leads you there.",
    );
  }
  if (!allows(who, asks.needs)) {
    if (who.kind === "nobody") {
      const token = headers.authorization !== undefined;
      throw new ApiError(
        "not_authorized",
        token ? "This API token is none of ours, or has expired." : "You are not signed in.",
        token
          ? "Make a new one on the page Members."
          : "Sign in, or send `Authorization: Bearer …` with an API token.",
      );
    }
    if (asks.needs === "machine") {
      throw new ApiError(
        "not_allowed",
        "This is done on the server's machine only.",
        "Use `glasshouse` there.",
      );
    }
    const role = who.kind === "member" ? who.role : "machine";
    throw new ApiError(
      "not_allowed",
      `This needs the role ${asks.needs}; you have ${role}.`,
      "Ask an admin: the page Members has the roles.",
    );
  }
  if (asks.by === "session" && !(who.kind === "member" && "session" in who.via)) {
    throw new ApiError("session_needed", "This is for people who have signed in.", "Do it in the browser.");
  }
  if (asks.by === "person" && who.kind === "member" && !("session" in who.via)) {
    throw new ApiError(
      "session_needed",
      "This is not for API tokens.",
      "Do it in the browser, or with `glasshouse` on the server's machine.",
    );
  }
}
