/** Messages to destinations: what is in them, each attempt, and what became of them. Who sends them: delivery-leases.ts. */
import { type Selectable, sql } from "kysely";
import type { AlertTopic, DeliveryKind, DeliveryState } from "../../model/alerts/alert.ts";
import type { FindingRule } from "../../model/finding.ts";
import type { Schema } from "../schema.ts";
import type { Db, Tx } from "../store.ts";
import { type DeliveryClaim, DeliveryLost } from "./delivery-leases.ts";

/** Messages are kept for so long. */
const KEPT_MS = 90 * 86_400_000;
const WEEK_MS = 7 * 86_400_000;

/** An alert as a message tells it. */
export interface Line {
  /** The alert's id; null: of a test. */
  alert: number | null;
  topic: AlertTopic;
  text: string;
  path: string;
  at: number;
  connection: { id: number; name: string };
  rule: FindingRule | null;
  userId: string | null;
}

export interface Attempt {
  at: number;
  /** Of the answer; null: none came. */
  status: number | null;
  text: string;
  ms: number;
}

/** What a report is, besides its subject. */
export interface ReportBody {
  text: string;
  html: string;
  period: { from: string; to: string };
}

export interface Delivery {
  id: number;
  destination: number;
  kind: DeliveryKind;
  /** Stays the same however often it is sent. */
  messageId: string;
  subject: string;
  lines: Line[];
  /** Alerts that it counts and doesn't list. */
  more: number;
  report: ReportBody | null;
  state: DeliveryState;
  attempts: Attempt[];
  failures: number;
  dueAt: number;
  /** The time that the message tells: a replay tells that of what it repeats. */
  saidAt: number;
  madeAt: number;
  endedAt: number | null;
  replayOf: number | null;
}

/** What a message tells of one connection, the alerts that it doesn't list among them. */
export interface About {
  connection: number;
  name: string;
  topics: Partial<Record<AlertTopic, number>>;
}

/** As lists have it. */
export type ListedDelivery = Omit<Delivery, "report">;

export type NewDelivery = Pick<
  Delivery,
  "destination" | "kind" | "messageId" | "subject" | "lines" | "more" | "report" | "saidAt" | "madeAt"
> & {
  about: readonly About[];
  replayOf?: number;
  /** Which report it is. */
  once?: { connection: number; day: number };
};

/** null: this report was made already. */
export async function addDelivery(tx: Tx, made: NewDelivery): Promise<number | null> {
  const row = await tx
    .insertInto("delivery")
    .values({
      destination: made.destination,
      kind: made.kind,
      message: made.messageId,
      subject: made.subject,
      lines_json: JSON.stringify(made.lines),
      more: made.more,
      body_json: made.report && JSON.stringify(made.report),
      state: "waiting",
      attempts_json: "[]",
      failures: 0,
      due_at: made.madeAt,
      fence: 0,
      said_at: made.saidAt,
      made_at: made.madeAt,
      replay_of: made.replayOf ?? null,
      report_connection: made.once?.connection ?? null,
      report_day: made.once?.day ?? null,
    })
    .onConflict((conflict) => conflict.doNothing())
    .returning("delivery")
    .executeTakeFirst();
  if (!row) return null;
  const about = made.about.map(({ connection, ...told }) => ({
    ...{ delivery: row.delivery, connection, told_json: JSON.stringify(told) },
  }));
  if (about.length > 0) await tx.insertInto("delivery_connection").values(about).execute();
  return row.delivery;
}

/** Was this report made? */
export async function reportMade(
  db: Db | Tx,
  destination: number,
  { connection, day }: NonNullable<NewDelivery["once"]>,
): Promise<boolean> {
  const row = await db
    .selectFrom("delivery")
    .select("delivery")
    .where("destination", "=", destination)
    .where("report_connection", "=", connection)
    .where("report_day", "=", day)
    .executeTakeFirst();
  return row !== undefined;
}

export async function getDelivery(db: Db | Tx, id: number): Promise<Delivery | null> {
  const row = await db.selectFrom("delivery").selectAll().where("delivery", "=", id).executeTakeFirst();
  if (!row) return null;
  const report = row.body_json === null ? null : (JSON.parse(row.body_json) as ReportBody);
  return { ...toListed(row), report };
}

/** Newest first, of these destinations. */
export async function listDeliveries(
  db: Db,
  destinations: readonly number[],
  filter: { state?: readonly DeliveryState[] | undefined; before: number | null; limit: number },
): Promise<ListedDelivery[]> {
  if (destinations.length === 0) return [];
  let query = db
    .selectFrom("delivery")
    .select(LISTED)
    .where("destination", "in", [...destinations])
    .orderBy("delivery", "desc")
    .limit(filter.limit);
  if (filter.state) query = query.where("state", "in", [...filter.state]);
  if (filter.before !== null) query = query.where("delivery", "<", filter.before);
  return (await query.execute()).map(toListed);
}

/** The newest of each destination. */
export async function lastDeliveries(
  db: Db,
  destinations: readonly number[],
): Promise<Map<number, ListedDelivery>> {
  if (destinations.length === 0) return new Map();
  const rows = await db
    .selectFrom("delivery")
    .select(LISTED)
    .where("delivery", "in", (eb) =>
      eb
        .selectFrom("delivery")
        .select((of) => of.fn.max("delivery").as("last"))
        .where("destination", "in", [...destinations])
        .groupBy("destination"),
    )
    .execute();
  return new Map(rows.map((row) => [row.destination, toListed(row)]));
}

/** How many wait, and how many of those made in the last week were given up. */
export async function undelivered(db: Db, now: number): Promise<{ waiting: number; givenUp: number }> {
  const { rows } = await sql<{ waiting: number; givenUp: number }>`
    select (select count(*) from delivery where state = 'waiting') as waiting,
      (select count(*) from delivery where made_at >= ${now - WEEK_MS} and state = 'given_up') as "givenUp"`.execute(
    db,
  );
  return rows[0]!;
}

export async function aboutOf(db: Db | Tx, delivery: number): Promise<About[]> {
  const rows = await db
    .selectFrom("delivery_connection")
    .select(["connection", "told_json"])
    .where("delivery", "=", delivery)
    .orderBy("connection")
    .execute();
  return rows.map(({ connection, told_json }) => ({
    connection,
    ...(JSON.parse(told_json) as Omit<About, "connection">),
  }));
}

/** How many alerts there are of these connections. */
export const countOf = (about: readonly About[]): number =>
  about.flatMap(({ topics }) => Object.values(topics)).reduce((sum, n) => sum + n, 0);

/** What came of an attempt. Its destination is locked. @throws DeliveryLost */
export async function noteAttempt(
  tx: Tx,
  { delivery, fence, message }: DeliveryClaim,
  attempt: Attempt,
  next: { state: DeliveryState; dueAt: number; failures: number },
): Promise<void> {
  const row = await tx
    .selectFrom("delivery")
    .select(["attempts_json"])
    .where("delivery", "=", delivery)
    .executeTakeFirst();
  const attempts = [...((row ? JSON.parse(row.attempts_json) : []) as Attempt[]), attempt];
  const { numUpdatedRows } = await tx
    .updateTable("delivery")
    .set({
      attempts_json: JSON.stringify(attempts),
      state: next.state,
      due_at: next.dueAt,
      failures: next.failures,
      ended_at: next.state === "waiting" ? null : attempt.at + attempt.ms,
      owner: null,
      lease_until_at: null,
    })
    .where("delivery", "=", delivery)
    .where("fence", "=", fence)
    // SQLite gives an id again once its row is deleted.
    .where("message", "=", message)
    .where("state", "=", "waiting")
    .executeTakeFirst();
  if (numUpdatedRows !== 1n) throw new DeliveryLost(delivery);
}

/** A receiver that doesn't take one message now gets none of the others before that one's next attempt. */
export async function holdDeliveries(tx: Tx, destination: number, until: number): Promise<void> {
  await tx
    .updateTable("delivery")
    .set({ due_at: until })
    .where("destination", "=", destination)
    .where("state", "=", "waiting")
    .where("due_at", "<", until)
    .execute();
}

/** A destination that is switched off gets nothing more, and nothing late. */
export async function dropDeliveries(tx: Tx, destination: number, now: number): Promise<void> {
  await tx
    .updateTable("delivery")
    .set({ state: "dropped", ended_at: now, owner: null, lease_until_at: null })
    .where("destination", "=", destination)
    .where("state", "=", "waiting")
    .execute();
}

/** @returns how many were deleted, at most `limit` */
export async function deleteOldDeliveries(tx: Tx, now: number, limit: number): Promise<number> {
  const rows = await tx
    .selectFrom("delivery")
    .select("delivery")
    .where("made_at", "<", now - KEPT_MS)
    .where("state", "!=", "waiting")
    .limit(limit)
    .execute();
  await deleteDeliveries(
    tx,
    rows.map(({ delivery }) => delivery),
  );
  return rows.length;
}

/**
 * A connection is deleted: no message tells anything of it any more.
 *
 * @returns how many messages were looked at, at most `limit`
 */
export async function leaveOut(tx: Tx, connection: number, limit: number): Promise<number> {
  const about = await tx
    .selectFrom("delivery_connection")
    .select("delivery")
    .where("connection", "=", connection)
    .orderBy("delivery")
    .limit(limit)
    .execute();
  const gone: number[] = [];
  for (const { delivery: id } of about) {
    const delivery = await getDelivery(tx, id);
    const others = (await aboutOf(tx, id)).filter((each) => each.connection !== connection);
    if (!delivery || others.length === 0) {
      gone.push(id);
      continue;
    }
    const lines = delivery.lines.filter((line) => line.connection.id !== connection);
    await tx
      .updateTable("delivery")
      .set({ lines_json: JSON.stringify(lines), more: countOf(others) - lines.length })
      .where("delivery", "=", id)
      .execute();
  }
  await deleteDeliveries(tx, gone);
  const ids = about.map(({ delivery }) => delivery);
  if (ids.length > 0) {
    await tx
      .deleteFrom("delivery_connection")
      .where("connection", "=", connection)
      .where("delivery", "in", ids)
      .execute();
  }
  return ids.length;
}

async function deleteDeliveries(tx: Tx, ids: readonly number[]): Promise<void> {
  if (ids.length === 0) return;
  await tx
    .deleteFrom("delivery_connection")
    .where("delivery", "in", [...ids])
    .execute();
  await tx
    .deleteFrom("delivery")
    .where("delivery", "in", [...ids])
    .execute();
}

/** Reports are long, and no list shows one. */
const LISTED = [
  "delivery",
  "destination",
  "kind",
  "message",
  "subject",
  "lines_json",
  "more",
  "state",
  "attempts_json",
  "failures",
  "due_at",
  "said_at",
  "made_at",
  "ended_at",
  "replay_of",
] as const;

function toListed(row: Pick<Selectable<Schema["delivery"]>, (typeof LISTED)[number]>): ListedDelivery {
  return {
    id: row.delivery,
    destination: row.destination,
    kind: row.kind,
    messageId: row.message,
    subject: row.subject,
    lines: JSON.parse(row.lines_json) as Line[],
    more: row.more,
    state: row.state,
    attempts: JSON.parse(row.attempts_json) as Attempt[],
    failures: row.failures,
    dueAt: row.due_at,
    saidAt: row.said_at,
    madeAt: row.made_at,
    endedAt: row.ended_at,
    replayOf: row.replay_of,
  };
}
