import type { World } from "../http/world.ts";
import type { BulkRequest } from "../org/types.ts";
import type { Write } from "./effects.ts";
import { carryOut } from "./effects.ts";

interface Waiting {
  write: Write;
  bulk: BulkRequest | null;
  dueAt: number;
  calls: number;
}

/** Takes writes, and carries them out at once or, by switch, some time or some calls later. */
export class Desk {
  #waiting: Waiting[] = [];

  take(world: World, writes: readonly Write[], bulk: BulkRequest | null): void {
    const { scenario: s, clock } = world;
    const dueAt = clock.now() + s["write.effectSeconds"] * 1000;
    this.#waiting.push(...writes.map((write) => ({ write, bulk, dueAt, calls: s["write.effectCalls"] })));
    this.settle(world, 0);
    if (bulk) this.#finish(bulk, clock.now());
  }

  /** Carries out what is due. Every call of an API counts as one. */
  settle(world: World, calls: number): void {
    const now = world.clock.now();
    for (const one of this.#waiting) one.calls -= calls;
    const due = this.#waiting.filter((one) => one.calls <= 0 && one.dueAt <= now);
    this.#waiting = this.#waiting.filter((one) => !due.includes(one));
    for (const { write, bulk, dueAt } of due) {
      carryOut(world, write, dueAt);
      if (!bulk) continue;
      bulk.succeeded++;
      this.#finish(bulk, dueAt);
    }
    if (due.length > 0) world.org.version++;
  }

  #finish(bulk: BulkRequest, at: number): void {
    bulk.updatedAt = at;
    if (bulk.succeeded + bulk.failed < bulk.records || bulk.completedAt !== null) return;
    bulk.status = "completed";
    bulk.completedAt = at;
  }

  /** Forgets what is not done yet. */
  clear(): void {
    this.#waiting = [];
  }
}
