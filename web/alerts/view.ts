/** What Alerts shows and sends: drafts of destinations, their topics in short, search and filters. */
import type { Call } from "../api/client.ts";
import type { Filter } from "../components/table-view.ts";
import {
  type Destination,
  type Frequency,
  type Kind,
  type Topic,
  type Topics,
  alertWords as words,
} from "../text/alerts.ts";

export const TOPICS = Object.keys(words.topics) as Topic[];
export const FREQUENCIES = Object.keys(words.frequencies) as Frequency[];
export const KINDS = Object.keys(words.form.kinds) as Kind[];

/** The report tells of a week: it comes weekly, or not. */
export const frequenciesOf = (topic: Topic): readonly Frequency[] =>
  topic === "weekly_report" ? ["weekly", "never"] : FREQUENCIES;

/** As the server sets them where nothing is said (src/model/alerts/alert.ts). */
export const USUAL_TOPICS: Topics = {
  sync_failed: "at_once",
  sync_recovered: "at_once",
  needs_attention: "at_once",
  left_but_active: "at_once",
  new_site_admin: "at_once",
  finding_opened: "daily",
  finding_closed: "daily",
  weekly_report: "weekly",
};

export interface Draft {
  name: string;
  address: string;
  /** Of a destination that is changed: empty keeps the one it has. */
  url: string;
  topics: Topics;
  /** null: all. */
  connections: readonly number[] | null;
  zone: string;
  hour: number;
  quiet: { from: string; to: string } | null;
}

export const USUAL_QUIET = { from: "22:00", to: "07:00" };

export function newDraft(zone: string): Draft {
  return {
    name: "",
    address: "",
    url: "",
    topics: USUAL_TOPICS,
    connections: null,
    zone,
    hour: 8,
    quiet: null,
  };
}

/** Connections that are gone are left out: nobody can tick them. */
export function draftOf(destination: Destination, known: readonly number[]): Draft {
  const { name, channel, where, topics, connections, zone, hour, quiet } = destination;
  return {
    name,
    address: channel === "email" ? where : "",
    url: "",
    topics,
    connections: connections?.filter((id) => known.includes(id)) ?? null,
    zone,
    hour,
    quiet,
  };
}

export type Wrong = "name" | "address" | "url" | "connections" | "quiet";

/** @param kept it has an address that stays where none is typed */
export function wrongIn(draft: Draft, kind: Kind, kept: boolean): Wrong[] {
  const { name, address, url, connections, quiet } = draft;
  const byUrl = kind !== "own" && kind !== "email";
  const wrong: [Wrong, boolean][] = [
    ["name", name.trim() === ""],
    ["address", kind === "email" && !/^\S+@\S+$/.test(address.trim())],
    ["url", byUrl && !(kept && url.trim() === "") && !/^https?:\/\/\S+$/.test(url.trim())],
    ["connections", connections?.length === 0],
    ["quiet", quiet !== null && (quiet.from === "" || quiet.to === "" || quiet.from === quiet.to)],
  ];
  return wrong.flatMap(([what, is]) => (is ? [what] : []));
}

type Added = NonNullable<Call<"addDestination">["body"]>;
type Changed = NonNullable<Call<"updateDestination">["body"]>;

function sharedPart({ name, topics, connections, zone, hour, quiet }: Draft) {
  return { name: name.trim(), topics, connections: connections && [...connections], zone, hour, quiet };
}

export function addedBody(draft: Draft, kind: Kind): Added {
  const own = kind === "own";
  const to = own ? {} : kind === "email" ? { address: draft.address.trim() } : { url: draft.url.trim() };
  return { channel: own ? "email" : kind, own, ...to, ...sharedPart(draft) };
}

export function changedBody(draft: Draft, { channel, own, where }: Destination): Changed {
  const address = draft.address.trim();
  const url = draft.url.trim();
  return {
    ...sharedPart(draft),
    ...(channel === "email" && !own && address !== where ? { address } : {}),
    ...(channel !== "email" && url !== "" ? { url } : {}),
  };
}

/** `5 at once, 2 daily, 1 weekly`. */
export function hearsOf(topics: Topics): string {
  const parts = FREQUENCIES.filter((each) => each !== "never").map(
    (frequency) => [frequency, TOPICS.filter((topic) => topics[topic] === frequency).length] as const,
  );
  const some = parts.filter(([, count]) => count > 0);
  return some.length === 0 ? words.hearsNothing : words.hears(some.map(([each, count]) => [each, count]));
}

/** Which topics at which frequency, a line each. */
export function hearsInFull(topics: Topics): string {
  return TOPICS.map((topic) => words.form.choice(words.topics[topic], words.frequencies[topics[topic]])).join(
    "\n",
  );
}

export function shownDestinations(all: readonly Destination[], search = ""): Destination[] {
  const text = search.trim().toLowerCase();
  return all.filter(({ name, where, owner }) =>
    `${name} ${where} ${owner?.name ?? ""}`.toLowerCase().includes(text),
  );
}

export function deliveryFilters(destinations: readonly Destination[]): Filter[] {
  const { filters, destinationNo } = words.deliveries;
  return [
    {
      key: "destination",
      label: filters.destination,
      options: destinations.map(({ id, name }) => [String(id), name] as const),
      one: true,
      word: destinationNo,
    },
    { key: "state", label: filters.state, options: Object.entries(words.states) },
  ];
}
