/** What is filled in while connecting, and what of it is still missing. */
import type { Call } from "../../api/client.ts";
import { NOTHING_SAVED, paste, connect as words } from "../../text/integrations.ts";
import { adminUserOf } from "../paste.ts";

export interface Draft {
  permission: "read" | "read_and_act";
  kind: "harvest_v3" | "harvest_v1";
  clientId: string;
  secret: string;
  /** As typed: a number or an address. */
  adminUser: string;
  usage: boolean;
  name: string;
}

export const EMPTY: Draft = {
  permission: "read",
  kind: "harvest_v3",
  clientId: "",
  secret: "",
  adminUser: "",
  usage: true,
  name: "",
};

export interface Missing {
  clientId?: string;
  secret?: string;
  adminUser?: string;
}

/** What keeps the test from starting. A credential that only looks odd may still be tried. */
export function missing({ kind, clientId, secret, adminUser }: Draft): Missing {
  const isTwice = clientId !== "" && clientId === secret;
  return {
    ...(kind === "harvest_v3" && clientId === "" ? { clientId: words.needClientId } : {}),
    ...(kind === "harvest_v3" && isTwice ? { clientId: paste.same } : {}),
    ...(secret === "" ? { secret: kind === "harvest_v3" ? words.needSecret : words.needKey } : {}),
    ...(adminUserOf(adminUser) === null ? { adminUser: words.adminWrong } : {}),
  };
}

export function bodyOf(draft: Draft, { usage = draft.usage } = {}): Call<"createConnection">["body"] {
  return {
    name: draft.name.trim(),
    credential: {
      kind: draft.kind,
      clientId: draft.kind === "harvest_v3" ? draft.clientId : null,
      secret: draft.secret,
    },
    permissionType: draft.permission,
    adminUser: adminUserOf(draft.adminUser) || null,
    usage,
    // The connection's zone decides the day: that of who connects it, until the settings say another.
    settings: { timeZone: Intl.DateTimeFormat().resolvedOptions().timeZone },
  };
}

/** Whether a part of a credential was filled in: Greenhouse shows its secret once. */
export const isTyped = ({ clientId, secret }: Draft): boolean => clientId !== "" || secret !== "";

/** The same without a name: to test before there is one. */
export function testBodyOf(draft: Draft): Call<"testDraft">["body"] {
  const { name: _, ...body } = bodyOf(draft);
  return body;
}

/** What a cure says to somebody who has nothing saved yet. */
export function cureWhileConnecting(cure: string): string {
  return NOTHING_SAVED.reduce((text, [said, instead]) => text.replaceAll(said, instead), cure);
}
