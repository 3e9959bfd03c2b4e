/** Numbers as people read them, in the reader's locale. Unknown is a word and never 0. */

export function number(n: number, locale?: string): string {
  return new Intl.NumberFormat(locale).format(n);
}

/** `57 of 391`: a part always names its whole. */
export function partOf(part: number, whole: number, locale?: string): string {
  return `${number(part, locale)} of ${number(whole, locale)}`;
}

/** `105 to 123`, or `105` where nothing is unknown. */
export function range(low: number, high: number, locale?: string): string {
  return low === high ? number(low, locale) : `${number(low, locale)} to ${number(high, locale)}`;
}

/** Whole units: `EUR 2,880`. */
export function money(amount: number, currency: string, locale?: string): string {
  return `${currency} ${new Intl.NumberFormat(locale, { maximumFractionDigits: 0 }).format(amount)}`;
}

/** `EUR 2,880 to 3,552`. */
export function moneyRange(low: number, high: number, currency: string, locale?: string): string {
  const upper = new Intl.NumberFormat(locale, { maximumFractionDigits: 0 }).format(high);
  return low === high ? money(low, currency, locale) : `${money(low, currency, locale)} to ${upper}`;
}
