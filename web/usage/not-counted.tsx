/** Events of these days that are nobody's use, by who did them. */
import type { Answer } from "../api/client.ts";
import { CountLink } from "../components/count-link.tsx";
import { usageWords } from "../text/usage.ts";
import { eventsOf } from "./figures.ts";

/** Told apart by more than who the event names: no filter of events finds them alone. */
const NO_FILTER = ["nobody", "service_account", "harvest_access", "stranger"];

export function NotCounted({
  usage: { notCounted: rows, range },
}: {
  usage: Pick<Answer<"usage">, "notCounted" | "range">;
}) {
  const { title, who, nothing, names } = usageWords.notCounted;
  return (
    <section aria-labelledby="not-counted" className="card grid grid-cols-1 gap-2 p-4">
      <h2 id="not-counted" className="eyebrow">
        {title}
      </h2>
      {rows.length === 0 ? (
        <p className="text-dim">{nothing}</p>
      ) : (
        <table className="w-full text-dim">
          <thead>
            <tr className="border-b text-left text-sm">
              <th scope="col" className="py-1.5 pr-3 font-medium">
                {who}
              </th>
              <th scope="col" className="py-1.5 text-right font-medium">
                {usageWords.counts.events}
              </th>
            </tr>
          </thead>
          <tbody>
            {rows.map(({ performerType, events: n }) => {
              const name = names[performerType] ?? performerType.replaceAll("_", " ");
              return (
                <tr key={performerType} className="h-9 border-b">
                  <td className="pr-3">{name}</td>
                  <td className="text-right">
                    <CountLink
                      count={n}
                      label={usageWords.counts.eventsOf(name)}
                      to={NO_FILTER.includes(performerType) ? undefined : "/events"}
                      search={{ performerType, ...eventsOf(range) }}
                    />
                  </td>
                </tr>
              );
            })}
          </tbody>
        </table>
      )}
    </section>
  );
}
