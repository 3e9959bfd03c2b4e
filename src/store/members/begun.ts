/** What a browser has begun and has to end itself: single sign-on, or the use of a passkey. Only hashes are stored. */
import type { Tx } from "../store.ts";

export type BegunKind = "sso" | "passkey_sign_in" | "passkey_new";

export interface Begun {
  kind: BegunKind;
  hash: Uint8Array;
  /** Who began it; null: nobody is signed in yet. */
  member: number | null;
  /** Where to afterwards. */
  back: string | null;
  endsAt: number;
}

/** Those that nobody ended go with each new one. */
export async function saveBegun(tx: Tx, begun: Begun, now: number): Promise<void> {
  const { kind, hash, member, back, endsAt } = begun;
  await tx.deleteFrom("begun").where("ends_at", "<=", now).execute();
  await tx.insertInto("begun").values({ kind, hash, member, back, ends_at: endsAt }).execute();
}

/** Once only. null: never begun, ended before, or too old. */
export async function spendBegun(
  tx: Tx,
  kind: BegunKind,
  hash: Uint8Array,
  now: number,
): Promise<{ member: number | null; back: string | null } | null> {
  const row = await tx
    .deleteFrom("begun")
    .where("hash", "=", hash)
    .where("kind", "=", kind)
    .returning(["member", "back", "ends_at"])
    .executeTakeFirst();
  return row && row.ends_at > now ? { member: row.member, back: row.back } : null;
}
