/** What an action would do, to each of whom it is aimed at. Kept, so that what is applied is what was shown. */
import {
  type ActionKind,
  type Aimed,
  type Circumstances,
  type GrantFacts,
  losesSiteAdmin,
  PREVIEW_MS,
  refusalOf,
  UNDOES,
} from "../../model/action.ts";
import type { Connection } from "../../model/connection.ts";
import { aimedGrants, aimedUsers, otherSiteAdmins } from "../../store/actions/action-subjects.ts";
import { listTargets, type NewTarget } from "../../store/actions/action-targets.ts";
import { type ActionPerson, addPreview, forgetPreviews, getAction } from "../../store/actions/actions.ts";
import type { Listing } from "../../store/listings/listed.ts";
import type { Db } from "../../store/store.ts";
import type { SyncDeps } from "../../sync/context.ts";
import { dutiesOf } from "./duties.ts";
import { freshListing, refuseUnable } from "./fit.ts";
import { ActionRefused } from "./refused.ts";

/** What a person asks for. Exactly one of users, grants and `undo` (an action) says whom it is about. */
export interface Wanted {
  kind: ActionKind;
  users?: readonly string[];
  grants?: readonly Pick<GrantFacts, "kind" | "id">[];
  undo?: number;
  serviceAccounts: boolean;
}

/** More would make a preview that nobody reads. */
export const MOST_TARGETS = 50_000;

/** @returns the id of the kept preview @throws ActionRefused */
export async function previewAction(
  deps: SyncDeps,
  connection: Connection,
  wanted: Wanted,
  madeBy: ActionPerson,
  signal: AbortSignal,
): Promise<number> {
  const { store } = deps;
  const { kind } = wanted;
  refuseUnable(connection);
  const listing = await freshListing(store.read, connection, "users", deps.now());
  const targets = await aim(store.read, connection, wanted);
  if (targets.length === 0)
    throw new ActionRefused("not_possible", "Nobody is chosen.", "Choose people or grants first.");
  if (targets.length > MOST_TARGETS)
    throw new ActionRefused(
      "not_possible",
      `An action is about ${MOST_TARGETS} people or grants at most.`,
      "Choose fewer.",
    );
  for (const grants of new Set(targets.flatMap(({ grant }) => grant?.kind ?? []))) {
    await freshListing(store.read, connection, `${grants}_grants`, deps.now());
  }
  const circumstances = await given(store.read, connection, wanted, listing, targets);
  const judged = targets.map((aimed) => ({ ...aimed, refusal: refusalOf(kind, aimed, circumstances) }));
  const meant = judged.filter(({ refusal }) => refusal === null).map(({ userId }) => userId);
  const leaves = kind === "deactivate" || kind === "revoke_to_basic";
  const told = leaves ? await dutiesOf(deps, connection, meant, signal) : null;
  const news: NewTarget[] = judged.map((each) => ({ ...each, duties: told?.of(each.userId) ?? null }));
  const now = deps.now();
  return store.write(async (tx) => {
    await forgetPreviews(tx, connection.id, now);
    const facts = {
      connection: connection.id,
      kind,
      actingUserId: connection.adminUserId,
      serviceAccounts: wanted.serviceAccounts,
      undoes: wanted.undo ?? null,
      needsApproval: connection.settings.secondApproval,
      notTold: told?.notTold ?? [],
      madeBy,
      madeAt: now,
      endsAt: now + PREVIEW_MS,
    };
    return addPreview(tx, facts, news);
  });
}

async function aim(db: Db, connection: Connection, wanted: Wanted): Promise<Aimed[]> {
  if (wanted.kind === "remove_grants") {
    const grants = await aimedGrants(db, connection.id, wanted.grants ?? []);
    const strange = grants.find(({ userId }) => userId === "0");
    if (!strange) return grants;
    throw new ActionRefused(
      "grant_not_found",
      `${connection.name} has never seen a grant ${strange.grant?.id}.`,
    );
  }
  const ids =
    wanted.undo === undefined
      ? (wanted.users ?? [])
      : await undoable(db, connection, wanted.kind, wanted.undo);
  const users = await aimedUsers(db, connection.id, [...new Set(ids)]);
  const strange = users.find(({ user }) => user.status === null);
  if (!strange) return users;
  throw new ActionRefused("user_not_found", `${connection.name} has never seen a user ${strange.userId}.`);
}

/** Those whom an action has changed, and who can be changed back. */
async function undoable(db: Db, connection: Connection, kind: ActionKind, id: number): Promise<string[]> {
  const action = await getAction(db, connection.id, id);
  if (!action || UNDOES[action.kind] !== kind) {
    throw new ActionRefused(
      "not_possible",
      `Action ${id} can't be undone: Greenhouse keeps nothing of what it took away.`,
    );
  }
  const targets = await listTargets(db, connection.id, id, {
    after: 0,
    limit: MOST_TARGETS,
    states: ["seen", "unknown"],
  });
  return targets.map(({ userId }) => userId);
}

/** How many Site Admins would be left is judged for the whole action: who of several is the last has no answer. */
async function given(
  db: Db,
  connection: Connection,
  { kind, serviceAccounts }: Wanted,
  listing: Listing,
  targets: readonly Aimed[],
): Promise<Circumstances> {
  const { adminUserId } = connection;
  const harvest = connection.credentialKind === "harvest_v3" ? "v3" : "v1";
  const all = await otherSiteAdmins(db, connection.id, { besides: null, since: listing.startedAt });
  const lost = targets.filter((each) => losesSiteAdmin(kind, each) && each.userId !== adminUserId);
  return { adminUserId, harvest, serviceAccounts, siteAdminsLeft: all - lost.length };
}
