/** Rules, counts and prices while they are being typed: text as typed, and what is wrong with it. */
import type { Answer } from "../api/client.ts";
import { licenseWords as words } from "../text/licenses.ts";

type Saved = Answer<"licenseRules">;
export type Rule = Saved["rules"][number];
export interface DraftRule {
  key: number;
  level: Rule["level"];
  status: Rule["status"];
  /** "": takes up no license */
  type: string;
}
export interface DraftPrice {
  purchased: string;
  price: string;
  currency: string;
}
export type Wrong = Partial<Record<keyof DraftPrice, string>>;

const PRICE = /^\d{1,9}([.,]\d{1,2})?$/;

export const draftOf = (rules: readonly Rule[]): DraftRule[] =>
  rules.map(({ level, status, type }, key) => ({ key, level, status, type: type ?? "" }));

export const rulesOf = (draft: readonly DraftRule[]): Rule[] =>
  draft.map(({ level, status, type }) => ({ level, status, type: type.trim() || null }));

/** The types that the rules name, each once, in their order. */
export const typesIn = (draft: readonly DraftRule[]): string[] => [
  ...new Set(draft.map(({ type }) => type.trim()).filter(Boolean)),
];

export function pricesOf(purchased: Saved["purchased"]): Record<string, DraftPrice> {
  return Object.fromEntries(
    purchased.map((each) => [
      each.type,
      {
        purchased: each.purchased === null ? "" : String(each.purchased),
        price: each.priceCents === null ? "" : String(each.priceCents / 100),
        currency: each.currency ?? "",
      },
    ]),
  );
}

export const noPrice: DraftPrice = { purchased: "", price: "", currency: "" };

export function wrongIn({ purchased, price, currency }: DraftPrice): Wrong {
  return {
    ...(/^\d{0,9}$/.test(purchased.trim()) ? {} : { purchased: words.needsNumber }),
    ...(price.trim() === "" || PRICE.test(price.trim()) ? {} : { price: words.needsPrice }),
    ...((price.trim() === "" && currency.trim() === "") || /^[A-Z]{3}$/.test(currency.trim().toUpperCase())
      ? {}
      : { currency: words.needsCurrency }),
  };
}

/** As the API takes it; call it only where nothing is wrong. */
export function purchasedOf(
  types: readonly string[],
  prices: Record<string, DraftPrice>,
): Saved["purchased"] {
  return types.map((type) => {
    const { purchased, price, currency } = prices[type] ?? noPrice;
    return {
      type,
      purchased: purchased.trim() === "" ? null : Number(purchased.trim()),
      priceCents: price.trim() === "" ? null : Math.round(Number(price.trim().replace(",", ".")) * 100),
      currency: currency.trim() === "" ? null : currency.trim().toUpperCase(),
    };
  });
}
