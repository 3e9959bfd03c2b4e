/** A message before it takes the form of a channel: its words, pure. */
import { ALERT_TOPICS, type DeliveryKind } from "../model/alerts/alert.ts";
import { harmless } from "../model/harmless.ts";
import { grouped } from "../model/text.ts";
import { ALERT_TOPIC_WORD } from "../model/words.ts";
import { type About, countOf, type Line, type ReportBody } from "../store/alerts/deliveries.ts";

export interface Message {
  /** Stays the same however often it is sent. */
  id: string;
  kind: DeliveryKind;
  subject: string;
  at: number;
  lines: readonly Line[];
  /** Alerts that it counts and doesn't list. */
  more: number;
  report: ReportBody | null;
  /** Where times are told. */
  zone: string;
  /** Links are this and a line's path. */
  consoleUrl: string;
}

/** So many alerts are listed for people. */
export const LINES_FOR_PEOPLE = 20;
/** A program gets all: so many in one message, the rest in the next. */
export const LINES_FOR_PROGRAMS = 100;
const LONGEST = 700;

/** Names the connection and what it is about, in the order of topics: `Aldermoor: Left but still active (3), Finding opened (2)`. */
export function subjectOf(about: readonly Pick<About, "name" | "topics">[], sample: boolean): string {
  const names = new Set(about.map(({ name }) => name));
  const [name = ""] = names;
  const who = names.size === 1 ? name : `${names.size} connections`;
  const topics = ALERT_TOPICS.flatMap((topic) => {
    const n = about.reduce((sum, each) => sum + (each.topics[topic] ?? 0), 0);
    return n === 0 ? [] : `${ALERT_TOPIC_WORD[topic]}${n === 1 ? "" : ` (${grouped(n)})`}`;
  });
  const [first, second, ...others] = topics;
  const told = [first, second].filter(Boolean).join(", ") + (others.length > 0 ? " and more" : "");
  return oneLine(`${sample ? "Sample data · " : ""}${who}: ${told}`);
}

/** Of the connections that may be told of alone. */
export function withoutOthers(
  message: Pick<Message, "subject" | "lines" | "more">,
  about: readonly About[],
  sample: boolean,
): Pick<Message, "subject" | "lines" | "more"> {
  const told = new Set(about.map(({ connection }) => connection));
  const lines = message.lines.filter(({ connection }) => told.has(connection.id));
  return { subject: subjectOf(about, sample), lines, more: countOf(about) - lines.length };
}

export const TEST_SUBJECT = "Test message from Glasshouse";
export const TEST_TEXT = "Messages of Glasshouse arrive here. Nothing has happened: somebody has tried it.";

/** Outside data as one line: no control characters, no line breaks, not too long. */
export function oneLine(text: string, longest = LONGEST): string {
  const line = harmless(text.replace(/\s+/g, " ").trim());
  return line.length > longest ? `${line.slice(0, longest - 1).replace(/[\ud800-\udbff]$/, "")}…` : line;
}

/** `23 Nov 2026, 10:02`, by the destination's clock. */
export function timeText(at: number, zone: string): string {
  return new Intl.DateTimeFormat("en-GB", {
    day: "numeric",
    month: "short",
    year: "numeric",
    hour: "2-digit",
    minute: "2-digit",
    timeZone: zone,
  }).format(at);
}

/** In the order they came, by connection. */
export function byConnection(lines: readonly Line[]): { name: string; lines: Line[] }[] {
  const groups = Map.groupBy(lines, ({ connection }) => connection.id);
  return [...groups.values()].map((of) => ({ name: of[0]!.connection.name, lines: of }));
}

export const lineText = ({ topic, text }: Line): string => {
  const word = ALERT_TOPIC_WORD[topic];
  // Those of findings begin with the label of their rule.
  return oneLine(text.startsWith(word) || topic === "finding_opened" ? text : `${word}: ${text}`);
};

export const linkOf = ({ consoleUrl }: Pick<Message, "consoleUrl">, { path }: Pick<Line, "path">): string =>
  new URL(consoleUrl + path).href;

export const moreText = (more: number): string => `and ${grouped(more)} more`;

/** Where all of them are: of one connection, its findings. */
export function morePath({ lines }: Pick<Message, "lines">): string {
  const [first, ...others] = new Set(lines.map(({ connection }) => connection.id));
  return first === undefined || others.length > 0 ? "/findings" : `/findings?c=${first}`;
}
