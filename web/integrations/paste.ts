/** What the shape of a pasted text tells as it is typed. Greenhouse alone knows the rest. */
import { paste as words } from "../text/integrations.ts";

/** So do all v3 client ids that were seen. */
const CLIENT_ID = /-\d+$/;

export interface Pasted {
  value: string;
  note: string | null;
}

/** Without blanks, line breaks, and the invisible characters that documents and chats put in. */
export function tidy(text: string): Pasted {
  const inner = text.trim();
  const value = inner.replace(/[\s\u00ad\u200b-\u200f\u2060\ufeff]+/gu, "");
  if (/[\r\n]/.test(inner)) return { value, note: words.lineBreak };
  return { value, note: value === inner ? null : words.blanks };
}

type Kind = "harvest_v3" | "harvest_v1";

/** What looks odd in the client id and the secret together; null: nothing. */
export function oddity(kind: Kind, clientId: string, secret: string): string | null {
  if (kind === "harvest_v1") return CLIENT_ID.test(secret) ? words.v3InV1 : null;
  if (clientId === "") return null;
  if (!CLIENT_ID.test(clientId)) return CLIENT_ID.test(secret) ? words.swapped : words.notWhole;
  return clientId === secret ? words.same : null;
}

/** The number of a user, or that in the address of the user's page. `""`: nothing given; null: neither. */
export function adminUserOf(text: string): string | null {
  const given = text.trim();
  if (given === "" || /^[1-9]\d{0,18}$/.test(given)) return given;
  const address = /^https?:\/\//i.test(given) ? given : `https://${given}`;
  if (!URL.canParse(address)) return null;
  const { hostname, pathname } = new URL(address);
  if (!hostname.endsWith(".greenhouse.io")) return null;
  return /\/users?\/([1-9]\d{0,18})(?:\/|$)/.exec(pathname)?.[1] ?? null;
}
