import type { Selectable } from "kysely";
import type { CredentialKind, PermissionType } from "../../model/connection.ts";
import type { Schema } from "../schema.ts";
import type { Db, Tx } from "../store.ts";

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
  /** Whose rights it rests on; null: whoever is at this machine. */
  member: number | null;
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
      member: link.member,
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

/** How long a test may say nothing before the link is free again: a process that was killed gives nothing back. */
const HELD_MS = 5 * 60_000;

/** For one who tries it: nobody else can meanwhile. @returns until when; null: somebody else was faster */
export async function takeCredentialLink(tx: Tx, id: number, now: number): Promise<number | null> {
  const until = now + HELD_MS;
  const { numUpdatedRows } = await tx
    .updateTable("credential_link")
    .set({ taken_until: until })
    .where("credential_link", "=", id)
    .where("taken_until", "<=", now)
    .where("ends_at", ">", now)
    .executeTakeFirst();
  return numUpdatedRows === 1n ? until : null;
}

/** @returns until when; null: it was taken back, or its maker may no longer make any */
export async function holdCredentialLink(
  tx: Tx,
  id: number,
  held: number,
  now: number,
): Promise<number | null> {
  const until = now + HELD_MS;
  const { numUpdatedRows } = await tx
    .updateTable("credential_link")
    .set({ taken_until: until })
    .where("credential_link", "=", id)
    .where("taken_until", "=", held)
    .executeTakeFirst();
  return numUpdatedRows === 1n ? until : null;
}

/** Nothing came of it: it may be tried again. */
export async function giveBackCredentialLink(tx: Tx, id: number, held: number): Promise<void> {
  await tx
    .updateTable("credential_link")
    .set({ taken_until: 0 })
    .where("credential_link", "=", id)
    .where("taken_until", "=", held)
    .execute();
}

/** Of who may make none any more; also one that is being tried. */
export async function deleteCredentialLinksOf(tx: Tx, member: number): Promise<void> {
  await tx.deleteFrom("credential_link").where("member", "=", member).execute();
}

export async function deleteCredentialLink(tx: Tx, id: number): Promise<boolean> {
  const { numDeletedRows } = await tx
    .deleteFrom("credential_link")
    .where("credential_link", "=", id)
    .executeTakeFirst();
  return numDeletedRows === 1n;
}

const usable = (db: Db, now: number) =>
  db.selectFrom("credential_link").selectAll().where("taken_until", "<=", now).where("ends_at", ">", now);

function toLink(row: Selectable<Schema["credential_link"]>): CredentialLink {
  return {
    id: row.credential_link,
    connection: row.connection,
    draft: JSON.parse(row.draft_json) as LinkDraft,
    madeBy: row.made_by,
    member: row.member,
    createdAt: row.created_at,
    endsAt: row.ends_at,
  };
}
