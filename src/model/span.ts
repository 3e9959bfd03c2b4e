/** Half-open spans of time, `from <= t < to`, in milliseconds. Lists given back are sorted, disjoint and not adjacent. */

export interface Span {
  from: number;
  to: number;
}

/** All that lies in any of `spans`. Empty and backward spans count for nothing. */
export function union(...spans: (Span | readonly Span[])[]): Span[] {
  const sorted = (spans.flat() as Span[])
    .filter((span) => span.from < span.to)
    .sort((a, b) => a.from - b.from);
  const merged: Span[] = [];
  for (const { from, to } of sorted) {
    const last = merged.at(-1);
    if (last && from <= last.to) last.to = Math.max(last.to, to);
    else merged.push({ from, to });
  }
  return merged;
}

/** What is in both. */
export function intersect(a: readonly Span[], b: readonly Span[]): Span[] {
  const left = union(a);
  const right = union(b);
  const both: Span[] = [];
  for (let i = 0, j = 0; i < left.length && j < right.length; ) {
    const from = Math.max(left[i]!.from, right[j]!.from);
    const to = Math.min(left[i]!.to, right[j]!.to);
    if (from < to) both.push({ from, to });
    if (left[i]!.to < right[j]!.to) i += 1;
    else j += 1;
  }
  return both;
}

/** What is in `a` and not in `b`. */
export function subtract(a: readonly Span[], b: readonly Span[]): Span[] {
  const holes = union(b);
  const rest: Span[] = [];
  let h = 0;
  for (const span of union(a)) {
    let from = span.from;
    while (h < holes.length && holes[h]!.to <= from) h += 1;
    for (let i = h; i < holes.length && holes[i]!.from < span.to; i += 1) {
      if (from < holes[i]!.from) rest.push({ from, to: holes[i]!.from });
      from = Math.max(from, holes[i]!.to);
    }
    if (from < span.to) rest.push({ from, to: span.to });
  }
  return rest;
}

/** The part of `spans` inside `window`. */
export function clip(spans: readonly Span[], window: Span): Span[] {
  return intersect(spans, [window]);
}

/** How much time `spans` hold, overlaps counted once: ms. */
export function length(spans: readonly Span[]): number {
  return union(spans).reduce((sum, span) => sum + span.to - span.from, 0);
}

/** Is the moment, or the whole of the span, inside? An empty span always is. */
export function contains(spans: readonly Span[], what: number | Span): boolean {
  if (typeof what === "number") return spans.some((span) => span.from <= what && what < span.to);
  return subtract([what], spans).length === 0;
}
