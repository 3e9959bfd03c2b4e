/** Words of Findings. */
import type { Row } from "../api/query.ts";

export type Finding = Row<"listFindings">;
export type Severity = Finding["severity"];
export type FindingState = Finding["state"];

const number = (n: number) => n.toLocaleString();

export const findingWords = {
  title: "Findings",
  one: "finding",
  many: "findings",
  columns: {
    severity: "Severity",
    text: "Finding",
    state: "State",
    owner: "Owner",
    rule: "Rule",
    first: "First seen",
    last: "Last seen",
    rows: "Rows",
    user: "Person",
  },
  severities: { high: "High", medium: "Medium", low: "Low" } satisfies Record<Severity, string>,
  states: {
    open: "Open",
    accepted: "Accepted",
    fixed: "Said to be fixed",
    seen_fixed: "Seen fixed",
    not_looked_for: "No longer looked for",
  } satisfies Record<FindingState, string>,
  filters: { severity: "Severity", state: "State", rule: "Rule", user: "Person" },
  acceptedUntil: (date: string) => `Accepted until ${date}`,
  nobody: "Nobody",
  empty: "No finding fits.",
  noneOpen: "Nothing is open.",
  judged: (rules: number, unknown: number) =>
    unknown === 0
      ? `All ${rules} rules that are on were judged.`
      : `${rules - unknown} of ${rules} rules that are on could be judged.`,
  notJudgedYet: "not judged yet: the next sync does it",
  notFound: "This finding is gone: its rule was switched off, or the connection is another one.",
  detail: {
    what: "What to do",
    evidence: "Evidence",
    more: (shown: number, rows: number) => `The first ${shown} of ${number(rows)}.`,
    all: "Show all rows",
    rule: "Rule",
    person: "Person",
    seen: "Seen",
    seenText: (first: string, last: string) => `first ${first}, last ${last}`,
    restsOn: "Rests on",
    state: "State",
    since: (state: string, since: string, by: string | null) =>
      `${state} since ${since}${by === null ? "" : `, by ${by}`}`,
    reason: "Reason",
    owner: "Owner",
    returned: "Came back",
    times: (n: number) => (n === 1 ? "once" : `${n} times`),
    fixedRun: (run: number) => `shown by sync run ${run}`,
  },
  rules: {
    title: "Rules of findings",
    open: "Rules",
    text: "Each is judged at the end of a sync run that can have changed what it finds.",
    legend: "Rules that are on",
    thresholds: "Thresholds",
    newSiteAdminDays: "Days for which a Site Admin is a new one",
    agencyGrants: "Job grants beyond which an agency's user has wide access",
    credentialDays: "Days after which a credential should be replaced",
    privateRoles: "Roles that see private things",
    privateRolesHint: "Their names, with commas between.",
    save: "Save",
    saved: "Saved. The next sync judges by it.",
    adminsOnly: "An admin changes rules.",
    judged: (ago: string) => `judged ${ago}`,
  },
  decide: {
    accept: "Accept",
    acceptText: "It stays as it is until a day. Then it opens again.",
    until: "Until",
    reason: "Reason",
    reasonHint: "For whoever reads it later: who decided it, and why.",
    needReason: "Give a reason.",
    needUntil: "Give a day that has not passed.",
    fixed: "Say it is fixed",
    open: "Open again",
    mine: "I look after it",
    notMine: "Nobody looks after it",
    cancel: "Cancel",
  },
};
