/** How a user's roles, license, use and grants read: unknown is a word that says why, and a last use shows its event. */

import { levelReason } from "../../src/model/words.ts";
import { Level } from "../components/state.tsx";
import { useExact, useZone } from "../components/time.tsx";
import { Popover } from "../components/ui/popover.tsx";
import { Gray, None, NotGiven, Unknown } from "../components/unknown.tsx";
import { number } from "../format/number.ts";
import { ago, date, exact } from "../format/time.ts";
import { sourceMeans } from "../text/sources.ts";
import { usersWords as words } from "../text/users.ts";
import { nameOf, type User, userName, WORD } from "../text/words.ts";
import { daysOf } from "./days.ts";
import { Within } from "./within.tsx";

type Of<K extends keyof User> = { user: Pick<User, K> };

export function Name({ user }: Of<"id" | "name" | "agency" | "serviceAccount">) {
  return (
    <span className="flex min-w-0 items-baseline gap-1.5">
      <Within to="/users/$user" params={{ user: user.id }} className="link truncate font-medium">
        {userName(user)}
      </Within>
      {user.agency && <Gray>{words.agencyWord}</Gray>}
      {user.serviceAccount && <Gray>{words.serviceAccountWord}</Gray>}
    </span>
  );
}

/** The level, and on click why it is the one. */
export function LevelWhy({ user }: Of<"level" | "status" | "grants">) {
  const { level, status, grants } = user;
  if (level === "unknown") return <Level user={user} />;
  const count =
    grants === "all jobs" || grants.jobs === null || grants.futureJobs === null
      ? null
      : grants.jobs + grants.futureJobs;
  return (
    <Popover
      className="max-w-80"
      trigger={
        <button type="button" className="truncate underline decoration-dotted underline-offset-3">
          <Level user={user} />
        </button>
      }
    >
      {levelReason(level, { status, grants: count })}
    </Popover>
  );
}

/** `Never used` always comes with its date. */
export function licenseText(
  { license, usage }: Pick<User, "license" | "usage">,
  timeZone: string | undefined,
): string {
  if (license.type === null || license.state === null) return words.none;
  return license.state === "never_used" && usage.since !== null
    ? words.neverUsedSince(date(usage.since, { timeZone }))
    : WORD.license[license.state];
}

export function License({ user }: Of<"license" | "usage">) {
  const timeZone = useZone();
  const { type, state, reason } = user.license;
  if (type === null || state === null) return <Unknown why={words.noneWhy(reason)}>{words.none}</Unknown>;
  return state === "unknown" ? <Unknown why={words.because(reason)} /> : licenseText(user, timeZone);
}

/** `Standard, Private +2`: most grants first. */
export function Roles({ user: { roles } }: Of<"roles">) {
  if (roles === null) return <Unknown why={words.rolesUnknown} />;
  if (roles.length === 0) return <None />;
  const names = roles.map((role) => nameOf(role, words.thing.role));
  const more = names.length - 2;
  return (
    <span title={names.join(", ")} className="flex gap-1">
      <span className="truncate">{names.slice(0, 2).join(", ")}</span>
      {more > 0 && <span className="shrink-0 text-dim">{words.more(more)}</span>}
    </span>
  );
}

/** The newest counted activity and its source; the event behind it on click. */
export function LastUsed({ user: { id, lastUsed, usage } }: Of<"id" | "lastUsed" | "usage">) {
  const timeZone = useZone();
  const written = useExact();
  if (lastUsed === null) return <NoUse usage={usage} />;
  const { event, at, source } = lastUsed;
  return (
    <Popover
      trigger={
        <button type="button" className="whitespace-nowrap underline decoration-dotted underline-offset-3">
          {written ? exact(at, { timeZone }) : ago(at, { timeZone })}{" "}
          <span className="text-dim">· {WORD.source[source]}</span>
        </button>
      }
    >
      <p className="font-medium">{exact(at, { timeZone })}</p>
      <p className="text-dim">
        {event
          ? [WORD.kind[event.kind], event.what, event.requestType].filter(Boolean).join(" · ")
          : WORD.sourceLabel[source]}
      </p>
      <p className="mt-1 max-w-xs text-sm text-dim">{sourceMeans(source)}</p>
      {event && (
        <p className="mt-1">
          <Within to="/events" search={{ user: id, counts: "true" }}>
            {words.openEvents}
          </Within>
        </p>
      )}
    </Popover>
  );
}

/** No use is recorded: `none since 22 Aug` where all of the window was read, else unknown. */
export function NoUse({ usage }: { usage: Pick<User["usage"], "state" | "reason" | "since"> }) {
  const timeZone = useZone();
  return usage.state === "never_used" && usage.since !== null ? (
    <span className="whitespace-nowrap">{words.noneSince(date(usage.since, { timeZone }))}</span>
  ) : (
    <Unknown why={words.because(usage.reason)} />
  );
}

export function Days({ user: { usage } }: Of<"usage">) {
  return <>{daysOf(usage) ?? <Unknown why={words.because(usage.reason)} />}</>;
}

export function Grants({ user: { id, grants, status } }: Of<"id" | "grants" | "status">) {
  if (grants === "all jobs") {
    return status === "active" ? (
      <span title={words.allJobsNote}>{words.allJobs}</span>
    ) : (
      <span className="text-idle">{words.wasAllJobs}</span>
    );
  }
  if (grants.jobs === null || grants.futureJobs === null) return <Unknown why={words.grantsUnknown} />;
  const sum = grants.jobs + grants.futureJobs;
  return sum === 0 ? (
    <>0</>
  ) : (
    <Within to="/grants" search={{ user: id }}>
      {number(sum)}
    </Within>
  );
}

export function Names({ all, what }: { all: User["departments"]; what: string }) {
  return all.length === 0 ? <None /> : all.map((each) => nameOf(each, what)).join(", ");
}

export function Text({ value }: { value: string | null }) {
  return value ? value : <NotGiven />;
}

/** The nearest thing to "has signed in" that Greenhouse tells. */
export function Confirmed({ user: { email, emailConfirmed } }: { user: User }) {
  if (email === null) return <NotGiven />;
  if (emailConfirmed === null) return <Unknown why={words.confirmedUnknown} />;
  return <>{emailConfirmed ? words.yes : words.noWord}</>;
}
