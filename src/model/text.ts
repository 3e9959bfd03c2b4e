/** Text as it is compared when people search and sort: no case, no accents, no runs of spaces. */
export function searchable(text: string): string {
  return text
    .normalize("NFKD")
    .replace(/\p{M}/gu, "")
    .toLowerCase()
    .replace(/[øłđðæœþ]/g, (letter) => WHOLE_LETTERS[letter]!)
    .replaceAll("ß", "ss")
    .replace(/[^\S\n]+/g, " ")
    .trim();
}

/**
 * No name or id is longer, and what an index can hold has its limit. A letter that is cut in two would be none: PostgreSQL
 * reads no JSON that holds half of one.
 */
export const shortened = (text: string): string => text.slice(0, 200).toWellFormed();

/** What lists are sorted by: as searched, and no longer than what an index can hold. */
export const sortKey = (text: string): string => shortened(searchable(text));

/** Without the signs at its end. A pattern with `+$` would look for the end anew from each of a long run of them. */
export function withoutTail(text: string, sign: RegExp): string {
  let end = text.length;
  while (end > 0) {
    const from = end > 1 && text.codePointAt(end - 2)! > 0xffff ? end - 2 : end - 1;
    if (!sign.test(text.slice(from, end))) break;
    end = from;
  }
  return text.slice(0, end);
}

/** An e-mail address as it is compared: whose it is, is no matter of capitals. */
export const addressKey = (address: string): string => address.trim().toLowerCase();

/** No address is longer (RFC 3696: 64 before the @, 255 after it); and what an index can hold has its limit. */
export const LONGEST_ADDRESS = 320;

/** No employee ID is longer, as what an index can hold has its limit. */
export const LONGEST_EMPLOYEE_ID = 255;

/** `7,142`: a number in a sentence. */
export const grouped = (n: number): string => n.toLocaleString("en-US");

/** A name as a shell takes it: quoted where it must be. */
export function shellName(name: string): string {
  return /^[\w.-]+$/.test(name) ? name : `'${name.replaceAll("'", `'\\''`)}'`;
}

/** Letters that Unicode doesn't take apart, though people look for them without their marks. */
const WHOLE_LETTERS: Record<string, string> = { ø: "o", ł: "l", đ: "d", ð: "d", æ: "ae", œ: "oe", þ: "th" };
