import { sql } from "kysely";
import type { Db } from "../store.ts";
import { leaseClock } from "./engine.ts";

/** A clock that all processes of one database share, whatever their machines' say. */
export interface Clock {
  now(): number;
  /** Looks again: machines' clocks drift. */
  refresh(): Promise<void>;
}

/**
 * The database's clock, as near as a question can tell it. Between two looks it goes on by this machine's steady clock,
 * which nobody sets.
 */
export async function databaseClock(db: Db): Promise<Clock> {
  let told = { at: 0, when: 0 };
  const now = () => Math.round(told.at + performance.now() - told.when);
  const look = async () => {
    const asked = performance.now();
    const { rows } = await sql<{ at: number }>`select ${leaseClock(Date.now())} as at`.execute(db);
    const took = performance.now() - asked;
    return { at: rows[0]!.at, when: asked + took / 2, unsure: took / 2 };
  };
  told = await look();
  return {
    now,
    async refresh() {
      const seen = await look();
      const off = Math.abs(seen.at - (told.at + seen.when - told.when));
      // What the way of the question could explain is no drift.
      if (off > seen.unsure + 1) told = seen;
    },
  };
}
