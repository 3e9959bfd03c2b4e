/** How many people of each kind, level, role, department and office used it. A number opens its people, a kind its events. */
import { Link } from "@tanstack/react-router";
import type { Answer } from "../api/client.ts";
import { Tabs } from "../components/ui/tabs.tsx";
import { number } from "../format/number.ts";
import { type Search, useView } from "../search.ts";
import { usageWords as words } from "../text/usage.ts";
import { type KindOfUse, type Level, nameOf, WORD } from "../text/words.ts";
import { ACTIVE_PEOPLE, daysOf, deedsOfKind, LOGGED } from "./figures.ts";

type Parts = NonNullable<Answer<"usage">["by"]>;
type By = keyof Parts;
type Part = Parts[By][number];

const ORDER = ["kind", "department", "level", "role", "office"] as const satisfies readonly By[];

export function ByPart({ usage, c }: { usage: Answer<"usage">; c: string | undefined }) {
  const { by } = usage;
  const [view, change] = useView();
  const shown = ORDER.find((name) => name === view.by) ?? "kind";
  if (by === null) return <p className="text-dim">{words.partsUnknown}</p>;
  return (
    <Tabs
      label={words.byLabel}
      value={shown}
      onChange={(id) => change({ by: id === "kind" ? undefined : id }, { replace: true })}
      tabs={ORDER.map((name) => ({
        id: name,
        label: words.by[name],
        content: <PartsOf by={name} parts={by[name] ?? []} usage={usage} c={c} />,
      }))}
    />
  );
}

interface PartsProps {
  by: By;
  parts: Part[];
  usage: Answer<"usage">;
  c: string | undefined;
}

function PartsOf({ by, parts, usage, c }: PartsProps) {
  if (parts.length === 0) return <p className="text-dim">{words.noParts}</p>;
  const most = Math.max(1, ...parts.map(({ people, of }) => of ?? people));
  const table = (
    <table className="w-full">
      <thead>
        <tr className="border-b text-left text-sm text-dim">
          <th scope="col" className="py-1.5 pr-3 font-medium">
            {words.part[by]}
          </th>
          <th scope="col" className="py-1.5 pr-3 w-36 text-right font-medium">
            {words.inPart}
          </th>
          <td aria-hidden className="hidden w-1/4 sm:table-cell" />
        </tr>
      </thead>
      <tbody>
        {parts.map((part) => (
          <tr key={part.id} className="h-9 border-b">
            <th scope="row" className="py-1 pr-3 text-left font-normal break-words">
              {by === "kind" ? <Kind kind={part.id as KindOfUse} usage={usage} c={c} /> : partName(by, part)}
            </th>
            <td className="py-1 pr-3 text-right whitespace-nowrap">
              <Link
                to="/users"
                search={{ c, ...ACTIVE_PEOPLE, ...LOGGED, ...daysOf(usage), ...partOf(by, part) }}
                aria-label={words.openUsed(number(part.people), partName(by, part))}
                className="link"
              >
                {number(part.people)}
              </Link>
              {part.of !== null && (
                <>
                  {` ${words.people.ofWhole} `}
                  <Link
                    to="/users"
                    search={{ c, ...ACTIVE_PEOPLE, ...partOf(by, part) }}
                    aria-label={words.openPart(number(part.of), partName(by, part))}
                    className="link"
                  >
                    {number(part.of)}
                  </Link>
                </>
              )}
            </td>
            <td aria-hidden className="hidden sm:table-cell">
              <svg
                aria-hidden="true"
                viewBox="0 0 100 8"
                preserveAspectRatio="none"
                className="block h-2 w-full"
              >
                <rect width={(100 * (part.of ?? 0)) / most} height="8" className="fill-sunken" />
                <rect width={(100 * part.people) / most} height="8" className="fill-kind-2" />
              </svg>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
  return by === "kind" ? (
    <>
      {table}
      <p className="mt-2 text-sm text-dim">{words.kindsOpen}</p>
    </>
  ) : (
    table
  );
}

function Kind({ kind, usage, c }: Omit<PartsProps, "by" | "parts"> & { kind: KindOfUse }) {
  return (
    <>
      <Link
        to="/events"
        search={{ c, ...deedsOfKind(usage, kind) }}
        aria-label={words.openKind(WORD.kind[kind])}
        className="link"
      >
        {WORD.kind[kind]}
      </Link>
      <span className="ml-2 text-sm text-dim">{words.kindMeaning[kind]}</span>
    </>
  );
}

function partName(by: By, part: Part): string {
  if (by === "kind") return WORD.kind[part.id as KindOfUse] ?? part.id;
  if (by === "level") return WORD.level[part.id as Level] ?? part.id;
  return nameOf(part, words.part[by]);
}

const partOf = (by: By, { id }: Part): Search => ({ [by === "kind" ? "usedKind" : by]: id });
