/** What there is to tell of a connection, from how it stands and what was last told of it. Pure. */

import type { Connection, ConnectionState } from "../connection.ts";
import { connectionState } from "../connection-state.ts";
import { NOT_GIVEN, STREAM_TEXT, STREAMS, type Stream } from "../stream.ts";
import type { CauseCode, StreamState, Verdict } from "../verdict.ts";
import type { NewAlert } from "./alert.ts";

/** How a connection stands: its state, and what keeps it from being well. */
export interface Standing {
  state: ConnectionState;
  troubles: { stream: Stream; cause: CauseCode; text: string }[];
}

/** What was last told. */
export interface ConnectionTold {
  state: "connected" | "needs_attention" | "failing";
  /** Every cause told since it was last connected, as `stream cause`: one that comes and goes is told once. */
  causes: string[];
  /** Since when it isn't connected; null: it is. */
  since: number | null;
}

type Judged = Pick<Verdict, "stream" | "state" | "cause" | "text"> & { lastSuccessAt: number | null };

export function standingOf(
  { paused, frozenAt, credentialKind, settings }: Connection,
  verdicts: readonly Judged[],
): Standing {
  const streams = STREAMS.filter((stream) => !NOT_GIVEN[credentialKind].includes(stream)).map(
    (stream): Judged => {
      const off = settings.off.includes(stream);
      const judged = verdicts.find((each) => each.stream === stream);
      // Switched off or on a moment ago: what was judged before says nothing.
      if (judged && off === (judged.cause === "switched_off")) return judged;
      const state: StreamState = off ? "off" : "not_read_yet";
      return { stream, state, cause: null, text: null, lastSuccessAt: judged?.lastSuccessAt ?? null };
    },
  );
  const { state } = connectionState({ paused, frozen: frozenAt !== null, running: false, streams });
  const troubles = streams.flatMap(({ stream, state: of, cause, text }) =>
    of === "stopped" && cause !== null ? [{ stream, cause, text: text ?? "" }] : [],
  );
  return { state, troubles };
}

/**
 * A change into failing or needs attention is told, and so is another cause while it needs attention; that it is connected
 * again, with how long it wasn't. The same again is not, however often it is tried. A connection that is paused or has not
 * been read tells nothing, and nothing is forgotten meanwhile.
 */
export function connectionAlert(
  connection: number,
  told: ConnectionTold | null,
  { state, troubles }: Standing,
  now: number,
): { told: ConnectionTold | null; alert: NewAlert | null } {
  const path = `/integrations/${connection}`;
  const of = (topic: NewAlert["topic"], text: string): NewAlert => ({
    topic,
    text,
    rule: null,
    userId: null,
    path,
  });
  if (state !== "failing" && state !== "needs_attention" && state !== "connected")
    return { told, alert: null };
  // Users are back, and what had waited for them is about to be read.
  if (state === "needs_attention" && troubles.length === 0) return { told, alert: null };
  if (state === "connected") {
    if (told?.state === "connected") return { told, alert: null };
    const well: ConnectionTold = { state, causes: [], since: null };
    if (!told) return { told: well, alert: null };
    return { told: well, alert: of("sync_recovered", recoveredText(told, now)) };
  }
  const known = told?.state === "connected" ? [] : (told?.causes ?? []);
  const added = troubles.filter((each) => !known.includes(keyOf(each)));
  const entered = told?.state !== state;
  if (!entered && (added.length === 0 || state === "failing")) return { told, alert: null };
  const next: ConnectionTold = {
    state,
    causes: [...known, ...added.map(keyOf)],
    since: told?.since ?? now,
  };
  if (state === "failing") return { told: next, alert: of("sync_failed", failedText(troubles)) };
  return { told: next, alert: of("needs_attention", attentionText(entered ? troubles : added)) };
}

const keyOf = ({ stream, cause }: Standing["troubles"][number]) => `${stream} ${cause}`;

function failedText(troubles: Standing["troubles"]): string {
  const users = troubles.find(({ stream }) => stream === "users");
  return `Users can't be read, and nothing can without them. ${users?.text ?? ""}`.trim();
}

/** Streams that stopped for the same reason are told together, whenever each was asked. */
function attentionText(troubles: Standing["troubles"]): string {
  const reason = ({ cause, text }: Standing["troubles"][number]) =>
    `${cause} ${/^.*?[.?](?=\s|$)/s.exec(text)?.[0] ?? text}`;
  return [...Map.groupBy(troubles, reason).values()]
    .map((same) => `${same.map(({ stream }) => STREAM_TEXT[stream].label).join(", ")}: ${same[0]!.text}`)
    .join(" ");
}

function recoveredText({ state, since }: ConnectionTold, now: number): string {
  const was = state === "failing" ? "It was failing" : "It needed attention";
  return `Everything that is on is read again. ${was}${since === null ? "" : ` for ${lasted(now - since)}`}.`;
}

/** `4 min`, `3 h`, `2 days` */
function lasted(ms: number): string {
  const minutes = Math.max(1, Math.round(ms / 60_000));
  if (minutes < 120) return `${minutes} min`;
  const hours = Math.round(minutes / 60);
  return hours < 48 ? `${hours} h` : `${Math.round(hours / 24)} days`;
}
