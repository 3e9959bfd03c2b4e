/**
 * Processes that share a database of PostgreSQL need one key: each of them seals and opens the same secrets. The
 * database remembers which one by its version, so that a process with another is refused before it does harm.
 */
import { hasKey, KeyRefused, type KeySource } from "./keys.ts";
import { type KeyRing, loadSeal } from "./seal.ts";
import type { Db, Store, Tx } from "./store.ts";

const NAME = "key_version";

/**
 * The keys of this process. The embedded database's are its own, whatever they are: after a restore without its key the
 * credentials are given anew.
 *
 * @param options.anyKey take another key than the database's: `rotate-key` makes it the database's
 * @param options.makes make a key where neither the database nor this process has one: a worker doesn't
 * @throws KeyRefused
 */
export async function openSeal(
  store: Store,
  env: KeySource,
  { anyKey, makes }: { anyKey: boolean; makes: boolean },
): Promise<KeyRing> {
  const { dataDir } = store;
  if (store.engine === "sqlite") return loadSeal(dataDir, env);
  const before = await keyVersionOf(store.read);
  if (before !== null && !anyKey && !hasKey(dataDir, env)) throw otherKey(store);
  if (before === null && !makes && !hasKey(dataDir, env)) throw noKeyYet(store);
  const seal = await loadSeal(dataDir, env);
  const agreed = before ?? (await store.write((tx) => agree(tx, seal.keyVersion)));
  if (!seal.knows(agreed) && !anyKey) throw otherKey(store);
  return seal;
}

/** Of two that start at once the first decides. */
async function agree(tx: Tx, keyVersion: number): Promise<number> {
  const value_json = String(keyVersion);
  await tx
    .insertInto("setting")
    .values({ name: NAME, value_json })
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
  const row = await db.selectFrom("setting").select("value_json").where("name", "=", NAME).executeTakeFirst();
  return row ? Number(row.value_json) : null;
}

/** After everything was sealed anew. */
export async function noteKeyVersion(tx: Tx, keyVersion: number): Promise<void> {
  const value_json = String(keyVersion);
  await tx.updateTable("setting").set({ value_json }).where("name", "=", NAME).execute();
}

const noKeyYet = ({ place }: Store) =>
  new KeyRefused(
    `There is no key here, and ${place} has none yet. Start a server on it first (glasshouse serve), or give this ` +
      "process a key in GLASSHOUSE_SECRET_KEY.",
  );

const otherKey = ({ place, dataDir }: Store) =>
  new KeyRefused(
    `The secrets in ${place} are sealed with another key. Give this process the same one: in GLASSHOUSE_SECRET_KEY, or ` +
      `as the file secret.key in ${dataDir}. Is the key lost for good? Then \`glasshouse rotate-key\` makes this process's ` +
      "key the database's, and credentials have to be given anew.",
  );
