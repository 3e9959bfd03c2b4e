/** What the shape of a pasted credential or admin user tells, before Greenhouse is asked. Pure. */
import type { Credential, CredentialKind } from "../../model/connection.ts";
import { ApiError } from "../errors.ts";

/** So do all v3 client ids that were seen (api.md §2.1). It isn't documented: Greenhouse alone knows. */
const CLIENT_ID_ENDS = /-\d+$/;

/**
 * Takes a credential as pasted: without blanks, line breaks and what else a copy brings along.
 * @returns the credential, and what was tidied or looks odd
 * @throws ApiError `credential_malformed`
 */
export function readCredential(given: { kind: CredentialKind; clientId: string | null; secret: string }): {
  credential: Credential;
  notes: string[];
} {
  const notes: string[] = [];
  const what = given.kind === "harvest_v3" ? "client secret" : "key";
  const secret = tidy(given.secret, what, notes);
  if (given.kind === "harvest_v1") {
    if (given.clientId?.trim()) {
      throw malformed(
        "A Harvest v1 key has no client ID.",
        "Give the key alone; or is it a Harvest v3 credential? Then choose harvest_v3.",
      );
    }
    if (CLIENT_ID_ENDS.test(secret)) {
      notes.push("This may be a v3 client ID: it ends in a dash and a number. A v1 key goes here.");
    }
    return { credential: { kind: given.kind, clientId: null, secret }, notes };
  }
  const clientId = tidy(given.clientId ?? "", "client ID", notes);
  if (clientId === secret)
    throw malformed("Client ID and secret are the same.", "Copy the client secret again.");
  if (!CLIENT_ID_ENDS.test(clientId)) {
    const swapped = CLIENT_ID_ENDS.test(secret);
    notes.push(
      `${swapped ? "Client ID and secret look swapped" : "This may not be a whole client ID"}: it should end in a dash and a number.`,
    );
  }
  return { credential: { kind: given.kind, clientId, secret }, notes };
}

function tidy(text: string, what: string, notes: string[]): string {
  const inner = text.trim();
  // Blanks, line breaks, and the invisible characters that documents and chats put in.
  const clean = inner.replace(/[\s\u00ad\u200b-\u200f\u2060\ufeff]+/gu, "");
  if (clean === "")
    throw malformed(`The ${what} is empty.`, `Copy the ${what} from Greenhouse and give it again.`);
  if (/[\r\n]/.test(inner)) notes.push(`A line break was removed from the ${what}.`);
  else if (clean !== inner) notes.push(`Blanks were removed from the ${what}.`);
  if (!/^[\x21-\x7e]+$/.test(clean) || (what === "client ID" && clean.includes(":"))) {
    throw malformed(
      `The ${what} holds characters that none has.`,
      "Copy it again with Greenhouse's copy button, and nothing around it.",
    );
  }
  return clean;
}

const malformed = (message: string, cure: string) => new ApiError("credential_malformed", message, cure);

/** A user's number, or the address of the user's page in Greenhouse. @throws ApiError `admin_user_malformed` */
export function readAdminUser(given: string | null): string | null {
  const text = given?.trim() ?? "";
  if (text === "") return null;
  const id = /^\d+$/.test(text) ? text : idInAddress(text);
  if (id !== null && /^[1-9]\d{0,18}$/.test(id)) return id;
  throw new ApiError(
    "admin_user_malformed",
    `"${text.length > 60 ? `${text.slice(0, 60)}…` : text}" is not a user ID.`,
    "A number such as 4017730022, or paste the address of the user's page.",
  );
}

function idInAddress(text: string): string | null {
  const address = /^https?:\/\//i.test(text) ? text : `https://${text}`;
  if (!URL.canParse(address)) return null;
  const { hostname, pathname } = new URL(address);
  if (!hostname.endsWith(".greenhouse.io")) return null;
  // The address of anything else, such as a candidate's page, has a number as well.
  const parts = pathname.split("/");
  return parts.find((part, i) => /^\d+$/.test(part) && /^users?$/.test(parts[i - 1] ?? "")) ?? null;
}
