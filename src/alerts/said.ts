/** What a receiver or a mail server says, as the log keeps it. */
import { scrub } from "../connectors/scrub.ts";

/** One line of at most 200 characters, without secrets, addresses and control characters. */
export function said(text: string, secrets: readonly (string | null)[]): string {
  return scrub(text.replace(/<[^>]*>/g, " ").replace(/\s+/g, " "), secrets);
}
