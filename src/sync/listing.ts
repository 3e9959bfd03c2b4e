import type { Page, Session } from "../connectors/connector.ts";
import { RestartListing } from "../connectors/errors.ts";
import { IdSet } from "../model/id-set.ts";
import type { RecordOf, UnreadableRecord, UserRecord } from "../model/records.ts";
import type { RowChange } from "../model/row-change.ts";
import type { ListStream } from "../model/stream.ts";
import { holdLane, saveCheckpoint } from "../store/lanes/lanes.ts";
import { updateStep } from "../store/lanes/runs.ts";
import { usersForGrants } from "../store/listings/known.ts";
import { learnListed } from "../store/listings/learn-sizes.ts";
import {
  applyPage,
  beginListing,
  finishListing,
  lastListing,
  markAbsentExcept,
  notAbsent,
  storedRows,
} from "../store/listings/listings.ts";
import { zoneOf } from "../store/usage/recount.ts";
import { recountUseOf } from "../store/usage/usage-rules.ts";
import { identified } from "./account.ts";
import { ahead } from "./ahead.ts";
import type { LaneCheckpoint, ListingCheckpoint } from "./checkpoint.ts";
import type { RunContext } from "./context.ts";
import { IncompleteListing } from "./failures.ts";
import { plan } from "./plan.ts";
import { sparedUsers } from "./spared.ts";
import { whyIncomplete } from "./whole.ts";

const MAX_RESTARTS = 3;
const KEEP_UNREADABLE = 50;

export interface ListingResult {
  rows: number;
  removed: number;
  held: boolean;
  unreadable: UnreadableRecord[];
  unreadableCount: number;
}

/**
 * Reads one stream completely and makes the store agree with it, a page a transaction.
 * A kill between two pages costs at most the page under way: the next run goes on from the checkpoint.
 *
 * @throws whatever the session throws (a ConnectorError: see connectors/errors.ts), FenceLost when another worker
 *   has taken the lane, IncompleteListing when the listing can't be the whole truth. What was absent is then forgotten.
 */
export async function syncListing<S extends ListStream>(
  context: RunContext,
  session: Session,
  stream: S,
  lane: LaneCheckpoint,
  onRows: (rows: number) => void,
): Promise<ListingResult> {
  for (let restarts = 0; ; restarts++) {
    try {
      return await readThrough(context, session, stream, lane, onRows);
    } catch (error) {
      if (!(error instanceof RestartListing) || restarts === MAX_RESTARTS) throw error;
      context.deps.log.info({ stream, reason: error.reason }, "listing starts over");
      const unordered = lane.listing?.unordered || error.reason === "out_of_order";
      lane.listing = { stream, ...fresh(context, unordered) };
    }
  }
}

async function readThrough<S extends ListStream>(
  context: RunContext,
  session: Session,
  stream: S,
  lane: LaneCheckpoint,
  onRows: (rows: number) => void,
): Promise<ListingResult> {
  const { deps, connection, claim, run } = context;
  const { store } = deps;
  const previous = await lastListing(store.read, connection.id, stream);
  const checkpoint = await begin(context, stream, lane);
  const unreadable: UnreadableRecord[] = [];
  // Only the end of an unordered listing speaks: it needs every id it has seen. Ordered ones need none.
  const seen = checkpoint.unordered ? new IdSet() : null;

  const pages = session.list(stream, {
    resume: checkpoint.next,
    unordered: checkpoint.unordered,
    usersAfter: (after, limit) => usersForGrants(store.read, connection.id, after, limit),
  });
  const listing = { resumed: checkpoint.next !== null, first: previous === null };
  for await (const page of ahead(identified(context, session, stream, pages, listing))) {
    context.signal.throwIfAborted();
    const ids = page.records.map((record) => record.id);
    const stored = await storedRows(store.read, connection.id, stream, page.covers, ids);
    const changes = plan<RecordOf[S]>(stored, page);
    note(checkpoint, stream, page, connection.adminUserId);
    for (const id of [...ids, ...page.unreadable.flatMap((each) => each.id ?? [])]) seen?.add(id);
    unreadable.push(...page.unreadable.slice(0, KEEP_UNREADABLE - unreadable.length));
    lane.listing = { stream, ...checkpoint };
    await store.write(async (tx) => {
      await saveCheckpoint(tx, claim, lane);
      const counts = await applyPage(
        tx,
        {
          connection: connection.id,
          stream,
          run,
          now: deps.now(),
          after: previous?.endedAt ?? null,
          baseline: previous === null,
          grantsOf: page.covers.by === "user" ? page.covers.userId : null,
          unread: page.heldBy,
        },
        changes,
      );
      for (const user of otherKind(changes))
        await recountUseOf(tx, connection.id, await zoneOf(tx, connection.id), user);
      await updateStep(tx, run, stream, {
        rows: checkpoint.rows,
        added: counts.added,
        changed: counts.changed,
        unreadable: page.unreadable.slice(0, KEEP_UNREADABLE),
      });
    });
    deps.onCommit?.("page_stored");
    onRows(checkpoint.rows);
  }
  if (stream === "users") {
    const why = await whyIncomplete(checkpoint, () => session.unlistedAdmin());
    const { rows, unreadable: unreadableCount } = checkpoint;
    if (why) throw new IncompleteListing(why, { rows, unreadable, unreadableCount });
    context.signal.throwIfAborted();
  }
  if (seen) {
    await store.write(async (tx) => {
      await saveCheckpoint(tx, claim, lane);
      await markAbsentExcept(tx, connection.id, stream, seen);
    });
  }
  const spared = stream === "users" && previous ? await sparedUsers(context, session, checkpoint) : [];
  const { removed, held } = await store.write(async (tx) => {
    await saveCheckpoint(tx, claim, { ...lane, listing: null, finished: [...lane.finished, stream] });
    await notAbsent(tx, connection.id, stream, spared);
    const ended = await finishListing(tx, {
      connection: connection.id,
      stream,
      run,
      startedAt: checkpoint.startedAt,
      now: deps.now(),
      rows: checkpoint.rows,
      viewerVersion: checkpoint.viewerVersion,
      blind: checkpoint.blind,
    });
    // To take a million grants away lasts longer than a lease.
    await holdLane(tx, claim);
    return ended;
  });
  lane.listing = null;
  lane.finished = [...lane.finished, stream];
  deps.onCommit?.("listing_finished");
  if (previous === null) await learnListed(deps, stream);
  return { rows: checkpoint.rows, removed, held, unreadable, unreadableCount: checkpoint.unreadable };
}

/** Users who are a service account now and were a person before, or were not known, or the other way round. */
function otherKind(changes: readonly RowChange<{ id: string }>[]): string[] {
  const isService = (record: object | null) =>
    (record as Partial<UserRecord> | null)?.serviceAccount ?? false;
  return changes
    .filter(({ before, after }) => after !== null && isService(before) !== isService(after))
    .map(({ id }) => id);
}

/** Takes up the listing that the checkpoint tells of, or begins a new one. */
async function begin(
  context: RunContext,
  stream: ListStream,
  lane: LaneCheckpoint,
): Promise<ListingCheckpoint> {
  const known = lane.listing;
  // An unordered listing keeps its seen ids in memory only: after a kill it starts over.
  if (known?.stream === stream && known.next !== null && !known.unordered) return known;
  const checkpoint = fresh(context, known?.stream === stream && known.unordered);
  lane.listing = { stream, ...checkpoint };
  await context.deps.store.write(async (tx) => {
    await saveCheckpoint(tx, context.claim, lane);
    await beginListing(tx, context.connection.id, stream);
  });
  context.deps.onCommit?.("listing_begun");
  return checkpoint;
}

function fresh(context: RunContext, unordered: boolean): ListingCheckpoint {
  return {
    next: null,
    startedAt: context.deps.now(),
    viewerVersion: context.connection.viewerVersion,
    rows: 0,
    unreadable: 0,
    // v1 publishes no order for its lists (api.md §1.2), except for grants, which come user by user.
    unordered:
      unordered || (context.connection.credentialKind === "harvest_v1" && context.lane === "directory"),
    sawSiteAdmin: false,
    sawAdminUser: context.connection.adminUserId === null,
    sawServiceAccount: false,
    blind: false,
  };
}

function note<R extends { id: string }>(
  checkpoint: ListingCheckpoint,
  stream: ListStream,
  page: Page<R>,
  adminUserId: string | null,
): void {
  checkpoint.next = page.next;
  checkpoint.rows += page.records.length;
  checkpoint.unreadable += page.unreadable.length;
  // A row without an id may be any row; but of a page of one user's none but theirs, which it then doesn't speak for.
  const ofOneUser = page.covers.by === "nothing" && page.covers.userId !== undefined;
  checkpoint.blind ||= !ofOneUser && page.unreadable.some((each) => each.id === null);
  if (stream !== "users") return;
  for (const user of page.records as unknown as UserRecord[]) {
    if (user.siteAdmin && !user.deactivated) checkpoint.sawSiteAdmin = true;
    if (user.id === adminUserId) checkpoint.sawAdminUser = true;
    if (user.serviceAccount) checkpoint.sawServiceAccount = true;
  }
  if (page.unreadable.some((each) => each.id === adminUserId)) checkpoint.sawAdminUser = true;
}
