/** Why Greenhouse says no: credential, then admin user, then permission. Asks what splits them, claims no more. */
import type { Stream } from "../../model/stream.ts";
import type { Ask } from "../../model/verdict.ts";
import type { Known, KnownUser } from "../connector.ts";
import { ConnectorError } from "../errors.ts";
import { type Authorization, saysRevoked } from "./auth.ts";
import type { Caller } from "./call.ts";
import { type V1Stream, v1Path } from "./harvest-v1.ts";
import { V3_LISTS } from "./harvest-v3.ts";
import { isMint, isRefusal, type LookedUp, Questions } from "./questions.ts";
import { saysOff } from "./said.ts";
import * as text from "./verdict-text.ts";
import type { Finding } from "./verdict-words.ts";

export interface Context {
  caller: Caller;
  authorization: Authorization;
  known: Known;
}

/** The admin user as far as it could be seen: at fault (`finding`), in order (`user`), or not to be seen. */
type AdminSeen = { finding: Finding } | { user: text.SeenAdmin } | "unseen";

/** The finding for a refusal. Rejects with other ConnectorErrors that the questions ran into: those lie deeper. */
export async function refusal(context: Context, stream: Stream, error: ConnectorError): Promise<Finding> {
  if (saysRevoked(error))
    return text.credentialShared(error.ask, Math.max(1, (await context.authorization.endedEarly()).length));
  if (context.caller.options.credential.kind === "harvest_v1") {
    return stream === "audit_log" ? auditLog(context, error) : v1List(context, stream as V1Stream, error);
  }
  if (isMint(error.ask)) return mint(context, error);
  return stream === "audit_log" ? auditLog(context, error) : v3List(context, stream, error);
}

/** v3: no token. With an admin user, a token without one tells whose fault it is. */
async function mint(context: Context, error: ConnectorError): Promise<Finding> {
  const { adminUserId } = context.caller.options.connection;
  if (error.ask.status === 400 && /client.?id|suffix/i.test(error.said ?? ""))
    return text.credentialMalformed(error.ask);
  if (adminUserId === null) return text.credentialWrong(error);
  try {
    // A token from before proves nothing: it may be older than the credential's end.
    await context.authorization.newToken(null);
  } catch (without) {
    if (isRefusal(without)) return text.credentialWrong(without);
    throw without;
  }
  const seen = await adminUser(context, adminUserId, error.ask, null);
  if (seen !== "unseen" && "finding" in seen) return seen.finding;
  return text.adminUserRefused(error.ask, adminUserId, seen === "unseen" ? null : seen.user);
}

async function v3List(
  context: Context,
  stream: Exclude<Stream, "audit_log">,
  error: ConnectorError,
): Promise<Finding> {
  const questions = new Questions(context.caller, context.authorization);
  const { adminUserId } = context.caller.options.connection;
  let empty = error.fault === "empty";
  let evidence = error.ask;
  if (stream !== "users") {
    const users = await questions.glance(V3_LISTS.users.path);
    if (users.can === "rows") return text.permissionMissing(stream, "harvest_v3", error.ask, users.ask);
    if (isMint(users.ask)) return mint(context, new ConnectorError("credential", "refused", users.ask));
    evidence = users.ask;
    empty = users.can === "empty";
  } else if (!empty) {
    // Any other list with rows in it: then the admin user is in order, and only this scope is missing.
    for (const other of ["roles", "departments", "user_emails"] as const) {
      const glance = await questions.glance(V3_LISTS[other].path);
      if (glance.can === "rows") return text.permissionMissing("users", "harvest_v3", error.ask, glance.ask);
    }
  }
  if (adminUserId !== null) {
    const seen = await adminUser(context, adminUserId, evidence, null);
    if (seen !== "unseen" && "finding" in seen) return seen.finding;
    if (seen !== "unseen" && !empty) return text.listsRefused(evidence, adminUserId, seen.user);
  }
  return empty
    ? text.usersEmpty(evidence, kept(context.known))
    : text.listsRefused(evidence, adminUserId, null);
}

async function v1List(context: Context, stream: V1Stream, error: ConnectorError): Promise<Finding> {
  if (error.fault === "empty") return text.usersEmpty(error.ask, kept(context.known));
  const questions = new Questions(context.caller, context.authorization);
  const others: V1Stream[] = stream === "users" ? ["roles", "departments", "offices"] : ["users"];
  for (const other of others) {
    const glance = await questions.glance(v1Path(other));
    if (glance.can !== "refused") return text.permissionMissing(stream, "harvest_v1", error.ask, glance.ask);
  }
  return text.credentialRetired(error.ask);
}

const SAYS_SUBJECT =
  /on.behalf.of|\bsub(ject)?\b.{0,20}(required|missing|must)|user id (is )?(required|missing)/i;

async function auditLog(context: Context, error: ConnectorError): Promise<Finding> {
  const { credential, connection } = context.caller.options;
  const said = error.said ?? "";
  if (saysOff(error)) return text.auditLogOff(error.ask);
  const v3 = credential.kind === "harvest_v3";
  const questions = new Questions(context.caller, context.authorization);
  const users = await questions.glance(v3 ? V3_LISTS.users.path : v1Path("users"));
  if (users.can !== "rows") {
    const deeper = new ConnectorError("refused", "users can't be read either", users.ask, {
      fault: users.can === "empty" ? "empty" : null,
    });
    return refusal(context, "users", deeper);
  }
  if (connection.adminUserId === null) {
    if (!v3 || SAYS_SUBJECT.test(said)) return text.adminUserMissing(error.ask);
    return text.auditLogRefused(error.ask, credential.kind, "none");
  }
  const seen = await adminUser(context, connection.adminUserId, error.ask, connection.adminUserId);
  if (seen === "unseen") return text.auditLogRefused(error.ask, credential.kind, "unseen");
  return "finding" in seen ? seen.finding : text.auditLogRefused(error.ask, credential.kind, seen.user);
}

/** Is the admin user known, active, Site Admin? Greenhouse is asked as `subject`; where it won't say, our own users. */
async function adminUser(
  { caller, authorization, known }: Context,
  id: string,
  ask: Ask,
  subject: string | null,
): Promise<AdminSeen> {
  const { says } = await new Questions(caller, authorization).lookUp(id, subject);
  const stored = known.usersReadAt === null ? undefined : await known.user(id);
  if (says !== "unseen") return adminSeen(id, says, ask, stored?.level);
  if (stored === undefined) return "unseen";
  const looked = { count: known.userCount, at: known.usersReadAt! };
  if (stored === null) return { finding: text.adminUserUnknown(ask, id, looked) };
  if (stored.status === "deactivated") return { finding: text.adminUserDeactivated(ask, stored) };
  if (!stored.siteAdmin) return { finding: text.adminUserNotSiteAdmin(ask, stored, looked) };
  return { user: { ...stored, readAt: looked.at } };
}

/** What follows from Greenhouse's own words on the admin user. `ask` is the request that failed for its sake. */
export function adminSeen(
  id: string,
  says: Exclude<LookedUp["says"], "unseen">,
  ask: Ask,
  level: KnownUser["level"] = "unknown",
): Exclude<AdminSeen, "unseen"> {
  if (says === "nobody") return { finding: text.adminUserUnknown(ask, id, "now") };
  const { user } = says;
  if (user.deactivated) return { finding: text.adminUserDeactivated(ask, { statusSince: null, ...user }) };
  if (!user.siteAdmin) return { finding: text.adminUserNotSiteAdmin(ask, { ...user, level }, "now") };
  return { user: { ...user, readAt: null } };
}

function kept({ usersReadAt, userCount }: Known): { count: number; at: number } | null {
  return usersReadAt === null ? null : { count: userCount, at: usersReadAt };
}
