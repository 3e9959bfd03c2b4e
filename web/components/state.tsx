/**
 * States: icon and word, never color alone.
 * <ConnectionBadge state={c.state} text={c.stateText} />, <StreamBadge state={v.state} cause={v.cause} />,
 * <StatusBadge status={u.status} />, <RunBadge outcome={run.outcome} />, <Badge tone="look" icon={…}>…</Badge>.
 * Levels and licenses are words without color: WORD.level[…]; <Level user={u} /> writes "was Site Admin".
 */
import { Circle, CircleCheck, CircleX, LoaderCircle, Pause, Snowflake, TriangleAlert } from "lucide-react";
import type { ReactNode } from "react";
import { readNothing } from "../../src/model/words.ts";
import { TEXT } from "../text/console.ts";
import {
  type ConnectionState,
  type Run,
  type Status,
  type StreamState,
  type User,
  WORD,
} from "../text/words.ts";
import { cx } from "./ui/cx.ts";
import { Unknown } from "./unknown.tsx";

export type Tone = "well" | "look" | "cant" | "idle" | "link";

export const TONE_TEXT: Record<Tone, string> = {
  well: "text-well",
  look: "text-look",
  cant: "text-cant",
  idle: "text-idle",
  link: "text-link",
};
export const TONE_SOFT: Record<Tone, string> = {
  well: "bg-well-soft",
  look: "bg-look-soft",
  cant: "bg-cant-soft",
  idle: "bg-idle-soft",
  link: "bg-link-soft",
};

const ICON: Record<Tone, typeof Circle> = {
  well: CircleCheck,
  look: TriangleAlert,
  cant: CircleX,
  idle: Circle,
  link: LoaderCircle,
};

/** `filled` puts it on its soft ground: for heads of pages and tiles. */
export function Badge({
  tone,
  filled = false,
  icon,
  children,
}: {
  tone: Tone;
  filled?: boolean;
  icon?: typeof Circle;
  children: ReactNode;
}) {
  const Icon = icon ?? ICON[tone];
  return (
    <span
      className={cx(
        "inline-flex max-w-full items-center gap-1.5 align-bottom whitespace-nowrap",
        TONE_TEXT[tone],
        filled && cx("rounded-full px-2.5 py-0.5 text-sm font-medium", TONE_SOFT[tone]),
      )}
    >
      <Icon aria-hidden className={cx("size-4 shrink-0", Icon === LoaderCircle && "animate-spin")} />
      <span className="truncate">{children}</span>
    </span>
  );
}

const CONNECTION: Record<ConnectionState, { tone: Tone; icon?: typeof Circle }> = {
  not_synced_yet: { tone: "idle" },
  syncing: { tone: "link" },
  connected: { tone: "well" },
  needs_attention: { tone: "look" },
  failing: { tone: "cant" },
  paused: { tone: "idle", icon: Pause },
};

export function ConnectionBadge({
  state,
  text,
  filled = true,
}: {
  state: ConnectionState;
  text?: string;
  filled?: boolean;
}) {
  return (
    <Badge {...CONNECTION[state]} filled={filled}>
      {text ?? WORD.connection[state]}
    </Badge>
  );
}

const STREAM_TONE: Record<StreamState, Tone> = {
  well: "well",
  reading: "link",
  stopped: "look",
  off: "idle",
  waiting_for_users: "idle",
  not_read_yet: "idle",
};

/** `frozen`: nothing reads it any more, so what was well is neither well nor ill now. */
export function StreamBadge({
  state,
  filled,
  frozen = false,
}: {
  state: StreamState;
  filled?: boolean;
  frozen?: boolean;
}) {
  if (frozen && state === "well") {
    return (
      <Badge tone="idle" icon={Snowflake} filled={filled}>
        {TEXT.frozen}
      </Badge>
    );
  }
  return (
    <Badge tone={STREAM_TONE[state]} filled={filled}>
      {WORD.stream[state]}
    </Badge>
  );
}

export function StatusBadge({ status, filled }: { status: Status; filled?: boolean }) {
  if (status === "active" && !filled) return <>{WORD.status.active}</>;
  const tone: Tone = status === "active" ? "well" : status === "missing" ? "look" : "idle";
  return (
    <Badge tone={tone} filled={filled} {...(status === "deactivated" ? { icon: Pause } : {})}>
      {WORD.status[status]}
    </Badge>
  );
}

const RUN_TONE: Record<string, Tone> = { complete: "well", partial: "look", failed: "cant", stopped: "idle" };

/** `steps` make "Partial (2 of 8 streams failed)", and of a run to which nothing was allowed "Nothing read". */
export function RunBadge({ outcome, steps = [] }: Pick<Run, "outcome"> & { steps?: Run["steps"] }) {
  const key = outcome ?? "running";
  const word = WORD.run[key as keyof typeof WORD.run] ?? key;
  const failed = steps.filter((step) => step.outcome === "failed").length;
  if (readNothing({ outcome, steps })) return <Badge tone="idle">{TEXT.nothingRead}</Badge>;
  return (
    <Badge tone={outcome === null ? "link" : (RUN_TONE[outcome] ?? "idle")}>
      {outcome === "partial" && failed > 0 ? TEXT.streamsFailed(word, failed, steps.length) : word}
    </Badge>
  );
}

export function Level({ user }: { user: Pick<User, "level" | "status"> }) {
  const word = WORD.level[user.level];
  if (user.level === "unknown") return <Unknown why={TEXT.levelUnknown} />;
  return <>{user.status === "deactivated" ? TEXT.levelWas(word) : word}</>;
}
