/** What is known of the use of those who hold grants: a grant tells none of its own. */
import { knownFor, useOf } from "../model/license.ts";
import type { Level } from "../model/records.ts";
import type { UseSource } from "../model/recruiting.ts";
import { rolesHeldBy } from "../store/users/names.ts";
import { isoOrNull, type Question } from "./question.ts";
import type { HolderUse } from "./types.ts";

export interface Holder {
  id: string;
  level: Level | null;
  createdAt: number | null;
  /** null: no listing had them (yet). */
  firstSeenAt: number | null;
  lastUsedAt: number | null;
  lastUsedBy: UseSource | null;
}

/** In their order, the same as the users' own list says of each. */
export async function holdersUse(asked: Question, holders: readonly Holder[]): Promise<HolderUse[]> {
  const roles = await rolesThatDecide(asked, holders);
  return holders.map(({ firstSeenAt, ...holder }) => {
    if (firstSeenAt === null) return { state: "unknown", reason: "in no list of users yet", since: null };
    const person = { level: holder.level ?? "unknown", roleIds: roles.get(holder.id) ?? [] };
    const facts = { ...holder, firstSeenAt, activeDays: 0 };
    const { state, reason, since } = useOf(facts, knownFor(person, asked.judge));
    return { state, reason, since: isoOrNull(since) };
  });
}

/** Asked for only where a role has a window of its own. */
async function rolesThatDecide(
  { db, connection, judge }: Question,
  holders: readonly Holder[],
): Promise<Map<string, string[]>> {
  const roles = new Map<string, string[]>();
  if (judge.windows.every(({ rule }) => rule.role === null)) return roles;
  const ids = [...new Set(holders.map(({ id }) => id))];
  for (const { userId, roleId } of await rolesHeldBy(db, connection.id, ids))
    roles.set(userId, [...(roles.get(userId) ?? []), roleId]);
  return roles;
}
