/** Use without the audit log: what Greenhouse's recruiting lists tell, and for which time each of them was read. */
import { dayText } from "../model/day.ts";
import { coveredDaysIn } from "../model/license.ts";
import { DEED_SOURCES, STREAM_OF_SOURCE } from "../model/recruiting.ts";
import { clip, type Span } from "../model/span.ts";
import { RECRUITING_STREAMS, type RecruitingStream, STREAM_TEXT } from "../model/stream.ts";
import { SOURCE_TEXT } from "../model/words.ts";
import { listVerdicts } from "../store/connections/verdicts.ts";
import type { DayRange } from "../store/usage/active-people.ts";
import { type RecruitingDay, recruitingDays, recruitingPeople } from "../store/usage/recruiting-use.ts";
import { countsOf } from "./memo.ts";
import { isoOrNull, type Question } from "./question.ts";
import type { Covered, RecruitingView } from "./types.ts";

/** Said wherever recruiting activity is shown. */
export const RECRUITING_NOTE =
  "A scorecard shows that somebody came. That there is none shows nothing: recruiting activity can make somebody in use, never unused or never used.";

/** Of the days of a range. null: this kind of credential can't read any of it. */
export async function recruitingView(asked: Question, range: DayRange): Promise<RecruitingView | null> {
  const { db, connection, deeds, zone } = asked;
  if (connection.credentialKind === "harvest_v1") return null;
  const [verdicts, counts, days] = await Promise.all([
    listVerdicts(db, connection.id),
    remembered(asked, "people", range, () => recruitingPeople(db, connection.id, range.fromDay, range.toDay)),
    recruitingDaysIn(asked, range.fromDay, range.toDay),
  ]);
  const read = (stream: RecruitingStream) => clip(deeds.get(stream) ?? [], range).length > 0;
  const anyRead = RECRUITING_STREAMS.some(read);
  const kinds = readOf(asked).map((kind) => {
    const verdict = verdicts.find((each) => each.verdict.stream === kind.stream)?.verdict;
    const off = connection.settings.off.includes(kind.stream);
    return {
      ...kind,
      state: off ? ("off" as const) : (verdict?.state ?? ("not_read_yet" as const)),
      text: verdict?.text ?? null,
      cure: verdict?.cure ?? null,
      coveredDays: coveredDaysIn(deeds.get(kind.stream) ?? [], zone, range.fromDay, range.toDay),
    };
  });
  return {
    kinds,
    people: anyRead ? counts.any : null,
    sources: DEED_SOURCES.map((source) => {
      const stream = STREAM_OF_SOURCE[source];
      const known = read(stream) || counts.people[source] > 0;
      return {
        source,
        stream,
        people: known ? counts.people[source] : null,
        deeds: known ? counts.deeds[source] : null,
        ...SOURCE_TEXT[source],
      };
    }),
    days: everyDay(range).map((day) => {
      const covered = coveredOfDeeds(asked, day);
      const told = days.get(day);
      const none = {
        people: 0,
        deeds: 0,
        sources: Object.fromEntries(DEED_SOURCES.map((each) => [each, 0])),
      };
      const known = covered === "none" && !told ? { people: null, deeds: null, sources: null } : none;
      return { day: dayText(day), covered, ...known, ...told } as RecruitingView["days"][number];
    }),
    note: RECRUITING_NOTE,
  };
}

/** Each list, with the newest span for which it was read without a gap. */
export function readOf({ deeds }: Pick<Question, "deeds">) {
  return RECRUITING_STREAMS.map((stream) => {
    const last = deeds.get(stream)?.at(-1);
    const { label } = STREAM_TEXT[stream];
    return { stream, label, from: isoOrNull(last?.from ?? null), until: isoOrNull(last?.to ?? null) };
  });
}

/** By day; remembered until its data changes, and for a minute while a run writes. */
export async function recruitingDaysIn(
  asked: Question,
  fromDay: number,
  toDay: number,
): Promise<ReadonlyMap<number, Omit<RecruitingDay, "day">>> {
  const { db, connection } = asked;
  return remembered(asked, "days", { fromDay, toDay }, async () => {
    const days = await recruitingDays(db, connection.id, fromDay, toDay);
    return new Map(days.map(({ day, ...told }) => [day, told]));
  });
}

async function remembered<T>(
  asked: Question,
  what: string,
  { fromDay, toDay }: Pick<DayRange, "fromDay" | "toDay">,
  make: () => Promise<T>,
): Promise<T> {
  const { remember } = await countsOf(asked);
  return remember(`recruiting ${what} ${fromDay} ${toDay} ${asked.zone.timeZone}`, make);
}

const everyDay = ({ fromDay, toDay }: DayRange) =>
  Array.from({ length: Math.max(0, toDay - fromDay + 1) }, (_, i) => fromDay + i);

/** How much of a day the lists that are read were read for: of all of them, of some, or of none. */
export function coveredOfDeeds({ deeds, zone }: Pick<Question, "deeds" | "zone">, day: number): Covered {
  const span = { from: zone.start(day), to: zone.end(day) };
  const lists = [...deeds.values()].filter((spans) => spans.length > 0);
  const parts = lists.map((spans) => clip(spans, span));
  if (parts.every((part) => part.length === 0)) return "none";
  const whole = ([part, more]: readonly Span[]) =>
    part !== undefined && !more && part.from === span.from && part.to === span.to;
  return parts.every(whole) ? "all" : "part";
}
