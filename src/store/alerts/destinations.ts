/** Where alerts go, and what each destination wants to hear. Addresses that are secrets are sealed, and read by who sends alone. */
import type { AlertTopic, Channel, Schedule, Topics } from "../../model/alerts/alert.ts";
import type { Schema } from "../schema.ts";
import { type Seal, SealBroken, type SealedFor } from "../secrets/seal.ts";
import type { Db, Tx } from "../store.ts";

export interface Destination {
  id: number;
  channel: Channel;
  name: string;
  /** A member's own; null: the installation's. */
  ownerId: number | null;
  /** Of a mail that isn't to its owner. */
  address: string | null;
  /** What may be shown of where it goes, but for its owner's address. */
  told: string;
  topics: Topics;
  /** null: all that its owner may see. */
  connections: number[] | null;
  schedule: Schedule;
  on: boolean;
  offReason: string | null;
  /** By topic: the last alert that it heard of, or that there was when it began to listen. Of the weekly report: a time. */
  heard: Record<AlertTopic, number>;
  /** Until when the secret before this one signs too. */
  oldSecretEndsAt: number | null;
  madeAt: number;
}

export type SecretField = "url" | "secret" | "old_secret";
export type DestinationChange = Partial<Omit<Destination, "id" | "channel" | "ownerId" | "madeAt">>;

export async function addDestination(tx: Tx, made: Omit<Destination, "id">): Promise<number> {
  const { destination } = await tx
    .insertInto("destination")
    .values({
      channel: made.channel,
      owner_member: made.ownerId,
      made_at: made.madeAt,
      ...(columnsOf(made) as Omit<
        Schema["destination"],
        "destination" | "channel" | "owner_member" | "made_at"
      >),
    })
    .returning("destination")
    .executeTakeFirstOrThrow();
  await setConnections(tx, destination, made.connections);
  return destination;
}

/**
 * Statements of either database, for one that was put back from a copy: what was told since, or is told by the one that it
 * was copied from, is not told again. A person says where this one speaks.
 */
export const silenced = (now: number): string[] => [
  `update delivery set state = 'dropped', ended_at = ${now}, owner = null, lease_until_at = null
    where state = 'waiting'`,
  `update destination set is_on = 0, off_reason = 'Put back from a copy: switch it on where this one is to speak.'
    where is_on = 1`,
];

/** One transaction at a time changes a destination, or makes a message of what it has not heard. null: it is gone. */
export async function lockDestination(tx: Tx, id: number): Promise<Destination | null> {
  await tx
    .updateTable("destination")
    .set((eb) => ({ hour: eb.ref("hour") }))
    .where("destination", "=", id)
    .execute();
  return getDestination(tx, id);
}

export async function changeDestination(tx: Tx, id: number, change: DestinationChange): Promise<void> {
  const columns = columnsOf(change);
  if (Object.keys(columns).length > 0) {
    await tx.updateTable("destination").set(columns).where("destination", "=", id).execute();
  }
  if (change.connections !== undefined) await setConnections(tx, id, change.connections);
}

function columnsOf(change: DestinationChange): Partial<Omit<Schema["destination"], "destination">> {
  const { name, address, told, topics, connections, schedule, on, offReason, heard, oldSecretEndsAt } =
    change;
  return {
    ...(name !== undefined && { name }),
    ...(address !== undefined && { address }),
    ...(told !== undefined && { told }),
    ...(topics !== undefined && { topics_json: JSON.stringify(topics) }),
    ...(connections !== undefined && { limited: connections === null ? 0 : 1 }),
    ...(schedule !== undefined && {
      zone: schedule.zone,
      hour: schedule.hour,
      quiet_from: schedule.quiet?.from ?? null,
      quiet_to: schedule.quiet?.to ?? null,
    }),
    ...(on !== undefined && { is_on: on ? 1 : 0 }),
    ...(offReason !== undefined && { off_reason: offReason }),
    ...(heard !== undefined && { heard_json: JSON.stringify(heard) }),
    ...(oldSecretEndsAt !== undefined && { old_secret_ends_at: oldSecretEndsAt }),
  };
}

async function setConnections(tx: Tx, destination: number, connections: number[] | null): Promise<void> {
  await tx.deleteFrom("destination_connection").where("destination", "=", destination).execute();
  if (connections === null || connections.length === 0) return;
  await tx
    .insertInto("destination_connection")
    .values([...new Set(connections)].map((connection) => ({ destination, connection })))
    .execute();
}

export async function getDestination(db: Db | Tx, id: number): Promise<Destination | null> {
  return (await destinationsWhere(db, { id }))[0] ?? null;
}

/** By name. @param owner only this member's own; left out: all */
export async function listDestinations(db: Db | Tx, owner?: number): Promise<Destination[]> {
  return destinationsWhere(db, owner === undefined ? {} : { owner });
}

async function destinationsWhere(
  db: Db | Tx,
  { id, owner }: { id?: number; owner?: number },
): Promise<Destination[]> {
  let query = db.selectFrom("destination").selectAll().orderBy("name").orderBy("destination");
  if (id !== undefined) query = query.where("destination", "=", id);
  if (owner !== undefined) query = query.where("owner_member", "=", owner);
  const rows = await query.execute();
  if (rows.length === 0) return [];
  let only = db.selectFrom("destination_connection").selectAll().orderBy("connection");
  if (id !== undefined) only = only.where("destination", "=", id);
  const limits = Map.groupBy(await only.execute(), ({ destination }) => destination);
  return rows.map((row) => ({
    id: row.destination,
    channel: row.channel,
    name: row.name,
    ownerId: row.owner_member,
    address: row.address,
    told: row.told,
    topics: JSON.parse(row.topics_json) as Topics,
    connections: row.limited ? (limits.get(row.destination) ?? []).map(({ connection }) => connection) : null,
    schedule: {
      zone: row.zone,
      hour: row.hour,
      quiet:
        row.quiet_from === null || row.quiet_to === null ? null : { from: row.quiet_from, to: row.quiet_to },
    },
    on: row.is_on === 1,
    offReason: row.off_reason,
    heard: JSON.parse(row.heard_json) as Destination["heard"],
    oldSecretEndsAt: row.old_secret_ends_at,
    madeAt: row.made_at,
  }));
}

/** With the log of what was sent there. */
export async function removeDestination(tx: Tx, id: number): Promise<void> {
  await lockDestination(tx, id);
  const messages = tx.selectFrom("delivery").select("delivery").where("destination", "=", id);
  await tx.deleteFrom("delivery_connection").where("delivery", "in", messages).execute();
  for (const table of ["delivery", "destination_connection", "destination_secret", "destination"] as const) {
    await tx.deleteFrom(table).where("destination", "=", id).execute();
  }
}

/** A member's own go with the member. */
export async function removeDestinationsOf(tx: Tx, member: number): Promise<void> {
  const own = await tx
    .selectFrom("destination")
    .select("destination")
    .where("owner_member", "=", member)
    .execute();
  for (const { destination } of own) await removeDestination(tx, destination);
}

// --- what is secret of it

export const destinationSealedFor = (destination: number, field: string): SealedFor => ({
  connection: `destination ${destination}`,
  field,
});

export async function saveDestinationSecret(
  tx: Tx,
  seal: Seal,
  destination: number,
  field: SecretField,
  plain: string,
): Promise<void> {
  const { keyVersion, value } = seal.seal(plain, destinationSealedFor(destination, field));
  const values = { key_version: keyVersion, value };
  await tx
    .insertInto("destination_secret")
    .values({ destination, field, ...values })
    .onConflict((conflict) => conflict.columns(["destination", "field"]).doUpdateSet(values))
    .execute();
}

/** null: there is none, or it is sealed with a key that isn't here. */
export async function destinationSecret(
  db: Db | Tx,
  seal: Seal,
  destination: number,
  field: SecretField,
): Promise<string | null> {
  const row = await db
    .selectFrom("destination_secret")
    .select(["key_version", "value"])
    .where("destination", "=", destination)
    .where("field", "=", field)
    .executeTakeFirst();
  if (!row) return null;
  try {
    const sealed = { keyVersion: row.key_version, value: row.value };
    return Buffer.from(seal.open(sealed, destinationSealedFor(destination, field))).toString();
  } catch (error) {
    if (error instanceof SealBroken) return null;
    throw error;
  }
}
