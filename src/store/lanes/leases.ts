/** Leases with a name: what one process at a time does, and another may take over when it has died. */

import { leaseClock } from "../engine/engine.ts";
import type { Tx } from "../store.ts";

export interface Lease {
  name: string;
  /** Who has it: of one process each holder is another one. */
  holder: string;
}

/** Takes the lease, or renews one's own. @returns false: another has it */
export async function takeLease(tx: Tx, lease: Lease, ms: number, now: number): Promise<boolean> {
  const clock = leaseClock(now);
  const row = await tx
    .insertInto("lease")
    .values((eb) => ({ ...lease, until_at: eb(clock, "+", ms) }))
    .onConflict((conflict) =>
      conflict
        .column("name")
        .doUpdateSet((eb) => ({ holder: lease.holder, until_at: eb(clock, "+", ms) }))
        .where((eb) => eb.or([eb("lease.until_at", "<=", clock), eb("lease.holder", "=", lease.holder)])),
    )
    .returning("holder")
    .executeTakeFirst();
  return row !== undefined;
}

/** Gives it back, unless another has taken it over meanwhile. @returns false: another has it */
export async function giveLeaseBack(tx: Tx, { name, holder }: Lease): Promise<boolean> {
  const { numDeletedRows } = await tx
    .deleteFrom("lease")
    .where("name", "=", name)
    .where("holder", "=", holder)
    .executeTakeFirst();
  return numDeletedRows === 1n;
}
