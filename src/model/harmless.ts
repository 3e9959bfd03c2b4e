/** Foreign text made harmless, for a terminal and for a file that is opened in one. */

const CONTROL = /[\u0000-\u001f\u007f-\u009f]/g;
/**
 * Characters that change how a terminal shows others without being seen: directions, line and paragraph separators,
 * zero width (joiners stay: names in Persian and emoji need them), tags, and halves of characters.
 */
const HIDDEN =
  /[\u00ad\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\u{e0000}-\u{e007f}]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/gu;

/** Foreign text with everything visible that could steer a terminal: `␛[31m`, `<U+202E>`. */
export function harmless(text: string): string {
  return text
    .replace(CONTROL, (c) => picture(c.charCodeAt(0)))
    .replace(HIDDEN, (c) => code(c.codePointAt(0)!));
}

function picture(c: number): string {
  if (c < 0x20) return String.fromCharCode(0x2400 + c);
  return c === 0x7f ? "\u2421" : code(c);
}
const code = (point: number) => `<U+${point.toString(16).toUpperCase().padStart(4, "0")}>`;

/** As JSON that a terminal can show: the same value, written with escapes where `harmless` would change it. */
export function harmlessJson(value: unknown, indent?: number): string {
  return harmlessLine(JSON.stringify(value, null, indent));
}
/** The same for text that is JSON already, such as a line of the log. */
export function harmlessLine(json: string): string {
  return json
    .replace(/[\u007f-\u009f]/g, unitEscape)
    .replace(HIDDEN, (c) => [...Array(c.length).keys()].map((i) => unitEscape(c[i]!)).join(""));
}
const unitEscape = (unit: string) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`;
