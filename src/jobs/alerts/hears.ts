/** Of what a destination may hear: looked up anew for every message, so that whoever loses a right loses it at once. */
import type { Member } from "../../model/member.ts";
import type { Destination } from "../../store/alerts/destinations.ts";
import { listConnections } from "../../store/connections/connections.ts";
import { getMember } from "../../store/members/members.ts";
import type { Db, Tx } from "../../store/store.ts";

export interface Hears {
  /** null: the installation's. */
  owner: Member | null;
  connection(id: number): boolean;
}

export async function hears(db: Db | Tx, { ownerId, connections }: Destination): Promise<Hears> {
  const owner = ownerId === null ? null : await getMember(db, ownerId);
  const there = new Set((await listConnections(db)).map(({ id }) => id));
  // A member without a role can't sign in either.
  const nobody = ownerId !== null && !owner?.role;
  return {
    owner,
    connection: (id) =>
      !nobody &&
      there.has(id) &&
      (!owner?.connections || owner.connections.includes(id)) &&
      (connections === null || connections.includes(id)),
  };
}
