import { LIST_STREAMS } from "../model/stream.ts";
import { saveCheckpoint } from "../store/lanes/lanes.ts";
import type { Tx } from "../store/store.ts";
import { deleteOldRuns, runBefore, thinListings } from "../store/upkeep/old-runs.ts";
import type { LaneCheckpoint } from "./checkpoint.ts";
import type { RunContext } from "./context.ts";

const DAY_MS = 86_400_000;
/** For so long every run and listing is kept; then those on which something rests. */
export const KEEP_RUNS_DAYS = 90;
const AT_ONCE = 500;

/**
 * Once a day (UTC), by its first run of the directory. A kill leaves the rest to the next day. By the earlier of Greenhouse's clock and
 * ours: one that is far ahead would have years forgotten at once.
 */
export async function forgetOldRuns(
  context: RunContext,
  lane: LaneCheckpoint,
  skewMs: number,
): Promise<void> {
  const { deps, connection, claim, run, signal } = context;
  const now = deps.now();
  const before = await runBefore(deps.store.read, connection.id, "directory", run);
  if (before === null || dayOf(before) === dayOf(now)) return;
  const cutoff = now + Math.min(0, skewMs) - KEEP_RUNS_DAYS * DAY_MS;
  const inParts = async (part: (tx: Tx) => Promise<number>) => {
    for (let deleted = AT_ONCE; deleted === AT_ONCE && !signal.aborted; ) {
      deleted = await deps.store.write(async (tx) => {
        await saveCheckpoint(tx, claim, lane);
        return part(tx);
      });
    }
  };
  for (const stream of LIST_STREAMS)
    await inParts((tx) => thinListings(tx, connection.id, stream, cutoff, AT_ONCE));
  await inParts((tx) => deleteOldRuns(tx, connection.id, cutoff, AT_ONCE));
}

const dayOf = (at: number): number => Math.floor(at / DAY_MS);
