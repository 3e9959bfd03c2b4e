/**
 * What a support bundle says. Every field is picked by name: what isn't picked isn't in it, whatever else is stored.
 * Free text (causes in words, facts, messages) names people and is left out; codes, numbers and times stay.
 */
import type { Connection } from "../../model/connection.ts";
import { LIST_STREAMS } from "../../model/stream.ts";
import { readTraffic } from "../../store/connections/traffic.ts";
import { laneState } from "../../store/lanes/lane-state.ts";
import { listRuns, type Run } from "../../store/lanes/runs.ts";
import { heldListings, lastListing } from "../../store/listings/listed.ts";
import type { Db, Store } from "../../store/store.ts";
import { extentOf } from "../../store/upkeep/extent.ts";
import { isSample } from "../../store/upkeep/sample.ts";
import { coverageState } from "../../store/usage/usage.ts";
import { isGreenhouse } from "../connections/origins.ts";
import type { ConnectionView } from "../contract/connections.ts";
import { iso, isoOrNull as time } from "../handler.ts";

const RUNS = 100;

/** By file name. */
export async function supportFacts(
  store: Store,
  connection: Connection,
  view: ConnectionView,
  about: { version: string; scheduled: boolean; now: number },
): Promise<Record<string, object>> {
  const db = store.read;
  const [extent, lanes, runs, held, known, coverage, sample] = await Promise.all([
    extentOf(db, connection.id),
    laneState(db, connection.id),
    listRuns(db, connection.id, { limit: RUNS }),
    heldListings(db, connection.id),
    readTraffic(db, connection.fingerprint),
    coverageState(db, connection.id, about.now + connection.clockSkewMs),
    isSample(db),
  ]);
  return {
    "about.json": {
      glasshouse: about.version,
      node: process.version,
      platform: `${process.platform} ${process.arch}`,
      database: store.engine,
      sample,
      scheduled: about.scheduled,
      at: iso(about.now),
      uptimeSeconds: Math.round(process.uptime()),
      residentMb: Math.round(process.memoryUsage.rss() / 1_000_000),
    },
    "connection.json": {
      id: connection.id,
      credentialKind: connection.credentialKind,
      permissionType: connection.permissionType,
      adminUserGiven: connection.adminUserId !== null,
      origins: Object.fromEntries(
        Object.entries(connection.origins).map(([part, origin]) => [part, hostOf(origin)]),
      ),
      settings: connection.settings,
      paused: connection.paused,
      frozenAt: time(connection.frozenAt),
      organizationKnown: connection.organizationId !== null,
      clockSkewMs: connection.clockSkewMs,
      createdAt: iso(connection.createdAt),
      state: view.state,
    },
    "verdicts.json": view.streams.map(
      ({ stream, lane, state, cause, since, lastSuccessAt, rows, nextTryAt, ask }) => ({
        stream,
        lane,
        state,
        cause,
        since,
        lastSuccessAt,
        rows,
        nextTryAt,
        ask: askFacts(ask),
      }),
    ),
    "runs.json": runs.map(runFacts),
    "lanes.json": lanes.map(({ lane, leaseUntil, dueAt, requestedAt, requestedFull, failures, run }) => ({
      lane,
      leaseUntil: time(leaseUntil),
      dueAt: iso(dueAt),
      requestedAt: time(requestedAt),
      requestedFull,
      failures,
      run,
    })),
    "coverage.json": {
      covered: coverage.effective.spans.map(spanFacts),
      read: coverage.read.map(spanFacts),
      holes: coverage.holes.map((hole) => ({ ...spanFacts(hole), cause: word(hole.cause) })),
      silentSince: time(coverage.effective.logSilentSince),
      oldestEvent: time(coverage.oldestEvent),
    },
    "counts.json": { ...extent, listings: await listings(db, connection.id), held: held.length },
    "limits.json": known.traffic.budgets.map(({ family, limit, sent, blockedUntil }) => ({
      family: word(family),
      limit,
      sentLately: sent.length,
      blockedUntil: time(blockedUntil || null),
    })),
  };
}

/** The host of another server tells where it stands. */
const hostOf = (origin: string) => (isGreenhouse(origin) ? new URL(origin).host : "another");

const spanFacts = ({ from, to }: { from: number; to: number }) => ({ from: iso(from), to: iso(to) });

async function listings(db: Db, connection: number): Promise<object[]> {
  const all = await Promise.all(
    LIST_STREAMS.map(async (stream) => {
      const last = await lastListing(db, connection, stream);
      return last && { stream, run: last.run, rows: last.rows, endedAt: iso(last.endedAt) };
    }),
  );
  return all.filter((each) => each !== null);
}

function runFacts(run: Run): object {
  const { id, lane, trigger, startedAt, endedAt, outcome, requests, waitedMs, throttled, error, steps } = run;
  return {
    id,
    lane,
    trigger,
    startedAt: iso(startedAt),
    endedAt: time(endedAt),
    outcome: word(outcome),
    requests,
    waitedMs,
    throttled,
    error: errorFacts(error),
    steps: steps.map((step) => ({
      stream: step.stream,
      outcome: word(step.outcome),
      startedAt: iso(step.startedAt),
      endedAt: time(step.endedAt),
      rows: step.rows,
      added: step.added,
      changed: step.changed,
      removed: step.removed,
      unreadable: step.unreadable.length,
      unreadableFields: [...new Set(step.unreadable.map(({ field }) => word(field)))],
      requests: step.requests,
      waitedMs: step.waitedMs,
      error: errorFacts(step.error),
    })),
  };
}

function errorFacts(error: unknown): object | null {
  if (error === null || typeof error !== "object") return null;
  const { cause, ask } = error as { cause?: unknown; ask?: unknown };
  return { cause: word(cause), ask: askFacts(ask) };
}

/** Method, path without ids, status, time, request id. */
function askFacts(ask: unknown): object | null {
  if (ask === null || typeof ask !== "object") return null;
  const { method, path, status, at, requestId } = ask as Record<string, unknown>;
  return {
    method: word(method),
    path: typeof path === "string" ? pathFacts(path) : null,
    status: typeof status === "number" ? status : null,
    at:
      typeof at === "number" ? iso(at) : typeof at === "string" && /^[\dTZ:.+-]{10,30}$/.test(at) ? at : null,
    requestId: word(requestId),
  };
}

/** Words of an API's path; whatever else stands in it may be anybody's. */
function pathFacts(path: string): string {
  return path
    .split("?", 1)[0]!
    .split("/")
    .map((part) => (part === "" || /^(v\d|[a-z_]{1,40})$/.test(part) ? part : "#"))
    .join("/");
}

/** A code or an id of a request: a text that has another shape is not told. */
function word(text: unknown): string | null {
  return typeof text === "string" && /^[\w-]{1,100}$/.test(text) ? text : null;
}
