/** Judges an account by every rule, and keeps what was found. */
import { isDeepStrictEqual } from "node:util";
import { question } from "../insights/question.ts";
import type { Connection } from "../model/connection.ts";
import { type Finding, type FindingRule, type Found, reconcile } from "../model/finding.ts";
import type { Lane } from "../model/stream.ts";
import { freshMatches } from "../store/employee-matches.ts";
import { lockConnection } from "../store/engine.ts";
import { findingsOf, judgementGiven, saveChecks, saveFindings } from "../store/findings.ts";
import type { Store } from "../store/store.ts";
import type { Asked } from "./kit.ts";
import { RULES } from "./rules.ts";

/**
 * Judges the rules that runs of this lane, or the directory of employees, can change; without either, all. Rules that are
 * switched off, and those that can't be judged, leave their findings as they are. Twice over unchanged data writes no
 * finding.
 *
 * @param now ms, our own clock
 * @returns findings that were written
 */
export async function judge(
  store: Store,
  connection: Connection,
  now: number,
  because: Lane | "employees" | null = null,
): Promise<Finding[]> {
  const { findings: settings } = connection.settings;
  const due = RULES.filter(
    ({ code, after }) => !settings.off.includes(code) && (because === null || after.includes(because)),
  );
  await freshMatches(store, connection.id);
  const asked: Asked = { ...(await question(store.read, connection, now)), settings };
  const judged: { rule: FindingRule; found: Found }[] = [];
  // One after another: whoever looks at a page waits for none of them.
  for (const { code, find } of due) judged.push({ rule: code, found: await find(asked) });
  return store.write(async (tx) => {
    await lockConnection(tx, connection.id);
    const checks = judged.map(({ rule, found }) => ({
      rule,
      at: now,
      reason: found.known ? null : found.reason,
    }));
    await saveChecks(tx, connection.id, checks);
    if (because !== "employees") await judgementGiven(tx, connection.id, because);
    const kept = await findingsOf(
      tx,
      connection.id,
      due.map(({ code }) => code),
    );
    const changed = judged.flatMap(({ rule, found }) => {
      if (!found.known) return [];
      const before = kept.filter((each) => each.rule === rule);
      const bySubject = new Map(before.map((each) => [each.subject, each]));
      return reconcile(rule, before, found, now).filter(
        (each) => !isDeepStrictEqual(each, bySubject.get(each.subject)),
      );
    });
    if (changed.length > 0) await saveFindings(tx, connection.id, changed);
    return changed;
  });
}
