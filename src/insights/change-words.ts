/** A change in words: what it was about, and of each field what it was and is. */
import type { Level } from "../model/records.ts";
import { STREAM_TEXT } from "../model/stream.ts";
import { FIELD_WORD, LEVEL_WORD, MADE_WORD } from "../model/words.ts";
import type { ChangeRow } from "../store/ledger/changes.ts";

export type Facts = Record<string, unknown>;

/** What things are called today: a name, or the kind of thing and its id. null: no id was given. */
export type NameOf = (
  kind: "role" | "job" | "department" | "office" | "agency",
  id: unknown,
) => string | null;

/** `grant added: Standard on Data Analyst`, `user changed: job title Recruiter → Lead`. */
export function changeWords(row: ChangeRow, nameOf: NameOf): string {
  const { kind, stream, before, after } = row;
  if (kind === "baseline") return `${STREAM_TEXT[stream].label}: first complete listing`;
  if (kind === "level") return `level ${levelWord(before)} → ${levelWord(after)}`;
  const one = ONE[stream];
  if (kind === "changed") return changedWords(one, before ?? {}, after ?? {}, nameOf);
  if (stream === "users" && kind === "removed") return "user missing: no longer listed by Greenhouse";
  if (one === "grant") return `grant ${VERBS[kind]}: ${grantWords(row, { ...before, ...after }, nameOf)}`;
  const name = (after ?? before)?.name ?? (after ?? before)?.email;
  return `${one} ${VERBS[kind]}${typeof name === "string" ? `: ${name}` : ""}`;
}

function grantWords({ stream }: ChangeRow, facts: Facts, nameOf: NameOf): string {
  const role = nameOf("role", facts.roleId) ?? "no role told";
  if (stream === "job_grants") return `${role} on ${nameOf("job", facts.jobId) ?? "a job"}`;
  const department = nameOf("department", facts.departmentId) ?? "every department";
  return `${role} on every future job in ${department}, ${nameOf("office", facts.officeId) ?? "every office"}`;
}

const VERBS = {
  added: "added",
  removed: "removed",
  not_visible: "no longer visible to us",
  returned: "back",
} as const;
const ONE: Record<ChangeRow["stream"], string> = {
  users: "user",
  user_emails: "e-mail address",
  roles: "role",
  departments: "department",
  offices: "office",
  jobs: "job",
  job_grants: "grant",
  future_job_grants: "grant",
};
const levelWord = (facts: Facts | null) => LEVEL_WORD[facts?.level as Level] ?? LEVEL_WORD.unknown;

/** What happened to somebody is said as such; the rest as what it was and is. */
const DEEDS: Record<string, [yes: string, no: string]> = {
  deactivated: ["deactivated", "activated again"],
  siteAdmin: ["made Site Admin", "no longer Site Admin"],
  serviceAccount: ["now a service account", "no longer a service account"],
  confidential: ["now confidential", "no longer confidential"],
  verified: ["confirmed", "no longer confirmed"],
};

function changedWords(one: string, before: Facts, after: Facts, nameOf: NameOf): string {
  // When Greenhouse last touched it is no difference in who has what.
  const fields = Object.keys(after).filter((field) => field !== "updatedAt");
  const isDeed = (field: string) => field in DEEDS && typeof after[field] === "boolean";
  const deeds = fields.filter(isDeed).map((field) => DEEDS[field]![after[field] ? 0 : 1]);
  const value = (field: string, facts: Facts) => valueWords(field, facts[field], nameOf);
  const others = fields
    .filter((field) => !isDeed(field))
    .map((field) => `${FIELD_WORD[field] ?? field} ${value(field, before)} → ${value(field, after)}`);
  if (deeds.length === 0 && others.length === 0) return `${one} updated in Greenhouse`;
  const done = deeds.length > 0 ? `${one} ${deeds.join(", ")}` : `${one} changed: `;
  return `${done}${deeds.length > 0 && others.length > 0 ? "; " : ""}${others.join(", ")}`;
}

function valueWords(field: string, value: unknown, nameOf: NameOf): string {
  if (Array.isArray(value)) {
    return value.length === 0 ? "None" : value.map((each) => valueWords(field, each, nameOf)).join(" + ");
  }
  if (value === null || value === undefined || value === "") return "Not given";
  if (field === "automated") return MADE_WORD[value === true ? "by_rule" : "by_hand"];
  if (field === "createdAt" && typeof value === "number") return new Date(value).toISOString().slice(0, 10);
  const kind = /^(role|job|department|office|agency)Ids?$/.exec(field)?.[1];
  return kind === undefined ? String(value) : (nameOf(kind as "role", value) ?? String(value));
}
