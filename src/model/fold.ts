/** Text as it is searched and sorted: without accents and case, so that `soren` finds `Søren Adéyemi`. */
export function fold(text: string): string {
  return text
    .normalize("NFKD")
    .replace(/\p{M}/gu, "")
    .toLowerCase()
    .replace(/[øłđßæœ]/g, (letter) => LETTERS[letter]!)
    .replace(/\s+/g, " ")
    .trim();
}

/** Letters that Unicode doesn't take apart. */
const LETTERS: Record<string, string> = { ø: "o", ł: "l", đ: "d", ß: "ss", æ: "ae", œ: "oe" };
