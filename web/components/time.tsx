/**
 * <Time at={iso} /> shows "4 min ago" (a date after 7 days), exact local and UTC time on hover, focus and tap;
 * with *Exact times* on, and in print, the exact time. `as="clock"` shows 09:02, `as="date"` 12 Nov.
 * <Day day="2026-11-23" /> is a day of the connection. <Zone value="Europe/Zurich">…</Zone> sets the zone below it.
 */
import { createContext, type ReactNode, useContext, useEffect, useState } from "react";
import { ago, clock, date, day as dayText, exact, longDay } from "../format/time.ts";
import { usePreference } from "./preferences.ts";
import { Tooltip } from "./ui/tooltip.tsx";
import { usePrinting } from "./use-printing.ts";

const ZoneContext = createContext<string | undefined>(undefined);

export function Zone({ value, children }: { value: string | undefined; children: ReactNode }) {
  return <ZoneContext value={value}>{children}</ZoneContext>;
}

/** The connection's time zone, which decides the day; undefined: the reader's. */
export function useZone(): string | undefined {
  return useContext(ZoneContext);
}

/** Times are written out: by choice, and on paper, where nothing opens. */
export function useExact(): boolean {
  const [always] = usePreference("exact");
  const printing = usePrinting();
  return always || printing;
}

export function Time({ at, as = "ago" }: { at: string; as?: "ago" | "clock" | "date" }) {
  const timeZone = useZone();
  const always = useExact();
  useMinute(as === "ago" && !always);
  const full = exact(at, { timeZone });
  if (always) return <time dateTime={at}>{full}</time>;
  const text =
    as === "ago" ? ago(at, { timeZone }) : as === "clock" ? clock(at, { timeZone }) : date(at, { timeZone });
  return (
    <Tooltip text={full} taps>
      <button type="button" className="cursor-help text-left whitespace-nowrap">
        <time dateTime={at}>{text}</time>
      </button>
    </Tooltip>
  );
}

export function Day({ day }: { day: string }) {
  return (
    <time dateTime={day} title={longDay(day)}>
      {dayText(day)}
    </time>
  );
}

/** Renders again each minute: an age on the page is never stale. */
function useMinute(on: boolean): void {
  const [, tick] = useState(0);
  useEffect(() => {
    if (!on) return;
    const timer = setInterval(() => tick((n) => n + 1), 60_000);
    return () => clearInterval(timer);
  }, [on]);
}
