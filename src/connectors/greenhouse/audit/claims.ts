/** What has been read completely, as pieces of the log claim it, and a sample of what unpaged answers claimed. */
import type { EventRecord } from "../../../model/records.ts";
import { contains, intersect, type Span, subtract, union } from "../../../model/span.ts";
import type { ServerClock } from "./clock.ts";
import { lagOf, type Memory } from "./memory.ts";
import type { Piece } from "./pages.ts";
import { ceilSecond, claimable, RETENTION } from "./slices.ts";
import { UNPLACED } from "./unplaced.ts";

/** Into more pieces coverage isn't broken: then an answer with entries that can't be placed is a hole as a whole. */
const MOST_SPANS = 100;
/** More would need a third page. */
const COMPARED_EVENTS = 450;

type Clock = Pick<ServerClock, "now" | "sure">;

export interface Sample {
  span: Span;
  events: EventRecord[];
  /** The highest of a slice is compared: chance, but the same in every run. */
  lot: string;
}

export class Claims {
  coverage: Span[];
  /** A claim by an unpaged answer of this slice, to be compared with pages. */
  sample: Sample | null = null;
  readonly #memory: Memory;

  constructor(memory: Memory, coverage: readonly Span[]) {
    this.#memory = memory;
    this.coverage = union(coverage);
  }

  /** A claim that holds entries without a time comes in parts, and what they may lie in as holes. */
  parts(piece: Piece, clock: Clock): Piece[] {
    const claim = piece.unplaced.length > 0 && piece.claim && this.#clip(piece.claim, piece, clock);
    if (!claim) return [piece];
    const lately = this.coverage.filter(({ to }) => to > clock.now() - RETENTION).length;
    if (lately + piece.unplaced.length > MOST_SPANS) {
      return [{ ...piece, claim: null, hole: { ...claim, cause: UNPLACED } }];
    }
    const parts = subtract([claim], piece.unplaced);
    const holes = intersect([claim], piece.unplaced).map((hole) => ({ ...hole, cause: UNPLACED }));
    return Array.from({ length: Math.max(1, parts.length, holes.length) }, (_, i) => ({
      ...piece,
      ...(i === 0 ? {} : { events: [], strays: [], unreadable: [] }),
      claim: parts[i] ?? null,
      hole: holes[i] ?? null,
    }));
  }

  /** Takes over what a piece claims and takes back. @returns what of it holds */
  take(piece: Piece, clock: Clock): Pick<Piece, "claim" | "unclaim" | "hole"> {
    const memory = this.#memory;
    const claim = piece.claim && this.#clip(piece.claim, piece, clock);
    if (claim) {
      this.coverage = union(this.coverage, claim);
      if (memory.full) memory.full = union(memory.full, claim);
      if (piece.unpaged) {
        memory.unverified = union(memory.unverified, claim);
        const sample = sampleOf(claim, piece.events);
        if (sample && sample.lot > (this.sample?.lot ?? "")) this.sample = sample;
      }
    }
    const { unclaim } = piece;
    // What was read before stays known, even if it can't be read again.
    const open = piece.hole ? subtract([piece.hole], this.coverage) : [];
    const hole = piece.hole && open[0] ? { ...piece.hole, from: open[0].from, to: open.at(-1)!.to } : null;
    if (unclaim) {
      memory.holes = memory.holes.flatMap((each) =>
        subtract([each], [unclaim]).map((span) => ({ ...each, ...span })),
      );
      this.coverage = subtract(this.coverage, [unclaim]);
      memory.unverified = subtract(memory.unverified, [unclaim]);
      if (memory.full) memory.full = subtract(memory.full, [unclaim]);
      this.sample = null;
    }
    if (hole) {
      const tried = { from: hole.from, to: hole.to, triedAt: clock.now() };
      memory.holes = withHole(memory.holes, tried, this.coverage);
    }
    return { claim, unclaim, hole };
  }

  /** What of a claim was surely complete when the log was looked at: not too new then, and not too old by now. */
  #clip(claim: Span, { date, asOf }: Piece, clock: Clock): Span | null {
    const now = Math.max(date ?? clock.now(), clock.now());
    const sure = Math.min(asOf ?? clock.sure(), date ?? clock.sure(), clock.sure());
    return intersect([claim], [claimable(now, lagOf(this.#memory), sure)])[0] ?? null;
  }
}

type Tried = Memory["holes"][number];

/** Those with nothing but covered time between them are one: what is remembered stays short. */
function withHole(holes: readonly Tried[], hole: Tried, coverage: readonly Span[]): Tried[] {
  const one: Tried[] = [];
  for (const each of [...holes, hole].sort((a, b) => a.from - b.from)) {
    const last = one.at(-1);
    if (last && (each.from <= last.to || contains(coverage, { from: last.to, to: each.from }))) {
      last.to = Math.max(last.to, each.to);
      last.triedAt = Math.min(last.triedAt, each.triedAt);
    } else one.push({ ...each });
  }
  return one;
}

/** A part of a claim that two pages can show. */
function sampleOf(claim: Span, events: EventRecord[]): Sample | null {
  const inside = events.filter((event) => event.at >= claim.from && event.at < claim.to);
  if (inside.length === 0) return null;
  inside.sort((a, b) => b.at - a.at);
  const beyond = inside[COMPARED_EVENTS];
  const span = beyond ? { from: ceilSecond(beyond.at + 1), to: claim.to } : claim;
  if (span.from >= span.to) return null;
  const shown = inside.filter((event) => event.at >= span.from);
  return { span, events: shown, lot: shown[0]?.hash ?? "" };
}
