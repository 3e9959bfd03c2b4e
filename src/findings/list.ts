import { cursorOf, placeOf } from "../insights/cursor.ts";
import { InvalidCursor } from "../insights/errors.ts";
import { DEFAULT_LIMIT, question } from "../insights/question.ts";
import type { Stamp } from "../insights/types.ts";
import type { Connection } from "../model/connection.ts";
import {
  FINDING_RULES,
  type Finding,
  type FindingRule,
  lapsed,
  rulesOn,
  type Severity,
} from "../model/finding.ts";
import type { Paged } from "../model/query.ts";
import {
  checksOf,
  countOpen,
  type FindingFilter,
  getFinding,
  type RuleCheck,
  rankOf,
  selectFindings,
} from "../store/findings/findings.ts";
import type { Db, Tx } from "../store/store.ts";

export interface FindingList {
  items: Finding[];
  nextCursor: string | null;
  total: number;
  stamp: Stamp;
  /** Of all that are open, whatever the filter. */
  open: Record<Severity, number>;
  /** Every rule, with when it was last judged. */
  rules: { rule: FindingRule; on: boolean; check: RuleCheck | null }[];
}

/** Findings that fit, the severest first, within a severity those first that came last. Throws InvalidCursor. */
export async function listFindings(
  db: Db,
  connection: Connection,
  { limit = DEFAULT_LIMIT, cursor, ...filter }: FindingFilter & Paged,
  now: number,
): Promise<FindingList> {
  const on = rulesOn(connection.settings.findings);
  const scope = { connection: connection.id, on, now };
  const list = "findings";
  const place = placeOf(list, cursor, 4);
  const after = place && {
    rank: numberFrom(place[0]),
    firstSeenAt: numberFrom(place[1]),
    rule: String(place[2]),
    subject: String(place[3]),
  };
  const [{ stamp }, found, open, checks] = await Promise.all([
    question(db, connection, now),
    selectFindings(db, scope, filter, { after, limit: limit + 1 }),
    countOpen(db, scope),
    checksOf(db, connection.id),
  ]);
  const items = found.items.slice(0, limit);
  const last = found.items.length > limit ? items.at(-1) : undefined;
  return {
    items,
    nextCursor: last ? cursorOf(list, [rankOf(last), last.firstSeenAt, last.rule, last.subject]) : null,
    total: found.total,
    stamp,
    open,
    rules: FINDING_RULES.map((rule) => ({
      rule,
      on: on.includes(rule),
      check: checks.find((each) => each.rule === rule) ?? null,
    })),
  };
}

function numberFrom(part: string | number | null | undefined): number {
  if (typeof part !== "number") throw new InvalidCursor();
  return part;
}

/** null: there is none. */
export async function findingOf(
  db: Db | Tx,
  connection: number,
  id: string,
  now: number,
): Promise<Finding | null> {
  const [rule, ...rest] = id.split(":");
  if (!FINDING_RULES.some((each) => each === rule)) return null;
  const found = await getFinding(db, connection, rule as FindingRule, rest.join(":"));
  return found && lapsed(found, now);
}
