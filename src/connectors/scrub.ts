/** What Greenhouse says is shown and logged: first taken out is everything that could be a secret or personal. */

const MAX_SAID = 200;
/**
 * What stands behind is never shown, and the patterns below take the square of the length: an error page of 64 kB held
 * the server up for half a minute.
 */
const LOOKED_AT = 1000;

/**
 * One line of at most 200 characters without the given secrets, e-mail addresses, tokens, query strings and
 * control characters. The token endpoint echoes the client id it was given (api.md §2.1).
 */
export function scrub(text: string, secrets: readonly (string | null | undefined)[]): string {
  let said = text;
  for (const secret of secrets) {
    // A secret of a few characters would tear ordinary words apart, and is none that Greenhouse makes.
    if (secret && secret.length >= 4) {
      said = said.replaceAll(secret, "…").replaceAll(encodeURIComponent(secret), "…");
    }
  }
  // What the cut goes through could be half an address or token, which no pattern knows any more.
  if (said.length > LOOKED_AT) said = said.slice(0, LOOKED_AT).replace(/\S+$/, "…");
  said = said
    .replace(/\b(client_id|client_secret|sub|token|access_token|key|password|secret)=\S+/gi, "$1=…")
    .replace(/\b(Bearer|Basic)\s+[\w+/=.~-]{6,}/gi, "$1 …")
    .replace(/\b[\w-]{8,}\.[\w-]{2,}\.[\w-]{4,}\b/g, (found) => (/^eyJ/.test(found) ? "…" : found))
    .replace(/[^\s<>"'@=:,;()]+@[^\s<>"'@,;()]+\.[^\s<>"'@,;().]+/g, "…@…")
    .replace(/\?[^\s"'<>)]*=[^\s"'<>)]*/g, "?…")
    .replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]+/g, " ")
    .trim();
  return said.length > MAX_SAID ? `${said.slice(0, MAX_SAID - 1).replace(/[\ud800-\udbff]$/, "")}…` : said;
}
