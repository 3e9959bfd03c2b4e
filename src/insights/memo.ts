import type { Db } from "../store/store.ts";

const KEEP = 200;

const memories = new WeakMap<Db, Map<string, { version: string; value: Promise<unknown> }>>();

/** The value made before for this key, as long as the version of its data is the same. At most 200 are kept a store. */
export function remembered<T>(db: Db, key: string, version: string, make: () => Promise<T>): Promise<T> {
  const memory = memories.get(db) ?? new Map<string, { version: string; value: Promise<unknown> }>();
  memories.set(db, memory);
  const known = memory.get(key);
  if (known?.version === version) return known.value as Promise<T>;
  const value = make();
  memory.delete(key);
  memory.set(key, { version, value });
  if (memory.size > KEEP) memory.delete(memory.keys().next().value!);
  value.catch(() => memory.delete(key));
  return value;
}
