/** One rate limit. Windows follow real monotonic time, divided by the time scale. */
interface LimitRule {
  limit: number;
  windowSeconds: number;
  kind: "fixed" | "rolling";
}
export interface Verdict {
  allowed: boolean;
  limit: number;
  remaining: number /** Real milliseconds until the window ends or a place is free. */;
  waitMs: number;
}

/** Counts requests per key. */
export class Limiter {
  readonly #windows = new Map<string, { from: number; used: number; times: number[] }>();
  readonly #elapsed: () => number;

  constructor(elapsed: () => number = () => performance.now()) {
    this.#elapsed = elapsed;
  }

  /** Takes one unit if there is one. A refused request costs nothing. */
  take(key: string, rule: LimitRule, timeScale: number): Verdict {
    const now = this.#elapsed();
    const length = (rule.windowSeconds * 1000) / timeScale;
    const window = this.#windows.get(key) ?? { from: now, used: 0, times: [] };
    this.#windows.set(key, window);
    if (rule.kind === "rolling") {
      while (window.times.length > 0 && (window.times[0] as number) <= now - length) window.times.shift();
      const allowed = window.times.length < rule.limit;
      if (allowed) window.times.push(now);
      const oldest = window.times[0] ?? now;
      return {
        allowed,
        limit: rule.limit,
        remaining: rule.limit - window.times.length,
        waitMs: Math.max(0, oldest + length - now),
      };
    }
    if (now >= window.from + length) {
      window.from = now - ((now - window.from) % length);
      window.used = 0;
    }
    const allowed = window.used < rule.limit;
    if (allowed) window.used++;
    return {
      allowed,
      limit: rule.limit,
      remaining: Math.max(0, rule.limit - window.used),
      waitMs: window.from + length - now,
    };
  }

  /** Forgets every count. */
  reset(): void {
    this.#windows.clear();
  }
}

/** Retry-After: whole seconds, rounded up; with a time scale a wait under one second is a fraction. */
export function retryAfter(waitMs: number, timeScale: number): string {
  if (timeScale > 1 && waitMs < 1000) return (Math.ceil(Math.max(1, waitMs)) / 1000).toFixed(3);
  return String(Math.max(1, Math.ceil(waitMs / 1000)));
}

/** X-RateLimit-Reset: epoch seconds on the simulator's clock; with a time scale with decimals (api.md §2.3). */
export function resetAt(nowMs: number, waitMs: number, timeScale: number): string {
  const seconds = (nowMs + waitMs) / 1000;
  return timeScale > 1 ? seconds.toFixed(3) : String(Math.ceil(seconds));
}
