import type { Db, Tx } from "../store.ts";

const NAME = "sample";

/** Does this installation hold a made-up organization, which every page and export has to say? */
export async function isSample(db: Db | Tx): Promise<boolean> {
  const row = await db.selectFrom("setting").select("value_json").where("name", "=", NAME).executeTakeFirst();
  return row?.value_json === "true";
}

/** For good: what was read from a simulator is never taken for an account's. */
export async function markSample(tx: Tx): Promise<void> {
  await tx
    .insertInto("setting")
    .values({ name: NAME, value_json: "true" })
    .onConflict((conflict) => conflict.column("name").doUpdateSet({ value_json: "true" }))
    .execute();
}
