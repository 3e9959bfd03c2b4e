/** The simulator's own clock: it runs from a settable start, or stands still. */
export interface Clock {
  /** Milliseconds since 1970 on the simulator's clock. */
  now(): number;
  readonly frozen: boolean;
  set(ms: number): void;
  advance(ms: number): void;
  freeze(): void;
  run(): void;
}

/** Makes a clock that starts at `start` and moves with real monotonic time unless frozen. */
export function makeClock(start: number, frozen = false): Clock {
  let base = start;
  let since = performance.now();
  let still = frozen;
  const now = (): number => (still ? base : Math.floor(base + performance.now() - since));
  const rebase = (ms: number): void => {
    base = ms;
    since = performance.now();
  };
  return {
    now,
    get frozen() {
      return still;
    },
    set: rebase,
    advance: (ms) => rebase(now() + ms),
    freeze: () => {
      rebase(now());
      still = true;
    },
    run: () => {
      rebase(now());
      still = false;
    },
  };
}

const iso = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d:?\d\d)?)?$/;

/** Reads an ISO-8601 time; a time without a zone is UTC. Null when it isn't one. */
export function parseTime(text: string): number | null {
  if (!iso.test(text)) return null;
  const zoned = text.includes("T") && !/(Z|[+-]\d\d:?\d\d)$/.test(text) ? `${text}Z` : text;
  const ms = Date.parse(zoned);
  return Number.isNaN(ms) ? null : ms;
}

/** ISO-8601 with milliseconds and Z, as every Greenhouse API writes times (api.md §1.1). */
export function isoTime(ms: number): string {
  return new Date(ms).toISOString();
}
