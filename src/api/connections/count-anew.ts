import type { Store } from "../../store/store.ts";
import { rebuildOrgDays } from "../../store/usage/usage.ts";

/** Days in one transaction: the writer belongs to the running sync too. */
const DAYS_AT_ONCE = 2;

/** Counts use anew after a change of what counts, so that the next answer shows it. Cut short, the next sync ends it. */
export async function countAnew(store: Store, connection: number): Promise<void> {
  const some = () => store.write((tx) => rebuildOrgDays(tx, connection, DAYS_AT_ONCE));
  while ((await some()) > 0);
}
