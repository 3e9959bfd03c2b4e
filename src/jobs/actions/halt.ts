/** What keeps an action that runs from sending anything more. */
import { LEFT_MS, type Refusal } from "../../model/action.ts";
import type { Connection } from "../../model/connection.ts";
import type { ActionClaim } from "../../store/actions/action-leases.ts";
import { type Action, freeSince, standingOf } from "../../store/actions/actions.ts";
import type { Db, Tx } from "../../store/store.ts";
import type { SyncDeps } from "../../sync/context.ts";
import { grownStale } from "./fit.ts";

/** Why what waits is refused; `rests`: it waits on, until its connection goes on. */
export type Halt = { refusal: Refusal; said: string | null } | "rests";

/** Keeps a request from leaving whose turn has come. */
export class Halted extends Error {
  override name = "Halted";
}

/** By what people have decided since; null: nothing. Asked again in the transaction that says of each that it leaves. */
export async function haltNow(db: Db | Tx, action: Action): Promise<Halt | null> {
  const standing = await standingOf(db, action.id);
  if (standing === null) return "rests";
  const { stoppedBy, permissionType, adminUserId, rests } = standing;
  if (stoppedBy !== null) return { refusal: "stopped", said: `By ${stoppedBy}.` };
  if (permissionType !== "read_and_act") return { refusal: "reads_only", said: null };
  if (adminUserId !== action.actingUserId) return { refusal: "acts_as_another", said: null };
  return rests ? "rests" : null;
}

/** By time as well. */
export async function haltOf(deps: SyncDeps, connection: Connection, action: Action): Promise<Halt | null> {
  const halt = await haltNow(deps.store.read, action);
  if (halt !== null) return halt;
  const stale = await grownStale(deps, connection, action);
  return stale === null ? null : { refusal: "listing_stale", said: stale };
}

/** Did it lie for so long that what is left of it isn't meant any more? Asked when somebody begins to work on it. */
export async function leftLying({ store, now }: SyncDeps, claim: ActionClaim): Promise<Halt | null> {
  const idle = now() - (await freeSince(store.read, claim));
  return idle > LEFT_MS ? { refusal: "left_lying", said: null } : null;
}
