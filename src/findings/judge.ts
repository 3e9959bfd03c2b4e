/** Judges an account by every rule, and keeps what was found. */
import { isDeepStrictEqual } from "node:util";
import { question } from "../insights/question.ts";
import { findingAlert } from "../model/alerts/finding-alert.ts";
import type { Connection } from "../model/connection.ts";
import { utcDay } from "../model/employees/employee.ts";
import {
  type Finding,
  type FindingRule,
  type Found,
  findingId,
  lapsed,
  type Reading,
  reconcile,
} from "../model/finding.ts";
import type { Lane } from "../model/stream.ts";
import { addAlerts } from "../store/alerts/alerts.ts";
import { credentialSince } from "../store/connections/connections.ts";
import { dataVersions } from "../store/connections/data-version.ts";
import { freshMatches } from "../store/employees/employee-matches.ts";
import { lockConnection } from "../store/engine/engine.ts";
import {
  checksOf,
  findingsOf,
  judgementGiven,
  openSubjects,
  rulesWaiting,
  saveChecks,
  saveFindings,
  seenAgain,
} from "../store/findings/findings.ts";
import type { Db, Store, Tx } from "../store/store.ts";
import { type WatchedEvent, watchedEvents } from "../store/usage/watched.ts";
import { basisOf, differs, looksOtherwise } from "./basis.ts";
import type { Asked, Rule } from "./kit.ts";
import { RULES } from "./rules.ts";
import { EVENTS } from "./things.ts";

/** So often it is begun again where others judge at the same time: after that whoever judges next sees to it. */
const MOST_TRIES = 3;

export interface Judgement {
  /** Rules that were asked: what they rest on had changed. */
  asked: FindingRule[];
  /** Findings that were written, other than that they were seen once more. */
  written: Finding[];
}

interface Judged {
  rule: Rule;
  reading: Reading;
  basis: string;
  /** null: it wasn't asked, nothing has changed. */
  found: FoundBy | null;
}

type FoundBy = Pick<Found, "candidates" | "untold" | "newsOpens" | "otherwise">;

/**
 * Judges every rule whose basis has changed since it was judged; of the others it is noted that they are as they were.
 * Rules that are switched off, and those that can't be judged, leave their findings as they are. Twice over unchanged data
 * writes no finding.
 *
 * @param now ms, our own clock
 * @param because the lane whose run has ended; `employees`: only what rests on the directory of employees
 * @param options.anew asks every rule, changed or not
 */
export async function judge(
  store: Store,
  connection: Connection,
  now: number,
  because: Lane | "employees" | null = null,
  { anew = false } = {},
): Promise<Judgement> {
  const whole: Judgement = { asked: [], written: [] };
  for (let tries = 1; ; tries++) {
    const last = tries === MOST_TRIES;
    const how = { because, anew: anew && tries === 1, last };
    const { asked, written, overtaken } = await judgeOnce(store, connection, now, how);
    whole.asked.push(...asked);
    whole.written.push(...written);
    if (!overtaken || last) return whole;
  }
}

/** @returns overtaken: somebody else has judged rules meanwhile; of these nothing was written, they are to be judged anew */
async function judgeOnce(
  store: Store,
  connection: Connection,
  now: number,
  { because, anew, last }: { because: Lane | "employees" | null; anew: boolean; last: boolean },
): Promise<Judgement & { overtaken: boolean }> {
  const { off } = connection.settings.findings;
  const due = RULES.filter(
    ({ code, restsOn }) => !off.includes(code) && (because !== "employees" || restsOn.includes("directory")),
  );
  await freshMatches(store, connection.id);
  // Before all else: what changes from here on is judged the next time.
  const versions = await dataVersions(store.read, connection.id);
  const [asked, checks, waiting, open] = await Promise.all([
    ask(store.read, connection, now),
    checksOf(store.read, connection.id),
    rulesWaiting(store.read, connection.id, now),
    openSubjects(store.read, connection.id),
  ]);
  const known = new Map(checks.map(({ rule, basis }) => [rule, basis]));
  const judged: Judged[] = [];
  // One after another: whoever looks at a page waits for none of them.
  for (const rule of due) {
    const reading = rule.reading(asked);
    const before = known.get(rule.code) ?? null;
    const basis = basisOf(rule, asked, versions, reading, before);
    const same = !anew && before === basis && !waiting.has(rule.code);
    const found = same
      ? null
      : reading.known
        ? await findBy(rule, asked, open.get(rule.code) ?? new Map(), looksOtherwise(before, basis))
        : { candidates: [] };
    judged.push({ rule, reading, basis, found });
  }
  return store.write(async (tx) => {
    await lockConnection(tx, connection.id);
    const then = await dataVersions(tx, connection.id);
    const othersOf = new Map((await checksOf(tx, connection.id)).map((check) => [check.rule, check]));
    const before = new Map(checks.map((check) => [check.rule, check]));
    // What somebody else has found meanwhile may rest on more than what was read here.
    const ours = judged.filter(({ rule }) =>
      isDeepStrictEqual(othersOf.get(rule.code), before.get(rule.code)),
    );
    const overtaken = ours.length < judged.length;
    // Where it has changed meanwhile, nobody has seen that it is as it was.
    const seen = ours.filter(({ rule, found }) => found || !differs(rule, versions, then));
    // The directory has no run whose end judges what came meanwhile: without a check it is judged before it is shown.
    const checked = seen.filter(
      ({ rule }) => !rule.restsOn.includes("directory") || versions.directory === then.directory,
    );
    await saveChecks(
      tx,
      connection.id,
      checked.map(({ rule, reading, basis }) => {
        return { rule: rule.code, at: now, reason: reading.known ? null : reading.reason, basis };
      }),
    );
    await seenAgain(
      tx,
      connection.id,
      seen.flatMap(({ rule, reading, found }) =>
        found === null && reading.known ? [{ rule: rule.code, seenAt: reading.seenAt }] : [],
      ),
    );
    if (because !== "employees" && (!overtaken || last)) await judgementGiven(tx, connection.id, because);
    const anew = seen.filter(({ found }) => found !== null);
    return {
      asked: anew.map(({ rule }) => rule.code),
      written: await keep(tx, connection.id, anew, now),
      overtaken,
    };
  });
}

async function ask(db: Db, connection: Connection, now: number): Promise<Asked> {
  const [about, since] = await Promise.all([
    question(db, connection, now),
    credentialSince(db, connection.id),
  ]);
  let events: Promise<WatchedEvent[]> | undefined;
  return {
    ...about,
    settings: connection.settings.findings,
    credentialSince: since,
    utcDay: utcDay(now),
    watched: () => (events ??= watchedEvents(db, connection.id, EVENTS)),
  };
}

/** What it finds now; and of what it found before, what it can't tell to be gone. */
async function findBy(
  rule: Rule,
  asked: Asked,
  open: ReadonlyMap<string, number>,
  otherwise: boolean,
): Promise<FoundBy> {
  const candidates = await rule.find(asked, open);
  const there = new Set(candidates.map(({ subject }) => subject));
  const gone = [...open.keys()].filter((subject) => !there.has(subject));
  const cut = rule.most !== undefined && candidates.length >= rule.most;
  const untold = cut || gone.length === 0 ? gone : ((await rule.untold?.(asked, gone)) ?? []);
  return { candidates, untold: new Set(untold), newsOpens: rule.newsOpens ?? false, otherwise };
}

async function keep(tx: Tx, connection: number, judged: readonly Judged[], now: number): Promise<Finding[]> {
  if (judged.length === 0) return [];
  const rules = judged.map(({ rule }) => rule.code);
  const kept = await findingsOf(tx, connection, rules);
  const changed = judged.flatMap(({ rule: { code }, reading, found }) => {
    const before = kept.filter((each) => each.rule === code);
    const bySubject = new Map(before.map((each) => [each.subject, each]));
    const after = reading.known
      ? reconcile(code, before, { ...reading, ...found! }, now)
      : before.map((each) => lapsed(each, now));
    return after.filter((each) => !isDeepStrictEqual(each, bySubject.get(each.subject)));
  });
  if (changed.length > 0) await saveFindings(tx, connection, changed);
  const known = new Map(kept.map((each) => [findingId(each), each]));
  const alerts = changed.flatMap((each) => findingAlert(connection, known.get(findingId(each)), each) ?? []);
  await addAlerts(tx, connection, alerts, now);
  return changed;
}
