import { lockInstallation } from "../engine/engine.ts";
import type { Tx } from "../store.ts";

/** Notes a try of each of these, unless one of them was tried too often since: then false, and nothing is noted. */
export async function noteAttempt(
  tx: Tx,
  limits: readonly { what: string; most: number; withinMs: number }[],
  now: number,
): Promise<boolean> {
  await lockInstallation(tx, "attempts");
  await tx
    .deleteFrom("attempt")
    .where("at", "<=", now - KEPT_MS)
    .execute();
  for (const { what, most, withinMs } of limits) {
    const { n } = await tx
      .selectFrom("attempt")
      .select((of) => of.fn.countAll<number>().as("n"))
      .where("what", "=", what)
      .where("at", ">", now - withinMs)
      .executeTakeFirstOrThrow();
    if (n >= most) return false;
  }
  await tx
    .insertInto("attempt")
    .values(limits.map(({ what }) => ({ what, at: now })))
    .execute();
  return true;
}

/** Longer than any limit looks back. */
const KEPT_MS = 3_600_000;

export async function forgetAttempts(tx: Tx, what: string): Promise<void> {
  await tx.deleteFrom("attempt").where("what", "=", what).execute();
}
