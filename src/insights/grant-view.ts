import type { GrantKind, GrantRow, JobFacts } from "../store/grants.ts";
import { iso, isoOrNull } from "./question.ts";
import type { GrantView, JobRef } from "./types.ts";

export function grantView(kind: GrantKind, row: GrantRow): GrantView {
  const { user } = row;
  return {
    kind,
    id: row.id,
    // A grant may name a user whom no listing had (yet): nothing is known of them.
    user: { ...user, status: user.status ?? "missing", level: user.level ?? "unknown" },
    role: row.role,
    job: row.job,
    department: kind === "job" ? null : (row.department ?? "every"),
    office: kind === "job" ? null : (row.office ?? "every"),
    made: row.automated === null ? "not_told" : row.automated ? "by_rule" : "by_hand",
    since: isoOrNull(row.createdAt),
    seenSince: iso(row.firstSeenAt),
    lastUsed: isoOrNull(row.lastUsedAt),
    lastUsedBy: row.lastUsedBy,
  };
}

/** The job as a grant shows it, whether Greenhouse's list has it or not. */
export function jobRef(id: string, facts: JobFacts | null | undefined): JobRef {
  return {
    id,
    name: facts?.name ?? null,
    status: facts?.status ?? null,
    confidential: facts?.confidential ?? null,
  };
}
