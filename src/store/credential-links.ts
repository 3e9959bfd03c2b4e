import type { Selectable } from "kysely";
import type { CredentialKind, PermissionType } from "../model/connection.ts";
import type { Schema } from "./schema.ts";
import type { Db, Tx } from "./store.ts";

/** What the admin has decided; who has the link decides nothing of it. */
export interface LinkDraft {
  name: string;
  credentialKind: CredentialKind;
  permissionType: PermissionType;
  usage: boolean;
  settings: Record<string, unknown>;
}

export interface CredentialLink {
  id: number;
  /** null: for a new connection. */
  connection: number | null;
  draft: LinkDraft;
  madeBy: string;
  createdAt: number;
  endsAt: number;
}

/** Links that are over go with each new one. */
export async function addCredentialLink(
  tx: Tx,
  link: Omit<CredentialLink, "id"> & { hash: Uint8Array },
): Promise<number> {
  await tx.deleteFrom("credential_link").where("ends_at", "<=", link.createdAt).execute();
  const row = await tx
    .insertInto("credential_link")
    .values({
      hash: link.hash,
      connection: link.connection,
      draft_json: JSON.stringify(link.draft),
      made_by: link.madeBy,
      created_at: link.createdAt,
      ends_at: link.endsAt,
    })
    .returning("credential_link")
    .executeTakeFirstOrThrow();
  return row.credential_link;
}

/** Those that can still be used. */
export async function listCredentialLinks(db: Db, now: number): Promise<CredentialLink[]> {
  const rows = await usable(db, now).orderBy("credential_link").execute();
  return rows.map(toLink);
}

export async function credentialLink(db: Db, hash: Uint8Array, now: number): Promise<CredentialLink | null> {
  const row = await usable(db, now).where("hash", "=", hash).executeTakeFirst();
  return row ? toLink(row) : null;
}

/** For one who tries it: nobody else can meanwhile. false: somebody else was faster. */
export async function takeCredentialLink(tx: Tx, id: number, now: number): Promise<boolean> {
  const { numUpdatedRows } = await tx
    .updateTable("credential_link")
    .set({ taken: 1 })
    .where("credential_link", "=", id)
    .where("taken", "=", 0)
    .where("ends_at", ">", now)
    .executeTakeFirst();
  return numUpdatedRows === 1n;
}

/** Nothing came of it: it may be tried again. */
export async function giveBackCredentialLink(tx: Tx, id: number): Promise<void> {
  await tx.updateTable("credential_link").set({ taken: 0 }).where("credential_link", "=", id).execute();
}

export async function deleteCredentialLink(tx: Tx, id: number): Promise<boolean> {
  const { numDeletedRows } = await tx
    .deleteFrom("credential_link")
    .where("credential_link", "=", id)
    .executeTakeFirst();
  return numDeletedRows === 1n;
}

const usable = (db: Db, now: number) =>
  db.selectFrom("credential_link").selectAll().where("taken", "=", 0).where("ends_at", ">", now);

function toLink(row: Selectable<Schema["credential_link"]>): CredentialLink {
  return {
    id: row.credential_link,
    connection: row.connection,
    draft: JSON.parse(row.draft_json) as LinkDraft,
    madeBy: row.made_by,
    createdAt: row.created_at,
    endsAt: row.ends_at,
  };
}
