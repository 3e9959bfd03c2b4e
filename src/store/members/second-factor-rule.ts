import type { Db, Tx } from "../store.ts";

/** Of `setting`. */
const NAME = "second_factor_needed";

/** Does everybody who signs in with a password need a second factor? */
export async function secondFactorNeeded(db: Db | Tx): Promise<boolean> {
  const row = await db.selectFrom("setting").select("value_json").where("name", "=", NAME).executeTakeFirst();
  return row?.value_json === "true";
}

export async function needSecondFactor(tx: Tx, needed: boolean): Promise<void> {
  const value_json = JSON.stringify(needed);
  await tx
    .insertInto("setting")
    .values({ name: NAME, value_json })
    .onConflict((conflict) => conflict.column("name").doUpdateSet({ value_json }))
    .execute();
}
