import type { EventLog, Position, Snapshot, Span } from "../events/log.ts";
import type { Seen } from "../events/seen.ts";
import type { AuditQuery } from "./query.ts";

const chunkMs = 3_600_000;

/** The parts of a query's span that events exist for at this snapshot. */
export function readable(log: EventLog, query: AuditQuery, snapshot: Snapshot): Span[] {
  const [from, to] = query.span;
  return log
    .spans(snapshot.now)
    .map(([a, b]): Span => [Math.max(a, from), Math.min(b, to)])
    .filter(([a, b]) => a <= b);
}

/** Cuts a span into hours, so that a long search lets other requests through. */
function* hours([from, to]: Span, newestFirst: boolean): Generator<Span> {
  if (newestFirst)
    for (let end = to; end >= from; end -= chunkMs) yield [Math.max(from, end - chunkMs + 1), end];
  else for (let start = from; start <= to; start += chunkMs) yield [start, Math.min(to, start + chunkMs - 1)];
}

/** Shows every readable event in order until `see` answers false. Returns whether it came to the end. */
export async function walk(
  log: EventLog,
  query: AuditQuery,
  snapshot: Snapshot,
  newestFirst: boolean,
  beyond: Position | null,
  see: (e: Seen) => boolean,
): Promise<boolean> {
  const spans = readable(log, query, snapshot);
  if (newestFirst) spans.reverse();
  let since = performance.now();
  for (const span of spans) {
    const [from, to] = span;
    const rest: Span = !beyond
      ? span
      : newestFirst
        ? [from, Math.min(to, beyond.ms)]
        : [Math.max(from, beyond.ms), to];
    for (const hour of hours(rest, newestFirst)) {
      if (!log.visit(hour, newestFirst, beyond, snapshot, see)) return false;
      if (performance.now() - since > 15) {
        await new Promise((resolve) => setImmediate(resolve));
        since = performance.now();
      }
    }
  }
  return true;
}

/** Whether an event is one the query asks for. */
function passes({ filter, performers }: AuditQuery, e: Seen): boolean {
  if (!filter) return true;
  const user = performers && e.userId();
  if (user && !performers.has(String(user))) return false;
  return filter(e.described());
}

/** The next events of a query as JSON texts, at most `limit`. `last` is the place of the last one. */
export async function collect(
  log: EventLog,
  query: AuditQuery,
  snapshot: Snapshot,
  newestFirst: boolean,
  beyond: Position | null,
  limit: number,
): Promise<{ texts: string[]; last: Position | null; ended: boolean }> {
  const texts: string[] = [];
  let last: Position | null = null;
  const ended = await walk(log, query, snapshot, newestFirst, beyond, (e) => {
    if (!passes(query, e)) return true;
    if (texts.length >= limit) return false;
    texts.push(e.text());
    last = { ms: e.ms, tie: e.tie };
    return true;
  });
  return { texts, last, ended };
}

/** How many events a query has in all. */
export async function total(log: EventLog, query: AuditQuery, snapshot: Snapshot): Promise<number> {
  if (!query.filter)
    return readable(log, query, snapshot).reduce((sum, span) => sum + log.count(span, snapshot), 0);
  let count = 0;
  await walk(log, query, snapshot, true, null, (e) => {
    if (passes(query, e)) count++;
    return true;
  });
  return count;
}
