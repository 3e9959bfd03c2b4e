/** What is under way in a connection, as it happens; it follows again whenever `active` turns true. */
import { useEffect, useState } from "react";
import { ApiFailure, call, type StreamItem, stream } from "../api/client.ts";
import { invalidate } from "../api/query.ts";

type Event = StreamItem<"progress">;
export type Reading = Extract<Event, { type: "stream" }>;

export interface Following {
  /** The latest word of each stream, in the order in which they were first told. */
  readings: Reading[];
  /** Nothing is under way any more. */
  idle: boolean;
}

const AGAIN_MS = 1_000;

export function useProgress(connection: number, active: boolean): Following {
  const [following, setFollowing] = useState<Following>({ readings: [], idle: false });
  useEffect(() => {
    if (!active) return;
    const controller = new AbortController();
    const { signal } = controller;
    setFollowing({ readings: [], idle: false });
    void follow(connection, signal, setFollowing);
    return () => controller.abort();
  }, [connection, active]);
  return following;
}

type Show = (next: (before: Following) => Following) => void;

/** Until nothing is under way; a line that broke is taken up again, and so is one that came before the first run. */
async function follow(connection: number, signal: AbortSignal, show: Show): Promise<void> {
  // All was read when we last looked; a run may have begun, and be at its end, since nothing was under way.
  let read = false;
  while (!signal.aborted) {
    try {
      for await (const event of stream("progress", { params: { c: String(connection) } }, signal)) {
        if (event.type === "stream") show((before) => ({ ...before, readings: withReading(before, event) }));
        if (event.type === "run" && event.outcome !== null) void refresh();
        if (event.type === "idle") break;
      }
      if (signal.aborted) return;
      const { state } = await call("getConnection", { params: { c: String(connection) } }, signal);
      const before = read;
      read = state !== "not_synced_yet" && state !== "syncing";
      if (read && before) {
        await refresh();
        show((shown) => ({ ...shown, idle: true }));
        return;
      }
      if (read) continue;
    } catch (error) {
      if (error instanceof ApiFailure && error.status >= 400 && error.status < 500) return;
    }
    await new Promise((resolve) => setTimeout(resolve, AGAIN_MS));
  }
}

/** Ends once nothing is under way; what a run has changed is asked anew as it ends. */
export async function untilIdle(connection: number): Promise<void> {
  try {
    for await (const event of stream("progress", { params: { c: String(connection) } })) {
      if (event.type === "run" && event.outcome !== null) void refresh();
      if (event.type === "idle") return;
    }
  } catch {
    // The line broke: the page looks again by itself.
  }
}

const refresh = () => invalidate("listConnections", "getConnection", "listRuns", "held");

function withReading({ readings }: Following, event: Reading): Reading[] {
  const known = readings.some((each) => each.stream === event.stream);
  return known ? readings.map((each) => (each.stream === event.stream ? event : each)) : [...readings, event];
}
