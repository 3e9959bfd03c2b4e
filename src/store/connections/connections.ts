import { type Selectable, sql } from "kysely";
import type { Asker } from "../../model/asked.ts";
import {
  type Connection,
  type ConnectionSettings,
  type Credential,
  type CredentialKind,
  DEFAULT_SETTINGS,
  type Origins,
  type PermissionType,
  type SettingsChange,
  withChange,
} from "../../model/connection.ts";
import { fenceOffActions } from "../actions/action-leases.ts";
import { lockConnection, lockInstallation } from "../engine/engine.ts";
import { createLanes, fenceOff } from "../lanes/lanes.ts";
import type { Schema } from "../schema.ts";
import type { Seal } from "../secrets/seal.ts";
import { destroyCredential, ensureEventKey, forgetFingerprint, saveCredential } from "../secrets/secrets.ts";
import type { Db, Tx } from "../store.ts";

export { credentialState, eventKey, fingerprintOf, getCredential } from "../secrets/secrets.ts";
export { connectionsBeingDeleted, deleteConnectionBatch, listDeletions } from "../upkeep/deletion.ts";

/** The name is another connection's. */
export class NameTaken extends Error {
  override name = "NameTaken";
  readonly other: string;

  constructor(other: string) {
    super(`There is a connection named ${other} already.`);
    this.other = other;
  }
}

/** The credential is another connection's: two would revoke each other's tokens and share one rate limit. */
export class FingerprintTaken extends Error {
  override name = "FingerprintTaken";
  readonly other: string;

  constructor(other: string) {
    super(
      `The connection ${other} uses this credential already. Use it, or make another credential in Greenhouse.`,
    );
    this.other = other;
  }
}

export interface NewConnection {
  name: string;
  credential: Credential;
  permissionType: PermissionType;
  adminUserId: string | null;
  origins: Origins;
  settings: ConnectionSettings;
  /** From fingerprintOf. */
  fingerprint: string;
  now: number;
  /** Who connects it; left out: nobody in particular. */
  by?: Asker | null | undefined;
}

/** Names that differ only in case or spacing are one name. */
function nameKey(name: string): string {
  return name.normalize("NFKC").trim().replace(/\s+/g, " ").toLowerCase();
}

/** What the trail says of a deleted connection is never taken for a new one's. */
const NEVER_USED = sql<number>`(select 1 + coalesce(max(used), 0) from (select max(connection) as used from connection
  union all select max(of_connection) from trail) as everywhere)`;

/** With its credential, event key and lanes, all due at once. @throws NameTaken, FingerprintTaken */
export async function createConnection(tx: Tx, seal: Seal, input: NewConnection): Promise<Connection> {
  await lockInstallation(tx, "connections");
  await refuseTaken(tx, null, { name: input.name, fingerprint: input.fingerprint });
  const { connection: id } = await tx
    .insertInto("connection")
    .values({
      connection: NEVER_USED,
      name: input.name.trim(),
      name_key: nameKey(input.name),
      vendor: "greenhouse",
      credential_kind: input.credential.kind,
      fingerprint: input.fingerprint,
      permission_type: input.permissionType,
      admin_user: input.adminUserId,
      origins_json: JSON.stringify(input.origins),
      settings_json: JSON.stringify(input.settings),
      paused: 0,
      viewer_version: 1,
      deleting: 0,
      credential_at: input.now,
      created_at: input.now,
    })
    .returning("connection")
    .executeTakeFirstOrThrow();
  await saveCredential(tx, seal, id, input.credential);
  await ensureEventKey(tx, seal, id);
  await createLanes(tx, id, input.now, input.by ?? null);
  return (await getConnection(tx, id))!;
}

/** By id, or by name in any case (a text of digits that is no name is an id). null: none, or being deleted. */
export async function getConnection(db: Db | Tx, idOrName: string | number): Promise<Connection | null> {
  const all = db.selectFrom("connection").selectAll().where("deleting", "=", 0);
  if (typeof idOrName === "string") {
    const named = await all.where("name_key", "=", nameKey(idOrName)).executeTakeFirst();
    if (named) return toConnection(named);
    if (!/^\d{1,9}$/.test(idOrName)) return null;
  }
  const row = await all.where("connection", "=", Number(idOrName)).executeTakeFirst();
  return row ? toConnection(row) : null;
}

/** By name. */
export async function listConnections(db: Db | Tx): Promise<Connection[]> {
  const rows = await db
    .selectFrom("connection")
    .selectAll()
    .where("deleting", "=", 0)
    .orderBy("name_key")
    .execute();
  return rows.map(toConnection);
}

/**
 * Another admin user sees other rows: it raises the viewer's version. Settings that aren't named stay as they are now.
 *
 * @returns the settings before and after
 * @throws NameTaken
 */
export async function updateConnection(
  tx: Tx,
  id: number,
  patch: Partial<Pick<Connection, "name" | "paused" | "permissionType" | "adminUserId">> & {
    settings?: SettingsChange | undefined;
  },
): Promise<{ before: ConnectionSettings; after: ConnectionSettings }> {
  await lockInstallation(tx, "connections");
  await lockConnection(tx, id);
  if (patch.name !== undefined) await refuseTaken(tx, id, { name: patch.name });
  const row = await tx
    .selectFrom("connection")
    .select(["admin_user", "settings_json"])
    .where("connection", "=", id)
    .executeTakeFirstOrThrow();
  const before = settingsOf(row.settings_json);
  const after = patch.settings === undefined ? before : withChange(before, patch.settings);
  const otherViewer = patch.adminUserId !== undefined && patch.adminUserId !== row.admin_user;
  const values = {
    ...(patch.name === undefined ? {} : { name: patch.name.trim(), name_key: nameKey(patch.name) }),
    ...(patch.settings === undefined ? {} : { settings_json: JSON.stringify(after) }),
    ...(patch.paused === undefined ? {} : { paused: patch.paused ? 1 : 0 }),
    ...(patch.permissionType === undefined ? {} : { permission_type: patch.permissionType }),
    ...(otherViewer ? { admin_user: patch.adminUserId } : {}),
  };
  if (Object.keys(values).length === 0) return { before, after };
  await tx
    .updateTable("connection")
    .set((eb) => ({ ...values, ...(otherViewer ? { viewer_version: eb("viewer_version", "+", 1) } : {}) }))
    .where("connection", "=", id)
    .execute();
  return { before, after };
}

/** Also thaws a frozen connection. What is under way with the old credential loses its lanes. @throws FingerprintTaken */
export async function replaceCredential(
  tx: Tx,
  seal: Seal,
  id: number,
  credential: Credential,
  fingerprint: string,
  adminUserId: string | null,
  now: number,
): Promise<void> {
  await lockInstallation(tx, "connections");
  await lockConnection(tx, id);
  await refuseTaken(tx, id, { fingerprint });
  const before = await tx
    .selectFrom("connection")
    .select("fingerprint")
    .where("connection", "=", id)
    .executeTakeFirstOrThrow();
  await forgetFingerprint(tx, before.fingerprint);
  await tx
    .updateTable("connection")
    .set((eb) => ({
      credential_kind: credential.kind,
      fingerprint,
      admin_user: adminUserId,
      frozen_at: null,
      credential_at: now,
      viewer_version: eb("viewer_version", "+", 1),
    }))
    .where("connection", "=", id)
    .execute();
  await saveCredential(tx, seal, id, credential);
  await ensureEventKey(tx, seal, id);
  await fenceOff(tx, id);
  await fenceOffActions(tx, id);
}

/** Disconnects and keeps the data: credential, tokens and what was learnt of limits are destroyed. */
export async function freezeConnection(tx: Tx, id: number, now: number): Promise<void> {
  await lockConnection(tx, id);
  const { fingerprint } = await tx
    .selectFrom("connection")
    .select("fingerprint")
    .where("connection", "=", id)
    .executeTakeFirstOrThrow();
  await destroyCredential(tx, id);
  await forgetFingerprint(tx, fingerprint);
  await tx
    .updateTable("connection")
    .set({ frozen_at: now, fingerprint: `frozen:${id}` })
    .where("connection", "=", id)
    .execute();
  await fenceOff(tx, id);
  await fenceOffActions(tx, id);
}

export async function setOrganization(tx: Tx, id: number, organizationId: string): Promise<void> {
  await tx
    .updateTable("connection")
    .set({ organization: organizationId })
    .where("connection", "=", id)
    .execute();
}

/** Greenhouse's clock minus ours, ms; written only when it has moved by more than a second. */
export async function updateClockSkew(tx: Tx, id: number, skewMs: number): Promise<void> {
  await tx
    .updateTable("connection")
    .set({ clock_skew_ms: skewMs })
    .where("connection", "=", id)
    .where((eb) => eb.or([eb("clock_skew_ms", "<", skewMs - 1000), eb("clock_skew_ms", ">", skewMs + 1000)]))
    .execute();
}

async function refuseTaken(
  tx: Tx,
  self: number | null,
  wanted: { name?: string; fingerprint?: string },
): Promise<void> {
  const others = tx
    .selectFrom("connection")
    .select("name")
    .where("connection", "<>", self ?? -1);
  if (wanted.name !== undefined) {
    const other = await others.where("name_key", "=", nameKey(wanted.name)).executeTakeFirst();
    if (other) throw new NameTaken(other.name);
  }
  if (wanted.fingerprint !== undefined) {
    const other = await others.where("fingerprint", "=", wanted.fingerprint).executeTakeFirst();
    if (other) throw new FingerprintTaken(other.name);
  }
}

function toConnection(row: Selectable<Schema["connection"]>): Connection {
  return {
    id: row.connection,
    name: row.name,
    vendor: "greenhouse",
    credentialKind: row.credential_kind as CredentialKind,
    fingerprint: row.fingerprint,
    permissionType: row.permission_type as PermissionType,
    adminUserId: row.admin_user,
    origins: JSON.parse(row.origins_json) as Origins,
    settings: settingsOf(row.settings_json),
    paused: row.paused === 1,
    frozenAt: row.frozen_at,
    viewerVersion: row.viewer_version,
    organizationId: row.organization,
    clockSkewMs: row.clock_skew_ms,
    createdAt: row.created_at,
  };
}

/** As they were saved, and what was not asked for then as it is by default. */
function settingsOf(json: string): ConnectionSettings {
  const saved = JSON.parse(json) as Partial<ConnectionSettings>;
  return {
    ...DEFAULT_SETTINGS,
    ...saved,
    everyMinutes: { ...DEFAULT_SETTINGS.everyMinutes, ...saved.everyMinutes },
    findings: { ...DEFAULT_SETTINGS.findings, ...saved.findings },
  };
}

/** Since when the connection has the credential that it has (ms). */
export async function credentialSince(db: Db, id: number): Promise<number> {
  const { credential_at, created_at } = await db
    .selectFrom("connection")
    .select(["credential_at", "created_at"])
    .where("connection", "=", id)
    .executeTakeFirstOrThrow();
  return credential_at ?? created_at;
}
