/** The words for what a user is and has, the same on pages, in tables and in exports. */

export const STATUS_WORD = { active: "Active", deactivated: "Deactivated", missing: "Missing" } as const;
export const LEVEL_WORD = {
  site_admin: "Site Admin",
  job_admin: "Job Admin",
  basic: "Basic",
  unknown: "Unknown",
} as const;
export const LICENSE_WORD = {
  in_use: "In use",
  unused: "Unused",
  never_used: "Never used",
  unknown: "Unknown",
  held_by_deactivated: "Held by a deactivated user",
} as const;
export const MADE_WORD = { by_rule: "by a rule", by_hand: "by hand", not_told: "not told" } as const;

export const named = ({ id, name }: { id: string; name: string | null }, what: string): string =>
  name ?? `${what} ${id}`;
