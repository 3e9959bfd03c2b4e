/** Who sends which message: one process at a time. As of actions (action-leases.ts). */
import { sql } from "kysely";
import { leaseClock } from "../engine/engine.ts";
import type { Db, Tx } from "../store.ts";

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
  message: string;
}

/**
 * Of each destination that is on, one message to send now: the oldest, those that failed after those that didn't, or one
 * that its receiver can't take would hold up all behind it. The longest waiting destination first.
 */
export async function deliveriesToDo(
  db: Db | Tx,
  now: number,
): Promise<{ delivery: number; destination: number; asked: boolean }[]> {
  const { rows } = await sql<{ delivery: number; destination: number; asked: number }>`
    select delivery, destination, asked from (
      select m.delivery, m.destination, m.due_at,
        case when m.kind = 'test' or m.replay_of is not null then 1 else 0 end as asked,
        row_number() over (partition by m.destination order by m.failures, m.delivery) as place
      from delivery m join destination d on d.destination = m.destination
      where m.state = 'waiting' and m.due_at <= ${now} and d.is_on = 1
        and (m.lease_until_at is null or m.lease_until_at <= ${leaseClock(now)})
    ) as waiting where place = 1 order by due_at, delivery`.execute(db);
  return rows.map((row) => ({ ...row, asked: row.asked === 1 }));
}

/** @param early whatever the hour @returns null: another was faster, or it is no longer to be sent */
export async function claimDelivery(
  tx: Tx,
  delivery: number,
  { owner, leaseMs, now, early }: { owner: string; leaseMs: number; now: number; early: boolean },
): Promise<DeliveryClaim | null> {
  const clock = leaseClock(now);
  const due = early ? sql`` : sql`and due_at <= ${now}`;
  const { rows } = await sql<{ fence: number; message: string }>`
    update delivery set fence = fence + 1, owner = ${owner}, lease_until_at = ${clock} + ${leaseMs}
    where delivery = ${delivery} and state = 'waiting' and (lease_until_at is null or lease_until_at <= ${clock})
      ${due}
    returning fence, message`.execute(tx);
  return rows[0] ? { delivery, ...rows[0] } : null;
}

/** At the start of the only process there is: whoever had a lease has died. */
export async function freeDeliveries(tx: Tx): Promise<void> {
  await sql`update delivery set owner = null, lease_until_at = null where lease_until_at is not null`.execute(
    tx,
  );
}
