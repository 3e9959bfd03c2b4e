/** What may happen in a history: changes of the organization, faults, and syncs that are cut. Drawn and shrunk by fast-check. */
import fc from "fast-check";
import type { FaultRule } from "../../simulator/index.ts";

/** Numbers pick among whoever is there when it happens, so that a shorter history still means something. */
export type Change =
  | { what: "add user"; siteAdmin: boolean; service: boolean }
  | { what: "deactivate" | "reactivate" | "rename" | "move" | "hide" | "show"; user: number }
  | { what: "admin flag"; user: number; value: boolean }
  | { what: "e-mail"; user: number; to: number }
  | { what: "lose half" | "show all" }
  | { what: "grant" | "rule"; user: number; role: number }
  | { what: "revoke" | "revoke rule"; grant: number }
  | { what: "revoke all of"; user: number }
  | { what: "confidential grants"; shown: boolean }
  | { what: "add role" }
  | { what: "rename role" | "remove role"; role: number }
  | { what: "close job" | "reopen job"; job: number }
  | { what: "events"; user: number; count: number; sameMillisecond: boolean }
  | { what: "log off" | "log on" }
  | { what: "scope off"; scope: number }
  | { what: "scopes back" }
  | { what: "other minting" }
  | { what: "admin user down" | "admin user up" }
  | { what: "our clock"; hours: number };

export interface Round {
  /** Seconds that pass before anything else. */
  passes: number;
  changes: Change[];
  faults: FaultRule[];
  /** Also while it syncs, after so many commits. */
  midway: { after: number; change: Change } | null;
  /** How the sync ends before its end, after so many commits; null: it doesn't. */
  cut: { how: "kill" | "stop" | "overtake"; after: number } | null;
}

export interface History {
  seed: number;
  /** Rows of a page at most. */
  page: number;
  /** Events of an answer at most. */
  cap: number;
  lagSeconds: number;
  rounds: Round[];
}

const record: typeof fc.record = (model: object) => fc.record(model, { noNullPrototype: true }) as never;
const pick = fc.nat({ max: 60 });
const kind = <T extends string>(...whats: T[]) => fc.constantFrom(...whats);

const change: fc.Arbitrary<Change> = fc.oneof(
  record({ what: kind("add user"), siteAdmin: fc.boolean(), service: fc.boolean() }),
  record({ what: kind("deactivate", "reactivate", "rename", "move", "hide", "show"), user: pick }),
  record({ what: kind("deactivate", "reactivate", "rename", "hide", "show"), user: pick }),
  record({ what: kind("admin flag"), user: pick, value: fc.boolean() }),
  record({ what: kind("e-mail"), user: pick, to: pick }),
  record({ what: kind("lose half", "show all", "add role", "log off", "log on", "scopes back") }),
  record({ what: kind("other minting", "admin user down", "admin user up") }),
  record({ what: kind("grant", "rule"), user: pick, role: pick }),
  record({ what: kind("grant"), user: pick, role: pick }),
  record({ what: kind("revoke", "revoke rule"), grant: pick }),
  record({ what: kind("revoke all of"), user: pick }),
  record({ what: kind("confidential grants"), shown: fc.boolean() }),
  record({ what: kind("rename role", "remove role"), role: pick }),
  record({ what: kind("close job", "reopen job"), job: pick }),
  record({
    what: kind("events"),
    user: pick,
    count: fc.constantFrom(1, 3, 12, 140),
    sameMillisecond: fc.boolean(),
  }),
  record({ what: kind("scope off"), scope: pick }),
  record({ what: kind("our clock"), hours: fc.constantFrom(-1, 1) }),
);

const LISTS = [
  "users",
  "user_roles",
  "user_job_permissions",
  "future_job_permissions",
  "user_emails",
  "jobs",
];
const endpoint = fc.constantFrom(...LISTS.map((list) => `v3.${list}`), "v3.*", "audit.*", "token", "*");

/** Faults that any client can notice: none of them may cost a row or make one. */
const honest: fc.Arbitrary<FaultRule["fault"]> = fc.oneof(
  record({ kind: kind("status"), status: fc.constantFrom(401, 403, 404, 422, 500, 502, 503) }),
  fc.constantFrom<FaultRule["fault"]>(
    { kind: "status", status: 429 },
    { kind: "status", status: 429, headers: { "Retry-After": "0" } },
    { kind: "status", status: 429, headers: { "Retry-After": "7200" } },
    { kind: "reset" },
    { kind: "reset", after: 300 },
    { kind: "loop" },
    { kind: "foreignLink" },
  ),
  record({ kind: kind("cut"), at: fc.nat({ max: 4000 }), how: fc.constantFrom("length", "chunked") }),
  record({
    kind: kind("garbled", "binary", "expiredCursor", "pitExpired", "reorder", "duplicateRows"),
  }),
);

/** What no client can tell from the truth, or what makes rows unreadable: the store may be behind until it has passed. */
export const DECEPTIVE = ["empty", "hugeNumber", "field", "invalidUtf8", "repeatPage"];
const deceptive: fc.Arbitrary<FaultRule["fault"]> = fc.oneof(
  record({ kind: kind("empty", "invalidUtf8", "repeatPage") }),
  record({ kind: kind("hugeNumber"), row: fc.nat({ max: 4 }), field: kind("id") }),
  record({
    kind: kind("field"),
    row: fc.nat({ max: 4 }),
    field: fc.constantFrom("id", "name", "user_id", "deactivated", "created_at", "event_time"),
    action: fc.constantFrom("remove" as const, "replace" as const),
    to: kind("perhaps"),
  }),
);

/** Of a log without numbered rows these can't be told from the truth, and what was never seen is never looked for. */
const LISTS_ONLY = ["empty", "repeatPage", "duplicateRows", "hugeNumber"];

const fault: fc.Arbitrary<FaultRule> = record({
  match: fc.record(
    {
      endpoint,
      page: fc.constantFrom("first" as const, "later" as const),
      nth: fc.integer({ min: 1, max: 4 }),
      count: fc.constantFrom(1, 2, 5, null),
    },
    { requiredKeys: ["endpoint"], noNullPrototype: true },
  ),
  fault: fc.oneof({ weight: 4, arbitrary: honest }, { weight: 1, arbitrary: deceptive }),
}).map(({ match, fault }) =>
  LISTS_ONLY.includes(fault.kind) && !match.endpoint?.startsWith("v3.")
    ? { match: { ...match, endpoint: "v3.*" }, fault }
    : { match, fault },
);

const commits = fc.integer({ min: 1, max: 45 });
const rarely = <T>(weight: number, arbitrary: fc.Arbitrary<T>) =>
  fc.oneof({ weight: 10 - weight, arbitrary: fc.constant(null) }, { weight, arbitrary });

const round: fc.Arbitrary<Round> = record({
  passes: fc.oneof(
    { weight: 6, arbitrary: fc.integer({ min: 60, max: 4 * 3600 }) },
    { weight: 3, arbitrary: fc.integer({ min: 4 * 3600, max: 5 * 86_400 }) },
    { weight: 1, arbitrary: fc.integer({ min: 25 * 86_400, max: 40 * 86_400 }) },
  ),
  changes: fc.array(change, { maxLength: 6 }),
  faults: fc.array(fault, { maxLength: 2 }),
  midway: rarely(2, record({ after: commits, change })),
  cut: rarely(3, record({ how: fc.constantFrom("kill", "stop", "overtake"), after: commits })),
});

export const history: fc.Arbitrary<History> = record({
  seed: fc.nat({ max: 1000 }),
  page: fc.constantFrom(3, 7, 500),
  cap: fc.constantFrom(12, 100),
  lagSeconds: fc.constantFrom(0, 0, 600, 1800),
  rounds: fc.array(round, { minLength: 2, maxLength: 4 }),
});
