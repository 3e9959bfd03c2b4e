import { randomBytes } from "node:crypto";
import type { Snapshot } from "../events/log.ts";

/** Points in time: snapshots that paginated reading goes through (api.md §3.3). */
export class PitStore {
  readonly #pits = new Map<string, { snapshot: Snapshot; usedAt: number }>();

  open(snapshot: Snapshot): string {
    const id = randomBytes(18).toString("base64url");
    this.#pits.set(id, { snapshot, usedAt: snapshot.now });
    if (this.#pits.size > 10_000) this.#pits.delete(this.#pits.keys().next().value as string);
    return id;
  }

  /** The snapshot, kept alive by this use; null when unknown or not used for longer than the lifetime. */
  use(id: string, nowMs: number, ttlSeconds: number): Snapshot | null {
    const pit = this.#pits.get(id);
    if (!pit) return null;
    if (nowMs - pit.usedAt > ttlSeconds * 1000) {
      this.#pits.delete(id);
      return null;
    }
    pit.usedAt = nowMs;
    return pit.snapshot;
  }

  /** Lets every point in time expire now. */
  expireAll(): void {
    this.#pits.clear();
  }
}
