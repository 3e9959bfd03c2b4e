/** Saved views: one member's, or shared with all. */
import { searchable } from "../model/text.ts";
import type { Db, Tx } from "./store.ts";

/** Of views that were kept over the socket, by nobody who signs in. */
export const MACHINE = 0;

export interface SavedView {
  id: number;
  /** A member, or MACHINE. */
  owner: number;
  /** null: this machine, or a member who is gone. */
  ownerName: string | null;
  page: string;
  name: string;
  /** As the address bar has it, without its question mark. */
  query: string;
  shared: boolean;
  createdAt: number;
}

/** The owner has another view of this name on this page. */
export class ViewNameTaken extends Error {
  override name = "ViewNameTaken";
}

/** The member's own and those that are shared, by name. */
export async function listViews(db: Db, owner: number, page: string | null): Promise<SavedView[]> {
  let views = select(db)
    .where((eb) => eb.or([eb("owner", "=", owner), eb("shared", "=", 1)]))
    .orderBy("name_key")
    .orderBy("saved_view");
  if (page !== null) views = views.where("page", "=", page);
  return (await views.execute()).map(toView);
}

export async function getView(db: Db | Tx, id: number): Promise<SavedView | null> {
  const row = await select(db).where("saved_view", "=", id).executeTakeFirst();
  return row ? toView(row) : null;
}

/** @throws ViewNameTaken */
export async function addView(
  tx: Tx,
  view: Pick<SavedView, "owner" | "page" | "name" | "query" | "shared">,
  now: number,
): Promise<SavedView> {
  const { owner, page, name, query, shared } = view;
  const row = await tx
    .insertInto("saved_view")
    .values({
      owner,
      page,
      name,
      name_key: searchable(name),
      query,
      shared: shared ? 1 : 0,
      created_at: now,
    })
    .onConflict((conflict) => conflict.columns(["owner", "page", "name_key"]).doNothing())
    .returning("saved_view")
    .executeTakeFirst();
  if (!row) throw new ViewNameTaken(`You have a view named ${name} on this page already.`);
  return (await getView(tx, row.saved_view))!;
}

/** @throws ViewNameTaken */
export async function updateView(
  tx: Tx,
  view: SavedView,
  changes: Partial<Record<"name" | "query", string | undefined>> & { shared?: boolean | undefined },
): Promise<SavedView> {
  const { name = view.name, query = view.query, shared = view.shared } = changes;
  const key = searchable(name);
  const taken = await tx
    .selectFrom("saved_view")
    .select("saved_view")
    .where("owner", "=", view.owner)
    .where("page", "=", view.page)
    .where("name_key", "=", key)
    .where("saved_view", "!=", view.id)
    .executeTakeFirst();
  if (taken) throw new ViewNameTaken(`There is a view named ${name} on this page already.`);
  await tx
    .updateTable("saved_view")
    .set({ name, name_key: key, query, shared: shared ? 1 : 0 })
    .where("saved_view", "=", view.id)
    .execute();
  return (await getView(tx, view.id))!;
}

export async function deleteView(tx: Tx, id: number): Promise<void> {
  await tx.deleteFrom("saved_view").where("saved_view", "=", id).execute();
}

const select = (db: Db | Tx) =>
  db
    .selectFrom("saved_view")
    .leftJoin("member", "member.member", "saved_view.owner")
    .selectAll("saved_view")
    .select("member.name as owner_name");

function toView(row: Awaited<ReturnType<ReturnType<typeof select>["execute"]>>[number]): SavedView {
  return {
    id: row.saved_view,
    owner: row.owner,
    ownerName: row.owner_name,
    page: row.page,
    name: row.name,
    query: row.query,
    shared: row.shared === 1,
    createdAt: row.created_at,
  };
}
