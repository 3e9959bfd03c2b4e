/** Sync: the handlers of contract/runs.ts, and held listings. */
import { LANE_NAMES, laneOf, STREAM_TEXT } from "../../model/stream.ts";
import { shellName } from "../../model/text.ts";
import { getRun, listRuns } from "../../store/lanes/runs.ts";
import { heldListings } from "../../store/listings/listings.ts";
import { ApiError } from "../errors.ts";
import { connectionOf, type Handlers, iso, isoOrNull, refuseFrozen } from "../handler.ts";
import type { Progress } from "../services.ts";
import { askerOf } from "./asker.ts";
import { runView } from "./view.ts";

type Names = "startSync" | "stopSync" | "progress" | "listRuns" | "getRun" | "held" | "acceptHeld";

export const runHandlers: Pick<Handlers, Names> = {
  async startSync({ params, body }, asking) {
    const connection = await connectionOf(asking, params.c);
    refuseFrozen(connection);
    if (connection.paused) {
      throw new ApiError(
        "connection_paused",
        `${connection.name} is paused.`,
        `Let it go on: glasshouse set ${shellName(connection.name)} --resume. Then sync.`,
      );
    }
    const streams = body.streams ?? null;
    const lanes = body.lanes ?? (streams ? [...new Set(streams.map(laneOf))] : LANE_NAMES);
    const strange = streams?.find((stream) => !lanes.includes(laneOf(stream)));
    if (strange) {
      throw new ApiError(
        "invalid_request",
        `${strange} belongs to the lane ${laneOf(strange)}, which is not asked for.`,
      );
    }
    const items = await asking.services.startSync(
      connection,
      { lanes, streams, full: body.full },
      askerOf(asking.who),
    );
    return { items };
  },

  async stopSync({ params }, asking) {
    await asking.services.stopSync(await connectionOf(asking, params.c));
    return { stopped: true };
  },

  async *progress({ params }, asking) {
    const connection = await connectionOf(asking, params.c);
    for await (const event of asking.services.progress(connection, asking.signal)) yield progressView(event);
    yield { type: "idle" };
    return { idle: true };
  },

  async listRuns({ params, query }, asking) {
    const connection = await connectionOf(asking, params.c);
    const before = query.cursor === undefined ? null : Number(query.cursor);
    if (before !== null && !Number.isSafeInteger(before)) {
      throw new ApiError("invalid_cursor", "This cursor is none that the list of runs gave.");
    }
    const runs = await listRuns(asking.db, connection.id, { limit: query.limit + 1, before });
    const items = runs.slice(0, query.limit).map((run) => runView(run, asking.who));
    return { items, nextCursor: runs.length > query.limit ? String(items.at(-1)!.id) : null };
  },

  async getRun({ params }, asking) {
    const connection = await connectionOf(asking, params.c);
    const run = await getRun(asking.db, params.run);
    if (run?.connection === connection.id) return runView(run, asking.who);
    throw new ApiError(
      "run_not_found",
      `${connection.name} has no run ${params.run}.`,
      `See glasshouse runs ${shellName(connection.name)}.`,
    );
  },

  async held({ params }, asking) {
    const connection = await connectionOf(asking, params.c);
    const items = (await heldListings(asking.db, connection.id)).map(
      ({ listed, since, lastSeenAt, ...held }) => ({
        ...held,
        since: iso(since),
        rowsListed: listed,
        lastSeenAt: iso(lastSeenAt),
      }),
    );
    return { items, nextCursor: null };
  },

  async acceptHeld({ params, body }, asking) {
    const connection = await connectionOf(asking, params.c);
    refuseFrozen(connection);
    await asking.services.acceptHeld(connection, params.stream, body.rowsAbsent);
    return { stream: params.stream };
  },
};

function progressView(event: Progress) {
  if (event.type === "run") return event;
  return { ...event, label: STREAM_TEXT[event.stream].label, waitingUntil: isoOrNull(event.waitingUntil) };
}
