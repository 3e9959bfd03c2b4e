/**
 * Processes that share a database of PostgreSQL need one key: each of them seals and opens the same secrets. The
 * database remembers which one by its version, so that a process with another is refused before it does harm.
 */

import type { Db, Store, Tx } from "../store.ts";
import { hasKey, KeyRefused, type KeySource } from "./keys.ts";
import { type KeyRing, loadSeal } from "./seal.ts";

/** Of `setting`. */
export const KEY_VERSION = "key_version";

export interface KeyPolicy {
  /** Take another key than the database's: `rotate-key` makes it the database's. */
  anyKey: boolean;
  /** Make a key where neither the database nor this process has one: a worker doesn't. */
  makes: boolean;
}

/**
 * Asked before the database is migrated, or anything written: by here, or to a key file.
 *
 * @param db null: it has no tables yet
 * @throws KeyRefused
 */
export async function admitKey(
  db: Db | null,
  where: Pick<Store, "place" | "dataDir">,
  env: KeySource,
  { anyKey, makes }: KeyPolicy,
): Promise<void> {
  const has = hasKey(where.dataDir, env);
  const agreed = db && (await keyVersionOf(db));
  if (agreed === null) {
    if (!has && !makes) throw noKeyYet(where);
  } else if (!anyKey) {
    if (!has || !(await loadSeal(where.dataDir, env)).knows(agreed)) throw otherKey(where);
  }
}

/**
 * The keys of this process, which was admitted. The embedded database's are its own, whatever they are: after a restore
 * without its key the credentials are given anew.
 *
 * @throws KeyRefused: of two that started at once on a new database the other one decided
 */
export async function openSeal(
  store: Store,
  env: KeySource,
  { anyKey }: Pick<KeyPolicy, "anyKey">,
): Promise<KeyRing> {
  const seal = await loadSeal(store.dataDir, env);
  if (store.engine === "sqlite") return seal;
  const agreed = (await keyVersionOf(store.read)) ?? (await store.write((tx) => agree(tx, seal.keyVersion)));
  if (!seal.knows(agreed) && !anyKey) throw otherKey(store);
  return seal;
}

/** Of two that start at once the first decides. */
async function agree(tx: Tx, keyVersion: number): Promise<number> {
  const value_json = String(keyVersion);
  await tx
    .insertInto("setting")
    .values({ name: KEY_VERSION, value_json })
    .onConflict((conflict) => conflict.column("name").doNothing())
    .execute();
  return (await keyVersionOf(tx))!;
}

/** @throws KeyRefused when the database's key was changed, and the new one is not here */
export async function requireSharedKey(store: Store, seal: KeyRing): Promise<void> {
  const now = await keyVersionOf(store.read);
  if (now !== null && !seal.knows(now)) throw otherKey(store);
}

async function keyVersionOf(db: Db | Tx): Promise<number | null> {
  const row = await db
    .selectFrom("setting")
    .select("value_json")
    .where("name", "=", KEY_VERSION)
    .executeTakeFirst();
  return row ? Number(row.value_json) : null;
}

/** After everything was sealed anew. */
export async function noteKeyVersion(tx: Tx, keyVersion: number): Promise<void> {
  const value_json = String(keyVersion);
  await tx.updateTable("setting").set({ value_json }).where("name", "=", KEY_VERSION).execute();
}

const noKeyYet = ({ place }: Pick<Store, "place">) =>
  new KeyRefused(
    `There is no key here, and ${place} has none yet. Start a server on it first (glasshouse serve), or give this ` +
      "process a key in GLASSHOUSE_SECRET_KEY.",
  );

const otherKey = ({ place, dataDir }: Pick<Store, "place" | "dataDir">) =>
  new KeyRefused(
    `The secrets in ${place} are sealed with another key. Give this process the same one: in GLASSHOUSE_SECRET_KEY, or ` +
      `as the file secret.key in ${dataDir}. Is the key lost for good? Then \`glasshouse rotate-key\` makes this process's ` +
      "key the database's, and credentials have to be given anew.",
  );
