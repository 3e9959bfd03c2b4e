/** Does the database answer? For whoever asks whether this process is ready. */
import { setTimeout as sleep } from "node:timers/promises";
import type { Db } from "../store.ts";

/** Longer than any question of a page. */
const WITHIN_MS = 5_000;

/** However many ask at once, the database is asked once. Where it is, and what it said, is for the log alone. */
export function askWhetherItAnswers(db: Db): () => Promise<boolean> {
  let asking: Promise<boolean> | null = null;
  const ask = async () => {
    const late = new AbortController();
    const answer = db
      .selectFrom("setting")
      .select("name")
      .limit(1)
      .execute()
      .then(
        () => true,
        () => false,
      );
    const tooLate = sleep(WITHIN_MS, false, { signal: late.signal, ref: false }).catch(() => false);
    return Promise.race([answer, tooLate]).finally(() => late.abort());
  };
  return () => {
    asking ??= ask().finally(() => {
      asking = null;
    });
    return asking;
  };
}
