import { setTimeout as sleep } from "node:timers/promises";
import { connectionsBeingDeleted, deleteConnectionBatch } from "../store/connections/connections.ts";
import { giveLeaseBack, takeLease } from "../store/lanes/leases.ts";
import type { SyncDeps } from "../sync/context.ts";

const LOOK_MS = 5_000;
/** Longer than a batch takes: after so long without one another process goes on. */
const LEASE_MS = 60_000;
const LOOK_AGAIN_MS = 250;

/** What became of one batch: nothing is left of the connection, some is, or another process deletes it. */
type Batch = "gone" | "left" | "elsewhere";

/**
 * Deletes what is left of deleted connections. One per process, and any number of processes on one PostgreSQL: each
 * connection goes in one of them at a time, and when that one has ended or died, in another.
 */
export class Deletions {
  readonly #deps: Pick<SyncDeps, "store" | "log" | "now" | "owner">;
  /** Of these somebody waits for the end. */
  readonly #finishing = new Map<number, Promise<void>>();
  #timer: NodeJS.Timeout | null = null;
  #looking: Promise<void> | null = null;
  #stopping = false;
  /** It can't be deleted (the disk is full, the database is away): said once, until it can be again. */
  #away = false;

  constructor(deps: Pick<SyncDeps, "store" | "log" | "now" | "owner">) {
    this.#deps = deps;
  }

  start(): void {
    this.#timer = setInterval(() => void this.look(), LOOK_MS);
    void this.look();
  }

  /** Ends after the batch under way; what is left goes on elsewhere, or after the next start. */
  async stop(): Promise<void> {
    this.#stopping = true;
    if (this.#timer) clearInterval(this.#timer);
    await this.#looking;
    await Promise.allSettled(this.#finishing.values());
  }

  /** Goes on with deletions that were begun, here or elsewhere. A failure is logged, and it is tried again. */
  look(): Promise<void> {
    if (this.#stopping) return Promise.resolve();
    this.#looking ??= this.#goOn()
      .then(() => {
        this.#away = false;
      })
      .catch((error) => {
        if (!this.#away) this.#deps.log.error({ err: error }, "a deleted connection's data can't be deleted");
        this.#away = true;
      })
      .finally(() => {
        this.#looking = null;
      });
    return this.#looking;
  }

  /**
   * Deletes a connection's data to its end, unless this process ends before.
   * @param waitMs after so long it goes on, and isn't waited for any more; null: it is
   * @throws what the store throws meanwhile
   */
  async finish(connection: number, waitMs: number | null): Promise<void> {
    const done = this.#finish(connection).finally(() => this.#finishing.delete(connection));
    this.#finishing.set(connection, done);
    await (waitMs === null ? done : Promise.race([done, sleep(waitMs, undefined, { ref: false })]));
  }

  async #finish(connection: number): Promise<void> {
    try {
      for (let batch: Batch = "left"; batch !== "gone" && !this.#stopping; ) {
        batch = await this.#batch(connection);
        if (batch === "elsewhere") await sleep(LOOK_AGAIN_MS);
      }
    } finally {
      await this.#giveBack(connection);
    }
  }

  async #goOn(): Promise<void> {
    const begun = await connectionsBeingDeleted(this.#deps.store.read);
    for (const connection of begun.filter((each) => !this.#finishing.has(each))) {
      let batch: Batch = "left";
      while (batch === "left" && !this.#stopping) batch = await this.#batch(connection);
      if (batch !== "elsewhere") await this.#giveBack(connection);
    }
  }

  #batch(connection: number): Promise<Batch> {
    const { store, now } = this.#deps;
    return store.write(async (tx) => {
      if (!(await takeLease(tx, this.#lease(connection), LEASE_MS, now()))) return "elsewhere";
      return (await deleteConnectionBatch(tx, connection)) ? "left" : "gone";
    });
  }

  async #giveBack(connection: number): Promise<void> {
    // Where it can't be given back it ends by itself.
    await this.#deps.store.write((tx) => giveLeaseBack(tx, this.#lease(connection))).catch(() => {});
  }

  #lease(connection: number) {
    return { name: `delete ${connection}`, holder: this.#deps.owner };
  }
}
