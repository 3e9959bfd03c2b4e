/** What all who work with a credential know together: limits, mints, who has it alone. */
import { sql } from "kysely";
import type { Traffic, TrafficStore } from "../../connectors/connector.ts";
import { leaseClock } from "../engine/engine.ts";
import type { Db, Store, Tx } from "../store.ts";

/**
 * Kept in memory by the only process there is, and written behind its back for the next one: saves of one credential are
 * merged, and while one is written only the newest waits.
 */
export function ownTraffic(store: Store, now: () => number = Date.now): TrafficStore & Flushed {
  const known = new Map<string, Promise<Traffic>>();
  const waiting = new Set<string>();
  const writing = new Map<string, Promise<void>>();

  async function load(fingerprint: string): Promise<Traffic> {
    // Whoever had it alone has died.
    return { ...(await readTraffic(store.read, fingerprint)).traffic, alone: null };
  }

  async function save(fingerprint: string, traffic: Traffic): Promise<void> {
    while (waiting.delete(fingerprint)) {
      const traffic_json = JSON.stringify(traffic);
      // What can't be saved is learnt anew from the next answers.
      await store
        .write((tx) =>
          tx
            .insertInto("traffic")
            .values({ fingerprint, version: 1, traffic_json })
            .onConflict((conflict) => conflict.column("fingerprint").doUpdateSet({ traffic_json }))
            .execute(),
        )
        .catch(() => {});
    }
    writing.delete(fingerprint);
  }

  return {
    async change(fingerprint, change) {
      let loaded = known.get(fingerprint);
      if (!loaded) {
        loaded = load(fingerprint);
        known.set(fingerprint, loaded);
        loaded.catch(() => known.delete(fingerprint));
      }
      const traffic = await loaded;
      const result = change(traffic, now());
      waiting.add(fingerprint);
      if (!writing.has(fingerprint)) writing.set(fingerprint, save(fingerprint, traffic));
      return result;
    },
    async flush() {
      await Promise.all(writing.values());
    },
  };
}

export interface Flushed {
  /** What has been changed is written. */
  flush(): Promise<void>;
}

/** Several processes: read, changed, and written if nobody else was faster; else read again. Holds no lock on the way. */
export function sharedTraffic(store: Store): TrafficStore & Flushed {
  return {
    async change(fingerprint, change) {
      for (;;) {
        const { traffic, version, at } = await readTraffic(store.read, fingerprint);
        const before = JSON.stringify(traffic);
        const result = change(traffic, at);
        const after = JSON.stringify(traffic);
        if (after === before) return result;
        if (await store.write((tx) => writeTraffic(tx, fingerprint, version, after))) return result;
      }
    },
    async flush() {},
  };
}

/** What is known of a credential; `version` null: nothing is. `at`: by the database's clock. */
export async function readTraffic(
  db: Db,
  fingerprint: string,
): Promise<{ traffic: Traffic; version: number | null; at: number }> {
  const { rows } = await sql<{ at: number; version: number | null; traffic_json: string | null }>`
    select clock.at, traffic.version, traffic.traffic_json
    from (select ${leaseClock(Date.now())} as at) clock left join traffic on traffic.fingerprint = ${fingerprint}`.execute(
    db,
  );
  const { at, version, traffic_json } = rows[0]!;
  const traffic = traffic_json === null ? nothing() : (JSON.parse(traffic_json) as Traffic);
  return { traffic, version, at };
}

const nothing = (): Traffic => ({ budgets: [], alone: null, mintedAt: 0, endedEarly: [] });

/** @returns false: another was faster */
async function writeTraffic(
  tx: Tx,
  fingerprint: string,
  version: number | null,
  traffic_json: string,
): Promise<boolean> {
  if (version === null) {
    const { numInsertedOrUpdatedRows } = await tx
      .insertInto("traffic")
      .values({ fingerprint, version: 1, traffic_json })
      .onConflict((conflict) => conflict.column("fingerprint").doNothing())
      .executeTakeFirst();
    return numInsertedOrUpdatedRows === 1n;
  }
  const { numUpdatedRows } = await tx
    .updateTable("traffic")
    .set({ traffic_json, version: version + 1 })
    .where("fingerprint", "=", fingerprint)
    .where("version", "=", version)
    .executeTakeFirst();
  return numUpdatedRows === 1n;
}
