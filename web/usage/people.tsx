/** Active people over a day, a week, 28 days and the days shown; and who stopped. Each part names its whole. */
import { Link } from "@tanstack/react-router";
import type { Answer } from "../api/client.ts";
import { number } from "../format/number.ts";
import type { Search } from "../search.ts";
import { usageWords as words } from "../text/usage.ts";
import { ACTIVE_PEOPLE, daysFrom, daysOf, LOGGED } from "./figures.ts";

type Usage = Answer<"usage">;

export function People({ usage, c }: { usage: Usage; c: string | undefined }) {
  const { people, range, window, stopped, stoppedReason } = usage;
  const isLast28 = range.days === 28 && range.to === window.to;
  const since = (days: number) => ({ usedFrom: daysFrom(window.to, 1 - days) });
  const figures: (readonly [string, number | null, Search])[] = [
    [words.people.lastDay, people.lastDay, { usedFrom: window.to, usedTo: window.to }],
    [words.people.last7Days, people.last7Days, since(7)],
    [words.people.last28Days, people.last28Days, since(28)],
    ...(isLast28 ? [] : [[words.people.range(range.days), people.range, daysOf(usage)] as const]),
  ];
  return (
    <section aria-labelledby="people" className="grid grid-cols-1 gap-2">
      <h2 id="people" className="eyebrow">
        {words.people.title}
      </h2>
      <dl className="grid grid-cols-2 gap-3 sm:grid-cols-[repeat(auto-fit,minmax(11rem,1fr))]">
        {figures.map(([label, n, used]) => (
          <Figure
            key={label}
            label={label}
            n={n}
            of={people.of}
            unknown={words.people.unknownWhy}
            used={{ c, ...ACTIVE_PEOPLE, ...LOGGED, ...used }}
            whole={{ c, ...ACTIVE_PEOPLE }}
          />
        ))}
        <div className="card p-3">
          <dt className="text-sm text-dim">{words.people.stopped}</dt>
          <dd className="mt-1 text-xl font-semibold">
            {stopped === null ? (
              words.people.unknown
            ) : (
              <Link
                to="/users"
                search={{ c, stopped: "true" }}
                className="link"
                aria-label={words.people.openStopped(stopped)}
              >
                {number(stopped)}
              </Link>
            )}
          </dd>
          <dd className="text-sm text-dim">
            {stopped === null
              ? stoppedReason && sentence(stoppedReason)
              : words.people.stoppedMeaning(window.days)}
          </dd>
        </div>
      </dl>
      <p className="text-sm text-dim">{words.people.todayToo}</p>
    </section>
  );
}

interface FigureProps {
  label: string;
  n: number | null;
  of: number;
  unknown: string;
  used: Search;
  whole: Search;
}

function Figure({ label, n, of, unknown, used, whole }: FigureProps) {
  return (
    <div className="card p-3">
      <dt className="text-sm text-dim">{label}</dt>
      {n === null ? (
        <>
          <dd className="mt-1 text-xl font-semibold">{words.people.unknown}</dd>
          <dd className="text-sm text-dim">{unknown}</dd>
        </>
      ) : (
        <>
          <dd className="mt-1 text-xl font-semibold">
            <Link to="/users" search={used} className="link" aria-label={words.people.open(n, label)}>
              {number(n)}
            </Link>
          </dd>
          <dd className="text-sm text-dim">
            {words.people.ofWhole}{" "}
            <Link to="/users" search={whole} className="link">
              {words.people.whole(of)}
            </Link>
          </dd>
        </>
      )}
    </div>
  );
}

/** The reason is told as part of a sentence. */
const sentence = (reason: string) => `${reason.charAt(0).toUpperCase()}${reason.slice(1)}.`;
