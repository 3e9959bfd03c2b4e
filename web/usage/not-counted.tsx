/** Events of these days that are nobody's use, by who did them. */
import type { Answer } from "../api/client.ts";
import { number } from "../format/number.ts";
import { usageWords } from "../text/usage.ts";

export function NotCounted({ rows }: { rows: Answer<"usage">["notCounted"] }) {
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
            {rows.map(({ performerType, events: n }) => (
              <tr key={performerType} className="h-9 border-b">
                <td className="pr-3">{names[performerType] ?? performerType.replaceAll("_", " ")}</td>
                <td className="text-right">{number(n)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </section>
  );
}
