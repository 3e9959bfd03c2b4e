/** Connections, verdicts, steps and runs as the API shows them. */

import type { Connection, ConnectionState } from "../../model/connection.ts";
import { connectionState } from "../../model/connection-state.ts";
import type { Actor } from "../../model/member.ts";
import { laneOf, NOT_GIVEN, STREAM_TEXT, STREAMS, type Stream } from "../../model/stream.ts";
import { shellName } from "../../model/text.ts";
import type { Ask, Verdict } from "../../model/verdict.ts";
import { type StoredVerdict, verdictsByConnection } from "../../store/connections/verdicts.ts";
import { type LaneState, lanesByConnection } from "../../store/lanes/lane-state.ts";
import { getRun, type Run } from "../../store/lanes/runs.ts";
import type { Db } from "../../store/store.ts";
import { coveredUpTo } from "../../store/usage/coverage.ts";
import { adminNames } from "../../store/users/names.ts";
import type { ConnectionView, TestStepView, VerdictView } from "../contract/connections.ts";
import type { RunView } from "../contract/runs.ts";
import { iso, isoOrNull } from "../handler.ts";
import type { TestStep } from "../services.ts";
import { askerView } from "./asker.ts";
import { isGreenhouse } from "./origins.ts";
import { healed, lostMeanwhile, lostNow, type Standing, shownVerdict } from "./verdict-view.ts";

/** Does anything sync by itself? See Standing. */
export type Working = Pick<Standing, "works" | "workerSeenAt">;

export async function connectionView(
  db: Db,
  connection: Connection,
  now: number,
  working: Working,
): Promise<ConnectionView> {
  return (await connectionViews(db, [connection], now, working))[0]!;
}

/** As many reads for a thousand as for one, but for what is under way. */
export async function connectionViews(
  db: Db,
  connections: readonly Connection[],
  now: number,
  working: Working,
): Promise<ConnectionView[]> {
  if (connections.length === 0) return [];
  const ids = connections.map(({ id }) => id);
  const [verdicts, lanes, upTo, admins] = await Promise.all([
    verdictsByConnection(db, ids),
    lanesByConnection(db, ids),
    coveredUpTo(db, ids, "audit_log"),
    adminNames(db, connections),
  ]);
  return Promise.all(
    connections.map(async (connection) => {
      const { id } = connection;
      const ofLanes = lanes.get(id) ?? [];
      return viewFrom(
        connection,
        {
          stored: verdicts.get(id) ?? [],
          lanes: ofLanes,
          reading: await streamsBeingRead(db, ofLanes, now),
          usageUpTo: upTo.get(id) ?? null,
          adminUserName: admins.get(id) ?? null,
        },
        now,
        working,
      );
    }),
  );
}

interface Read {
  stored: readonly StoredVerdict[];
  lanes: readonly LaneState[];
  reading: ReadonlySet<Stream>;
  usageUpTo: number | null;
  adminUserName: string | null;
}

function viewFrom(
  connection: Connection,
  { stored, lanes, reading, usageUpTo, adminUserName }: Read,
  now: number,
  working: Working,
): ConnectionView {
  const streams = STREAMS.filter((stream) => !NOT_GIVEN[connection.credentialKind].includes(stream)).map(
    (stream) =>
      verdictView(
        connection,
        stream,
        stored.find((each) => each.verdict.stream === stream),
        lanes.find((each) => each.lane === laneOf(stream)),
        { reading: reading.has(stream), ...working },
        now,
      ),
  );
  const { state, done, of } = connectionState({
    paused: connection.paused,
    frozen: connection.frozenAt !== null,
    running: lanes.some((lane) => lane.leaseUntil !== null && lane.leaseUntil > now),
    streams: streams.map(({ stream, state, cause, lastSuccessAt }) => ({
      stream,
      state,
      cause,
      lastSuccessAt: lastSuccessAt === null ? null : Date.parse(lastSuccessAt),
    })),
  });
  const stands = connection.paused || connection.frozenAt !== null;
  return {
    id: connection.id,
    name: connection.name,
    vendor: connection.vendor,
    credentialKind: connection.credentialKind,
    permissionType: connection.permissionType,
    adminUserId: connection.adminUserId,
    adminUserName,
    origins: connection.origins,
    notGreenhouse: !Object.values(connection.origins).every(isGreenhouse),
    settings: connection.settings,
    paused: connection.paused,
    frozenAt: isoOrNull(connection.frozenAt),
    organizationId: connection.organizationId,
    createdAt: iso(connection.createdAt),
    state,
    stateText: connection.frozenAt === null ? stateText(state, done, of) : "Frozen",
    streams,
    usageUpTo: isoOrNull(usageUpTo),
    nextSyncAt: stands || lanes.length === 0 ? null : iso(Math.min(...lanes.map(nextTry))),
  };
}

const STATE_TEXT: Record<ConnectionState, string> = {
  not_synced_yet: "Not synced yet",
  syncing: "Syncing",
  connected: "Connected",
  needs_attention: "Needs attention",
  failing: "Failing",
  paused: "Paused",
};
const stateText = (state: ConnectionState, done: number, of: number) =>
  state === "syncing" ? `Syncing ${done} of ${of}` : STATE_TEXT[state];

const nextTry = (lane: LaneState) => Math.min(lane.dueAt, lane.requestedAt ?? lane.dueAt);

/** By the steps that the runs under way have open. */
async function streamsBeingRead(db: Db, lanes: readonly LaneState[], now: number): Promise<Set<Stream>> {
  const running = lanes.filter(
    (lane) => lane.leaseUntil !== null && lane.leaseUntil > now && lane.run !== null,
  );
  const runs = await Promise.all(running.map((lane) => getRun(db, lane.run!)));
  return new Set(
    runs.flatMap(
      (run) => run?.steps.filter((step) => step.endedAt === null).map(({ stream }) => stream) ?? [],
    ),
  );
}

function verdictView(
  connection: Connection,
  stream: Stream,
  stored: StoredVerdict | undefined,
  lane: LaneState | undefined,
  live: { reading: boolean } & Working,
  now: number,
): VerdictView {
  // Switched off just now, or never tried: no run has judged it yet.
  const off = connection.settings.off.includes(stream);
  const judged: Verdict =
    stored && off === (stored.verdict.cause === "switched_off") ? stored.verdict : unjudged(stream, off);
  const lastSuccessAt = stored?.lastSuccessAt ?? null;
  const stands = connection.paused || connection.frozenAt !== null;
  const standing = {
    ...live,
    lastSuccessAt,
    everyMinutes: connection.settings.everyMinutes[laneOf(stream)],
    stands,
    shellName: shellName(connection.name),
  };
  const { verdict, since } = shownVerdict(judged, standing, now);
  const tries = lane && verdict.state !== "off" && !stands;
  return {
    ...verdictWords(verdict),
    label: STREAM_TEXT[stream].label,
    lane: laneOf(stream),
    lost: lostNow(verdict, lastSuccessAt),
    lostMeanwhile: lostMeanwhile(verdict, lastSuccessAt, now),
    since: since !== null ? iso(since) : stored && stored.verdict === judged ? iso(stored.since) : null,
    healed: stored && stored.verdict === judged ? healed(verdict, stored.since, now) : null,
    lastSuccessAt: isoOrNull(lastSuccessAt),
    rows: stored?.rows ?? null,
    nextTryAt: tries ? iso(nextTry(lane)) : null,
  };
}

function unjudged(stream: Stream, off: boolean): Verdict {
  const { label, lost } = STREAM_TEXT[stream];
  const none = { stream, text: null, cure: null, ask: null, facts: {} };
  if (!off) return { ...none, state: "not_read_yet", cause: null };
  return {
    ...none,
    state: "off",
    cause: "switched_off",
    text: `${label}: off, your choice. You do without ${lost}.`,
  };
}

function verdictWords(verdict: Verdict) {
  const { stream, state, cause, text, cure, facts } = verdict;
  return { stream, state, cause, text, cure, facts, ask: askView(verdict.ask) };
}

function askView(ask: Ask | null) {
  return ask === null ? null : { ...ask, at: iso(ask.at) };
}

const STEP_LABEL = { reach: "Reach Greenhouse", credential: "Credential", admin_user: "Admin user" } as const;

export function testStepView(step: TestStep): TestStepView {
  const label =
    step.step in STEP_LABEL
      ? STEP_LABEL[step.step as keyof typeof STEP_LABEL]
      : STREAM_TEXT[step.step as Stream].label;
  return { ...step, label, verdict: step.verdict && verdictWords(step.verdict) };
}

export function runView(run: Run, reader: Actor): RunView {
  const { id, lane, trigger, outcome, requests, waitedMs, throttled } = run;
  return {
    id,
    lane,
    trigger,
    ...askerView(run.asker, reader),
    startedAt: iso(run.startedAt),
    endedAt: isoOrNull(run.endedAt),
    outcome,
    requests,
    waitedMs,
    throttled,
    error: run.error ?? null,
    steps: run.steps.map((step) => ({
      ...step,
      startedAt: iso(step.startedAt),
      endedAt: isoOrNull(step.endedAt),
      error: step.error ?? null,
    })),
  };
}
