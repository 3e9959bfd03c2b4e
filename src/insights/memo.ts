import type { Connection } from "../model/connection.ts";
import { dataVersions } from "../store/connections/data-version.ts";
import type { Db } from "../store/store.ts";

const KEEP = 200;

/** A run makes news with every answer: until it has ended, what was counted so lately is shown. */
const WHILE_SYNCING_MS = 60_000;

interface Memory {
  version: string;
  at: number;
  value: Promise<unknown>;
}

const memories = new WeakMap<Db, Map<string, Memory>>();

/** Of a key, what no other connection has: not even one that was given the number of a deleted one. */
export const ofConnection = ({ id, createdAt }: Connection): string => `${id} ${createdAt}`;

/**
 * The value made before for this key, as long as the version of its data is the same, or the value isn't older than
 * `goodForMs` allows whatever came since. At most 200 are kept a store.
 */
export function remembered<T>(
  db: Db,
  key: string,
  version: string,
  make: () => Promise<T>,
  goodForMs = 0,
): Promise<T> {
  const memory = memories.get(db) ?? new Map<string, Memory>();
  memories.set(db, memory);
  const known = memory.get(key);
  const at = performance.now();
  if (known && (known.version === version || at - known.at < goodForMs)) return known.value as Promise<T>;
  const value = make();
  memory.delete(key);
  memory.set(key, { version, at, value });
  if (memory.size > KEEP) memory.delete(memory.keys().next().value!);
  value.catch(() => memory.delete(key));
  return value;
}

/**
 * For counts that rest on lists and use: remembered until one of these changes, or `basis` does. While a run writes, a
 * count of less than a minute ago is good enough; what a person marks is counted at once.
 */
export async function countsOf({ db, connection }: { db: Db; connection: Connection }) {
  const { listed, use, marks, syncing } = await dataVersions(db, connection.id);
  const version = `${listed} ${use}`;
  const goodForMs = syncing ? WHILE_SYNCING_MS : 0;
  const remember = <T>(what: string, make: () => Promise<T>, basis = ""): Promise<T> =>
    remembered(db, `${ofConnection(connection)} ${marks} ${what}`, `${version} ${basis}`, make, goodForMs);
  return { version, remember };
}
