import { setTimeout as sleep } from "node:timers/promises";
import type { Session } from "../connectors/connector.ts";
import { FEWEST_EVENT_DAYS } from "../model/connection.ts";
import type { UnreadableRecord } from "../model/records.ts";
import type { RecruitingStream } from "../model/stream.ts";
import { lanesAtWork } from "../store/lanes/lane-state.ts";
import { saveCheckpoint } from "../store/lanes/lanes.ts";
import { updateStep } from "../store/lanes/runs.ts";
import { learnDeeds } from "../store/listings/learn-sizes.ts";
import { coverageSpans, holesOf } from "../store/usage/coverage.ts";
import { countDeeds, deleteOldDeeds, storeDeeds } from "../store/usage/deeds.ts";
import { zoneOf } from "../store/usage/recount.ts";
import type { LaneCheckpoint } from "./checkpoint.ts";
import type { RunContext } from "./context.ts";
import type { Report } from "./report.ts";

const DAY_MS = 86_400_000;
/** So far back the first read goes, where events are kept for ever. */
const FIRST_DAYS = 400;
const DELETE_AT_ONCE = 2_000;
const KEEP_UNREADABLE = 50;
const LOOK_AGAIN_MS = 250;

export interface DeedsResult {
  /** Deeds stored of this list, by this run or before. */
  rows: number;
  unreadable: UnreadableRecord[];
  unreadableCount: number;
}

/**
 * Reads one recruiting list as its connector sees fit and stores each page with what it claims in one transaction. A kill
 * costs at most the page under way. Older rows wait for the lists that everything rests on: they share a limit.
 *
 * @throws what the session throws, FenceLost
 */
export async function syncDeeds(
  context: RunContext,
  session: Session,
  stream: RecruitingStream,
  lane: LaneCheckpoint,
  report: Report,
): Promise<DeedsResult> {
  const { deps, connection, claim, run } = context;
  const { store } = deps;
  const now = deps.now() + connection.clockSkewMs;
  const pages = session.deeds(stream, {
    checkpoint: lane.recruiting[stream],
    coverage: await coverageSpans(store.read, connection.id, stream),
    holes: await holesOf(store.read, connection.id, stream),
    now,
    since: Math.max(wantedSince(context, now), lane.forgottenBefore ?? 0),
    full: claim.requestedFull,
  });
  const unreadable: UnreadableRecord[] = [];
  let [read, added, unreadableCount] = [0, 0, 0];
  for await (const page of pages) {
    context.signal.throwIfAborted();
    if (page.rows > 0) seeing.add(session);
    else if (page.claim !== null) await refuseHidden(session);
    const recruiting = { ...lane.recruiting, [stream]: page.checkpoint };
    read += page.rows;
    unreadableCount += page.unreadable.length;
    unreadable.push(...page.unreadable.slice(0, KEEP_UNREADABLE - unreadable.length));
    added += await store.write(async (tx) => {
      await saveCheckpoint(tx, claim, { ...lane, recruiting });
      const zone = await zoneOf(tx, connection.id);
      const counts = await storeDeeds(tx, connection.id, stream, page, zone);
      await updateStep(tx, run, stream, {
        rows: read,
        added: counts.added,
        changed: counts.changed,
        unreadable: page.unreadable.slice(0, KEEP_UNREADABLE),
      });
      return counts.added;
    });
    lane.recruiting = recruiting;
    deps.onCommit?.("deeds_stored");
    report({ rows: read, phase: page.progress.phase, remainingMs: page.progress.remainingMs });
    if (page.progress.remainingMs > 0) await giveWay(context);
  }
  await learnDeeds(deps, added);
  const rows = await countDeeds(store.read, connection.id, stream);
  return { rows, unreadable, unreadableCount };
}

/** Sessions that were shown a row of any list. */
const seeing = new WeakSet<Session>();

/** Whoever may not list sees empty lists (api.md §2.4): then it isn't known that nothing was done. Asked once a run. */
async function refuseHidden(session: Session): Promise<void> {
  if (seeing.has(session)) return;
  const hidden = await session.usersHidden();
  if (hidden) throw hidden;
  seeing.add(session);
}

/** What is past its retention is not read. */
function wantedSince({ connection }: RunContext, now: number): number {
  const { keepEventsDays } = connection.settings;
  return now - Math.max(keepEventsDays ?? FIRST_DAYS, FEWEST_EVENT_DAYS) * DAY_MS;
}

/** Waits while users or grants of the same account are being read: all share one limit of Greenhouse's. */
async function giveWay({ deps, connection, signal }: RunContext): Promise<void> {
  for (;;) {
    const lanes = await lanesAtWork(deps.store.read, connection.id, deps.now());
    const others = lanes.some(({ lane, running }) => running && (lane === "directory" || lane === "grants"));
    if (!others) return;
    await sleep(LOOK_AGAIN_MS, undefined, { signal }).catch(() => {});
    signal.throwIfAborted();
  }
}

/** Deeds have the retention of events, by the earlier of the two clocks (activity.ts); what was counted from them stays. */
export async function forgetOldDeeds(
  context: RunContext,
  lane: LaneCheckpoint,
  skewMs: number,
): Promise<void> {
  const { deps, connection, claim } = context;
  if (connection.settings.keepEventsDays === null) return;
  const since = wantedSince(context, deps.now() + Math.min(0, skewMs));
  for (let deleted = DELETE_AT_ONCE; deleted === DELETE_AT_ONCE && !context.signal.aborted; ) {
    deleted = await deps.store.write(async (tx) => {
      await saveCheckpoint(tx, claim, lane);
      const count = await deleteOldDeeds(tx, connection.id, since, DELETE_AT_ONCE);
      // Else they would be read anew, and counted twice, were they to be kept for longer one day.
      const forgottenBefore = Math.max(since, lane.forgottenBefore ?? 0);
      if (count > 0) await saveCheckpoint(tx, claim, Object.assign(lane, { forgottenBefore }));
      return count;
    });
  }
}
