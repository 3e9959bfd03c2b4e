/** What a chart of use says in words, and how a day's bar is divided. */
import { number } from "../format/number.ts";
import { day as dayText } from "../format/time.ts";
import { TEXT } from "../text/console.ts";
import { type DayOfUse, type KindOfUse, WORD } from "../text/words.ts";

const words = TEXT.chart;

export const KINDS: readonly KindOfUse[] = ["viewed", "changed", "acted", "other"];

/**
 * The bar is as high as people were active; its parts share it in proportion to the people of each kind, who together
 * are more: a person may do several kinds on one day. `barText` has the counts themselves.
 */
export function stackOf(
  day: Pick<DayOfUse, "people" | "kinds">,
): { kind: KindOfUse; from: number; to: number }[] {
  const people = day.people ?? 0;
  const { kinds } = day;
  const parts = kinds ? KINDS.reduce((sum, kind) => sum + kinds[kind], 0) : 0;
  if (!kinds || parts === 0) return people > 0 ? [{ kind: "other", from: 0, to: people }] : [];
  let from = 0;
  return KINDS.flatMap((kind) => {
    const to = from + (people * kinds[kind]) / parts;
    const part = { kind, from, to };
    from = to;
    return kinds[kind] > 0 ? [part] : [];
  });
}

/** Runs of days of which nothing was read. */
export function holesOf(days: readonly Pick<DayOfUse, "day" | "covered">[]): { from: string; to: string }[] {
  const holes: { from: string; to: string }[] = [];
  let open: { from: string; to: string } | null = null;
  for (const { day, covered } of days) {
    if (covered !== "none") open = null;
    else if (open) open.to = day;
    else {
      open = { from: day, to: day };
      holes.push(open);
    }
  }
  return holes;
}

export function holeText({ from, to }: { from: string; to: string }): string {
  return from === to ? dayText(from) : words.span(dayText(from), dayText(to));
}

export function barText({ people, covered, kinds }: DayOfUse, isToday: boolean): string {
  if (people === null || covered === "none") return TEXT.hole;
  const parts = KINDS.flatMap((kind) =>
    kinds && kinds[kind] > 0 ? [`${WORD.kind[kind].toLowerCase()} ${number(kinds[kind])}`] : [],
  );
  const text = words.active(people, parts.join(", "));
  if (isToday) return words.soFar(text);
  return covered === "part" ? words.inPart(text) : text;
}

/** The chart in one sentence. */
export function sentenceOf(days: readonly DayOfUse[], today?: string): string {
  const whole = days.filter((each) => each.covered === "all" && each.people !== null && each.day !== today);
  const holes = holesOf(days.filter((each) => each.day !== today));
  const unknown = holes.length > 0 ? ` ${words.holes(holes.map(holeText).join(", "))}` : "";
  if (whole.length === 0) return words.noDay + unknown;
  const counts = whole.map((each) => each.people!);
  const [least, most] = [Math.min(...counts), Math.max(...counts)];
  const peak = whole.find((each) => each.people === most)!;
  const told =
    most === 0
      ? words.noUse(whole.length)
      : words.between(whole.length, { least: number(least), most: number(most), on: dayText(peak.day) });
  return told + unknown;
}
