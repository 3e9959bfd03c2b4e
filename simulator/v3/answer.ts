import type { Answer } from "../http/answer.ts";
import { raw, tooMany, unprocessable, v3Error } from "../http/answer.ts";
import { resetAt, retryAfter } from "../http/limits.ts";
import type { Call } from "../http/request.ts";
import { bearer } from "../http/request.ts";
import type { Token } from "../http/tokens.ts";
import type { World } from "../http/world.ts";
import { subjectProblem } from "../http/world.ts";
import type { Cursor } from "./cursor.ts";
import { decodeCursor, encodeCursor } from "./cursor.ts";
import type { Listing } from "./filters.ts";
import { viewOf } from "./filters.ts";
import { listings } from "./listings.ts";
import type { DateRules, ParameterValue } from "./parameters.ts";
import { parseParameter, parsePerPage, Unprocessable } from "./parameters.ts";
import type { Deed } from "./writes.ts";
import { deedOf } from "./writes.ts";

const undecodable = "Token could not be decoded. Please ensure your token is from a trusted source.";
const replaced = "Token has already been refreshed or revoked. Please generate a new token.";

/** Plays a v3 endpoint: routes, then authenticates, limits, authorizes and lists or writes (api.md §2.2–§2.5). */
export function answerV3(world: World, call: Call): Answer {
  const { scenario: s } = world;
  if (s["v3.redirectToLogin"])
    return {
      status: 302,
      headers: { Location: "https://app.greenhouse.io/users/sign_in", "Content-Type": "text/html" },
      body: "<html>Sign in</html>",
    };
  const name = call.path.slice("/v3/".length).replace(/\/$/, "");
  const listing = Object.hasOwn(listings, name) && call.method === "GET" ? listings[name] : undefined;
  const deed = deedOf(world, call.method, name);
  const scope = listing?.scope ?? deed?.scope;
  const unknown = scope === undefined;
  if (unknown && s["v3.routesFirst"]) return v3Error(404, "Resource not found");
  const auth = v3Token(world, call);
  if ("status" in auth) return s["rate.v3.headersOn401"] ? withRate(world, "nobody", () => auth) : auth;
  call.credential = auth.clientId;
  if (unknown) return withRate(world, auth.clientId, () => v3Error(404, "Resource not found"));
  return withRate(world, auth.clientId, () =>
    allowed(world, auth, scope, call.method, () =>
      listing ? list(world, call, name, listing) : (deed as Deed).answer(world, call, auth.sub),
    ),
  );
}

/** Finds the token of a call, or the 401 it deserves (api.md §2.1 "One active token", §2.4). */
function v3Token(world: World, call: Call): Token | Answer {
  const token = world.tokens.find(bearer(call.headers.authorization) ?? "");
  if (token?.family !== "v3") return v3Error(401, "Unauthorized", [undecodable]);
  const credential = world.scenario["credentials.v3"][token.clientId];
  if (!credential || credential.revoked) return v3Error(401, "Unauthorized", [undecodable]);
  if (token.revoked) return v3Error(401, "Unauthorized", [replaced]);
  if (token.expiresAt <= world.clock.now())
    return v3Error(401, "Unauthorized", ["Token has expired. Please generate a new token."]);
  return token;
}

/** The v3 rate limit: headers on each answer, 429 beyond it (api.md §2.3). */
function withRate(world: World, key: string, answer: () => Answer): Answer {
  const { scenario: s, timeScale } = world;
  if (!s["rate.enabled"]) return answer();
  const verdict = world.limiters.v3.take(
    key,
    { limit: s["rate.v3.limit"], windowSeconds: s["rate.v3.windowSeconds"], kind: s["rate.v3.kind"] },
    timeScale,
  );
  const headers = {
    "X-RateLimit-Limit": String(verdict.limit),
    "X-RateLimit-Remaining": String(verdict.remaining),
    "X-RateLimit-Reset": resetAt(world.clock.now(), verdict.waitMs, timeScale),
  };
  const got = verdict.allowed ? answer() : tooMany(s["rate.body"], {});
  const wait: Record<string, string> =
    verdict.allowed || !s["rate.v3.retryAfter"]
      ? {}
      : { "Retry-After": retryAfter(verdict.waitMs, timeScale) };
  return { ...got, headers: { ...got.headers, ...headers, ...wait } };
}

/** The body of a 403 was never captured: three guesses by switch (api.md §2.4, §8.7). */
export function forbidden(world: World, why: string): Answer {
  const shape = world.scenario["v3.forbiddenBody"];
  return shape === "empty"
    ? raw(403, "")
    : shape === "errors"
      ? v3Error(403, "Forbidden", [why])
      : v3Error(403, "Forbidden");
}

/** Whether the credential has the scope and its subject may act. A write is never answered with an empty list. */
function allowed(world: World, token: Token, scope: string, method: string, answer: () => Answer): Answer {
  const scopes = world.scenario["credentials.v3"][token.clientId]?.scopes ?? null;
  if (scopes !== null && !scopes.includes(scope)) return forbidden(world, `Missing scope ${scope}.`);
  const problem = subjectProblem(world, token.sub);
  if (problem === null) return answer();
  if (method === "GET" && problem === "not a site admin" && world.scenario["v3.nonSiteAdmin"] === "empty")
    return raw(200, "[]");
  return forbidden(world, `The authorizing user is ${problem}.`);
}

function list(world: World, call: Call, name: string, listing: Listing): Answer {
  try {
    return page(world, call, name, listing);
  } catch (error) {
    if (error instanceof Unprocessable) return unprocessable(...error.details);
    throw error;
  }
}

function page(world: World, call: Call, name: string, listing: Listing): Answer {
  const cursorText = call.query.get("cursor");
  const cursor = cursorText === null ? null : readCursor(world, call, name, cursorText);
  const query = cursor ? new URLSearchParams(cursor.query) : call.query;
  const perPage = Math.min(parsePerPage(query.get("per_page")), world.scenario["v3.mostPerPage"]);
  const { values, fields } = readParameters(world, query, listing);
  const view = viewOf(world);
  const tests = [...values].map(([key, value]) => ({ test: listing.filters[key]?.test, value }));
  const accept =
    tests.length === 0
      ? () => true
      : (record: Parameters<Listing["text"]>[0]): boolean =>
          tests.every(({ test, value }) => test?.(record, value as never, view) ?? true);
  const found = listing.page(view, cursor?.before ?? Infinity, perPage + 1, accept, values);
  const rows = found.slice(0, perPage);
  const texts = rows.map((record) => listing.text(record, view));
  const shown = fields ? texts.map((text) => chosen(text, fields)) : texts;
  const body = `[${(world.scenario["v3.nulls"] === "sent" ? shown : shown.map(withoutNulls)).join(",")}]`;
  const last = rows.at(-1);
  if (found.length <= perPage || !last) return raw(200, body, prevOnly(world, call, name, cursor));
  const next = {
    endpoint: name,
    query: query.toString(),
    before: last.id,
    first: rows[0]?.id ?? 0,
    madeAt: world.clock.now(),
  };
  return raw(200, body, linkHeader(world, call, name, next, cursor));
}

function readCursor(world: World, call: Call, name: string, text: string): Cursor {
  if (call.query.size > 1)
    throw new Unprocessable("When passing a cursor, do not include other query params.");
  const cursor = decodeCursor(text);
  if (!cursor || cursor.endpoint !== name) throw new Unprocessable("Cursor is invalid.");
  if (world.clock.now() - cursor.madeAt > world.scenario["v3.cursorTtlSeconds"] * 1000)
    throw new Unprocessable("Cursor has expired. Please restart from the first page.");
  return cursor;
}

function readParameters(
  world: World,
  query: URLSearchParams,
  listing: Listing,
): { values: Map<string, ParameterValue>; fields: string[] | null } {
  const s = world.scenario;
  const values = new Map<string, ParameterValue>();
  let fields: string[] | null = null;
  const unknown: string[] = [];
  const dates: DateRules = { twoSided: s["v3.twoSidedDates"], format: s["v3.dateFormat"] };
  for (const [name, text] of query) {
    const bracket = /^(\w+)\[(gte|lte|gt|lt)\]$/.exec(name);
    const dated = bracket && s["v3.bracketDates"] === "accept" ? bracket : null;
    const bare = dated ? (dated[1] as string) : name.replace(/\[\]$/, "");
    const filter = Object.hasOwn(listing.filters, bare) ? listing.filters[bare] : undefined;
    if (bare === "per_page") continue;
    else if (bare === "fields")
      fields = [...(parseParameter("strings", "fields", text, dates) as ReadonlySet<string>)];
    else if (!filter) unknown.push(name);
    else {
      const value = parseParameter(filter.kind, bare, dated ? `${dated[2]}|${text}` : text, dates);
      const earlier = values.get(bare);
      values.set(bare, dated && earlier ? { ...(earlier as object), ...(value as object) } : value);
    }
  }
  if (unknown.length > 0 && s["v3.unknownParameters"] === "refuse")
    throw new Unprocessable(...unknown.map((name) => ({ [name]: "is not a known parameter" })));
  if (s["v3.bothDates"] === "refuse" && values.has("created_at") && values.has("updated_at"))
    throw new Unprocessable("Pass created_at or updated_at, not both.");
  return { values, fields };
}

function chosen(text: string, fields: readonly string[]): string {
  const row = JSON.parse(text) as Record<string, unknown>;
  const unknown = fields.filter((field) => !Object.hasOwn(row, field));
  if (unknown.length > 0)
    throw new Unprocessable(...unknown.map((field) => ({ fields: `\`${field}\` is not a field` })));
  return JSON.stringify(Object.fromEntries(fields.map((field) => [field, row[field]])));
}

function withoutNulls(text: string): string {
  const row = JSON.parse(text) as Record<string, unknown>;
  return JSON.stringify(Object.fromEntries(Object.entries(row).filter(([, value]) => value !== null)));
}

const link = (world: World, call: Call, name: string, cursor: Cursor): string =>
  `<${world.scenario["v3.linkOrigin"] ?? call.origin}/v3/${name}?cursor=${encodeCursor(cursor)}>`;

/** The Link header: `next` alone by default; its style is a switch (api.md §2.2). */
function linkHeader(
  world: World,
  call: Call,
  name: string,
  next: Cursor,
  current: Cursor | null,
): Record<string, string> {
  const style = world.scenario["v3.linkStyle"];
  const target = link(world, call, name, next);
  const relation = style === "unquoted" ? "rel=next" : 'rel="next"';
  const parts = [`${target}; ${relation}`];
  if (style === "extra") parts.unshift(`<${call.origin}/v3/${name}>; rel="self"; title="this, page"`);
  const prev = prevOnly(world, call, name, current).Link;
  if (prev) parts.unshift(prev);
  return { [style === "lowercase" ? "link" : "Link"]: parts.join(", ") };
}

function prevOnly(world: World, call: Call, name: string, current: Cursor | null): Record<string, string> {
  if (!world.scenario["v3.prevLink"] || !current) return {};
  return { Link: `${link(world, call, name, { ...current, before: current.first + 1 })}; rel="prev"` };
}
