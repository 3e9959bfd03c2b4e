import { fraction } from "../random.ts";
import { BadRequest } from "../scenario.ts";

/** What goes wrong. Every kind and its options are described in docs/simulator.md. */
export type Fault =
  | {
      kind: "status";
      status: number;
      body?: string;
      contentType?: string;
      headers?: Record<string, string>;
      /** The API does what was asked before this is answered in its place. */
      heard?: boolean;
    }
  | {
      kind:
        | "empty"
        | "garbled"
        | "invalidUtf8"
        | "binary"
        | "endless"
        | "expiredCursor"
        | "pitExpired"
        | "loop"
        | "repeatPage"
        | "reorder"
        | "duplicateRows";
    }
  | { kind: "cut"; at?: number; how?: "length" | "chunked" }
  | { kind: "drip"; bytesPerSecond?: number }
  /** `heard: false`: the call never reaches the API. */
  | { kind: "stall"; heard?: boolean }
  | { kind: "reset"; after?: number; heard?: boolean }
  | { kind: "gzipBomb"; megabytes?: number }
  | { kind: "foreignLink"; origin?: string }
  | { kind: "hugeNumber"; row?: number; field?: string; value?: string }
  | { kind: "field"; row?: number; field: string; action: "remove" | "rename" | "replace"; to?: unknown }
  | { kind: "hostileNames"; texts?: string[] }
  | { kind: "date"; offsetSeconds: number }
  | { kind: "latency"; ms: number; jitterMs?: number }
  | { kind: "headers"; headers: Record<string, string | null> };

/** Which calls a rule is for. Left out = any. `nth` counts matching calls from 1; `count` how many of them from there. */
export interface FaultMatch {
  endpoint?: string;
  method?: string;
  path?: string;
  /** Text the query must contain, or for paging: only first pages / only later pages. */
  query?: string;
  page?: "first" | "later";
  credential?: string;
  nth?: number;
  count?: number | null;
  probability?: number;
  seed?: number;
}
export interface FaultRule {
  match: FaultMatch;
  fault: Fault;
}
export interface FaultState extends FaultRule {
  id: number;
  seen: number;
  applied: number;
}
/** What a rule sees of a call. */
interface FaultSubject {
  endpoint: string;
  method: string;
  path: string;
  query: string;
  later: boolean;
  credential: string | null;
}

const kinds = new Set<string>([
  "status",
  "empty",
  "garbled",
  "invalidUtf8",
  "binary",
  "stall",
  "endless",
  "expiredCursor",
  "pitExpired",
  "loop",
  "repeatPage",
  "reorder",
  "duplicateRows",
  "cut",
  "drip",
  "reset",
  "gzipBomb",
  "foreignLink",
  "hugeNumber",
  "field",
  "hostileNames",
  "date",
  "latency",
  "headers",
]);
const matchKeys = new Set([
  "endpoint",
  "method",
  "path",
  "query",
  "page",
  "credential",
  "nth",
  "count",
  "probability",
  "seed",
]);

/** Throws {@link BadRequest} unless this is a rule. */
export function checkRule(rule: unknown): FaultRule {
  const { match = {}, fault } = (typeof rule === "object" && rule !== null ? rule : {}) as {
    match?: Record<string, unknown>;
    fault?: { kind?: unknown };
  };
  if (!fault || typeof fault.kind !== "string" || !kinds.has(fault.kind))
    throw new BadRequest(`A fault's kind is one of ${[...kinds].join(", ")}.`);
  const unknown = Object.keys(match).find((key) => !matchKeys.has(key));
  if (unknown !== undefined) throw new BadRequest(`A rule cannot match by "${unknown}".`);
  if (fault.kind === "status" && !Number.isInteger((fault as { status?: unknown }).status))
    throw new BadRequest("A status fault needs a status.");
  return { match, fault: fault as Fault };
}

/** `v3.*` matches every v3 endpoint; without a star the names must be equal. */
function named(pattern: string | undefined, name: string): boolean {
  if (pattern === undefined || pattern === "*") return true;
  return pattern.endsWith("*") ? name.startsWith(pattern.slice(0, -1)) : pattern === name;
}

/** The fault rules; the first that applies to a call wins. */
export class FaultBook {
  #rules: FaultState[] = [];
  #nextId = 1;

  add(rules: readonly FaultRule[]): number[] {
    const made = rules.map((rule) => ({ ...structuredClone(rule), id: this.#nextId++, seen: 0, applied: 0 }));
    this.#rules.push(...made);
    return made.map((rule) => rule.id);
  }

  list(): FaultState[] {
    return structuredClone(this.#rules);
  }

  /** Removes one rule, or all. Returns how many. */
  clear(id?: number): number {
    const before = this.#rules.length;
    this.#rules = id === undefined ? [] : this.#rules.filter((rule) => rule.id !== id);
    return before - this.#rules.length;
  }

  /** The fault for this call, if any. Every matching rule counts the call. */
  next(subject: FaultSubject): Fault | null {
    let chosen: FaultState | null = null;
    for (const rule of this.#rules) {
      const { match } = rule;
      const fits =
        named(match.endpoint, subject.endpoint) &&
        (match.method ?? subject.method) === subject.method &&
        (match.path ?? subject.path) === subject.path &&
        subject.query.includes(match.query ?? "") &&
        (match.page === undefined || (match.page === "later") === subject.later) &&
        (match.credential ?? subject.credential) === subject.credential;
      if (!fits) continue;
      rule.seen++;
      const first = match.nth ?? 1;
      const count =
        match.count === undefined
          ? match.probability === undefined && match.nth !== undefined
            ? 1
            : null
          : match.count;
      const inRange = rule.seen >= first && (count === null || rule.seen < first + count);
      const lucky =
        match.probability === undefined ||
        fraction(match.seed ?? 1, rule.id, rule.seen, 90) < match.probability;
      if (inRange && lucky && chosen === null) chosen = rule;
    }
    if (!chosen) return null;
    chosen.applied++;
    return structuredClone(chosen.fault);
  }
}
