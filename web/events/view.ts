/** What the address says of the list of events, as the API's query; and words for what an event tells. */
import type { Answer } from "../api/client.ts";
import type { Filter } from "../components/table-view.ts";
import type { Search } from "../search.ts";
import { eventWords as words } from "../text/events.ts";
import { type ActivityEvent, userName, WORD } from "../text/words.ts";

const optionsOf = (names: Record<string, string>) => Object.entries(names);

/** With names for the ids in the address, as far as the first rows tell them. */
export function eventFilters(events: readonly ActivityEvent[]): Filter[] {
  const { filters } = words;
  return [
    { key: "counts", label: filters.counts, flag: true },
    { key: "kind", label: filters.kind, options: optionsOf(WORD.kind) },
    { key: "performerType", label: filters.performerType, options: optionsOf(words.performers) },
    { key: "type", label: filters.type, options: optionsOf(words.types) },
    { key: "day", label: filters.day, input: "date" },
    { key: "from", label: filters.from, input: "date" },
    { key: "to", label: filters.to, input: "date" },
    { key: "targetType", label: filters.targetType, input: "text" },
    { key: "target", label: filters.target, input: "text" },
    { key: "requestType", label: filters.requestType, input: "text" },
    { key: "requestId", label: filters.requestId },
    {
      key: "user",
      label: filters.user,
      word: (id) => userName(events.find(({ user }) => user?.id === id)?.user ?? { id, name: null }),
    },
  ];
}

const KEYS = eventFilters([]).map(({ key }) => key);
export const isNarrowed = (view: Search): boolean => KEYS.some((key) => view[key]);
export const noFilter: Search = Object.fromEntries(KEYS.map((key) => [key, undefined]));

/** `Mara Quill`, `API key 833004`, `Greenhouse staff`. */
export function whoOf({ user, performer, performerType }: ActivityEvent): string {
  if (user) return userName(user);
  const kind = performerType && (words.performer[performerType] ?? performerType.replaceAll("_", " "));
  return [kind, performer].filter(Boolean).join(" ") || words.nobody;
}

/** Greenhouse's label; the raw type where it gives none. */
export const whatOf = ({ targetType, type }: ActivityEvent): string =>
  targetType ?? (type === null ? words.whatNotTold : (words.types[type] ?? type));

export const kindOf = ({ counts, kind }: ActivityEvent): string =>
  counts ? WORD.kind[kind] : words.notCounted;

type Span = Answer<"listEvents">["stamp"]["holes"][number];

/** The spans never read that touch what was asked for; all of them where no time was asked for. */
export function holesWithin(holes: readonly Span[], from: number, to: number): Span[] {
  return holes.filter((hole) => Date.parse(hole.to) > from && Date.parse(hole.from) < to);
}
