/** Saved views: one member's, or shared with all. */
import { searchable } from "../../model/text.ts";
import type { Db, Tx } from "../store.ts";

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

/** Who looks. */
export interface ViewReader {
  /** A member, or MACHINE. */
  owner: number;
  /** null: all. */
  connections: readonly number[] | null;
  admin: boolean;
}

/** Of one owner, and shared in all: each list of views is read whole. */
const MOST_VIEWS = { own: 100, shared: 500 } as const;

/** There are as many views as there can be. */
export class TooManyViews extends Error {
  override name = "TooManyViews";
}

/** The owner has another view of this name on this page. */
export class ViewNameTaken extends Error {
  override name = "ViewNameTaken";
}

/** The member's own and those that are shared with them, by name. */
export async function listViews(db: Db, reader: ViewReader, page: string | null): Promise<SavedView[]> {
  let views = visible(db, reader).orderBy("name_key").orderBy("saved_view");
  if (page !== null) views = views.where("page", "=", page);
  return (await views.execute()).map(toView);
}

/** null: there is none that they see. */
export async function getView(db: Db | Tx, reader: ViewReader, id: number): Promise<SavedView | null> {
  const row = await visible(db, reader).where("saved_view", "=", id).executeTakeFirst();
  return row ? toView(row) : null;
}

async function viewOf(tx: Tx, id: number): Promise<SavedView> {
  return toView(await select(tx).where("saved_view", "=", id).executeTakeFirstOrThrow());
}

/** @throws ViewNameTaken, TooManyViews */
export async function addView(
  tx: Tx,
  view: Pick<SavedView, "owner" | "page" | "name" | "query" | "shared">,
  now: number,
): Promise<SavedView> {
  const { owner, page, name, query, shared } = view;
  if ((await countViews(tx, "owner", owner)) >= MOST_VIEWS.own)
    throw new TooManyViews(`You have ${MOST_VIEWS.own} views, as many as there can be. Delete one first.`);
  if (shared) await refuseMoreShared(tx);
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
  return viewOf(tx, row.saved_view);
}

async function refuseMoreShared(tx: Tx): Promise<void> {
  if ((await countViews(tx, "shared", 1)) < MOST_VIEWS.shared) return;
  throw new TooManyViews(
    `${MOST_VIEWS.shared} views are shared, as many as there can be. Keep this one for yourself, or let an admin delete some.`,
  );
}

async function countViews(tx: Tx, by: "owner" | "shared", is: number): Promise<number> {
  const { n } = await tx
    .selectFrom("saved_view")
    .select((eb) => eb.fn.countAll<number>().as("n"))
    .where(by, "=", is)
    .executeTakeFirstOrThrow();
  return n;
}

/** @throws ViewNameTaken, TooManyViews */
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
  if (shared && !view.shared) await refuseMoreShared(tx);
  await tx
    .updateTable("saved_view")
    .set({ name, name_key: key, query, shared: shared ? 1 : 0 })
    .where("saved_view", "=", view.id)
    .execute();
  return viewOf(tx, view.id);
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

/**
 * What a view is called, and looks for, may name connections and people. Who is limited is shown those alone of somebody who
 * sees no more than they do. Those of the audit trail are for who may read it.
 */
function visible(db: Db | Tx, { owner, connections, admin }: ViewReader) {
  let views = select(db).where((eb) => {
    const shared = eb("shared", "=", 1);
    if (connections === null) return eb.or([eb("owner", "=", owner), shared]);
    const beyond = eb
      .selectFrom("member_connection as theirs")
      .select("theirs.connection")
      .whereRef("theirs.member", "=", "member.member")
      .$if(connections.length > 0, (of) => of.where("theirs.connection", "not in", [...connections]));
    const noMore = [
      eb("member.limited", "=", 1),
      eb("member.role", "<>", "admin"),
      eb.not(eb.exists(beyond)),
    ];
    return eb.or([eb("owner", "=", owner), eb.and([shared, ...noMore])]);
  });
  if (!admin) views = views.where("page", "<>", "trail");
  return views;
}

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
