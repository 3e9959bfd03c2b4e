import type { BudgetState, BudgetStore, Token, TokenStore } from "../connectors/connector.ts";
import { type Seal, SealBroken } from "./seal.ts";
import type { Db, Store } from "./store.ts";

/** A token about to expire is not handed out: the request under way must still arrive with it. */
const EXPIRY_MARGIN_MS = 30_000;

/** One line per credential in this process; owning the installation makes it the only one. */
const minting = new Map<string, Promise<unknown>>();

/** One token per credential, encrypted in the store: minting may revoke the one before. */
export function tokenStore(store: Store, seal: Seal, now: () => number = Date.now): TokenStore {
  return {
    get: (fingerprint, stale, mint) =>
      inLine(`${store.place} ${fingerprint}`, async () => {
        const known = await readToken(store.read, seal, fingerprint);
        if (known && known.accessToken !== stale && known.expiresAt - EXPIRY_MARGIN_MS > now()) return known;
        const minted = await mint();
        await writeToken(store, seal, fingerprint, minted);
        return minted;
      }),
  };
}

async function inLine<T>(key: string, work: () => Promise<T>): Promise<T> {
  const before = minting.get(key) ?? Promise.resolve();
  const mine = before.then(work, work);
  minting.set(key, mine);
  try {
    return await mine;
  } finally {
    if (minting.get(key) === mine) minting.delete(key);
  }
}

async function readToken(db: Db, seal: Seal, fingerprint: string): Promise<Token | null> {
  const row = await db
    .selectFrom("token")
    .selectAll()
    .where("fingerprint", "=", fingerprint)
    .executeTakeFirst();
  if (!row) return null;
  try {
    const about = { connection: fingerprint, field: "token" };
    const plain = seal.open({ keyVersion: row.key_version, value: row.value }, about);
    return { accessToken: Buffer.from(plain).toString(), expiresAt: row.expires_at, mintedAt: row.minted_at };
  } catch (error) {
    if (error instanceof SealBroken) return null;
    throw error;
  }
}

async function writeToken(store: Store, seal: Seal, fingerprint: string, token: Token): Promise<void> {
  const { keyVersion, value } = seal.seal(token.accessToken, { connection: fingerprint, field: "token" });
  const values = { key_version: keyVersion, value, expires_at: token.expiresAt, minted_at: token.mintedAt };
  await store.write((tx) =>
    tx
      .insertInto("token")
      .values({ fingerprint, ...values })
      .onConflict((conflict) => conflict.column("fingerprint").doUpdateSet(values))
      .execute(),
  );
}

/** Rate limits as last known. Saves of one row are merged: while one is written, only the newest waits. */
export function budgetStore(store: Store): BudgetStore & { flush(): Promise<void> } {
  const waiting = new Map<string, BudgetState>();
  const writing = new Map<string, Promise<void>>();

  async function write(key: string, fingerprint: string): Promise<void> {
    for (let state = waiting.get(key); state; state = waiting.get(key)) {
      waiting.delete(key);
      const { family } = state;
      const budget_json = JSON.stringify(state);
      // A budget that can't be saved is learnt anew from the next answer's headers.
      await store
        .write((tx) =>
          tx
            .insertInto("rate_budget")
            .values({ fingerprint, family, budget_json })
            .onConflict((conflict) =>
              conflict.columns(["fingerprint", "family"]).doUpdateSet({ budget_json }),
            )
            .execute(),
        )
        .catch(() => {});
    }
    writing.delete(key);
  }

  return {
    async load(fingerprint) {
      const rows = await store.read
        .selectFrom("rate_budget")
        .select("budget_json")
        .where("fingerprint", "=", fingerprint)
        .orderBy("family")
        .execute();
      return rows.map((row) => JSON.parse(row.budget_json) as BudgetState);
    },
    save(fingerprint, state) {
      const key = JSON.stringify([fingerprint, state.family]);
      waiting.set(key, state);
      if (!writing.has(key)) writing.set(key, write(key, fingerprint));
    },
    async flush() {
      await Promise.all(writing.values());
    },
  };
}
