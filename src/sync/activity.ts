import type { Session } from "../connectors/connector.ts";
import type { UnreadableRecord } from "../model/records.ts";
import { setOrganization } from "../store/connections.ts";
import { storeEvents } from "../store/events.ts";
import { saveCheckpoint } from "../store/lanes.ts";
import { learnEvents } from "../store/learn-sizes.ts";
import { dropPassedMonths } from "../store/months.ts";
import { zoneOf } from "../store/recount.ts";
import { deleteOldEvents } from "../store/retention.ts";
import { updateStep } from "../store/runs.ts";
import { coverageSpans, oldestEventAt, rebuildOrgDays } from "../store/usage.ts";
import type { LaneCheckpoint } from "./checkpoint.ts";
import type { RunContext } from "./context.ts";
import { OtherAccount } from "./failures.ts";

const DAYS_A_TRANSACTION = 5;
const DELETE_AT_ONCE = 2_000;

export interface ActivityResult {
  /** Events read, new or not. */
  events: number;
  inserted: number;
  /** Entries without a readable time, which could be of any moment. */
  unreadable: UnreadableRecord[];
}

/**
 * Reads the audit log as its connector sees fit and stores each answer with its coverage in one transaction.
 * A kill costs at most the answer under way.
 *
 * @throws what the session throws, FenceLost, or OtherAccount when events name another organization.
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
  let organization = connection.organizationId;
  const result: ActivityResult = { events: 0, inserted: 0, unreadable: [] };
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
      const page = next.value;
      const told = page.events.find((event) => event.organizationId !== null)?.organizationId ?? null;
      if (told !== null && organization !== null && told !== organization) throw new OtherAccount(0);
      const stored = await store.write(async (tx) => {
        await saveCheckpoint(tx, claim, { ...lane, activity: page.checkpoint });
        if (organization === null && told !== null) await setOrganization(tx, connection.id, told);
        const zone = await zoneOf(tx, connection.id);
        const stored = await storeEvents(tx, connection.id, "audit_log", page, { zone, now: deps.now() });
        await updateStep(tx, run, "audit_log", {
          rows: result.events + page.events.length,
          added: stored.inserted,
          changed: 0,
          unreadable: page.unreadable,
        });
        return stored;
      });
      lane.activity = page.checkpoint;
      deps.onCommit?.("activity_stored");
      organization ??= told;
      result.events += page.events.length;
      result.unreadable.push(...page.unreadable);
      result.inserted += stored.inserted;
      onPage(result.events, page.progress);
      next = await pages.next(stored);
    }
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
 * Raw events have a retention of their own; what was counted from them stays. By Greenhouse's clock: what ours, being ahead, forgot
 * while the log still holds it would come back as new, and be counted twice.
 */
async function forgetOldEvents(context: RunContext, lane: LaneCheckpoint, skewMs: number): Promise<void> {
  const { deps, connection, claim } = context;
  const { keepEventsDays } = connection.settings;
  for (let deleted = DELETE_AT_ONCE; deleted === DELETE_AT_ONCE && !context.signal.aborted; ) {
    deleted = await deps.store.write(async (tx) => {
      await saveCheckpoint(tx, claim, lane);
      return deleteOldEvents(tx, connection.id, keepEventsDays, deps.now() + skewMs, DELETE_AT_ONCE);
    });
  }
  if (!context.signal.aborted) await dropPassedMonths(deps.store, deps.now());
}
