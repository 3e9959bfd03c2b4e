/** Licenses by type, and the rules behind them. */
import type { LicenseType } from "../../model/license.ts";
import type { Level, Status } from "../../model/records.ts";
import type { Stamp } from "./common.ts";
import type { WindowView } from "./windows.ts";

/** Users holding each license state, of one license type. */
export interface LicenseCounts {
  assigned: number;
  /** null: nothing that tells of use was read. */
  inUse: number | null;
  /** null: no day of any window was read, so nothing shows who did not use it. */
  unused: number | null;
  neverUsed: number | null;
  unknown: number;
  heldByDeactivated: number;
  /** low = unused + never used + held by deactivated users; high = low + unknown. */
  couldBeFreed: { low: number; high: number };
}

export interface LicenseTypeView extends LicenseCounts {
  type: LicenseType;
  /** Typed in; null: not typed. */
  purchased: number | null;
  price: { amount: number; currency: string } | null;
  /** In money a year; null without a price. */
  couldBeFreedMoney: { low: number; high: number; currency: string } | null;
}

export interface LicenseRule {
  /** A level, or `any`. */
  level: Level | "any";
  status: Status | "any";
  /** null: takes up no license. */
  type: LicenseType | null;
}

export interface LicensesView {
  sentence: string;
  window: WindowView;
  types: LicenseTypeView[];
  total: LicenseCounts;
  /** Start of unbroken coverage: "never used" means none since then. */
  neverUsedSince: string | null;
  rules: LicenseRule[];
  stamp: Stamp;
}

export interface LicensePreview {
  rules: LicenseRule[];
  before: Record<string, number>;
  after: Record<string, number>;
  moves: { level: Level; status: Status; people: number; from: LicenseType | null; to: LicenseType | null }[];
}
