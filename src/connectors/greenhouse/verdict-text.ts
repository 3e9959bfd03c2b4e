/** The words of every cause that lies in what Greenhouse allows us (console.md §7). Nothing here asks or decides. */
import type { CredentialKind } from "../../model/connection.ts";
import { RECRUITING_STREAMS, STREAM_TEXT, type Stream } from "../../model/stream.ts";
import { grouped } from "../../model/text.ts";
import type { Ask } from "../../model/verdict.ts";
import type { KnownUser } from "../connector.ts";
import { askSentence, dateAndTime, type Finding, finding } from "./verdict-words.ts";

const CREDENTIAL = "Configure → Dev Center → API Credential Management → your credential";
const TRUSTED_ADDRESSES =
  "Does the credential have a list of trusted IP addresses? Then this server's address must be on it.";

/** What to tick: the scope on v3, the permission on v1 (api.md §2.1, §4). */
const NEEDED: Record<Stream, { scope: string; permission: string }> = {
  users: { scope: "harvest:users:list", permission: "Users: List Users" },
  user_emails: { scope: "harvest:user_emails:list", permission: "" },
  roles: { scope: "harvest:user_roles:list", permission: "User Roles: List User Roles" },
  departments: { scope: "harvest:departments:list", permission: "Departments: List Departments" },
  offices: { scope: "harvest:offices:list", permission: "Offices: List Offices" },
  jobs: { scope: "harvest:jobs:list", permission: "Jobs: List Jobs" },
  job_grants: { scope: "harvest:user_job_permissions:list", permission: "Users: List User Job Permissions" },
  future_job_grants: {
    scope: "harvest:future_job_permissions:list",
    permission: "Users: List User Job Permissions, the one for future jobs",
  },
  audit_log: { scope: "auditlog:events:list", permission: "Audit Log (it may read Auditlog v1)" },
  scorecards: { scope: "harvest:scorecards:list", permission: "" },
  interviews: { scope: "harvest:interviews:list", permission: "" },
  interview_replies: { scope: "harvest:interviewers:list", permission: "" },
  approvals: { scope: "harvest:approvers:list", permission: "" },
  rejections: { scope: "harvest:rejection_details:list", permission: "" },
};
/** Not published: the names follow the pattern of the others. */
const BY_PATTERN: ReadonlySet<Stream> = new Set(["jobs", ...RECRUITING_STREAMS]);

/** Only `invalid_client` says that it isn't known: a bare 401 may as well come of a list of trusted addresses. */
export function credentialWrong({ ask, said }: { ask: Ask; said: string | null }): Finding {
  const knows = said?.includes("invalid_client")
    ? "Greenhouse doesn't know this credential."
    : "Greenhouse refuses this credential, and doesn't say why.";
  return finding(
    "credential_wrong",
    ask,
    `${knows} ${askSentence(ask)}.`,
    `${CREDENTIAL}: is it of type Harvest V3 (OAuth), not Job Board or Ingestion, and not revoked? Copy the client ID again; is the secret lost, make a new credential. Then replace the credential here. ${TRUSTED_ADDRESSES}`,
  );
}

export function credentialMalformed(ask: Ask | null): Finding {
  return finding(
    "credential_malformed",
    ask,
    `This is not a whole client ID. It should end in a dash and a number.${ask ? ` ${askSentence(ask)}.` : ""}`,
    "Copy it again with Greenhouse's copy button, then replace the credential here.",
  );
}

export function credentialShared(ask: Ask, times: number): Finding {
  const often = times > 1 ? `, ${times} times in the last 24 hours` : "";
  return finding(
    "credential_shared",
    ask,
    `Greenhouse ended our session early${often}. ${askSentence(ask)}: "already refreshed or revoked". Most likely another program uses this credential.`,
    "Make a credential for Glasshouse alone (Configure → Dev Center → API Credential Management → Create new API credentials), then replace the credential here.",
    { times },
  );
}

export function credentialRetired(ask: Ask): Finding {
  return finding(
    "credential_retired",
    ask,
    `This v1 key no longer works, or v1 has ended (announced for 31 Aug 2026; the answer doesn't say which). ${askSentence(ask)}.`,
    `Make a Harvest v3 credential: Configure → Dev Center → API Credential Management → Create new API credentials, type Harvest V3 (OAuth). Then replace the credential here. History stays. ${TRUSTED_ADDRESSES}`,
  );
}

export function permissionMissing(
  stream: Stream,
  kind: CredentialKind,
  ask: Ask,
  usersAsk: Ask | null,
): Finding {
  const v3 = kind === "harvest_v3";
  const while_ = usersAsk ? `, while ${usersAsk.method} ${usersAsk.path} answered ${usersAsk.status}` : "";
  const name = STREAM_TEXT[stream].label.toLowerCase();
  return finding(
    "permission_missing",
    ask,
    `The credential may not read ${name}. ${askSentence(ask)}${while_}.`,
    v3
      ? `${CREDENTIAL}, Settings, Manage Scopes, tick ${NEEDED[stream].scope}${BY_PATTERN.has(stream) ? " (its name by pattern: tick the one that Greenhouse shows)" : ""}, Save. Then test again.`
      : `${CREDENTIAL}, Edit, Manage permissions, tick ${NEEDED[stream].permission}, Save. Then test again.`,
    v3 ? { scope: NEEDED[stream].scope } : { permission: NEEDED[stream].permission },
  );
}

/** An admin user that was seen to be an active Site Admin. */
export interface SeenAdmin {
  id: string;
  name: string | null;
  /** When our own users told so; null: Greenhouse does, asked just now. */
  readAt: number | null;
}

const wasAdmin = (readAt: number) => `an active Site Admin among the users read at ${dateAndTime(readAt)}`;

/** `adminUserId`: whether one is set at all. */
export function listsRefused(ask: Ask, adminUserId: string | null, admin: SeenAdmin | null): Finding {
  if (admin && admin.readAt === null) {
    return finding(
      "lists_refused",
      ask,
      `Greenhouse refuses every list. ${askSentence(ask)}. ${admin.name ?? `The admin user ${adminUserId}`} is an active Site Admin; so most likely no scope is ticked. The answer doesn't say.`,
      `${CREDENTIAL}, Settings, Manage Scopes: tick ${NEEDED.users.scope} and the others of the guide, Save. Then test again. ${TRUSTED_ADDRESSES}`,
    );
  }
  const subject = adminUserId === null ? "the credential's own integration user" : "the admin user";
  const standing = admin?.readAt
    ? `${admin.name ?? subject}, ${wasAdmin(admin.readAt)}, no longer is one`
    : `${subject} is not a Site Admin`;
  const other = adminUserId === null ? "Give a Site Admin as admin user." : "Try another admin user.";
  return finding(
    "lists_refused",
    ask,
    `Greenhouse refuses every list. ${askSentence(ask)}. Either no scope is ticked or ${standing}; the answer doesn't say which.`,
    `1. ${other} 2. ${CREDENTIAL}, Settings, Manage Scopes: tick the scopes of the guide, Save. 3. ${TRUSTED_ADDRESSES}`,
  );
}

export function usersEmpty(ask: Ask, kept: { count: number; at: number } | null): Finding {
  const stay = kept ? `; the ${grouped(kept.count)} users of ${dateAndTime(kept.at)} stay` : "";
  return finding(
    "users_empty",
    ask,
    `Greenhouse returned no users at all. ${askSentence(ask)}, with 0 rows. It may do so when the admin user is not a Site Admin. Nothing was changed${stay}.`,
    "Try another admin user: an active Site Admin.",
  );
}

export function adminUserMissing(ask: Ask): Finding {
  return finding(
    "admin_user_missing",
    ask,
    `The audit log needs an admin user, and none is chosen. ${askSentence(ask)}.`,
    "Choose a Site Admin: in Greenhouse, Configure → Users, open the person, copy the page's address. The number in it is the user ID.",
  );
}

/** Where an admin user was looked for: our own users as read, or Greenhouse just now. */
export type Looked = { count: number; at: number } | "now";

export function adminUserUnknown(ask: Ask, id: string, looked: Looked): Finding {
  const where =
    looked === "now"
      ? "Greenhouse itself, asked just now, lists none"
      : `Looked for among ${grouped(looked.count)} users read at ${dateAndTime(looked.at)}`;
  return finding(
    "admin_user_unknown",
    ask,
    `Nobody in this account has the ID ${id}. ${where}.`,
    "Choose a Site Admin of this account. A sandbox has other IDs.",
    { adminUserId: id },
  );
}

export function adminUserDeactivated(
  ask: Ask,
  user: Pick<KnownUser, "id" | "name" | "statusSince">,
): Finding {
  const seen = user.statusSince ? ` (seen ${new Date(user.statusSince).toISOString().slice(0, 10)})` : "";
  return finding(
    "admin_user_deactivated",
    ask,
    `${user.name ?? `The admin user ${user.id}`} is deactivated${seen}. ${askSentence(ask)}.`,
    "Choose another Site Admin, best an integration user, which doesn't leave.",
    { adminUserId: user.id, ...(user.name && { name: user.name }) },
  );
}

const LEVELS: Record<KnownUser["level"], string> = {
  site_admin: "Site Admin",
  job_admin: "Job Admin",
  basic: "Basic",
  unknown: "",
};

export function adminUserNotSiteAdmin(
  ask: Ask,
  user: Pick<KnownUser, "id" | "name" | "level">,
  looked: Looked,
): Finding {
  const name = user.name ?? `The admin user ${user.id}`;
  const is =
    LEVELS[user.level] && user.level !== "site_admin"
      ? `is ${LEVELS[user.level]}, not Site Admin`
      : "is not a Site Admin";
  const from =
    looked === "now"
      ? "Greenhouse, asked just now, says so"
      : `From the users read at ${dateAndTime(looked.at)}`;
  return finding(
    "admin_user_not_site_admin",
    ask,
    `${name} ${is}. ${from}. ${askSentence(ask)}.`,
    `Choose another, or in Greenhouse: Configure → Users → ${name}: level Site Admin.`,
    { adminUserId: user.id, ...(user.name && { name: user.name }) },
  );
}

export function adminUserRefused(ask: Ask, id: string, admin: SeenAdmin | null): Finding {
  const why = admin
    ? `${admin.name ?? "The user"} ${admin.readAt === null ? "is an active Site Admin" : `was ${wasAdmin(admin.readAt)}`}, so we can't see why`
    : "Without one we can't read the users to see why";
  return finding(
    "admin_user_refused",
    ask,
    `Greenhouse refuses the admin user ${id}. ${why}. ${askSentence(ask)}.`,
    "Check in Configure → Users, in this order: right number, Site Admin, not deactivated. Or choose another Site Admin.",
    { adminUserId: id },
  );
}

/** `admin`: what is known of the admin user; "none": none is set. */
export function auditLogRefused(
  ask: Ask,
  kind: CredentialKind,
  admin: "none" | "unseen" | SeenAdmin,
): Finding {
  const subject =
    typeof admin === "object"
      ? ` ${admin.name ?? `The admin user ${admin.id}`} ${admin.readAt === null ? "is an active Site Admin" : `was ${wasAdmin(admin.readAt)}`}.`
      : "";
  const first = admin === "none" ? "No admin user is chosen: first try with a Site Admin. " : "";
  const unseen =
    admin === "unseen" ? "Check that the admin user is an active Site Admin: we may not look it up. " : "";
  const [what, where] =
    kind === "harvest_v3"
      ? ["scope not ticked", "Settings, Manage Scopes: is Audit Log there?"]
      : ["permission not ticked", "Edit, Manage permissions: is Audit Log there (it may read Auditlog v1)?"];
  const quote = ask.requestId ? `, quoting request ID ${ask.requestId}` : "";
  return finding(
    "audit_log_refused",
    ask,
    `The audit log refuses us: ${what}, or no audit log in your account; the answer doesn't say which. ${askSentence(ask)}.${subject}`,
    `${first}${unseen}${CREDENTIAL}, ${where} Not ticked: tick it, save, test again. Not there: your account seems to have no audit log (Expert plan, add-on); ask your Greenhouse account manager, or switch usage off. Ticked: ask Greenhouse support${quote}.`,
    kind === "harvest_v3" ? { scope: NEEDED.audit_log.scope } : { permission: NEEDED.audit_log.permission },
  );
}

export function auditLogOff(ask: Ask): Finding {
  return finding(
    "audit_log_off",
    ask,
    `Your account has no audit log: Greenhouse's answer says so. ${askSentence(ask)}.`,
    "Ask your Greenhouse account manager (Expert plan, add-on). All else works without. Switching usage off ends this notice.",
  );
}
