/** Whether a target may be touched now: by what is stored, and by what Greenhouse has just shown. */
import type { Acting, Look } from "../../connectors/acting.ts";
import { type Aimed, hasChanged, losesSiteAdmin, type Refusal, refusalOf } from "../../model/action.ts";
import type { Connection } from "../../model/connection.ts";
import {
  aimedGrants,
  aimedUsers,
  otherSiteAdminIds,
  otherSiteAdmins,
} from "../../store/actions/action-subjects.ts";
import type { Target } from "../../store/actions/action-targets.ts";
import type { Action } from "../../store/actions/actions.ts";
import { lastListing } from "../../store/listings/listed.ts";
import type { Db } from "../../store/store.ts";

/** null: nothing speaks against it. `look`: null where a grant is to be removed. Throws ConnectorError. */
export async function judgeNow(
  db: Db,
  session: Pick<Acting, "look">,
  connection: Connection,
  { kind, serviceAccounts }: Pick<Action, "kind" | "serviceAccounts">,
  target: Target,
  look: Look | null,
): Promise<Refusal | null> {
  const now = await subjectOf(db, connection.id, target);
  const listing = await lastListing(db, connection.id, "users");
  const others = { besides: target.userId, since: listing?.startedAt ?? 0 };
  const refusal = refusalOf(kind, now, {
    adminUserId: connection.adminUserId,
    harvest: connection.credentialKind === "harvest_v3" ? "v3" : "v1",
    serviceAccounts,
    siteAdminsLeft: await otherSiteAdmins(db, connection.id, others),
  });
  if (refusal !== null) return refusal;
  if (hasChanged(kind, target, now)) return "changed";
  if (look === null) return null;
  if (look.so === true) return "already";
  if (look.user === null || isAnother(target, look.user)) return "changed";
  if (!losesSiteAdmin(kind, target)) return null;
  const ids = await otherSiteAdminIds(db, connection.id, others, MOST_ASKED);
  return (await isOneThere(session, ids)) ? null : "last_site_admin";
}

/** Of so many other Site Admins it is looked whether one is there. */
const MOST_ASKED = 50;
const ASKED_AT_ONCE = 10;

/** A listing may be hours old: is one of these Site Admins one still, in Greenhouse itself? */
async function isOneThere(session: Pick<Acting, "look">, userIds: readonly string[]): Promise<boolean> {
  for (let from = 0; from < userIds.length; from += ASKED_AT_ONCE) {
    const some = userIds.slice(from, from + ASKED_AT_ONCE);
    const looks = await session.look(some.map((userId) => ({ kind: "deactivate", userId })));
    if (looks.some(({ user }) => user?.siteAdmin && !user.deactivated)) return true;
  }
  return false;
}

async function subjectOf(db: Db, connection: number, { userId, grant }: Target): Promise<Aimed> {
  const [found] = grant
    ? await aimedGrants(db, connection, [grant])
    : await aimedUsers(db, connection, [userId]);
  return found!;
}

function isAnother({ user }: Aimed, shown: NonNullable<Look["user"]>): boolean {
  const same = (a: string | null, b: string | null) => (a ?? "").toLowerCase() === (b ?? "").toLowerCase();
  return (
    shown.deactivated !== (user.status === "deactivated") ||
    shown.siteAdmin !== user.siteAdmin ||
    !same(shown.email, user.email)
  );
}
