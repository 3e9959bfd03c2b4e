/** Each of whom an action is aimed at: the effect, and what became of it. */
import { ArrowRight } from "lucide-react";
import type { Answer } from "../api/client.ts";
import { Badge, type Tone } from "../components/state.tsx";
import { actionWords as words } from "../text/actions.ts";
import { nameOf, userName } from "../text/words.ts";

export type Action = Answer<"getAction">;
export type Target = Answer<"listTargets">["items"][number];

/** Will anything of it change by itself? */
export const isOpen = ({ state }: Action): boolean => state === "approved" || state === "running";

const TONE: Record<Target["state"], Tone> = {
  waiting: "idle",
  sent: "link",
  seen: "well",
  refused: "look",
  unknown: "look",
};

export function TargetState({
  target: { state, sentAt },
  preview = false,
}: {
  target: Target;
  preview?: boolean;
}) {
  // Of a preview nothing was refused by anybody yet: it isn't touched.
  const untouched = state === "refused" && sentAt === null;
  const text = untouched ? words.notDone : preview ? words.wouldBe : words.target[state];
  return (
    <Badge
      tone={untouched ? "idle" : preview ? "link" : TONE[state]}
      icon={preview && !untouched ? ArrowRight : undefined}
    >
      {text}
    </Badge>
  );
}

export function grantText({ grant }: Target): string | null {
  if (!grant) return null;
  const { grant: told } = words;
  const role = grant.role ? nameOf(grant.role, told.role) : told.roleNotGiven;
  if (grant.kind === "future_job") return told.on(role, told.futureJobs);
  return told.on(role, grant.job ? nameOf(grant.job, told.job) : told.jobNotGiven);
}

export function TargetList({ targets, preview }: { targets: readonly Target[]; preview?: boolean }) {
  return (
    <section
      aria-label={words.eachOf}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
      tabIndex={0}
      className="max-h-[40dvh] overflow-y-auto rounded-md border"
    >
      <ul>
        {targets.map((target) => (
          <li
            key={target.n}
            className="grid gap-x-3 gap-y-0.5 border-b px-3 py-2 last:border-b-0 sm:grid-cols-[minmax(0,1fr)_auto]"
          >
            <span className="min-w-0">
              <span className="font-medium">{userName(target.user)}</span>
              {target.user.email && <span className="text-sm text-dim"> {target.user.email}</span>}
            </span>
            <span className="text-sm sm:text-right">
              <TargetState target={target} preview={preview} />
            </span>
            <span className="text-sm text-dim sm:col-span-2">
              {target.reason ? target.reason.text : target.effect.join(" ")}
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}
