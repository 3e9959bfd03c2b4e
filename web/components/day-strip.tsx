/** <DayStrip days={user.useByDay} />: one person's days by month: ▪ recorded use, ░ none, ▒ not known, with a legend. */
import { number } from "../format/number.ts";
import { longDay, monthName } from "../format/time.ts";
import { TEXT } from "../text/console.ts";
import type { DayOfUse } from "../text/words.ts";
import { cx } from "./ui/cx.ts";

type Mark = "used" | "none" | "unknown";
const MARK: Record<Mark, string> = {
  used: "bg-link",
  none: "border border-edge/70 bg-sunken",
  unknown: "hatched border border-edge/70",
};
const WORDS = TEXT.dayStrip;

function markOf(day: DayOfUse): Mark {
  if ((day.people ?? 0) > 0 || (day.recruiting ?? 0) > 0) return "used";
  return day.covered === "all" ? "none" : "unknown";
}

function monthsOf(days: readonly DayOfUse[]): DayOfUse[][] {
  return [...Map.groupBy(days, (each) => each.day.slice(0, 7)).values()];
}

export function DayStrip({ days }: { days: readonly DayOfUse[] }) {
  const count = (mark: Mark) => days.filter((each) => markOf(each) === mark).length;
  const text = WORDS.sum(number(count("used")), number(count("none")), number(count("unknown")));
  return (
    <div className="grid gap-2">
      <div role="img" aria-label={text} className="flex flex-wrap gap-x-3 gap-y-2">
        {monthsOf(days).map((month) => (
          <div key={month[0]!.day} className="grid gap-0.5">
            <span className="text-xs text-dim">{monthName(month[0]!.day)}</span>
            <div className="flex flex-wrap gap-[3px]">
              {month.map((each) => (
                <span
                  key={each.day}
                  title={`${longDay(each.day)}: ${WORDS[markOf(each)]}`}
                  className={cx("h-4 w-2 rounded-[2px]", MARK[markOf(each)])}
                />
              ))}
            </div>
          </div>
        ))}
      </div>
      <p aria-hidden className="flex flex-wrap gap-x-4 gap-y-1 text-sm text-dim">
        {(["used", "none", "unknown"] as const).map((mark) => (
          <span key={mark} className="flex items-center gap-1.5">
            <span className={cx("h-3.5 w-2 rounded-[2px]", MARK[mark])} /> {WORDS[mark]}
          </span>
        ))}
      </p>
    </div>
  );
}
