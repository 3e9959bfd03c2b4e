/**
 * What is wrong with one kind of data, in full: cause, evidence, cure, since, what is lost, next try.
 * <VerdictCard verdict={v} actions={<Button look="solid">Replace credential</Button>} />
 */
import { CircleX, Info, TriangleAlert } from "lucide-react";
import type { ReactNode } from "react";
import { TEXT } from "../text/console.ts";
import { STREAM, type Verdict } from "../text/words.ts";
import { StreamBadge } from "./state.tsx";
import { Time } from "./time.tsx";
import { cx } from "./ui/cx.ts";

/** Without `ask` and times it shows the verdict of a test, too. */
export type VerdictFacts = Pick<Verdict, "stream" | "state" | "text" | "cure" | "ask"> &
  Partial<Pick<Verdict, "label" | "since" | "lost" | "lostMeanwhile" | "nextTryAt">>;

export function VerdictCard({
  verdict,
  actions,
  heading = true,
}: {
  verdict: VerdictFacts;
  actions?: ReactNode;
  /** The name of the stream and its state above the cause. */
  heading?: boolean;
}) {
  const { stream, state, ask, since, lost, lostMeanwhile, nextTryAt } = verdict;
  const fatal = stream === "users" && state === "stopped";
  const tone = state === "stopped" ? (fatal ? "cant" : "look") : "idle";
  const Icon = { cant: CircleX, look: TriangleAlert, idle: Info }[tone];
  return (
    <article
      data-verdict={stream}
      className={cx(
        "grid gap-3 rounded-lg border border-l-4 bg-surface p-4",
        { cant: "border-l-cant", look: "border-l-look", idle: "border-l-idle" }[tone],
      )}
    >
      {heading && (
        <div className="flex flex-wrap items-center gap-x-3">
          <h3>{verdict.label ?? STREAM[stream]}</h3>
          <StreamBadge state={state} />
        </div>
      )}
      <div className="flex gap-2.5">
        <Icon
          aria-hidden
          className={cx(
            "mt-0.5 size-4 shrink-0",
            { cant: "text-cant", look: "text-look", idle: "text-idle" }[tone],
          )}
        />
        <p className="min-w-0 break-words">{verdict.text}</p>
      </div>
      {verdict.cure && (
        <div>
          <h4 className="eyebrow">{TEXT.verdict.cure}</h4>
          <p className="mt-0.5 break-words">{verdict.cure}</p>
          {actions && <div className="mt-2.5 flex flex-wrap gap-2">{actions}</div>}
        </div>
      )}
      {ask && (
        <details className="text-sm text-dim">
          <summary className="w-fit">{TEXT.verdict.evidence}</summary>
          <p className="mt-1 font-mono text-xs break-all">
            {ask.method} {ask.host}
            {ask.path} · {ask.status ?? "no answer"} · {ask.at}
            {ask.requestId && ` · request ${ask.requestId}`}
          </p>
        </details>
      )}
      {(since || lost || nextTryAt) && (
        <p className="flex flex-wrap gap-x-4 gap-y-0.5 text-sm text-dim">
          {since && (
            <span>
              {TEXT.verdict.since} <Time at={since} />
            </span>
          )}
          {(lostMeanwhile ?? lost) && (
            <span>
              {TEXT.verdict.lost}: {lostMeanwhile ?? lost}
            </span>
          )}
          {nextTryAt && (
            <span>
              {TEXT.verdict.next} <Time at={nextTryAt} as="clock" />
            </span>
          )}
        </p>
      )}
    </article>
  );
}
