import { type RawBuilder, sql } from "kysely";
import {
  type Evidence,
  type Finding,
  type FindingRule,
  type FindingState,
  lapsed,
  type RowsAt,
  type Severity,
} from "../../model/finding.ts";
import type { Lane } from "../../model/stream.ts";
import { given, insertRows } from "../engine/bulk.ts";
import { lockConnection } from "../engine/engine.ts";
import type { Db, Tx } from "../store.ts";

/** The findings of these rules, whatever their state. */
export async function findingsOf(
  db: Db | Tx,
  connection: number,
  rules: readonly FindingRule[],
): Promise<Finding[]> {
  const rows = await db
    .selectFrom("finding")
    .selectAll()
    .where("connection", "=", connection)
    .where("rule", "in", [...rules])
    .orderBy("rule")
    .orderBy("subject")
    .execute();
  return rows.map(toFinding);
}

export async function getFinding(
  db: Db | Tx,
  connection: number,
  rule: FindingRule,
  subject: string,
): Promise<Finding | null> {
  const row = await db
    .selectFrom("finding")
    .selectAll()
    .where("connection", "=", connection)
    .where("rule", "=", rule)
    .where("subject", "=", subject)
    .executeTakeFirst();
  return row ? toFinding(row) : null;
}

export async function saveFindings(tx: Tx, connection: number, findings: readonly Finding[]): Promise<void> {
  await lockConnection(tx, connection);
  await insertRows(
    tx,
    "finding",
    COLUMNS,
    findings.map((each) => cellsOf(connection, each)),
    `(connection, rule, subject) do update set ${COLUMNS.slice(3)
      .map((column) => `${column} = excluded.${column}`)
      .join(", ")}`,
  );
}

export interface RuleCheck {
  rule: FindingRule;
  at: number;
  /** Why it could not be judged; null: it could. */
  reason: string | null;
  /** What it rested on (findings/basis.ts); null: not kept. */
  basis: string | null;
}

export async function saveChecks(tx: Tx, connection: number, checks: readonly RuleCheck[]): Promise<void> {
  await insertRows(
    tx,
    "finding_check",
    ["connection", "rule", "at", "reason", "basis"],
    checks.map(({ rule, at, reason, basis }) => [connection, rule, at, reason, basis]),
    "(connection, rule) do update set at = excluded.at, reason = excluded.reason, basis = excluded.basis",
  );
}

/** When each rule was last judged; those that never were are left out. */
export async function checksOf(db: Db, connection: number): Promise<RuleCheck[]> {
  const rows = await db
    .selectFrom("finding_check")
    .select(["rule", "at", "reason", "basis"])
    .where("connection", "=", connection)
    .execute();
  return rows.map((row) => ({ ...row, rule: row.rule as FindingRule }));
}

/** A later reading of what these rules rest on, with nothing changed: what they had found is there still. */
export async function seenAgain(
  tx: Tx,
  connection: number,
  readings: readonly { rule: FindingRule; seenAt: number }[],
): Promise<void> {
  if (readings.length === 0) return;
  const rows = readings.map(({ rule, seenAt }) => [rule, seenAt]);
  await sql`update finding set last_seen_at = g.seen_at
    from (select * from ${given(tx, { rule: "text", seen_at: "number" }, rows)}) g
    where finding.connection = ${connection} and finding.rule = g.rule and finding.state in ('open', 'accepted')
      and finding.last_seen_at < g.seen_at`.execute(tx);
}

/** What each rule has found that nobody has seen fixed, with when it was first seen. */
export async function openSubjects(db: Db, connection: number): Promise<Map<string, Map<string, number>>> {
  const rows = await db
    .selectFrom("finding")
    .select(["rule", "subject", "first_seen_at"])
    .where("connection", "=", connection)
    .where("state", "not in", ["seen_fixed", "not_looked_for"])
    .execute();
  const open = new Map<string, Map<string, number>>();
  for (const { rule, subject, first_seen_at } of rows) {
    open.set(rule, (open.get(rule) ?? new Map()).set(subject, first_seen_at));
  }
  return open;
}

/** Rules with a finding that waits for the next reading (it is said to be fixed), or is accepted no longer. */
export async function rulesWaiting(db: Db, connection: number, now: number): Promise<Set<string>> {
  const { rows } = await sql<{ rule: string }>`
    select distinct rule from finding where connection = ${connection}
      and (state = 'fixed' or (state = 'accepted' and accepted_until_at <= ${now}))`.execute(db);
  return new Set(rows.map(({ rule }) => rule));
}

/** A run of this lane has ended: its findings are owed, whoever is killed meanwhile. */
export async function oweJudgement(tx: Tx, connection: number, lane: Lane): Promise<void> {
  await insertRows(tx, "unjudged", ["connection", "lane"], [[connection, lane]], "do nothing");
}

export async function judgementGiven(tx: Tx, connection: number, lane: Lane | null): Promise<void> {
  let owed = tx.deleteFrom("unjudged").where("connection", "=", connection);
  if (lane !== null) owed = owed.where("lane", "=", lane);
  await owed.execute();
}

/** Of connections that are there. */
export async function judgementsOwed(db: Db): Promise<{ connection: number; lane: Lane }[]> {
  const rows = await db
    .selectFrom("unjudged")
    .innerJoin("connection", "connection.connection", "unjudged.connection")
    .select(["unjudged.connection", "lane"])
    .where("deleting", "=", 0)
    .orderBy("unjudged.connection")
    .execute();
  return rows.map(({ connection, lane }) => ({ connection, lane: lane as Lane }));
}

/** What a rule rests on has changed outside of a run: it is to be judged before its findings are shown. */
export async function judgeAgain(tx: Tx, rule: FindingRule, connection: number | null): Promise<void> {
  let checks = tx.deleteFrom("finding_check").where("rule", "=", rule);
  if (connection !== null) checks = checks.where("connection", "=", connection);
  await checks.execute();
}

export interface FindingFilter {
  state?: readonly FindingState[];
  severity?: readonly Severity[];
  rule?: readonly FindingRule[];
  user?: string;
  owner?: number;
}

/** What follows it in the list: severest first, then those seen first lately. */
export interface FindingPlace {
  rank: number;
  firstSeenAt: number;
  rule: string;
  subject: string;
}

const RANK = sql<number>`case severity when 'high' then 0 when 'medium' then 1 else 2 end`;
export const rankOf = ({ severity }: Pick<Finding, "severity">): number =>
  severity === "high" ? 0 : severity === "medium" ? 1 : 2;

export interface FindingScope {
  connection: number;
  /** The rules that are on: findings of others are left out. */
  on: readonly FindingRule[];
  /** Our clock, ms: what was accepted until then is open. */
  now: number;
}

/** A page of those that fit. */
export async function selectFindings(
  db: Db,
  scope: FindingScope,
  filter: FindingFilter,
  page: { after: FindingPlace | null; limit: number },
): Promise<{ items: Finding[]; total: number }> {
  const where = conditions(scope, filter);
  const { after } = page;
  // The order is mixed: newest first within a severity.
  const beyond = after
    ? sql`(${RANK} > ${after.rank} or (${RANK} = ${after.rank} and (first_seen_at < ${after.firstSeenAt}
        or (first_seen_at = ${after.firstSeenAt} and (rule, subject) > (${after.rule}, ${after.subject})))))`
    : sql`true`;
  const { rows } = await sql<RawFinding>`
    select * from finding where ${where} and ${beyond}
    order by ${RANK}, first_seen_at desc, rule, subject limit ${page.limit}`.execute(db);
  const counted = await sql<{ n: number }>`select count(*) as n from finding where ${where}`.execute(db);
  const items = rows.map((row) => lapsed(toFinding(row), scope.now));
  return { items, total: counted.rows[0]!.n };
}

/** Open ones by severity. */
export async function countOpen(db: Db, scope: FindingScope): Promise<Record<Severity, number>> {
  const { rows } = await sql<{ severity: Severity; n: number }>`
    select severity, count(*) as n from finding where ${conditions(scope, { state: ["open"] })}
    group by severity`.execute(db);
  const counts = { high: 0, medium: 0, low: 0 };
  for (const { severity, n } of rows) counts[severity] = n;
  return counts;
}

/** Open ones of each rule that has any, by severity. */
export async function countOpenByRule(
  db: Db,
  scope: FindingScope,
): Promise<{ rule: FindingRule; severity: Severity; n: number }[]> {
  const { rows } = await sql<{ rule: FindingRule; severity: Severity; n: number }>`
    select rule, severity, count(*) as n from finding where ${conditions(scope, { state: ["open"] })}
    group by rule, severity order by rule, severity`.execute(db);
  return rows;
}

function conditions(
  { connection, on, now }: FindingScope,
  { state, severity, rule, user, owner }: FindingFilter,
): RawBuilder<unknown> {
  const oneOf = (column: RawBuilder<unknown>, values: readonly string[]) =>
    sql`${column} in (${sql.join(values.length > 0 ? values : [""])})`;
  const all = [sql`connection = ${connection}`, oneOf(sql`rule`, on)];
  // The same as `lapsed`.
  const stateNow = sql`case when state = 'accepted' and accepted_until_at <= ${now} then 'open' else state end`;
  if (state) all.push(oneOf(stateNow, state));
  if (severity) all.push(oneOf(sql`severity`, severity));
  if (rule) all.push(oneOf(sql`rule`, rule));
  if (user !== undefined) all.push(sql`user_id = ${user}`);
  if (owner !== undefined) all.push(sql`owner_member = ${owner}`);
  return sql.join(all, sql` and `);
}

/** A removed member looks after nothing any more. */
export async function disown(tx: Tx, member: number): Promise<void> {
  await tx.updateTable("finding").set({ owner_member: null }).where("owner_member", "=", member).execute();
}

const COLUMNS = [
  "connection",
  "rule",
  "subject",
  "user_id",
  "severity",
  "told",
  "rows",
  "evidence_json",
  "rows_at_json",
  "coverage",
  "state",
  "state_at",
  "first_seen_at",
  "last_seen_at",
  "returned",
  "accepted_until_at",
  "accepted_reason",
  "owner_member",
  "by_name",
  "fixed_run",
];

function cellsOf(connection: number, each: Finding): unknown[] {
  return [
    connection,
    each.rule,
    each.subject,
    each.userId,
    each.severity,
    each.text,
    each.rows,
    JSON.stringify(each.evidence),
    each.rowsAt && JSON.stringify(each.rowsAt),
    each.coverage,
    each.state,
    each.stateAt,
    each.firstSeenAt,
    each.lastSeenAt,
    each.returned,
    each.accepted?.until ?? null,
    each.accepted?.reason ?? null,
    each.ownerId,
    each.by,
    each.fixedRun,
  ];
}

interface RawFinding {
  rule: string;
  subject: string;
  user_id: string | null;
  severity: string;
  told: string;
  rows: number;
  evidence_json: string;
  rows_at_json: string | null;
  coverage: string;
  state: string;
  state_at: number;
  first_seen_at: number;
  last_seen_at: number;
  returned: number;
  accepted_until_at: number | null;
  accepted_reason: string | null;
  owner_member: number | null;
  by_name: string | null;
  fixed_run: number | null;
}

function toFinding(row: RawFinding): Finding {
  return {
    rule: row.rule as FindingRule,
    subject: row.subject,
    userId: row.user_id,
    severity: row.severity as Severity,
    text: row.told,
    rows: row.rows,
    evidence: JSON.parse(row.evidence_json) as Evidence[],
    rowsAt: row.rows_at_json === null ? null : (JSON.parse(row.rows_at_json) as RowsAt),
    coverage: row.coverage,
    state: row.state as FindingState,
    stateAt: row.state_at,
    firstSeenAt: row.first_seen_at,
    lastSeenAt: row.last_seen_at,
    returned: row.returned,
    accepted:
      row.accepted_until_at === null
        ? null
        : { until: row.accepted_until_at, reason: row.accepted_reason ?? "" },
    ownerId: row.owner_member,
    by: row.by_name,
    fixedRun: row.fixed_run,
  };
}
