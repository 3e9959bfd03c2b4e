/** Whether they use it: the last recorded use with its event, how many days, and day by day. */

import { DayStrip } from "../components/day-strip.tsx";
import { Card, Facts } from "../components/page-header.tsx";
import { Time } from "../components/time.tsx";
import { Unknown } from "../components/unknown.tsx";
import { number } from "../format/number.ts";
import { sourceMeans } from "../text/sources.ts";
import { userWords as words } from "../text/user.ts";
import { WORD } from "../text/words.ts";
import { Days } from "../users/cells.tsx";
import { Within } from "../users/within.tsx";
import type { Detail } from "./head.tsx";

export function Use({ user }: { user: Detail }) {
  const { usage } = user;
  return (
    <Card
      title={words.use}
      aside={
        <Within to="/events" search={{ user: user.id }}>
          {words.showEvents}
        </Within>
      }
    >
      <Facts
        items={[
          { label: words.lastRecorded, value: <LastRecorded user={user} /> },
          { label: words.state, value: WORD.license[usage.state], note: usage.reason },
          { label: words.daysWithUse(usage.windowDays), value: <Days user={user} /> },
        ]}
      />
      <div className="mt-3">
        <DayStrip days={user.useByDay} />
      </div>
      {user.recruiting.length > 0 && <Recruiting user={user} />}
    </Card>
  );
}

/** The newest of each kind, and on how many of the days above. */
function Recruiting({ user: { recruiting, useByDay } }: { user: Detail }) {
  return (
    <div className="mt-3 border-t pt-3">
      <h3 className="eyebrow">{words.recruiting}</h3>
      <dl className="divide-y">
        {recruiting.map(({ source, lastAt, days }) => (
          <div key={source} className="flex items-baseline justify-between gap-4 py-1.5">
            <dt className="min-w-0">
              {WORD.sourceLabel[source]}
              <span className="block text-sm text-dim">{sourceMeans(source)}</span>
            </dt>
            <dd className="shrink-0 text-right">
              <Time at={lastAt} />
              <span className="block text-sm text-dim">
                {words.onDays(number(days), number(useByDay.length))}
              </span>
            </dd>
          </div>
        ))}
      </dl>
    </div>
  );
}

function LastRecorded({ user: { lastUsed, usage } }: { user: Detail }) {
  if (lastUsed === null) {
    return usage.state === "never_used" && usage.since !== null ? (
      <>
        {words.noneSince} <Time at={usage.since} as="date" />
      </>
    ) : (
      <Unknown why={words.because(usage.reason)} />
    );
  }
  const { at, event, source } = lastUsed;
  const details = [event?.what, event && WORD.kind[event.kind], WORD.sourceLabel[source]];
  return (
    <span className="grid justify-items-end">
      <Time at={at} />
      <span className="text-sm text-dim" title={event?.requestType ?? undefined}>
        {details.filter(Boolean).join(" · ")}
      </span>
    </span>
  );
}
