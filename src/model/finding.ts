/**
 * Findings: what somebody should look at, with its evidence. Pure. A finding is known by its rule and its subject, so that
 * it stays the same one while its evidence changes. It ends only when what it rests on was read again without it:
 * a rule that can't be judged leaves its findings as they are. docs/findings.md has the rules.
 */

export const FINDING_RULES = [
  "left_but_active",
  "deactivated_with_grants",
  "use_by_deactivated",
  "dormant_site_admin",
  "new_site_admin",
  "missing_users",
  "shared_address",
  "agency_wide_access",
  "future_rule_for_everything",
  "private_grants",
  "grants_on_closed_jobs",
  "unused_licenses",
  "never_used_licenses",
  "key_or_webhook_changed",
  "maker_has_left",
  "credential_aging",
] as const;
export type FindingRule = (typeof FINDING_RULES)[number];

export const SEVERITIES = ["high", "medium", "low"] as const;
export type Severity = (typeof SEVERITIES)[number];

/**
 * `accepted`: until a date, with a reason. `fixed`: somebody says so. `seen_fixed`: a later reading shows it. `not_looked_for`: by
 * other thresholds its rule finds it no longer.
 */
export const FINDING_STATES = ["open", "accepted", "fixed", "seen_fixed", "not_looked_for"] as const;
export type FindingState = (typeof FINDING_STATES)[number];

/** It is over: nobody has to look at it. */
export const isOver = ({ state }: { state: FindingState }): boolean =>
  state === "seen_fixed" || state === "not_looked_for";

/** One row that a finding rests on. */
export interface Evidence {
  text: string;
  /** Of the user it is about. */
  userId: string | null;
  /** When it happened, or since when it is so; ms. null: not told. */
  at: number | null;
}

/** At most so many rows are kept as evidence; `rows` counts them all. */
export const EVIDENCE_KEPT = 20;

/** Where the rows stand that a finding counts: a list with its filter. */
export interface RowsAt {
  list: "users" | "grants" | "events" | "changes" | "employees";
  filter: Record<string, string>;
}

/** What a rule found. */
export interface Candidate {
  /** What it is about, within its rule: a user's id, a role's id, an address; empty: the whole account. */
  subject: string;
  userId: string | null;
  severity: Severity;
  /** One sentence. */
  text: string;
  rows: number;
  evidence: Evidence[];
  rowsAt: RowsAt | null;
}

/** What a rule rests on. `known: false`: it can't be judged now, and why. Nothing follows from that. */
export type Reading =
  | { known: false; reason: string }
  | {
      known: true;
      /** When it ended (ms), and its run. */
      seenAt: number;
      /** When it began: what was done later it may not show. */
      begunAt: number;
      run: number | null;
      /** What was read, in words: the listing, or the covered days. */
      coverage: string;
    };

/** A finding as it is kept. */
export interface Finding extends Candidate {
  rule: FindingRule;
  state: FindingState;
  firstSeenAt: number;
  lastSeenAt: number;
  coverage: string;
  /** Since when it is in this state. */
  stateAt: number;
  /** How often it came back after it was seen fixed. */
  returned: number;
  accepted: { until: number; reason: string } | null;
  /** Member; null: nobody. */
  ownerId: number | null;
  /** The run that showed it fixed. */
  fixedRun: number | null;
  /** Who accepted it, said that it is fixed, or opened it again: a member's name. null: nobody did. */
  by: string | null;
}

/** A reading, and what the rule found in it. */
export type Found = Extract<Reading, { known: true }> & {
  candidates: Candidate[];
  /** Subjects that were found before and aren't now, of which that says nothing: they stay as they are. */
  untold?: ReadonlySet<string>;
  /** Evidence that is newer than all there was ends an acceptance. */
  newsOpens?: boolean;
  /** It was looked for by other thresholds than the last time: whatever is gone is not seen fixed. */
  otherwise?: boolean;
};
type Kept = Omit<Finding, keyof Candidate | "rule" | "ownerId" | "coverage">;

/** `missing_users`, `dormant_site_admin:4017730022`: a finding's id is its rule and its subject. */
export function findingId({ rule, subject }: Pick<Finding, "rule" | "subject">): string {
  return subject === "" ? rule : `${rule}:${subject}`;
}

/** What becomes of the findings of one rule after it was judged. Those that stay as they are, are left out. */
export function reconcile(rule: FindingRule, kept: readonly Finding[], found: Found, now: number): Finding[] {
  const bySubject = new Map(kept.map((each) => [each.subject, each]));
  const present = found.candidates.map((candidate): Finding => {
    const before = bySubject.get(candidate.subject);
    bySubject.delete(candidate.subject);
    const seen = { rule, ownerId: before?.ownerId ?? null, coverage: found.coverage };
    return { ...candidate, ...seen, ...stillThere(before, candidate, found, now) };
  });
  const others = [...bySubject.values()].filter((each) => !isOver(each));
  const gone = others.map((each): Finding => {
    if (found.untold?.has(each.subject)) return lapsed(each, now);
    const over = { stateAt: found.seenAt, coverage: found.coverage };
    // What was accepted is accepted again where it is looked for again.
    if (found.otherwise) return { ...lapsed(each, now), ...over, state: "not_looked_for" };
    return { ...each, ...over, state: "seen_fixed", fixedRun: found.run, accepted: null };
  });
  return [...present, ...gone];
}

/** Accepted until a date that has passed, it is open again: whether it was judged since or not. */
export function lapsed(finding: Finding, now: number): Finding {
  const { state, accepted } = finding;
  if (state !== "accepted" || accepted === null || accepted.until > now) return finding;
  return { ...finding, state: "open", stateAt: accepted.until, accepted: null, by: null };
}

const newestOf = (evidence: readonly Evidence[]) => Math.max(0, ...evidence.map(({ at }) => at ?? 0));

function stillThere(
  kept: Finding | undefined,
  { evidence, severity }: Candidate,
  { seenAt, begunAt, newsOpens }: Found,
  now: number,
): Kept {
  const newest = newestOf(evidence);
  const fresh = { accepted: null, fixedRun: null, by: null };
  if (!kept) {
    // What it rests on may have ended before the newest of its evidence.
    const at = Math.max(seenAt, Math.min(newest, now));
    return { state: "open", firstSeenAt: at, lastSeenAt: at, stateAt: at, returned: 0, ...fresh };
  }
  const before = lapsed(kept, now);
  const { firstSeenAt, returned, state, stateAt, accepted, by } = before;
  const lastSeenAt = Math.max(before.lastSeenAt, seenAt);
  const same = { state, stateAt, firstSeenAt, lastSeenAt, returned, accepted, fixedRun: null, by };
  const opened = { ...fresh, state: "open", firstSeenAt, lastSeenAt, stateAt: seenAt } as const;
  // What was read before it was said to be fixed says nothing of it.
  if (state === "fixed" && begunAt <= stateAt) return same;
  if (state === "seen_fixed" || state === "fixed") return { ...opened, returned: returned + 1 };
  const isAccepted = accepted !== null && accepted.until > now;
  const isWorse = SEVERITIES.indexOf(severity) < SEVERITIES.indexOf(kept.severity);
  const isNews = isWorse || (newsOpens === true && newest > newestOf(kept.evidence));
  if (state === "accepted" && isNews) return { ...opened, returned };
  if (state !== "not_looked_for") return same;
  return isAccepted && !isNews ? { ...same, state: "accepted", stateAt: seenAt } : { ...opened, returned };
}

/** Thresholds and switches of one connection. */
export interface FindingSettings {
  /** Rules that are switched off. */
  off: FindingRule[];
  /** So long a Site Admin is a new one. */
  newSiteAdminDays: number;
  /** An agency's user with more job grants than this has wide access. */
  agencyGrants: number;
  /** Names of the roles that see private things. */
  privateRoles: string[];
  /** A credential older than this should be replaced. */
  credentialDays: number;
}

export function rulesOn({ off }: Pick<FindingSettings, "off">): FindingRule[] {
  return FINDING_RULES.filter((rule) => !off.includes(rule));
}

export const DEFAULT_FINDING_SETTINGS: FindingSettings = {
  off: [],
  newSiteAdminDays: 30,
  agencyGrants: 20,
  privateRoles: ["Private"],
  credentialDays: 365,
};

/** How each rule is called, what it means, and what to do. The words of the page, the command line and docs/findings.md. */
export const FINDING_TEXT: Record<FindingRule, { label: string; remedy: string }> = {
  left_but_active: {
    label: "Left but still active",
    remedy: "Deactivate the user. The finding ends when a sync sees it.",
  },
  deactivated_with_grants: {
    label: "Deactivated users holding grants",
    remedy:
      "Remove their grants: whoever reactivates one of them gives all of it back. In Greenhouse: Configure → Users → the person.",
  },
  use_by_deactivated: {
    label: "Use by a deactivated user",
    remedy:
      "Ask who acted. Was the person reactivated for a while? Is a session or an integration still alive under that name?",
  },
  dormant_site_admin: {
    label: "Dormant Site Admin",
    remedy:
      "Ask whether the person still needs to be a Site Admin. Lower the level in Greenhouse, or deactivate.",
  },
  new_site_admin: {
    label: "New Site Admin",
    remedy: "Was it meant? Then accept it, with a reason. Else lower the level in Greenhouse.",
  },
  missing_users: {
    label: "Users missing from the listing",
    remedy:
      "Greenhouse never deletes users. Look the person up in Greenhouse; it may be that the admin user no longer sees them.",
  },
  shared_address: {
    label: "Several users with one address or employee ID",
    remedy: "One person should have one user. Deactivate the one that is not used.",
  },
  agency_wide_access: {
    label: "Agency user with wide access",
    remedy: "Take away what the agency doesn't need: grants, or the level of a Site Admin.",
  },
  future_rule_for_everything: {
    label: "Rule for every future job",
    remedy: "Narrow the rule to a department or an office, or remove it.",
  },
  private_grants: {
    label: "Grants of a role that sees private things",
    remedy: "Look through who holds the role. Lower those who don't need it to Standard.",
  },
  grants_on_closed_jobs: {
    label: "Grants on closed jobs",
    remedy: "Nobody recruits for a closed job. Remove the grants that nobody needs for reports.",
  },
  unused_licenses: {
    label: "Unused licenses",
    remedy: "Ask these people, then deactivate those who don't need it.",
  },
  never_used_licenses: {
    label: "Licenses that were never used",
    remedy: "Was the invitation accepted? Deactivate those who don't need it.",
  },
  key_or_webhook_changed: {
    label: "API keys and webhooks made or changed",
    remedy: "Is it known, and who looks after it? Then accept it. Else revoke it in Configure → Dev Center.",
  },
  maker_has_left: {
    label: "API key or webhook of somebody who has left",
    remedy: "Give it an owner, or revoke it in Configure → Dev Center.",
  },
  credential_aging: {
    label: "Aging credential",
    remedy: "Make a new credential in Greenhouse, and replace this one. History stays.",
  },
};
