/** The guide beside the form: what to click in Greenhouse, in Greenhouse's own words and order. */
import type { Connection } from "./words.ts";

type CredentialKind = Connection["credentialKind"];

export interface Scope {
  name: string;
  gives: string;
  required?: true;
  usage?: true;
}

/** `text` between asterisks is a label in Greenhouse's own words. */
export interface GuideStep {
  text: string;
  note?: string;
}

export const SCOPES_V3: readonly Scope[] = [
  { name: "harvest:users:list", gives: "people and status", required: true },
  { name: "harvest:user_roles:list", gives: "role names" },
  { name: "harvest:user_job_permissions:list", gives: "who may see which job" },
  { name: "harvest:future_job_permissions:list", gives: "who will see future jobs" },
  { name: "harvest:user_emails:list", gives: "all addresses" },
  { name: "harvest:departments:list", gives: "departments" },
  { name: "harvest:offices:list", gives: "offices" },
  { name: "harvest:jobs:list", gives: "job names" },
  { name: "auditlog:events:list", gives: "usage", usage: true },
  { name: "harvest:scorecards:list", gives: "use without the audit log: who filed a scorecard, and when" },
  { name: "harvest:interviews:list", gives: "the same: who scheduled an interview" },
  { name: "harvest:interviewers:list", gives: "the same: who answered an invitation to interview" },
  { name: "harvest:approvers:list", gives: "the same: who resolved an approval" },
  { name: "harvest:rejection_details:list", gives: "the same: who rejected an application" },
];

export const SCOPES_V1: readonly Scope[] = [
  { name: "Users: List Users, Retrieve User", gives: "people and status", required: true },
  { name: "Users: List User Job Permissions", gives: "who may see which job" },
  { name: "Users: List User Future Job Permissions", gives: "who will see future jobs" },
  { name: "User Roles: List", gives: "role names" },
  { name: "Departments, Offices: List", gives: "departments and offices" },
  { name: "Jobs: List", gives: "job names" },
  { name: "Audit Log", gives: "usage; may read Auditlog v1", usage: true },
];

/** What an action needs: ticked only with *Read and act*, and only what is to be used. */
export const ACT_SCOPES_V3: readonly Scope[] = [
  { name: "harvest:users:deactivate", gives: "deactivate people" },
  { name: "harvest:users:activate", gives: "reactivate people" },
  { name: "harvest:users:revoke_permissions", gives: "revoke people to Basic; can't be undone" },
  { name: "harvest:user_job_permissions:destroy", gives: "remove grants on jobs; can't be undone" },
  { name: "harvest:future_job_permissions:destroy", gives: "remove grants on future jobs; can't be undone" },
  { name: "harvest:job_hiring_managers:list", gives: "before that, whose hiring manager somebody is" },
  { name: "harvest:job_owners:list", gives: "before that, whose recruiter or coordinator somebody is" },
];
export const ACT_SCOPES_V1: readonly Scope[] = [
  { name: "Users: Patch Enable/Disable User", gives: "deactivate and reactivate people" },
  { name: "Users: Patch User Permission Level", gives: "revoke people to Basic; can't be undone" },
  { name: "Users: Delete User Job Permission", gives: "remove grants on jobs; can't be undone" },
  {
    name: "Users: Delete User Future Job Permission",
    gives: "remove grants on future jobs; can't be undone",
  },
];

/** What the credential is called in Greenhouse: whoever finds it there reads what it may do. */
const nameIn = (acts: boolean) => (acts ? "Glasshouse, read and act" : "Glasshouse, read only");

const guideV3 = (acts: boolean): readonly GuideStep[] => [
  {
    text: "In Greenhouse click the gear (*Configure*), then *Dev Center*, *API Credential Management*.",
    note: "Not there? You need the permission *Can manage ALL organization's API Credentials*.",
  },
  {
    text: `*Create new API credentials*. API type *Harvest V3 (OAuth)*; partner *Custom*, if asked; description \`${nameIn(acts)}\`.`,
    note: "One credential for Glasshouse alone: a second program on it may end our sessions.",
  },
  {
    text: "*View and store credentials*. Copy client ID and client secret into the form. Then *I have stored the client credentials*.",
    note: "The secret is shown once.",
  },
  {
    text: "Open the credential, *Settings*, *Manage Scopes*. Tick only the scopes below, then *Save*.",
    note: "Audit Log not offered? Your account has no audit log; go on without. The names of jobs and of what follows the audit log are known from the pattern alone: where Greenhouse shows another, tick that. Of scorecards, interviews, approvals and rejections only who and when is read: no candidate, no rating, no text.",
  },
  { text: "Back here, test it." },
];

const GUIDE_V1: readonly GuideStep[] = [
  {
    text: "In Greenhouse click the gear (*Configure*), then *Dev Center*, *API Credential Management*, *Create New API Key*.",
    note: "Not there? You need the permission *Can manage ALL organization's API Credentials*.",
  },
  { text: "API type *Harvest*; partner *Custom* or *unlisted vendor*; *Manage Permissions*." },
  { text: "Copy the key into the form.", note: "It is shown once." },
  {
    text: "Tick only the permissions below, then *Update* or *Save*.",
    note: "Leave out what begins with Post, Patch, Put or Delete: reading needs none of it.",
  },
  {
    text: "For usage: the user ID of an active Site Admin.",
    note: "Use without the audit log, from scorecards and interviews, needs a Harvest v3 credential.",
  },
];

export const stepsOf = (kind: CredentialKind, acts: boolean): readonly GuideStep[] =>
  kind === "harvest_v3" ? guideV3(acts) : GUIDE_V1;

export const guide = {
  title: "In Greenhouse",
  scopesV3: "Scopes to tick",
  scopesV1: "Permissions to tick",
  required: "required",
  actScopes: "To act: tick what you want to use",
  copyList: "Copy list",
  copyNote: "Copy a note to your Site Admin",
  actsAs: "Acts as",
  actsAsV3:
    "Leave it empty first. If Greenhouse asks for a Site Admin: *Configure*, *Users*, open the person or an integration user, copy the page's address. The number in it is the user ID (also in *Export to Excel*, column *User ID*).",
  actsAsV1:
    "Only for usage: *Configure*, *Users*, open an active Site Admin, copy the page's address. The number in it is the user ID.",
  v1Band: "Announced to end on 31 Aug 2026. Use it only where it still answers.",
};

/** What a person without the permission sends to someone who has it. */
export function noteToAdmin(kind: CredentialKind, acts: boolean): string {
  const v3 = kind === "harvest_v3";
  const listed = (scopes: readonly Scope[]) => scopes.map(({ name, gives }) => `- ${name} (${gives})`);
  return [
    acts
      ? "Glasshouse reads who has access to our Greenhouse account, and changes what an admin confirms. It needs an API credential of its own:"
      : "Glasshouse reads who has access to our Greenhouse account. It needs an API credential of its own, read only:",
    ...stepsOf(kind, acts)
      .slice(0, 4)
      .map(({ text }, i) => `${i + 1}. ${text.replace(/[*`]/g, "")}`),
    "Tick only:",
    ...listed(v3 ? SCOPES_V3 : SCOPES_V1),
    ...(acts ? [`${guide.actScopes}:`, ...listed(v3 ? ACT_SCOPES_V3 : ACT_SCOPES_V1)] : []),
  ].join("\n");
}
