/** <CoverageBar days={usage.days} /> shows which days were read: blue all, lighter in part, hatched none; and says it. */
import { partOf } from "../format/number.ts";
import { longDay } from "../format/time.ts";
import { TEXT } from "../text/console.ts";
import type { DayOfUse } from "../text/words.ts";
import { holesOf, holeText } from "./chart-words.ts";
import { cx } from "./ui/cx.ts";

const COVERED = { all: "bg-link", part: "bg-link/45", none: "hatched" } as const;

export function CoverageBar({ days }: { days: readonly Pick<DayOfUse, "day" | "covered">[] }) {
  const covered = days.filter((each) => each.covered === "all").length;
  const holes = holesOf(days);
  const text = `${partOf(covered, days.length)} days`;
  const unknown = holes.length > 0 ? `; ${TEXT.hole}: ${holes.map(holeText).join(", ")}` : "";
  return (
    <div className="grid gap-1">
      <div
        role="img"
        aria-label={`${TEXT.coverage}: ${text}${unknown}`}
        className="flex h-3 overflow-hidden rounded-xs border border-edge/50"
      >
        {days.map((each) => (
          <span
            key={each.day}
            title={longDay(each.day)}
            className={cx("min-w-0 flex-1", COVERED[each.covered])}
          />
        ))}
      </div>
      <p className="text-sm text-dim">
        {text}
        {unknown}
      </p>
    </div>
  );
}
