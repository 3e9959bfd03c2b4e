/** Makes the routes of the contract into a server: the same one for the socket, for HTTP, and for a command alone. */
import { Readable } from "node:stream";
import cookie from "@fastify/cookie";
import swagger from "@fastify/swagger";
import Fastify, {
  type FastifyBaseLogger,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
  LogController,
} from "fastify";
import {
  jsonSchemaTransform,
  jsonSchemaTransformObject,
  serializerCompiler,
  validatorCompiler,
} from "fastify-type-provider-zod";
import { z } from "zod";
import { weightOf } from "../../model/json-weight.ts";
import { type Endpoint, ErrorBody, type FileAnswer } from "../contract/kit.ts";
import { API, type EndpointName, endpoints } from "../contract.ts";
import { ApiError, ERRORS, errorBody } from "../errors.ts";
import type { ApiContext, Asking, Handlers } from "../handler.ts";
import { scimRoutes } from "../scim/routes.ts";
import { type Note, noted, notes } from "../trail/trail.ts";
import { type Client, clientOf } from "./client.ts";
import { asApiError } from "./failure.ts";
import { authorize, type GuardOptions, guard } from "./guard.ts";
import { securityHeaders } from "./headers.ts";
import { health } from "./health.ts";
import { type AskedOften, askedOften, GOING_ON, type GoingOn, goingOn } from "./member-limits.ts";
import { stillAllowed } from "./still-allowed.ts";
import { turnedAway } from "./turned-away.ts";
import { malformed, unroutable } from "./unparsed.ts";

const BODY_LIMIT = 1_000_000;
/** A request that comes in so slowly holds a connection for nothing. */
const REQUEST_MS = 60_000;
/** Deeper than any body of ours. */
const MAX_JSON_DEPTH = 32;

export interface AppOptions {
  /** null: whoever can reach this server is this very user, by the socket's file mode. */
  guard: GuardOptions | null;
  logger?: FastifyBaseLogger;
  handlers: Handlers;
}

export async function buildApp(context: ApiContext, options: AppOptions): Promise<FastifyInstance> {
  const app = Fastify({
    bodyLimit: BODY_LIMIT,
    requestTimeout: REQUEST_MS,
    // A request that names no host is refused by the guard, in our own words.
    http: { requireHostHeader: false },
    logController: new LogController({ disableRequestLogging: true }),
    // The nearest address that isn't this machine's own proxy: what a client writes before it is not believed.
    trustProxy: context.config.trustProxy.length > 0 ? [...context.config.trustProxy] : false,
    routerOptions: { maxParamLength: 500 },
    frameworkErrors: (error, _request, reply) => unroutable(error, reply),
    clientErrorHandler: malformed,
    ...(options.logger ? { loggerInstance: options.logger } : {}),
  }) as FastifyInstance;
  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(serializerCompiler);
  securityHeaders(app, context.config.publicUrl);
  await app.register(cookie);
  const { publicUrl } = context.config;
  const { store } = context.services;
  const address = options.guard?.address ?? (() => publicUrl ?? new URL("http://localhost"));
  const client: ClientOf = (request, reply) =>
    clientOf(request, reply, { publicUrl, port: options.guard?.port ?? 0 }, address());
  guard(app, options.guard && { ...options.guard, store, publicUrl, now: context.now });
  errors(app, context.now);
  jsonBodies(app);
  await app.register(swagger, {
    openapi: {
      openapi: "3.1.0",
      info: {
        title: "Glasshouse",
        version: context.version,
        description: "Who has access to Greenhouse Recruiting, who really uses it, and what to do about it.",
      },
      servers: [{ url: API }],
      components: { securitySchemes: { token: { type: "http", scheme: "bearer" } } },
      security: [{ token: [] }],
    },
    transform: jsonSchemaTransform,
    transformObject: jsonSchemaTransformObject,
  });
  await app.register(async (routes) => {
    const each = { client, note: notes(context), often: askedOften(), begin: goingOn() };
    for (const name of Object.keys(endpoints) as EndpointName[]) {
      route(routes, context, name, options.handlers[name] as Handle, each);
    }
    const signedIn = async (request: FastifyRequest) => authorize(request, { needs: "viewer" });
    const hidden = { schema: { hide: true } as object, onRequest: signedIn };
    routes.get(`${API}/openapi.json`, hidden, async () => app.swagger());
  });
  await app.register(async (routes) => scimRoutes(routes, context, address));
  health(app, context);
  return app;
}

type Handle = (
  asked: { params: unknown; query: unknown; body: unknown },
  asking: Asking,
) => Promise<unknown> | AsyncGenerator<unknown, unknown, void>;

type ClientOf = (request: FastifyRequest, reply: FastifyReply) => Client;

function route(
  app: FastifyInstance,
  context: ApiContext,
  name: EndpointName,
  handle: Handle,
  { client, note, often, begin }: { client: ClientOf; note: Note; often: AskedOften; begin: GoingOn },
): void {
  const endpoint: Endpoint = endpoints[name];
  const status = endpoint.status ?? 200;
  app.route({
    method: endpoint.method,
    exposeHeadRoute: false,
    ...(endpoint.bodyLimit ? { bodyLimit: endpoint.bodyLimit } : {}),
    url: API + endpoint.path.replace(/\{(\w+)\}/g, ":$1"),
    schema: {
      operationId: name,
      summary: endpoint.summary,
      description: endpoint.stream
        ? "Streams server-sent events where the client accepts `text/event-stream`."
        : undefined,
      tags: [endpoint.group],
      ...(endpoint.params ? { params: endpoint.params } : {}),
      ...(endpoint.query ? { querystring: endpoint.query } : {}),
      ...(endpoint.body ? { body: endpoint.body } : {}),
      response: { [status]: answerOf(endpoint), ...errorAnswers(endpoint) },
    } as object,
    onRequest: async (request, reply) => {
      // By a clock that nobody sets.
      const seconds = often(request.who, endpoint, performance.now());
      if (seconds > 0) {
        reply.header("retry-after", String(seconds));
        throw new ApiError("too_many_tries", `You ask too often: wait ${seconds} s.`);
      }
      try {
        authorize(request, endpoint);
      } catch (error) {
        if (request.who.kind === "member") await note(request, endpoint, name, {}, error);
        throw error;
      }
    },
    // A call without a body is one with an empty body: what must be in it is then named.
    preValidation: async (request) => {
      if (endpoint.body) request.body ??= {};
    },
    handler: async (request, reply) => {
      const gone = new AbortController();
      reply.raw.once("close", () => gone.abort());
      const asking: Asking = {
        ...context,
        db: context.services.store.read,
        who: request.who,
        client: client(request, reply),
        trail: {},
        signal: gone.signal,
      };
      const end = (result: unknown) => note(request, endpoint, name, asking.trail, result);
      const asked = { params: request.params, query: request.query, body: request.body };
      const given = handle(asked, asking);
      reply.code(status);
      if (Symbol.asyncIterator in given) {
        const giveBack = begin(request.who);
        if (!giveBack) {
          reply.header("retry-after", "10");
          throw new ApiError("too_many_tries", `You follow ${GOING_ON} things at once: close some of them.`);
        }
        reply.raw.once("close", giveBack);
        const items = noted(stillAllowed(given, request, endpoint, asking), end);
        return accepts(request)
          ? stream(request, reply, items, endpoint.stream!)
          : reply.send(await last(items));
      }
      const answer = await given.catch(async (error: unknown) => {
        await end(error);
        throw error;
      });
      if (endpoint.file) {
        const { body, ...file } = answer as FileAnswer;
        return sendFile(reply, file, noted(stillAllowed(generated(body), request, endpoint, asking), end));
      }
      await end("ok");
      return reply.send(answer);
    },
  });
}

function sendFile(
  reply: FastifyReply,
  { name, type }: Omit<FileAnswer, "body">,
  body: AsyncGenerator<Uint8Array | string, void, void>,
): FastifyReply {
  return reply
    .header("content-type", type)
    .header("content-disposition", `attachment; filename="${name}"`)
    .serializer((payload) => payload as string)
    .send(Readable.from(body, { objectMode: false }));
}

async function* generated<T>(items: AsyncIterable<T>): AsyncGenerator<T, void, void> {
  yield* items;
}

/** A file's types are for the document alone: its bytes go through no serializer. */
function answerOf({ answer, file }: Endpoint): unknown {
  if (!file) return answer;
  return { content: Object.fromEntries(file.map((type) => [type, { schema: z.string() }])) };
}

function errorAnswers(endpoint: Endpoint): Record<number, z.ZodType> {
  const statuses = new Set<number>(endpoint.errors.map((code) => ERRORS[code].status));
  return Object.fromEntries([...statuses, 401, 403, 429, 500].map((status) => [status, ErrorBody]));
}

const accepts = (request: FastifyRequest) => request.headers.accept?.includes("text/event-stream") ?? false;

async function last(items: AsyncGenerator<unknown, unknown, void>): Promise<unknown> {
  for (;;) {
    const next = await items.next();
    if (next.done) return next.value;
  }
}

async function stream(
  request: FastifyRequest,
  reply: FastifyReply,
  items: AsyncGenerator<unknown, unknown, void>,
  schema: z.ZodType,
): Promise<FastifyReply> {
  const { eventStream } = await import("./streams.ts");
  const first = await items.next();
  reply.header("content-type", "text/event-stream; charset=utf-8").serializer((payload) => payload as string);
  return reply.send(eventStream(first, items, schema, (error) => failure(error, request).body));
}

function errors(app: FastifyInstance, now: () => number): void {
  const note = turnedAway(now);
  app.setErrorHandler((error, request, reply) => {
    const { status, body } = failure(error, request);
    note(body.error.code, request.ip, request.log);
    return reply
      .code(status)
      .header("content-type", "application/json; charset=utf-8")
      .serializer(JSON.stringify)
      .send(body);
  });
  app.setNotFoundHandler((request) => {
    // What exists is not told to strangers either.
    if (request.url.startsWith("/api/")) authorize(request, { needs: "viewer" });
    throw new ApiError(
      "not_found",
      `There is no ${request.method} ${request.url.split("?", 1)[0]!.slice(0, 200)}.`,
    );
  });
}

/** The message of a fault of ours stays in the log: it may tell more than a client should know. */
function failure(
  error: unknown,
  request: FastifyRequest,
): { status: number; body: ReturnType<typeof errorBody> } {
  const known = asApiError(error);
  if (known) return { status: known.status, body: errorBody(known.code, known.message, known.cure) };
  request.log.error({ err: error, route: request.routeOptions.url }, "a request failed by a fault of ours");
  const cure = "The log of the server has it. Run the command again; still there, report it.";
  return {
    status: 500,
    body: errorBody("internal", "Glasshouse failed to answer, by a fault of its own.", cure),
  };
}

function jsonBodies(app: FastifyInstance): void {
  app.removeAllContentTypeParsers();
  const parse = app.getDefaultJsonParser("error", "error");
  app.addContentTypeParser<string>("application/json", { parseAs: "string" }, (request, body, done) => {
    if (body === "") return done(null, undefined);
    if (weightOf(body).depth > MAX_JSON_DEPTH)
      return done(new ApiError("invalid_request", `JSON is nested deeper than ${MAX_JSON_DEPTH} levels.`));
    return parse(request, body, done);
  });
}
