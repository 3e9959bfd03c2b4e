/** Actions. Rules: model/action.ts; their targets: action-targets.ts; who works on them: action-leases.ts. */
import { sql } from "kysely";
import type { ActionKind, ActionState } from "../../model/action.ts";
import type { PermissionType } from "../../model/connection.ts";
import { lockConnection } from "../engine/engine.ts";
import type { Schema } from "../schema.ts";
import type { Db, Tx } from "../store.ts";
import { type ActionClaim, holdAction } from "./action-leases.ts";
import { addTargets, type NewTarget } from "./action-targets.ts";

/** A person of Glasshouse, as an action names them. `member` null: whoever is at the server's machine. */
export interface ActionPerson {
  member: number | null;
  name: string;
}

export interface Action {
  id: number;
  connection: number;
  kind: ActionKind;
  state: ActionState;
  actingUserId: string | null;
  serviceAccounts: boolean;
  undoes: number | null;
  needsApproval: boolean;
  targets: number;
  notTold: string[];
  madeBy: ActionPerson;
  madeAt: number;
  /** Until when it can be applied, or approved. */
  endsAt: number;
  appliedAt: number | null;
  approvedBy: ActionPerson | null;
  approvedAt: number | null;
  /** Who cancelled or stopped it. */
  stoppedBy: string | null;
  startedAt: number | null;
  endedAt: number | null;
}

export type NewAction = Pick<
  Action,
  | "connection"
  | "kind"
  | "actingUserId"
  | "serviceAccounts"
  | "undoes"
  | "needsApproval"
  | "notTold"
  | "madeBy"
> & { madeAt: number; endsAt: number };

/** Keeps what was shown; nothing follows from it until it is applied. */
export async function addPreview(tx: Tx, action: NewAction, targets: readonly NewTarget[]): Promise<number> {
  await lockConnection(tx, action.connection);
  const { connection, kind, madeBy, madeAt, endsAt } = action;
  const { action: id } = await tx
    .insertInto("action")
    .values({
      connection,
      kind,
      state: "previewed",
      acting_user_id: action.actingUserId,
      service_accounts: action.serviceAccounts ? 1 : 0,
      undoes: action.undoes,
      needs_approval: action.needsApproval ? 1 : 0,
      targets: targets.length,
      not_told_json: JSON.stringify(action.notTold),
      made_member: madeBy.member,
      made_by: madeBy.name,
      made_at: madeAt,
      ends_at: endsAt,
      fence: 0,
      due_at: madeAt,
      failures: 0,
    })
    .returning("action")
    .executeTakeFirstOrThrow();
  await addTargets(tx, { connection, action: id }, targets, madeAt);
  return id;
}

/** Previews that can't be applied any more tell nothing. */
export async function forgetPreviews(tx: Tx, connection: number, now: number): Promise<void> {
  const old = sql`select action from action where connection = ${connection} and state = 'previewed' and ends_at < ${now}`;
  await sql`delete from action_target where connection = ${connection} and action in (${old})`.execute(tx);
  await sql`delete from action where connection = ${connection} and state = 'previewed' and ends_at < ${now}`.execute(
    tx,
  );
}

export async function getAction(db: Db | Tx, connection: number, id: number): Promise<Action | null> {
  const row = await db
    .selectFrom("action")
    .selectAll()
    .where("action", "=", id)
    .where("connection", "=", connection)
    .executeTakeFirst();
  return row ? toAction(row) : null;
}

/** Newest first; previews that were never applied are nobody's deeds and not among them. */
export async function listActions(
  db: Db,
  connection: number,
  page: { before: number | null; limit: number },
): Promise<Action[]> {
  let query = db
    .selectFrom("action")
    .selectAll()
    .where("connection", "=", connection)
    .where("state", "!=", "previewed")
    .orderBy("action", "desc")
    .limit(page.limit);
  if (page.before !== null) query = query.where("action", "<", page.before);
  return (await query.execute()).map(toAction);
}

export async function countActions(db: Db, connection: number): Promise<number> {
  const { n } = await db
    .selectFrom("action")
    .select((eb) => eb.fn.countAll<number>().as("n"))
    .where("connection", "=", connection)
    .where("state", "!=", "previewed")
    .executeTakeFirstOrThrow();
  return n;
}

/** How many wait for a second admin, and can still be approved. */
export async function countProposed(db: Db, connection: number, now: number): Promise<number> {
  const { n } = await db
    .selectFrom("action")
    .select((eb) => eb.fn.countAll<number>().as("n"))
    .where("connection", "=", connection)
    .where("state", "=", "proposed")
    .where("ends_at", ">", now)
    .executeTakeFirstOrThrow();
  return n;
}

/** The latest action that takes each of `ids` back and has come to something, or still may. */
export async function undoneBy(
  db: Db,
  connection: number,
  ids: readonly number[],
  now: number,
): Promise<Map<number, Pick<Action, "id" | "state">>> {
  if (ids.length === 0) return new Map();
  const rows = await db
    .selectFrom("action")
    .select(["action", "undoes", "state"])
    .where("connection", "=", connection)
    .where("undoes", "in", ids)
    .where((eb) =>
      eb.or([
        eb("state", "in", ["approved", "running", "done"]),
        eb.and([eb("state", "=", "proposed"), eb("ends_at", ">", now)]),
      ]),
    )
    .orderBy("action")
    .execute();
  return new Map(rows.map(({ action, undoes, state }) => [undoes!, { id: action, state }]));
}

/** Changes the state of an action that is in one of `from`. @returns false: it is in another by now */
export async function moveAction(
  tx: Tx,
  { connection, id }: Pick<Action, "connection" | "id">,
  from: readonly ActionState[],
  to: Partial<Schema["action"]> & { state: ActionState },
  now: number,
): Promise<boolean> {
  await lockConnection(tx, connection);
  const { numUpdatedRows } = await tx
    .updateTable("action")
    .set(to as never)
    .where("action", "=", id)
    .where("connection", "=", connection)
    .where("state", "in", [...from])
    // What has ended by time can only end.
    .$if(to.state === "proposed" || to.state === "approved", (query) => query.where("ends_at", ">", now))
    .executeTakeFirst();
  return numUpdatedRows === 1n;
}

/** What may keep a running action from sending anything more; null: it or its connection is gone. */
export interface Standing {
  /** Who asked it to stop; null: nobody. */
  stoppedBy: string | null;
  permissionType: PermissionType;
  adminUserId: string | null;
  /** Paused, frozen or being deleted. */
  rests: boolean;
}

export async function standingOf(db: Db | Tx, action: number): Promise<Standing | null> {
  const row = await db
    .selectFrom("action as a")
    .innerJoin("connection as c", "c.connection", "a.connection")
    .select(["a.stopped_by", "c.permission_type", "c.admin_user", "c.paused", "c.frozen_at", "c.deleting"])
    .where("a.action", "=", action)
    .executeTakeFirst();
  if (!row) return null;
  return {
    stoppedBy: row.stopped_by,
    permissionType: row.permission_type as PermissionType,
    adminUserId: row.admin_user,
    rests: row.paused === 1 || row.frozen_at !== null || row.deleting === 1,
  };
}

/** Since when it could have been worked on: its time had come, and no other of its connection sent anything. */
export async function freeSince(db: Db | Tx, { connection, action }: ActionClaim): Promise<number> {
  const { rows } = await sql<{ due: number; sent: number | null }>`
    select a.due_at as due, (select max(t.sent_at) from action_target t
      where t.connection = a.connection and t.sent_at is not null) as sent
    from action a where a.action = ${action} and a.connection = ${connection}`.execute(db);
  return Math.max(rows[0]?.due ?? 0, rows[0]?.sent ?? 0);
}

/** The one who works on it says that nothing more is to be done, or that it goes on later. @throws ActionLost */
export async function releaseAction(
  tx: Tx,
  claim: ActionClaim,
  next: { endedAt: number } | { dueAt: number; failures: number },
  now: number,
): Promise<void> {
  await holdAction(tx, claim, 0, now);
  const free = { owner: null, lease_until_at: null };
  await tx
    .updateTable("action")
    .set(
      "endedAt" in next
        ? { ...free, state: "done", ended_at: next.endedAt }
        : { ...free, due_at: next.dueAt, failures: next.failures },
    )
    .where("action", "=", claim.action)
    .execute();
}

type ActionRow = { [C in keyof Schema["action"]]: C extends "action" ? number : Schema["action"][C] };

function toAction(row: ActionRow): Action {
  return {
    id: row.action,
    connection: row.connection,
    kind: row.kind,
    state: row.state,
    actingUserId: row.acting_user_id,
    serviceAccounts: row.service_accounts === 1,
    undoes: row.undoes,
    needsApproval: row.needs_approval === 1,
    targets: row.targets,
    notTold: JSON.parse(row.not_told_json) as string[],
    madeBy: { member: row.made_member, name: row.made_by },
    madeAt: row.made_at,
    endsAt: row.ends_at,
    appliedAt: row.applied_at,
    approvedBy: row.approved_by === null ? null : { member: row.approved_member, name: row.approved_by },
    approvedAt: row.approved_at,
    stoppedBy: row.stopped_by,
    startedAt: row.started_at,
    endedAt: row.ended_at,
  };
}
