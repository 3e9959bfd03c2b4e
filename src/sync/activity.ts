import type { Session } from "../connectors/connector.ts";
import type { UnreadableRecord } from "../model/records.ts";
import { setOrganization } from "../store/connections/connections.ts";
import { saveCheckpoint } from "../store/lanes/lanes.ts";
import { updateStep } from "../store/lanes/runs.ts";
import { learnEvents } from "../store/listings/learn-sizes.ts";
import { storeEvents } from "../store/usage/events.ts";
import { dropPassedMonths } from "../store/usage/months.ts";
import { zoneOf } from "../store/usage/recount.ts";
import { deleteOldEvents } from "../store/usage/retention.ts";
import { coverageSpans, oldestEventAt, rebuildOrgDays } from "../store/usage/usage.ts";
import type { LaneCheckpoint } from "./checkpoint.ts";
import type { RunContext } from "./context.ts";
import { OtherAccount } from "./failures.ts";
import { Ownership } from "./ownership.ts";

const KEEP_UNREADABLE = 50;
const DAYS_A_TRANSACTION = 5;
const DELETE_AT_ONCE = 2_000;

export interface ActivityResult {
  /** Events read, new or not. */
  events: number;
  inserted: number;
  /** Some of the entries that can't be read or placed, and of those that are another organization's. */
  unreadable: UnreadableRecord[];
  unreadableCount: number;
}

/**
 * Reads the audit log as its connector sees fit and stores each answer with its coverage in one transaction.
 * A kill costs at most the answer under way.
 *
 * @throws what the session throws, FenceLost, or OtherAccount when all events name another organization.
 */
export async function syncActivity(
  context: RunContext,
  session: Session,
  lane: LaneCheckpoint,
  full: boolean,
  onPage: (events: number, progress: { phase: string; remainingMs: number }) => void,
): Promise<ActivityResult> {
  const { deps, connection, claim, run } = context;
  const { store } = deps;
  let known = connection.organizationId;
  const ownership = new Ownership(known);
  const result: ActivityResult = { events: 0, inserted: 0, unreadable: [], unreadableCount: 0 };
  const pages = session.activity({
    checkpoint: lane.activity,
    coverage: await coverageSpans(store.read, connection.id, "audit_log"),
    oldestEvent: await oldestEventAt(store.read, connection.id),
    full,
  });
  let next = await pages.next();
  try {
    while (!next.done) {
      context.signal.throwIfAborted();
      const page = ownership.own(next.value);
      if (page === null) {
        if (ownership.isOthers) throw new OtherAccount(0);
        next = await pages.next();
        continue;
      }
      const { organization } = ownership;
      const stored = await store.write(async (tx) => {
        await saveCheckpoint(tx, claim, { ...lane, activity: page.checkpoint });
        if (known === null && organization !== null) await setOrganization(tx, connection.id, organization);
        const zone = await zoneOf(tx, connection.id);
        const stored = await storeEvents(tx, connection.id, "audit_log", page, { zone, now: deps.now() });
        await updateStep(tx, run, "audit_log", {
          rows: result.events + page.events.length,
          added: stored.inserted,
          changed: 0,
          unreadable: page.unreadable.slice(0, KEEP_UNREADABLE),
        });
        return stored;
      });
      lane.activity = page.checkpoint;
      deps.onCommit?.("activity_stored");
      known = organization;
      result.events += page.events.length;
      result.unreadable.push(...page.unreadable.slice(0, KEEP_UNREADABLE - result.unreadable.length));
      result.unreadableCount += page.unreadable.length;
      result.inserted += stored.inserted;
      onPage(result.events, page.progress);
      next = await pages.next(stored);
    }
    if (ownership.heldBack) throw new OtherAccount(0);
  } finally {
    await pages.return();
    await rebuildDays(context, lane);
  }
  await learnEvents(deps, result.inserted);
  await forgetOldEvents(context, lane, Math.round(session.meter.clockSkewMs ?? connection.clockSkewMs));
  return result;
}

/** Daily actives follow from user-days; a kill before this leaves the days marked, and the next run rebuilds them. */
export async function rebuildDays(context: RunContext, lane: LaneCheckpoint): Promise<void> {
  const { deps, connection, claim } = context;
  for (let more = true; more; ) {
    more = await deps.store.write(async (tx) => {
      await saveCheckpoint(tx, claim, lane);
      return (await rebuildOrgDays(tx, connection.id, DAYS_A_TRANSACTION)) > 0;
    });
    deps.onCommit?.("days_rebuilt");
  }
}

/**
 * Raw events have a retention of their own; what was counted from them stays. By the earlier of the two clocks. What ours, being
 * ahead, forgot while the log still holds it would come back as new, and be counted twice; and a single answer with a Date far ahead
 * would take everything away.
 */
async function forgetOldEvents(context: RunContext, lane: LaneCheckpoint, skewMs: number): Promise<void> {
  const { deps, connection, claim } = context;
  const { keepEventsDays } = connection.settings;
  for (let deleted = DELETE_AT_ONCE; deleted === DELETE_AT_ONCE && !context.signal.aborted; ) {
    deleted = await deps.store.write(async (tx) => {
      await saveCheckpoint(tx, claim, lane);
      const now = deps.now() + Math.min(0, skewMs);
      return deleteOldEvents(tx, connection.id, keepEventsDays, now, DELETE_AT_ONCE);
    });
  }
  if (!context.signal.aborted) await dropPassedMonths(deps.store, deps.now());
}
