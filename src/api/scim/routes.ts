/** SCIM 2.0 (RFC 7644) for Users: what identity providers send employees to. Its own tokens open it, and nothing else. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { placeOf } from "../../access/place.ts";
import { hashOf } from "../../access/secrets.ts";
import { weightOf } from "../../model/json-weight.ts";
import { idOf, MOST_ID, readUser, ScimRefused, type ScimUser } from "../../model/scim/scim.ts";
import { parseFilter } from "../../model/scim/scim-filter.ts";
import { patchUser } from "../../model/scim/scim-patch.ts";
import { lockEmployees } from "../../store/employees/employees.ts";
import {
  addScimUser,
  changeScimUser,
  removeScimUser,
  type ScimRow,
  scimUser,
  scimUsers,
} from "../../store/employees/scim.ts";
import { type ScimToken, scimTokenByHash, touchScimToken } from "../../store/members/scim-tokens.ts";
import { addTrail } from "../../store/members/trail.ts";
import type { Tx } from "../../store/store.ts";
import { ApiError } from "../errors.ts";
import type { ApiContext } from "../handler.ts";
import { asApiError } from "../http/failure.ts";
import { Limit } from "../http/limits.ts";
import { MOST_RESULTS, resourceTypes, schemas, serviceProviderConfig } from "./schemas.ts";
import { errorOf, etagOf, listOf, locationOf, projected, resourceOf, SCIM, SCIM_TYPE } from "./wire.ts";

const BODY_LIMIT = 256_000;
const MAX_JSON_DEPTH = 16;
/** Providers send 25 to 40 a second when they begin. */
const ASKED = { burst: 200, perSecond: 50 } as const;
const GUESSED = { burst: 20, perSecond: 0.2 } as const;
/** When it was used is told by the minute. */
const TOUCH_MS = 60_000;

declare module "fastify" {
  interface FastifyRequest {
    scim: ScimToken | null;
  }
}

export async function scimRoutes(
  app: FastifyInstance,
  context: ApiContext,
  address: () => URL,
): Promise<void> {
  const { services, now } = context;
  const { store } = services;
  const asked = new Limit(ASKED.burst, ASKED.perSecond);
  const guessed = new Limit(GUESSED.burst, GUESSED.perSecond);
  const base = () => address().origin + SCIM;
  app.decorateRequest("scim", null);
  jsonBodies(app);

  app.addHook("onRequest", async (request, reply) => {
    const wait = (seconds: number) => {
      reply.header("retry-after", String(seconds));
      return new ScimRefused(429, null, `Asked too often: wait ${seconds} s.`);
    };
    const secret = /^Bearer +(\S+)$/i.exec(request.headers.authorization ?? "")?.[1];
    const token = secret ? await scimTokenByHash(store.read, hashOf(secret)) : null;
    if (!token) {
      const seconds = guessed.take(placeOf(request.ip ?? null), now());
      if (seconds > 0) throw wait(seconds);
      reply.header("www-authenticate", 'Bearer realm="Glasshouse SCIM"');
      throw new ScimRefused(401, null, "A SCIM token is needed: an admin makes one on the page Employees.");
    }
    const seconds = asked.take(String(token.id), now());
    if (seconds > 0) throw wait(seconds);
    refuseTwice(request.query as Record<string, unknown>);
    request.scim = token;
    if (token.lastUsedAt === null || now() - token.lastUsedAt > TOUCH_MS)
      await store.write((tx) => touchScimToken(tx, token.id, now()));
  });

  app.setErrorHandler((error, request, reply) => {
    const refused = refusalOf(error);
    if (!refused) {
      request.log.error(
        { err: error, route: request.routeOptions.url },
        "a SCIM request failed by a fault of ours",
      );
    }
    const { status, scimType, message } =
      refused ??
      new ScimRefused(500, null, "Glasshouse failed to answer, by a fault of its own: its log has it.");
    return send(reply, status, errorOf(status, scimType, message));
  });

  /** Changes something in one transaction, with its row of the audit trail. */
  const written = <T>(
    request: FastifyRequest,
    action: string,
    work: (tx: Tx) => Promise<{ result: T; target: string }>,
  ): Promise<T> =>
    store.write(async (tx) => {
      await lockEmployees(tx);
      const { result, target } = await work(tx);
      await addTrail(tx, {
        at: now(),
        by: "token",
        member: null,
        token: null,
        name: `SCIM token ${request.scim!.name}`,
        ip: request.ip ?? null,
        action,
        target,
        connection: null,
        result: "ok",
        details: null,
      });
      return result;
    });

  const found = async (tx: Tx, request: FastifyRequest): Promise<ScimRow> => {
    const id = idOf((request.params as { id: string }).id);
    const row = id === null ? null : await scimUser(tx, id);
    if (!row) throw new ScimRefused(404, null, "There is no such user.");
    const wanted = request.headers["if-match"];
    if (
      wanted !== undefined &&
      wanted !== "*" &&
      !wanted.split(",").some((each) => each.trim() === etagOf(row))
    )
      throw new ScimRefused(412, null, "The user has changed since: read it again.");
    return row;
  };

  const answer = (reply: FastifyReply, status: number, row: ScimRow, request: FastifyRequest) => {
    reply.header("etag", etagOf(row)).header("location", locationOf(base(), row));
    return send(reply, status, projected(resourceOf(row, base()), request.query as object));
  };

  const route = (
    method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE",
    path: string,
    handler: (request: FastifyRequest, reply: FastifyReply) => Promise<FastifyReply>,
  ) =>
    app.route({
      method,
      url: SCIM + path,
      exposeHeadRoute: false,
      bodyLimit: BODY_LIMIT,
      schema: { hide: true } as object,
      config: { open: true },
      handler,
    });

  route("GET", "/ServiceProviderConfig", async (_request, reply) =>
    send(reply, 200, serviceProviderConfig(base())),
  );
  for (const [path, all] of [
    ["/ResourceTypes", resourceTypes],
    ["/Schemas", schemas],
  ] as const) {
    route("GET", path, async (request, reply) => {
      // They may not be filtered (RFC 7644, 4).
      if ((request.query as { filter?: string }).filter !== undefined)
        throw new ScimRefused(403, null, "This list takes no filter.");
      const each = all(base());
      return send(reply, 200, listOf(each, each.length, 1));
    });
    route("GET", `${path}/:id`, async (request, reply) => {
      const { id } = request.params as { id: string };
      const one = all(base()).find((each) => each.id === id);
      if (!one) throw new ScimRefused(404, null, `There is no ${id.slice(0, 200)} here.`);
      return send(reply, 200, one);
    });
  }

  route("GET", "/Users", async (request, reply) => {
    const query = request.query as Record<string, string | undefined>;
    const filter = query.filter ? parseFilter(query.filter) : null;
    // What lies beyond the ends is the end (RFC 7644, 3.4.2.4).
    const startIndex = Math.min(MOST_ID, Math.max(1, whole(query.startIndex, 1)));
    const count = Math.min(MOST_RESULTS, Math.max(0, whole(query.count, MOST_RESULTS)));
    const { total, rows } = await scimUsers(store.read, filter, { startIndex, count });
    const resources = rows.map((row) => projected(resourceOf(row, base()), query));
    return send(reply, 200, listOf(resources, total, startIndex));
  });

  route("GET", "/Users/:id", async (request, reply) => {
    const id = idOf((request.params as { id: string }).id);
    const row = id === null ? null : await scimUser(store.read, id);
    if (!row) throw new ScimRefused(404, null, "There is no such user.");
    if (request.headers["if-none-match"] === etagOf(row))
      return reply.code(304).header("etag", etagOf(row)).send();
    return answer(reply, 200, row, request);
  });

  route("POST", "/Users", async (request, reply) => {
    const user = readUser(request.body);
    const row = await written(request, "scimCreate", async (tx) => ({
      result: await addScimUser(tx, user, now()),
      target: user.userName,
    }));
    return answer(reply, 201, row, request);
  });

  const changes = (
    method: "PUT" | "PATCH",
    action: string,
    next: (before: ScimUser, body: unknown) => ScimUser,
  ) =>
    route(method, "/Users/:id", async (request, reply) => {
      const row = await written(request, action, async (tx) => {
        const before = await found(tx, request);
        const user = next(before.user, request.body);
        return { result: await changeScimUser(tx, before, user, now()), target: user.userName };
      });
      return answer(reply, 200, row, request);
    });
  changes("PUT", "scimReplace", (before, body) => readUser(body, before));
  changes("PATCH", "scimPatch", patchUser);

  route("DELETE", "/Users/:id", async (request, reply) => {
    await written(request, "scimDelete", async (tx) => {
      const before = await found(tx, request);
      await removeScimUser(tx, before, now());
      return { result: null, target: before.user.userName };
    });
    return reply.code(204).send();
  });

  for (const method of ["GET", "POST", "PUT", "PATCH", "DELETE"] as const) {
    route(method, "/*", async (request) => {
      const known = /\/(Users|Schemas|ResourceTypes|ServiceProviderConfig)(\/[^/]*)?$/.test(
        request.url.split("?", 1)[0]!,
      );
      throw known
        ? new ScimRefused(405, null, `${method} is not possible here.`)
        : new ScimRefused(
            404,
            null,
            "Only Users, Schemas, ResourceTypes and ServiceProviderConfig are here.",
          );
    });
  }
}

function send(reply: FastifyReply, status: number, body: object): FastifyReply {
  return reply.code(status).header("content-type", SCIM_TYPE).serializer(JSON.stringify).send(body);
}

function refusalOf(error: unknown): ScimRefused | null {
  if (error instanceof ScimRefused) return error;
  const known = asApiError(error);
  return known && new ScimRefused(known.status, known.status === 400 ? "invalidSyntax" : null, known.message);
}

/** Of two of one name nobody knows which is meant. */
function refuseTwice(query: Record<string, unknown>): void {
  const name = Object.keys(query).find((each) => typeof query[each] !== "string");
  if (name !== undefined)
    throw new ScimRefused(400, "invalidSyntax", `${name.slice(0, 100)} is given more than once.`);
}

function whole(text: string | undefined, otherwise: number): number {
  if (text === undefined) return otherwise;
  const n = Number(text);
  if (!Number.isInteger(n))
    throw new ScimRefused(400, "invalidValue", "startIndex and count are whole numbers.");
  return n;
}

/** SCIM has a type of its own for JSON. */
function jsonBodies(app: FastifyInstance): void {
  app.removeAllContentTypeParsers();
  const parse = app.getDefaultJsonParser("error", "error");
  for (const type of ["application/scim+json", "application/json"]) {
    app.addContentTypeParser<string>(type, { parseAs: "string" }, (request, body, done) => {
      if (body === "") return done(null, undefined);
      if (weightOf(body).depth > MAX_JSON_DEPTH)
        return done(new ApiError("invalid_request", `JSON is nested deeper than ${MAX_JSON_DEPTH} levels.`));
      return parse(request, body, done);
    });
  }
}
