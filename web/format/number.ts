/** Numbers as people read them, in the reader's locale. Unknown is a word and never 0. */
import { formatWords as words } from "../text/formats.ts";

export function number(n: number, locale?: string): string {
  return new Intl.NumberFormat(locale).format(n);
}

/** Whole units: `EUR 2,880`. */
export function money(amount: number, currency: string, locale?: string): string {
  return `${currency} ${new Intl.NumberFormat(locale, { maximumFractionDigits: 0 }).format(amount)}`;
}

/** `EUR 2,880 to 3,552`, or `EUR 2,880` where nothing is unknown. */
export function moneyRange(low: number, high: number, currency: string, locale?: string): string {
  const upper = new Intl.NumberFormat(locale, { maximumFractionDigits: 0 }).format(high);
  const lower = money(low, currency, locale);
  return low === high ? lower : words.range(lower, upper);
}
