/** Findings that follow the directory of employees at once, and not only with the next run. */
import type { Connection } from "../model/connection.ts";
import { rulesOn } from "../model/finding.ts";
import { checksOf } from "../store/findings/findings.ts";
import type { Store } from "../store/store.ts";
import { judge } from "./judge.ts";

/** Judges whom the directory has told to have left since the last run. */
export async function followDirectory(store: Store, connection: Connection, now: number): Promise<void> {
  if (!rulesOn(connection.settings.findings).includes("left_but_active")) return;
  const checks = await checksOf(store.read, connection.id);
  // Before the first run everything is judged by that.
  const stale = checks.length > 0 && !checks.some(({ rule }) => rule === "left_but_active");
  if (stale) await judge(store, connection, now, "employees");
}
