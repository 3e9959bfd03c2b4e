/** Who sends which message: one process at a time. As of actions (action-leases.ts). */
import { sql } from "kysely";
import { leaseClock } from "./engine.ts";
import type { Db, Tx } from "./store.ts";

/** Another process has taken it over: what came of our attempt is not noted. */
export class DeliveryLost extends Error {
  override name = "DeliveryLost";

  constructor(delivery: number) {
    super(`delivery ${delivery} was taken over by another process`);
  }
}

export interface DeliveryClaim {
  delivery: number;
  fence: number;
}

/** Of each destination that is on, the oldest message to send now; the longest waiting first. */
export async function deliveriesToDo(
  db: Db | Tx,
  now: number,
): Promise<{ delivery: number; destination: number }[]> {
  const { rows } = await sql<{ delivery: number; destination: number }>`
    select min(m.delivery) as delivery, m.destination as destination
    from delivery m join destination d on d.destination = m.destination
    where m.state = 'waiting' and m.due_at <= ${now} and d.is_on = 1
      and (m.lease_until_at is null or m.lease_until_at <= ${leaseClock(now)})
    group by m.destination order by min(m.due_at)`.execute(db);
  return rows;
}

/** null: another was faster, or it is no longer to be sent. */
export async function claimDelivery(
  tx: Tx,
  delivery: number,
  { owner, leaseMs, now }: { owner: string; leaseMs: number; now: number },
): Promise<DeliveryClaim | null> {
  const clock = leaseClock(now);
  const { rows } = await sql<{ fence: number }>`
    update delivery set fence = fence + 1, owner = ${owner}, lease_until_at = ${clock} + ${leaseMs}
    where delivery = ${delivery} and state = 'waiting' and (lease_until_at is null or lease_until_at <= ${clock})
    returning fence`.execute(tx);
  return rows[0] ? { delivery, fence: rows[0].fence } : null;
}

/** At the start of the only process there is: whoever had a lease has died. */
export async function freeDeliveries(tx: Tx): Promise<void> {
  await sql`update delivery set owner = null, lease_until_at = null where lease_until_at is not null`.execute(
    tx,
  );
}
