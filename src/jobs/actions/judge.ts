/** Whether a target may be touched now: by what is stored, and by what Greenhouse has just shown. */
import type { Look } from "../../connectors/acting.ts";
import { type Aimed, hasChanged, type Refusal, refusalOf } from "../../model/action.ts";
import type { Connection } from "../../model/connection.ts";
import { aimedGrants, aimedUsers, otherSiteAdmins } from "../../store/action-subjects.ts";
import type { Target } from "../../store/action-targets.ts";
import type { Action } from "../../store/actions.ts";
import { lastListing } from "../../store/listed.ts";
import type { Db } from "../../store/store.ts";

/** null: nothing speaks against it. `look`: null where a grant is to be removed. */
export async function judgeNow(
  db: Db,
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
  return look.user === null || isAnother(target, look.user) ? "changed" : null;
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
