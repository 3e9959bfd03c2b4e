/** Use without the audit log: who did what, as Greenhouse's recruiting lists tell, and for which time they were read. */
import { Link } from "@tanstack/react-router";
import type { Answer } from "../api/client.ts";
import { RecruitingDays } from "../components/recruiting-days.tsx";
import { StreamBadge } from "../components/state.tsx";
import { useZone } from "../components/time.tsx";
import { Unknown } from "../components/unknown.tsx";
import { number } from "../format/number.ts";
import { date } from "../format/time.ts";
import { usageWords } from "../text/usage.ts";
import { WORD } from "../text/words.ts";
import { ACTIVE_PEOPLE, daysOf } from "./figures.ts";

type Usage = Answer<"usage">;
type View = NonNullable<Usage["recruiting"]>;
const words = usageWords.recruiting;

export function Recruiting({ usage, c }: { usage: Usage; c: string }) {
  const view = usage.recruiting;
  if (!view) return null;
  return (
    <section aria-labelledby="recruiting" className="card grid grid-cols-1 gap-4 p-4">
      <div className="flex flex-wrap items-baseline gap-x-3">
        <h2 id="recruiting" className="eyebrow">
          {words.title}
        </h2>
        <span className="text-dim">{view.people === null ? words.notRead : words.any(view.people)}</span>
      </div>
      <p className="text-dim">{view.note}</p>
      <RecruitingDays days={view.days} />
      <Sources usage={usage} view={view} c={c} />
      <Kinds view={view} />
    </section>
  );
}

function Sources({ usage, view, c }: { usage: Usage; view: View; c: string }) {
  const head = "py-1.5 font-medium";
  return (
    <table className="w-full text-left">
      <thead>
        <tr className="border-b text-sm text-dim">
          <th scope="col" className={`${head} pr-3`}>
            {words.what}
          </th>
          <th scope="col" className={`${head} text-right`}>
            {words.people}
          </th>
          <th scope="col" className={`${head} pl-4 text-right`}>
            {words.times}
          </th>
          <th scope="col" className={`${head} pl-6 max-sm:hidden`}>
            {words.shows}
          </th>
        </tr>
      </thead>
      <tbody>
        {view.sources.map(({ source, people, deeds, shows, limits }) => (
          <tr key={source} className="border-b align-top [&>td]:py-2">
            <th scope="row" className="py-2 pr-3 font-normal sm:whitespace-nowrap">
              {WORD.sourceLabel[source]}
              <span className="block text-sm text-dim sm:hidden">
                {shows} {limits}
              </span>
            </th>
            <td className="text-right tabular-nums">
              {people === null ? (
                <Unknown why={words.unknownWhy} />
              ) : (
                <Link
                  to="/users"
                  search={{ c, ...ACTIVE_PEOPLE, ...daysOf(usage), usedSource: source }}
                  className="link"
                  aria-label={words.open(people, WORD.sourceLabel[source])}
                >
                  {number(people)}
                </Link>
              )}
            </td>
            <td className="pl-4 text-right tabular-nums">
              {deeds === null ? <Unknown why={words.unknownWhy} /> : number(deeds)}
            </td>
            <td className="pl-6 text-sm text-dim max-sm:hidden">
              {shows} {limits}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** For which time each list was read: without it no number means anything. */
function Kinds({ view }: { view: View }) {
  const timeZone = useZone();
  return (
    <dl className="grid gap-x-8 gap-y-1.5 sm:grid-cols-2">
      {view.kinds.map(({ stream, label, state, from, until }) => (
        <div key={stream} className="flex flex-wrap items-baseline justify-between gap-x-3">
          <dt className="flex items-baseline gap-2">
            {label} <StreamBadge state={state} />
          </dt>
          <dd className="text-sm text-dim">
            {words.read}{" "}
            {from === null || until === null
              ? words.never
              : words.span(date(from, { timeZone }), date(until, { timeZone }))}
          </dd>
        </div>
      ))}
    </dl>
  );
}
