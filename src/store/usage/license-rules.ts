import { DEFAULT_RULES, type LicenseType, type TypeRule } from "../../model/license.ts";
import { lockConnection } from "../engine/engine.ts";
import type { Db, Tx } from "../store.ts";

/** What an admin typed in for a license type. */
export interface Purchased {
  type: LicenseType;
  purchased: number | null;
  /** A year, for one license, in hundredths of the currency. */
  priceCents: number | null;
  currency: string | null;
}

export interface LicenseRules {
  rules: TypeRule[];
  purchased: Purchased[];
}

/** The rules in their order; the default ones until an admin has set others. */
export async function licenseRules(db: Db | Tx, connection: number): Promise<LicenseRules> {
  const rows = await db
    .selectFrom("license_rule")
    .selectAll()
    .where("connection", "=", connection)
    .orderBy("position")
    .execute();
  if (rows.length === 0) return { rules: [...DEFAULT_RULES], purchased: [] };
  const rules = rows.map(({ level, status, type }) => ({ level, status, type }) as TypeRule);
  const typed = new Map<string, Purchased>();
  for (const { type, purchased, price_cents, currency } of rows) {
    if (type === null || typed.has(type) || (purchased === null && price_cents === null)) continue;
    typed.set(type, { type, purchased, priceCents: price_cents, currency });
  }
  return { rules, purchased: [...typed.values()] };
}

/** A purchased count or price for a type that no rule gives out. */
export class UnknownLicenseType extends Error {
  override name = "UnknownLicenseType";
  readonly type: LicenseType;
  constructor(type: LicenseType) {
    super(
      `No rule gives out the license type "${type}". Add a rule for it, or leave out its count and price.`,
    );
    this.type = type;
  }
}

/** Replaces rules, counts and prices. Throws UnknownLicenseType. */
export async function saveLicenseRules(
  tx: Tx,
  connection: number,
  { rules, purchased }: LicenseRules,
): Promise<void> {
  for (const { type } of purchased) {
    if (!rules.some((rule) => rule.type === type)) throw new UnknownLicenseType(type);
  }
  await lockConnection(tx, connection);
  await tx.deleteFrom("license_rule").where("connection", "=", connection).execute();
  if (rules.length === 0) return;
  await tx
    .insertInto("license_rule")
    .values(
      rules.map(({ level, status, type }, position) => {
        const typed = purchased.find((each) => each.type === type);
        return {
          connection,
          position,
          level,
          status,
          type,
          purchased: typed?.purchased ?? null,
          price_cents: typed?.priceCents ?? null,
          currency: typed?.currency ?? null,
        };
      }),
    )
    .execute();
}
