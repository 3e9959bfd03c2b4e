/** One token per credential, encrypted in the store: minting may revoke the one before. */
import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type { Token, TokenStore } from "../../connectors/connector.ts";
import { giveLeaseBack, type Lease, takeLease } from "../lanes/leases.ts";
import { type Seal, SealBroken } from "../secrets/seal.ts";
import type { Db, Store, Tx } from "../store.ts";

/**
 * A token about to expire is not handed out: the request under way must still arrive with it. Of one that lives for seconds a
 * tenth must do, or nobody would share it.
 */
const marginOf = ({ expiresAt, mintedAt }: Token) => Math.min(30_000, (expiresAt - mintedAt) / 10);
/** One that ended so long ago, of an admin user of before, goes with the next that is minted. */
const KEPT_AFTER_END_MS = 86_400_000;
/** Who mints says so again and again: after so long without a word another one mints. */
const LEASE_MS = 20_000;
const RENEW_MS = 5_000;
const LOOK_AGAIN_MS = 50;

/** @param now the clock of tokens' times, which all who share the store go by */
export function tokenStore(store: Store, seal: Seal, now: () => number = Date.now): TokenStore {
  /** Of this process one at a time goes for the lease. */
  const lines = new Map<string, Promise<unknown>>();

  async function known(fingerprint: string, stale: string | null): Promise<Token | null> {
    const token = await readToken(store.read, seal, fingerprint);
    return token && token.accessToken !== stale && token.expiresAt - marginOf(token) > now() ? token : null;
  }

  async function get(
    fingerprint: string,
    stale: string | null,
    mint: () => Promise<Token>,
    signal?: AbortSignal,
  ): Promise<Token> {
    const lease = { name: `mint ${fingerprint}`, holder: randomUUID() };
    const take = () => store.renew((tx) => takeLease(tx, lease, LEASE_MS, now()));
    for (;;) {
      signal?.throwIfAborted();
      const there = await known(fingerprint, stale);
      if (there) return there;
      if (!(await take())) {
        await sleep(LOOK_AGAIN_MS);
        continue;
      }
      let renewal: Promise<unknown> = Promise.resolve();
      const renewing = setInterval(() => {
        renewal = take().catch(() => {});
      }, RENEW_MS);
      /** A renewal under way would take anew what was given back. */
      const end = () => {
        clearInterval(renewing);
        return renewal;
      };
      let back = false;
      try {
        // Another one may have minted between the look and the lease.
        const token = (await known(fingerprint, stale)) ?? (await mint());
        await end();
        back = await store.renew((tx) => keep(tx, seal, fingerprint, token, lease, now()));
        if (back) return token;
        // Taken over meanwhile: what the other one has minted is good now.
      } finally {
        await end();
        if (!back) await store.renew((tx) => giveLeaseBack(tx, lease));
      }
    }
  }

  return {
    get(fingerprint, stale, mint, signal) {
      const before = lines.get(fingerprint) ?? Promise.resolve();
      const work = () => get(fingerprint, stale, mint, signal);
      const mine = before.then(work, work);
      lines.set(fingerprint, mine);
      const done = () => {
        if (lines.get(fingerprint) === mine) lines.delete(fingerprint);
      };
      mine.then(done, done);
      return unlessAborted(mine, signal);
    },
  };
}

/** Whoever stops needn't wait for what another one is minting, nor for how long that one has been told to wait. */
function unlessAborted<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (!signal) return work;
  return new Promise<T>((resolve, reject) => {
    const stop = () => reject(signal.reason);
    if (signal.aborted) stop();
    signal.addEventListener("abort", stop, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener("abort", stop));
  });
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

/** With the end of the lease, or not at all. @returns false: another has taken it over */
async function keep(
  tx: Tx,
  seal: Seal,
  fingerprint: string,
  token: Token,
  lease: Lease,
  now: number,
): Promise<boolean> {
  if (!(await giveLeaseBack(tx, lease))) return false;
  await tx
    .deleteFrom("token")
    .where("expires_at", "<", now - KEPT_AFTER_END_MS)
    .execute();
  const { keyVersion, value } = seal.seal(token.accessToken, { connection: fingerprint, field: "token" });
  const values = { key_version: keyVersion, value, expires_at: token.expiresAt, minted_at: token.mintedAt };
  await tx
    .insertInto("token")
    .values({ fingerprint, ...values })
    .onConflict((conflict) => conflict.column("fingerprint").doUpdateSet(values))
    .execute();
  return true;
}
