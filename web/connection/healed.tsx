/** When a stream is well again: said for a day, with what is missing of the time in between. */
import { useQuery } from "@tanstack/react-query";
import { CircleCheck } from "lucide-react";
import { asked } from "../api/query.ts";
import { useZone } from "../components/time.tsx";
import { clock, date } from "../format/time.ts";
import type { Connection } from "../integrations/troubles.ts";
import { connection as words } from "../text/connection.ts";
import { healings, type Lost } from "./healings.ts";

export function Healed({ connection }: { connection: Connection }) {
  const timeZone = useZone();
  const some = connection.streams.some(({ healed }) => healed !== null);
  const { data } = useQuery({
    ...asked("overview", { params: { c: String(connection.id) } }),
    enabled: some,
  });
  if (!some || !data) return null;
  const day = (at: string) => date(at, { timeZone });
  const span = ({ from, to }: Lost) => words.lostSpan(day(from), day(to));
  return (
    <ul className="grid gap-1">
      {healings(connection.streams, data.stamp.holes).map(({ labels, at, lost }) => (
        <li key={labels[0]} className="flex items-start gap-2">
          <CircleCheck aria-hidden className="mt-0.5 size-4 shrink-0 text-well" />
          <span>
            {words.isBack(labels, clock(at, { timeZone }))}{" "}
            {lost.length === 0 ? words.nothingLost : words.lostForGood(lost.map(span).join(", "))}
          </span>
        </li>
      ))}
    </ul>
  );
}
