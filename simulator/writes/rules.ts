import type { World } from "../http/world.ts";
import type { Write } from "./effects.ts";

/** Why a write is refused, with the status of it; null when it may be done. */
export interface Refusal {
  status: 403 | 422 | 500;
  why: string;
}

/** The refusals both versions know: of one person, of Site Admins, of whoever acts. */
export function refusalOf({ scenario: s, org }: World, { userId, by, kind }: Write): Refusal | null {
  const status = s["write.refusals"][String(userId)];
  if (status !== undefined) return { status, why: `User ${userId} can't be changed.` };
  const level = kind === "deactivate" || kind === "revoke";
  if (level && s["write.siteAdminTarget"] === "refuse" && org.userById.get(userId)?.siteAdmin)
    return { status: 403, why: "A Site Admin can't be changed over the API." };
  if (level && s["write.self"] === "refuse" && userId === by)
    return { status: 422, why: "The acting user can't change themselves." };
  return null;
}
