import type { Origins } from "../../model/connection.ts";
import { destinationSealedFor } from "../alerts/destinations.ts";
import { lockInstallation } from "../engine/engine.ts";
import { totpSealedFor } from "../members/members.ts";
import { type KeySource, newKey, readKeys, writeKeyFile } from "../secrets/keys.ts";
import { KeyRing, type Seal, SealBroken, type SealedFor } from "../secrets/seal.ts";
import { fingerprintOf, getCredential } from "../secrets/secrets.ts";
import { noteKeyVersion } from "../secrets/shared-key.ts";
import type { Db, Store, Tx } from "../store.ts";

export interface Rotation {
  /** Values sealed anew. */
  sealed: number;
  /** Left as they are: sealed with a key that isn't here. */
  unreadable: number;
}

/**
 * Seals everything anew: with a fresh key where the keys are in the data directory, with the first key of the
 * environment where they are there. The new key is on the disk before anything depends on it, and the old one stays
 * until everything has been sealed anew: an interruption leaves everything readable, and the next call ends the work.
 *
 * @param live the ring that the running process holds; it seals with the new key from then on
 */
export async function rotateKey(
  store: Store,
  dataDir: string,
  env: KeySource,
  live?: KeyRing,
): Promise<Rotation> {
  const { keys, from, pending } = readKeys(dataDir, env);
  const ring = live ?? new KeyRing(keys);
  const next = from === "environment" ? keys[0]! : (pending ?? newKey());
  if (from === "file" && !pending) writeKeyFile(dataDir, keys[0]!, next);
  ring.sealWith(next);
  const rotation = await store.write((tx) => sealAnew(tx, ring));
  if (from === "file") writeKeyFile(dataDir, next, null);
  return rotation;
}

/** After a rotation that was cut, or a new key in the environment: rotateKey has something to end. */
export async function rotationUnfinished(
  db: Db,
  seal: Seal,
  dataDir: string,
  env: KeySource,
): Promise<boolean> {
  if (readKeys(dataDir, env).pending) return true;
  const rows = await db.selectFrom("secret").select("key_version").distinct().execute();
  const members = await db
    .selectFrom("member")
    .select("totp_key_version as key_version")
    .where("totp_key_version", "is not", null)
    .distinct()
    .$narrowType<{ key_version: number }>()
    .execute();
  const destinations = await db.selectFrom("destination_secret").select("key_version").distinct().execute();
  return [...rows, ...members, ...destinations].some(
    (row) => row.key_version !== seal.keyVersion && seal.knows(row.key_version),
  );
}

async function sealAnew(tx: Tx, ring: KeyRing): Promise<Rotation> {
  await lockInstallation(tx, "key");
  await noteKeyVersion(tx, ring.keyVersion);
  const rotation: Rotation = { sealed: 0, unreadable: 0 };
  const again = (row: { key_version: number; value: Uint8Array }, about: SealedFor, now = about) => {
    try {
      const { keyVersion, value } = ring.seal(
        ring.open({ keyVersion: row.key_version, value: row.value }, about),
        now,
      );
      rotation.sealed++;
      return { key_version: keyVersion, value };
    } catch (error) {
      if (!(error instanceof SealBroken)) throw error;
      rotation.unreadable++;
      return null;
    }
  };
  for (const row of await tx.selectFrom("secret").selectAll().execute()) {
    const values = again(row, row);
    if (!values) continue;
    await tx
      .updateTable("secret")
      .set(values)
      .where("connection", "=", row.connection)
      .where("field", "=", row.field)
      .execute();
  }
  for (const row of await tx.selectFrom("member").selectAll().where("totp_value", "is not", null).execute()) {
    const sealed = { key_version: row.totp_key_version!, value: row.totp_value! };
    const values = again(sealed, totpSealedFor(row.member));
    if (!values) continue;
    await tx
      .updateTable("member")
      .set({ totp_key_version: values.key_version, totp_value: values.value })
      .where("member", "=", row.member)
      .execute();
  }
  for (const row of await tx.selectFrom("destination_secret").selectAll().execute()) {
    const { destination, field } = row;
    const values = again(row, destinationSealedFor(destination, field));
    if (!values) continue;
    await tx
      .updateTable("destination_secret")
      .set(values)
      .where("destination", "=", destination)
      .where("field", "=", field)
      .execute();
  }
  const renamed = await newFingerprints(tx, ring);
  for (const row of await tx.selectFrom("token").selectAll().execute()) {
    // The credential's, and what the token is for.
    const [of, ...rest] = row.fingerprint.split(":");
    const fingerprint = [renamed.get(of!) ?? of, ...rest].join(":");
    const before = { connection: row.fingerprint, field: "token" };
    const values = again(row, before, { ...before, connection: fingerprint });
    if (!values) continue;
    await tx
      .updateTable("token")
      .set({ fingerprint, ...values })
      .where("fingerprint", "=", row.fingerprint)
      .execute();
  }
  return rotation;
}

/** Fingerprints are keyed hashes: a new key gives new ones. */
async function newFingerprints(tx: Tx, ring: KeyRing): Promise<Map<string, string>> {
  const renamed = new Map<string, string>();
  const rows = await tx
    .selectFrom("connection")
    .select(["connection", "fingerprint", "origins_json"])
    .execute();
  for (const row of rows) {
    const credential = await getCredential(tx, ring, row.connection);
    if (!credential) continue;
    const fingerprint = fingerprintOf(ring, JSON.parse(row.origins_json) as Origins, credential);
    if (fingerprint === row.fingerprint) continue;
    renamed.set(row.fingerprint, fingerprint);
    await tx
      .updateTable("connection")
      .set({ fingerprint })
      .where("connection", "=", row.connection)
      .execute();
    await tx.updateTable("traffic").set({ fingerprint }).where("fingerprint", "=", row.fingerprint).execute();
  }
  return renamed;
}
