import type { Org } from "../org/org.ts";
import { countsAsUse, kinds } from "./blocks.ts";
import type { Describe } from "./describe.ts";
import type { Inserted } from "./inserted.ts";
import type { Described } from "./text.ts";
import { eventText } from "./text.ts";

const insertedTie = 1_000_000;

/** The tie-breaker of an inserted event: above every seeded one of the same moment. */
export function tieOf(event: Inserted): number {
  return insertedTie + event.seq;
}

/**
 * One event under the reader's eyes; text and parts are made only on demand.
 * The log shows every event through the same object: take what you need before the next one.
 */
export class Seen {
  ms = 0;
  tie = 0;
  #kind = 0;
  #actor = 0;
  #request = 0;
  #part = 0;
  #inserted: Inserted | null = null;
  readonly #org: Org;
  readonly #describe: Describe;

  constructor(org: Org, describe: Describe) {
    this.#org = org;
    this.#describe = describe;
  }

  showSeeded(ms: number, tie: number, kind: number, actor: number, request: number, part: number): this {
    this.ms = ms;
    this.tie = tie;
    this.#kind = kind;
    this.#actor = actor;
    this.#request = request;
    this.#part = part;
    this.#inserted = null;
    return this;
  }

  showInserted(event: Inserted): this {
    this.ms = event.ms;
    this.tie = tieOf(event);
    this.#inserted = event;
    return this;
  }

  /** Whether it counts as human use (api.md §7). */
  get counted(): boolean {
    if (this.#inserted) return this.#inserted.counted;
    return countsAsUse(this.#kind) || this.#kind === kinds.stranger;
  }

  /** The user of the organization who did it, by id; null for keys, staff and strangers. */
  userId(): number | null {
    if (this.#inserted) return this.#inserted.userId;
    const personal = countsAsUse(this.#kind) || this.#kind === kinds.userAccess;
    return personal ? (this.#org.actors[this.#actor]?.id ?? null) : null;
  }

  described(): Described {
    return this.#inserted
      ? this.#inserted.described
      : this.#describe(this.#kind, this.ms, this.#actor, this.#request, this.#part);
  }

  text(): string {
    return this.#inserted ? this.#inserted.text : eventText(this.described(), this.#org.organizationId);
  }
}
