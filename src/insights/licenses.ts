import type { Connection } from "../model/connection.ts";
import { type LicenseState, type LicenseType, licenseTypeOf, type TypeRule } from "../model/license.ts";
import type { Db, Tx } from "../store/store.ts";
import { type LicenseRules, licenseRules, type Purchased } from "../store/usage/license-rules.ts";
import type { Judge } from "../store/users/user-sql.ts";
import type { StateCount } from "../store/users/user-states.ts";
import { iso, question, windowView } from "./question.ts";
import { statesOf } from "./states.ts";
import type { LicenseCounts, LicensePreview, LicensesView, LicenseTypeView } from "./types.ts";

/** console.md §3: wherever licenses are shown. */
export const LICENSE_SENTENCE =
  "Greenhouse sells by headcount and reports no licenses. These are counted by your rules from level and status.";

/** Licenses by type and state, and what could be freed. */
export async function licenses(db: Db, connection: Connection, now: number): Promise<LicensesView> {
  const asked = await question(db, connection, now);
  const { states, stamp } = await statesOf(asked);
  const held = holdersOf(states, asked.licenses.rules);
  const named = asked.licenses.rules.flatMap(({ type }) => type ?? []);
  const types = [...new Set([...named, ...held.map(({ type }) => type)])];
  const shown = { disuse: showsDisuse(asked.judge, held), use: showsUse(asked.judge, held) };
  const counted = (of: readonly Held[]) => asShown(countLicenses(of), shown);
  return {
    sentence: LICENSE_SENTENCE,
    window: windowView(asked),
    types: types.map((type) =>
      typeView(
        type,
        counted(held.filter((each) => each.type === type)),
        asked.licenses.purchased.find((each) => each.type === type),
      ),
    ),
    total: counted(held),
    neverUsedSince: asked.judge.known.covered ? iso(asked.judge.known.since!) : null,
    rules: asked.licenses.rules,
    stamp,
  };
}

export interface Held {
  type: LicenseType;
  state: LicenseState;
  people: number;
}

/** The people of each state who take up a license. */
export function holdersOf(states: readonly StateCount[], rules: readonly TypeRule[]): Held[] {
  return states.flatMap(({ use, people, ...holder }) => {
    const type = licenseTypeOf(holder, rules);
    if (type === null) return [];
    return { type, state: holder.status === "deactivated" ? "held_by_deactivated" : use, people };
  });
}

/** Where no day of any window was read, only who came can show, and not who didn't. */
function showsDisuse({ known, windows }: Judge, held: readonly Held[]): boolean {
  return (
    [known, ...windows.map((each) => each.known)].some(({ coveredDays }) => coveredDays > 0) ||
    held.some(({ state }) => state === "unused" || state === "never_used")
  );
}

/** Where no recruiting list was read either, who came can't show. */
function showsUse(judge: Judge, held: readonly Held[]): boolean {
  const told = judge.known.recruitingSince !== null || held.some(({ state }) => state === "in_use");
  return told || showsDisuse(judge, held);
}

/** No number where nothing was seen, not even 0. */
function asShown(counts: LicenseCounts, { use, disuse }: { use: boolean; disuse: boolean }): LicenseCounts {
  return {
    ...counts,
    ...(use ? {} : { inUse: null }),
    ...(disuse ? {} : { unused: null, neverUsed: null }),
  };
}

/** What could be freed is a range whenever something is unknown. */
export function countLicenses(held: readonly Held[]): LicenseCounts {
  const sum = (state?: LicenseState) =>
    held.reduce((total, each) => total + (state === undefined || each.state === state ? each.people : 0), 0);
  const [unused, neverUsed, unknown] = [sum("unused"), sum("never_used"), sum("unknown")];
  const heldByDeactivated = sum("held_by_deactivated");
  const low = unused + neverUsed + heldByDeactivated;
  return {
    assigned: sum(),
    inUse: sum("in_use"),
    unused,
    neverUsed,
    unknown,
    heldByDeactivated,
    couldBeFreed: { low, high: low + unknown },
  };
}

function typeView(type: LicenseType, counts: LicenseCounts, typed: Purchased | undefined): LicenseTypeView {
  const priced = typed?.priceCents != null && typed.currency !== null ? typed : null;
  const money = (people: number) => (people * priced!.priceCents!) / 100;
  const { low, high } = counts.couldBeFreed;
  return {
    type,
    ...counts,
    purchased: typed?.purchased ?? null,
    price: priced && { amount: priced.priceCents! / 100, currency: priced.currency! },
    couldBeFreedMoney: priced && { low: money(low), high: money(high), currency: priced.currency! },
  };
}

/** The rules as they are, with what was typed in. */
export function getLicenseRules(db: Db | Tx, connection: Connection): Promise<LicenseRules> {
  return licenseRules(db, connection.id);
}

/** Who would move if these were the rules; saves nothing. */
export async function previewLicenseRules(
  db: Db,
  connection: Connection,
  rules: TypeRule[],
  now: number,
): Promise<LicensePreview> {
  const asked = await question(db, connection, now);
  const { states } = await statesOf(asked);
  const preview: LicensePreview = { rules, before: {}, after: {}, moves: [] };
  for (const { people, ...holder } of states) {
    const [from, to] = [licenseTypeOf(holder, asked.licenses.rules), licenseTypeOf(holder, rules)];
    if (from !== null) preview.before[from] = (preview.before[from] ?? 0) + people;
    if (to !== null) preview.after[to] = (preview.after[to] ?? 0) + people;
    if (from === to) continue;
    const { level, status } = holder;
    const known = preview.moves.find((move) => move.level === level && move.status === status);
    if (known) known.people += people;
    else preview.moves.push({ level, status, people, from, to });
  }
  return preview;
}
