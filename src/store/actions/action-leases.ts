/** Who works on which action: one process at a time, and of a connection one action at a time. As of lanes (lanes.ts). */
import { sql } from "kysely";
import { leaseClock, lockConnection } from "../engine/engine.ts";
import type { Db, Tx } from "../store.ts";

/** Another process has taken the action over, or it is no longer to be done: nothing of ours may be written or sent. */
export class ActionLost extends Error {
  override name = "ActionLost";

  constructor(action: number) {
    super(`action ${action} was taken over by another process`);
  }
}

export interface ActionClaim {
  connection: number;
  action: number;
  fence: number;
  failures: number;
}

interface Claiming {
  owner: string;
  leaseMs: number;
  now: number;
}

const mayRun = sql`c.paused = 0 and c.frozen_at is null and c.deleting = 0`;
const toDo = sql`a.state in ('approved', 'running')`;

/** Connections with an action whose turn has come, the longest waiting first. `of`: only these actions. */
export async function actionsToDo(
  db: Db | Tx,
  now: number,
  of: readonly number[] | null = null,
): Promise<{ connection: number; action: number }[]> {
  if (of?.length === 0) return [];
  const named = of ? sql`a.action in (${sql.join(of)})` : sql`1 = 1`;
  const { rows } = await sql<{ connection: number; action: number }>`
    select a.connection as connection, min(a.action) as action
    from action a join connection c on c.connection = a.connection
    where ${toDo} and ${mayRun} and ${named} and a.due_at <= ${now}
      and not exists (select 1 from action b where b.connection = a.connection and b.state in ('approved', 'running')
        and b.lease_until_at > ${leaseClock(now)})
    group by a.connection order by 2`.execute(db);
  return rows;
}

/** null: another was faster, or it is no longer to be done. */
export async function claimAction(
  tx: Tx,
  { connection, action }: { connection: number; action: number },
  { owner, leaseMs, now }: Claiming,
): Promise<ActionClaim | null> {
  await lockConnection(tx, connection);
  const clock = leaseClock(now);
  const { rows } = await sql<{ fence: number; failures: number }>`
    update action set state = 'running', fence = fence + 1, owner = ${owner}, lease_until_at = ${clock} + ${leaseMs},
      started_at = coalesce(started_at, ${now})
    where action = ${action} and state in ('approved', 'running')
      and not exists (select 1 from action b where b.connection = ${connection} and b.lease_until_at > ${clock}
        and b.state = 'running')
    returning fence, failures`.execute(tx);
  return rows[0] ? { connection, action, ...rows[0] } : null;
}

/** The first statement of whatever the one who works on an action writes; renews its lease. @throws ActionLost */
export async function holdAction(tx: Tx, claim: ActionClaim, leaseMs: number, now: number): Promise<void> {
  await lockConnection(tx, claim.connection);
  await renewAction(tx, claim, leaseMs, now);
}

/** @throws ActionLost */
export async function renewAction(tx: Tx, claim: ActionClaim, leaseMs: number, now: number): Promise<void> {
  const { numAffectedRows } = await sql`
    update action set lease_until_at = ${leaseClock(now)} + ${leaseMs}
    where action = ${claim.action} and fence = ${claim.fence} and state = 'running' and lease_until_at is not null`.execute(
    tx,
  );
  if (numAffectedRows !== 1n) throw new ActionLost(claim.action);
}

/** Takes a connection's actions from whoever works on them; they go on with the next claim. */
export async function fenceOffActions(tx: Tx, connection: number): Promise<void> {
  await sql`update action set fence = fence + 1, owner = null, lease_until_at = null
    where connection = ${connection} and state = 'running'`.execute(tx);
}

/** Ends one that nobody works on. @returns false: somebody does */
export async function endIdle(
  tx: Tx,
  { connection, action }: Pick<ActionClaim, "connection" | "action">,
  now: number,
): Promise<boolean> {
  const { numAffectedRows } = await sql`
    update action set state = 'done', ended_at = ${now}, fence = fence + 1, owner = null, lease_until_at = null
    where connection = ${connection} and action = ${action} and state = 'running'
      and (lease_until_at is null or lease_until_at <= ${leaseClock(now)})`.execute(tx);
  return numAffectedRows === 1n;
}

/** At the start of the only process there is: whoever had a lease has died. */
export async function freeActions(tx: Tx): Promise<void> {
  await sql`update action set owner = null, lease_until_at = null where lease_until_at is not null`.execute(
    tx,
  );
}
