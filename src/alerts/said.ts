/** What a receiver or a mail server says, as the log keeps it. */
import { scrub } from "../connectors/scrub.ts";

/** More is never shown, and of signs alone the search for tags takes the square of their number. */
const LOOKED_AT = 4_000;

/** One line of at most 200 characters, without secrets, addresses and control characters. */
export function said(text: string, secrets: readonly (string | null)[]): string {
  // What the cut goes through could be half a secret.
  const read = text.length > LOOKED_AT ? text.slice(0, LOOKED_AT).replace(/\S+$/, "…") : text;
  return scrub(read.replace(/<[^>]*>/g, " ").replace(/\s+/g, " "), secrets);
}
