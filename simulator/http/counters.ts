import type { Family } from "./route.ts";

interface Count {
  requests: number;
  throttled: number;
  bytes: number;
  statuses: Record<string, number>;
}
/** What was asked of the simulator, control requests left out. */
export interface Counters {
  total: Count;
  families: Record<string, Count>;
  endpoints: Record<string, Count>;
  credentials: Record<string, Count>;
  mints: number;
  concurrent: number;
  maxConcurrent: number;
}
export interface LoggedRequest {
  number: number;
  at: string;
  method: string;
  path: string;
  query: string;
  endpoint: string;
  credential: string | null;
  headers: Record<string, string>;
  status: number;
  bytes: number;
  ms: number;
  fault: string | null;
}

const fresh = (): Counters => ({
  total: none(),
  families: {},
  endpoints: {},
  credentials: {},
  mints: 0,
  concurrent: 0,
  maxConcurrent: 0,
});
const none = (): Count => ({ requests: 0, throttled: 0, bytes: 0, statuses: {} });
function within(counts: Record<string, Count>, name: string): Count {
  counts[name] ??= none();
  return counts[name];
}
const keptRequests = 2000;

/** Keeps the counters and the log of the latest requests. */
export class Ledger {
  #counters = fresh();
  #log: LoggedRequest[] = [];
  #number = 0;

  begin(): void {
    this.#counters.concurrent++;
    this.#counters.maxConcurrent = Math.max(this.#counters.maxConcurrent, this.#counters.concurrent);
  }

  /** Enters a finished (or cut, or refused) request. */
  end(family: Family, entry: Omit<LoggedRequest, "number">): void {
    const c = this.#counters;
    c.concurrent = Math.max(0, c.concurrent - 1);
    const counts = [c.total, within(c.families, family), within(c.endpoints, entry.endpoint)];
    if (entry.credential !== null) counts.push(within(c.credentials, entry.credential));
    for (const count of counts) {
      count.requests++;
      count.bytes += entry.bytes;
      if (entry.status === 429) count.throttled++;
      count.statuses[entry.status] = (count.statuses[entry.status] ?? 0) + 1;
    }
    if (family === "token" && entry.status === 200) c.mints++;
    this.#log.push({ number: ++this.#number, ...entry });
    if (this.#log.length > keptRequests * 1.5) this.#log = this.#log.slice(-keptRequests);
  }

  counters(): Counters {
    return structuredClone(this.#counters);
  }

  /** Starts counting anew; requests under way still end. */
  reset(): void {
    this.#counters = { ...fresh(), concurrent: this.#counters.concurrent };
  }

  requests(limit = 100, endpoint?: string): LoggedRequest[] {
    const wanted = endpoint === undefined ? this.#log : this.#log.filter((r) => r.endpoint === endpoint);
    return wanted.slice(-limit);
  }

  clearLog(): void {
    this.#log = [];
  }
}
