import { randomBytes } from "node:crypto";
import { sql } from "kysely";
import type { Connection, Credential, CredentialKind, Origins } from "../../model/connection.ts";
import type { Db, Tx } from "../store.ts";
import { type Seal, SealBroken } from "./seal.ts";

const EVENT_KEY_BYTES = 32;

/**
 * `present`: it can be used. `destroyed`: the connection was frozen. `locked`: sealed with a key that this installation
 * doesn't have (a restore without its key): the data stays, the credential has to be entered anew.
 */
export type CredentialState = "present" | "destroyed" | "locked";

/** Which account a credential opens: two connections can't share one. Changes with the installation's key. */
export function fingerprintOf(seal: Seal, origins: Origins, credential: Credential): string {
  const { kind, clientId, secret } = credential;
  return seal.mac(
    JSON.stringify(kind === "harvest_v3" ? [kind, origins.auth, clientId] : [kind, origins.harvest, secret]),
  );
}

export async function saveCredential(
  tx: Tx,
  seal: Seal,
  connection: number,
  credential: Credential,
): Promise<void> {
  const { clientId, secret } = credential;
  await put(tx, seal, connection, "credential", JSON.stringify({ clientId, secret }));
}

/** null: destroyed, or sealed with a key that isn't here; credentialState tells which. */
export async function getCredential(db: Db | Tx, seal: Seal, connection: number): Promise<Credential | null> {
  const row = await db
    .selectFrom("secret")
    .innerJoin("connection", "connection.connection", "secret.connection")
    .select(["key_version", "value", "credential_kind"])
    .where("secret.connection", "=", connection)
    .where("field", "=", "credential")
    .executeTakeFirst();
  if (!row) return null;
  try {
    const plain = seal.open(
      { keyVersion: row.key_version, value: row.value },
      { connection, field: "credential" },
    );
    const { clientId, secret } = JSON.parse(Buffer.from(plain).toString()) as Omit<Credential, "kind">;
    return { kind: row.credential_kind as CredentialKind, clientId, secret };
  } catch (error) {
    if (error instanceof SealBroken) return null;
    throw error;
  }
}

export async function credentialState(
  db: Db | Tx,
  seal: Seal,
  connection: Connection["id"],
): Promise<CredentialState> {
  if (await getCredential(db, seal, connection)) return "present";
  const row = await db
    .selectFrom("secret")
    .select("field")
    .where("connection", "=", connection)
    .where("field", "=", "credential")
    .executeTakeFirst();
  return row ? "locked" : "destroyed";
}

/** Keys the hash of this connection's events. @throws SealBroken */
export async function eventKey(db: Db | Tx, seal: Seal, connection: number): Promise<Uint8Array> {
  const about = { connection, field: "event_key" };
  const row = await db
    .selectFrom("secret")
    .select(["key_version", "value"])
    .where("connection", "=", connection)
    .where("field", "=", about.field)
    .executeTakeFirst();
  if (!row) throw new SealBroken(about, "there is none");
  return new Uint8Array(seal.open({ keyVersion: row.key_version, value: row.value }, about));
}

/** Keeps the event key that can be opened: a new one would take known events for new. */
export async function ensureEventKey(tx: Tx, seal: Seal, connection: number): Promise<void> {
  try {
    await eventKey(tx, seal, connection);
  } catch (error) {
    if (!(error instanceof SealBroken)) throw error;
    await put(tx, seal, connection, "event_key", randomBytes(EVENT_KEY_BYTES));
  }
}

export async function destroyCredential(tx: Tx, connection: number): Promise<void> {
  await tx
    .deleteFrom("secret")
    .where("connection", "=", connection)
    .where("field", "=", "credential")
    .execute();
}

/** What was learnt with a credential: its tokens, whatever they are for, and its rate limits. */
export async function forgetFingerprint(tx: Tx, fingerprint: string): Promise<void> {
  const itsOwn = `${fingerprint}:`;
  await sql`delete from token where fingerprint = ${fingerprint}
    or substr(fingerprint, 1, ${itsOwn.length}) = ${itsOwn}`.execute(tx);
  await tx.deleteFrom("traffic").where("fingerprint", "=", fingerprint).execute();
}

async function put(
  tx: Tx,
  seal: Seal,
  connection: number,
  field: string,
  plain: string | Uint8Array,
): Promise<void> {
  const { keyVersion, value } = seal.seal(plain, { connection, field });
  await tx
    .insertInto("secret")
    .values({ connection, field, key_version: keyVersion, value })
    .onConflict((conflict) =>
      conflict.columns(["connection", "field"]).doUpdateSet({ key_version: keyVersion, value }),
    )
    .execute();
}
