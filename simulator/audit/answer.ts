import type { Snapshot } from "../events/log.ts";
import type { Answer } from "../http/answer.ts";
import { json, raw, tooMany } from "../http/answer.ts";
import type { Verdict } from "../http/limits.ts";
import { retryAfter } from "../http/limits.ts";
import type { Call } from "../http/request.ts";
import { bearer } from "../http/request.ts";
import type { Token } from "../http/tokens.ts";
import type { World } from "../http/world.ts";
import { subjectProblem } from "../http/world.ts";
import { hash } from "../random.ts";
import { auditScope } from "../v3/listings.ts";
import { readSearchAfter, writeSearchAfter } from "./cursor.ts";
import type { AuditQuery } from "./query.ts";
import { parseAuditQuery, QueryError } from "./query.ts";
import { collect, total } from "./read.ts";

/** Plays GET /events (api.md §3.3–§3.6). */
export async function answerAudit(world: World, call: Call): Promise<Answer> {
  if (call.method !== "GET") return json(404, { message: "Resource not found" });
  const token = auditToken(world, call);
  if ("status" in token) return token;
  call.credential = token.clientId;
  const paged = call.query.get("paging") === "true";
  const limit = takeLimits(world, token.clientId, paged);
  if (limit && !limit.allowed) return limited(world, limit);
  const got = refusal(world, token) ?? (await respond(world, call));
  const headers: Record<string, string> = limit
    ? { "X-RateLimit-Limit": String(limit.limit), "X-RateLimit-Remaining": String(limit.remaining) }
    : {};
  return { ...got, headers: { ...got.headers, ...headers } };
}

const unauthorized = (): Answer => json(401, { error: "JWT is missing or invalid." });

function auditToken(world: World, call: Call): Token | Answer {
  const { scenario: s } = world;
  const token = world.tokens.find(bearer(call.headers.authorization) ?? "");
  const credential =
    token?.family === "v1"
      ? s["credentials.v1"][token.clientId]
      : token && s["credentials.v3"][token.clientId];
  if (!token || !credential || credential.revoked || token.revoked || token.expiresAt <= world.clock.now())
    return unauthorized();
  return token;
}

/** Two limits: every request, and the paginated ones more tightly (api.md §3.3). */
function takeLimits(world: World, key: string, paged: boolean): Verdict | null {
  const { scenario: s, timeScale, limiters } = world;
  if (!s["rate.enabled"]) return null;
  const kind = s["rate.audit.kind"];
  const all = limiters.audit.take(
    key,
    { limit: s["rate.audit.limit"], windowSeconds: s["rate.audit.windowSeconds"], kind },
    timeScale,
  );
  if (!all.allowed || !paged) return all;
  return limiters.auditPaged.take(
    key,
    { limit: s["rate.auditPaged.limit"], windowSeconds: s["rate.auditPaged.windowSeconds"], kind },
    timeScale,
  );
}

function limited(world: World, verdict: Verdict): Answer {
  const { scenario: s, timeScale } = world;
  return tooMany(s["rate.body"], {
    ...(s["rate.audit.headersOn429"]
      ? { "X-RateLimit-Limit": String(verdict.limit), "X-RateLimit-Remaining": "0" }
      : {}),
    ...(s["rate.audit.retryAfter"] ? { "Retry-After": retryAfter(verdict.waitMs, timeScale) } : {}),
  });
}

/** The add-on, the scope or key permission, and the acting user (api.md §3.1, §3.6). */
function refusal(world: World, token: Token): Answer | null {
  const { scenario: s } = world;
  if (s["audit.addon"] === "off")
    return s["audit.offStatus"] === 401 ? unauthorized() : json(403, { error: "Forbidden" });
  const granted =
    token.family === "v1"
      ? s["credentials.v1"][token.clientId]?.permissions
      : s["credentials.v3"][token.clientId]?.scopes;
  const needed = token.family === "v1" ? "audit_log" : auditScope;
  if (granted && !granted.includes(needed)) return json(403, { error: "Forbidden" });
  const problem = token.family === "v1" && token.sub === null ? null : subjectProblem(world, token.sub);
  if (problem === "unknown" || problem === "deactivated" || (problem !== null && s["audit.siteAdminNeeded"]))
    return json(403, { error: "Forbidden" });
  return null;
}

/** Reads a value from the place the scenario says: a request header or a query parameter. */
function placed(
  call: Call,
  place: "headers" | "query" | "both",
  header: string,
  parameter: string,
): string | null {
  const fromHeader = place === "query" ? undefined : call.headers[header];
  return (
    (Array.isArray(fromHeader) ? fromHeader[0] : fromHeader) ??
    (place === "headers" ? null : call.query.get(parameter))
  );
}

const invalid = (field: string, message: string): Answer =>
  json(422, { message: "Validation error", errors: [{ message, field }] });

async function respond(world: World, call: Call): Promise<Answer> {
  const { scenario: s } = world;
  const now = world.clock.now();
  let query: AuditQuery;
  try {
    query = parseAuditQuery(call.query, s, now);
  } catch (error) {
    if (error instanceof QueryError) return invalid(error.field, error.message);
    throw error;
  }
  return query.paging ? paged(world, call, query, now) : unpaged(world, query, now);
}

async function unpaged(world: World, query: AuditQuery, now: number): Promise<Answer> {
  const { scenario: s, log } = world;
  const cap = s["audit.unpagedCap"];
  if (cap === "refuse") return invalid("paging", "must be true");
  const snapshot = { now, inserted: log.arrivals };
  const newestFirst = s["audit.order"] === "newest first";
  const { texts } = await collect(log, query, snapshot, newestFirst, null, cap ?? Infinity);
  const hits = await hitsOf(world, query, snapshot, texts.length);
  return raw(200, `{"hits":${hits},"results":[${texts.join(",")}]}`);
}

async function paged(world: World, call: Call, query: AuditQuery, now: number): Promise<Answer> {
  const { scenario: s, log, pits } = world;
  const sizeText = placed(call, s["audit.sizePlace"], "size", "size") ?? "100";
  let size = /^\d{1,6}$/.test(sizeText) ? Number(sizeText) : Number.NaN;
  if (!(size >= 100 && size <= 500)) {
    if (Number.isNaN(size) || s["audit.sizeOutOfRange"] === "refuse")
      return invalid("size", "must be between 100 and 500");
    size = Math.min(500, Math.max(100, size));
  }
  const newestFirst = s["audit.order"] === "newest first";
  const givenPit = placed(call, s["audit.pagingPlace"], "pit-id", "pit_id");
  const snapshot =
    givenPit === null ? { now, inserted: log.arrivals } : pits.use(givenPit, now, s["audit.pitTtlSeconds"]);
  if (!snapshot)
    return json(s["audit.pitExpiredStatus"], {
      message: "The Pit_Id has expired. Remove it from the subsequent search.",
    });
  const givenAfter = placed(call, s["audit.pagingPlace"], "search-after", "search_after");
  const after = givenAfter === null ? null : readSearchAfter(givenAfter, s, newestFirst);
  if (givenAfter !== null && !after)
    return json(s["audit.searchAfterStatus"], { message: "Search-After is malformed." });

  const pit = givenPit ?? pits.open(snapshot);
  const short =
    s["audit.shortPages"] > 0 && hash(now, size, after?.ms ?? 0) / 4294967296 < s["audit.shortPages"];
  const wanted = short ? Math.max(1, Math.floor(size * 0.6)) : size;
  const { texts, last, ended } = await collect(log, query, snapshot, newestFirst, after, wanted);
  const done = last === null || (s["audit.lastPage"] === "with results" && ended);
  const next = done ? "null" : writeSearchAfter(last, s);
  const hits = await hitsOf(world, query, snapshot, texts.length);
  const paging = `{"pit_id":"${pit}","search_after":${JSON.stringify(givenAfter)},"size":"${size}","next_search_after":${next}}`;
  return raw(200, `{"paging":${paging},"hits":${hits},"results":[${texts.join(",")}]}`);
}

async function hitsOf(
  { scenario: s, log }: World,
  query: AuditQuery,
  snapshot: Snapshot,
  shown: number,
): Promise<number> {
  if (s["audit.hits"] === "page") return shown;
  const all = parseAuditQuery(new URLSearchParams(), s, snapshot.now);
  return total(log, s["audit.hits"] === "log" ? all : query, snapshot);
}
