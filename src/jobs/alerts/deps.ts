import type { Lookup } from "../../alerts/guard.ts";
import type { MakeReport } from "../../alerts/types.ts";
import type { AlertSettings } from "../../config.ts";
import type { SyncDeps } from "../../sync/context.ts";

/** Where the process may be killed with nothing lost: a message may then go out twice, with the same id. */
export type AlertPoint = "alerts_composed" | "delivery_claimed" | "delivery_sent" | "delivery_noted";

export interface AlertDeps extends Pick<SyncDeps, "store" | "seal" | "log" | "now" | "owner"> {
  settings: AlertSettings;
  makeReport: MakeReport;
  /** How long a receiver may take. */
  timeoutMs: number;
  /** For tests: what a name leads to. */
  lookup?: Lookup | undefined;
  onPoint?: ((point: AlertPoint) => void) | undefined;
}
