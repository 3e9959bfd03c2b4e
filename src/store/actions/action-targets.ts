/** Targets of actions: one person or grant each, and what became of it. */
import {
  type Aimed,
  type Duties,
  type GrantFacts,
  type Refusal,
  TARGET_STATES,
  type TargetState,
  type UserFacts,
} from "../../model/action.ts";
import type { Ask } from "../../model/verdict.ts";
import { insertRows, updateRows } from "../engine/bulk.ts";
import type { Schema } from "../schema.ts";
import type { Db, Tx } from "../store.ts";
import type { ActionClaim } from "./action-leases.ts";

export interface Target extends Aimed {
  n: number;
  state: TargetState;
  refusal: Refusal | null;
  said: string | null;
  /** As read back. */
  after: Partial<UserFacts> | null;
  duties: Duties | null;
  ask: Ask | null;
  /** Where the state of a bulk request can be asked for. */
  follow: string | null;
  sentAt: number | null;
  endedAt: number | null;
}

export type NewTarget = Aimed & { refusal: Refusal | null; duties: Duties | null };

const TARGETS_AT_ONCE = 2_000;

/** In their order; those that are refused at once have ended. */
export async function addTargets(
  tx: Tx,
  { connection, action }: { connection: number; action: number },
  targets: readonly NewTarget[],
  now: number,
): Promise<void> {
  for (let from = 0; from < targets.length; from += TARGETS_AT_ONCE) {
    const rows = targets
      .slice(from, from + TARGETS_AT_ONCE)
      .map(({ userId, user, grant, refusal, duties }, i) => [
        ...[connection, action, from + i + 1, userId, grant?.kind ?? null, grant?.id ?? null],
        ...[refusal === null ? "waiting" : "refused", refusal, JSON.stringify({ user, grant })],
        ...[duties && JSON.stringify(duties), refusal === null ? null : now],
      ]);
    await insertRows(tx, "action_target", COLUMNS, rows);
  }
}
const COLUMNS = [
  ...["connection", "action", "n", "user_id", "grant_kind", "grant_id"],
  ...["state", "refusal", "before_json", "duties_json", "ended_at"],
];

export type TargetCounts = Record<TargetState, number>;

/** How many targets of each action are in which state. */
export async function countTargets(
  db: Db | Tx,
  connection: number,
  actions: readonly number[],
): Promise<(action: number) => TargetCounts> {
  const rows =
    actions.length === 0
      ? []
      : await db
          .selectFrom("action_target")
          .select((eb) => ["action", "state", eb.fn.countAll<number>().as("n")])
          .where("connection", "=", connection)
          .where("action", "in", [...actions])
          .groupBy(["action", "state"])
          .execute();
  return (action) =>
    Object.fromEntries(
      TARGET_STATES.map((state) => [
        state,
        rows.find((row) => row.action === action && row.state === state)?.n ?? 0,
      ]),
    ) as TargetCounts;
}

export async function listTargets(
  db: Db | Tx,
  connection: number,
  action: number,
  { after, limit, states }: { after: number; limit: number; states?: readonly TargetState[] | undefined },
): Promise<Target[]> {
  let query = db
    .selectFrom("action_target")
    .selectAll()
    .where("connection", "=", connection)
    .where("action", "=", action)
    .where("n", ">", after)
    .orderBy("n")
    .limit(limit);
  if (states) query = query.where("state", "in", [...states]);
  return (await query.execute()).map(toTarget);
}

/** Of which kinds are the grants that an action is about? */
export async function grantKindsOf(
  db: Db | Tx,
  connection: number,
  action: number,
): Promise<GrantFacts["kind"][]> {
  const rows = await db
    .selectFrom("action_target")
    .select("grant_kind")
    .distinct()
    .where("connection", "=", connection)
    .where("action", "=", action)
    .execute();
  return rows.flatMap(({ grant_kind }) => grant_kind ?? []);
}

/** All that wait end, as one: nothing is sent for them. */
export async function refuseWaiting(
  tx: Tx,
  { connection, action }: Pick<ActionClaim, "connection" | "action">,
  why: { refusal: Refusal; said: string | null },
  now: number,
): Promise<void> {
  await tx
    .updateTable("action_target")
    .set({ ...why, state: "refused", ended_at: now })
    .where("connection", "=", connection)
    .where("action", "=", action)
    .where("state", "=", "waiting")
    .execute();
}

export type TargetChange = Pick<Target, "n"> &
  Partial<Pick<Target, "state" | "refusal" | "said" | "after" | "ask" | "follow" | "sentAt" | "endedAt">>;

const JSON_OR_NULL = (value: object | null | undefined) => (value ? JSON.stringify(value) : null);

/** Says what became of targets; what is left out stays. */
export async function changeTargets(
  tx: Tx,
  { connection, action }: Pick<ActionClaim, "connection" | "action">,
  changes: readonly TargetChange[],
): Promise<void> {
  await updateRows(tx, "action_target", ["connection", "action", "n"], SET, {
    names: [
      ...["connection", "action", "n", "state", "refusal", "said", "after_json", "ask_json", "follow"],
      ...["sent_at", "ended_at"],
    ],
    rows: changes.map((change) => [
      ...[connection, action, change.n, change.state ?? null, change.refusal ?? null, change.said ?? null],
      ...[JSON_OR_NULL(change.after), JSON_OR_NULL(change.ask), change.follow ?? null],
      ...[change.sentAt ?? null, change.endedAt ?? null],
    ]),
  });
}
const SET = [
  ...["state", "refusal", "said", "after_json", "ask_json", "follow", "sent_at", "ended_at"].map(
    (column) => `${column} = coalesce($${column}, t.${column})`,
  ),
];

function toTarget(row: Schema["action_target"]): Target {
  const parse = <T>(json: string | null) => (json === null ? null : (JSON.parse(json) as T));
  const { n, state, refusal, said, follow } = row;
  return {
    ...parse<{ user: UserFacts; grant: GrantFacts | null }>(row.before_json)!,
    n,
    userId: row.user_id,
    state,
    refusal,
    said,
    after: parse(row.after_json),
    duties: parse(row.duties_json),
    ask: parse(row.ask_json),
    follow,
    sentAt: row.sent_at,
    endedAt: row.ended_at,
  };
}
