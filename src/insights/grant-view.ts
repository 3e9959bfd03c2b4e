import type { GrantKind, GrantRow, JobFacts } from "../store/users/grants.ts";
import { holdersUse } from "./holder-use.ts";
import { iso, isoOrNull, type Question } from "./question.ts";
import type { GrantView, HolderUse, JobRef } from "./types.ts";

export async function grantViews(
  asked: Question,
  grants: readonly { kind: GrantKind; row: GrantRow }[],
): Promise<GrantView[]> {
  const uses = await holdersUse(
    asked,
    grants.map(({ row: { user, lastUsedAt, lastUsedBy } }) => ({ ...user, lastUsedAt, lastUsedBy })),
  );
  return grants.map(({ kind, row }, i) => grantView(kind, row, uses[i]!));
}

function grantView(kind: GrantKind, row: GrantRow, usage: HolderUse): GrantView {
  const { createdAt: _, firstSeenAt: __, ...user } = row.user;
  return {
    kind,
    id: row.id,
    // A grant may name a user whom no listing had (yet): nothing is known of them.
    user: { ...user, status: user.status ?? "missing", level: user.level ?? "unknown", usage },
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
