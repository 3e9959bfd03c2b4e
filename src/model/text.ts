/** Text as it is compared when people search and sort: no case, no accents, no runs of spaces. */
export function searchable(text: string): string {
  return text
    .normalize("NFKD")
    .replace(/\p{M}/gu, "")
    .toLowerCase()
    .replace(/[^\S\n]+/g, " ")
    .trim();
}
