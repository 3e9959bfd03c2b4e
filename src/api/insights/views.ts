/** Saved views: the handlers of contract/views.ts. */
import { type Actor, allows } from "../../model/member.ts";
import {
  addView,
  deleteView,
  getView,
  listViews,
  MACHINE,
  type SavedView,
  updateView,
  type ViewReader,
} from "../../store/members/views.ts";
import type { SavedViewView } from "../contract/views.ts";
import { ApiError } from "../errors.ts";
import { type Asking, type Handlers, iso, requireRole } from "../handler.ts";

type Names = "listViews" | "addView" | "updateView" | "deleteView";

export const viewHandlers: Pick<Handlers, Names> = {
  async listViews({ query }, { db, who }) {
    const views = await listViews(db, readerOf(who), query.page ?? null);
    return { items: views.map((view) => savedView(view, who)) };
  },

  async addView({ body }, asking) {
    const { services, who, now } = asking;
    if (body.page === "trail") requireRole(asking, "admin", "A view of the audit trail");
    const view = { ...body, owner: ownerOf(who) };
    return savedView(await services.store.write((tx) => addView(tx, view, now())), who);
  },

  async updateView({ params, body }, asking) {
    const view = await mayChange(params.view, asking, "Changing");
    const changed = await asking.services.store.write((tx) => updateView(tx, view, body));
    return savedView(changed, asking.who);
  },

  async deleteView({ params }, asking) {
    const view = await mayChange(params.view, asking, "Deleting");
    await asking.services.store.write((tx) => deleteView(tx, view.id));
    return { deleted: true };
  },
};

/** @throws ApiError `view_not_found`, `not_allowed` */
async function mayChange(id: number, asking: Asking, doing: string): Promise<SavedView> {
  const { db, who, trail } = asking;
  const view = await getView(db, readerOf(who), id);
  const mine = view?.owner === ownerOf(who);
  // Of what isn't theirs to see not even its being there is told.
  if (!view) {
    throw new ApiError("view_not_found", `There is no view ${id}.`);
  }
  trail.target = view.name;
  if (!mine) requireRole(asking, "admin", `${doing} a view of somebody else`);
  return view;
}

const readerOf = (who: Actor): ViewReader => ({
  owner: ownerOf(who),
  connections: who.kind === "member" ? who.connections : null,
  admin: allows(who, "admin"),
});

const ownerOf = (who: Actor): number => (who.kind === "member" ? who.member.id : MACHINE);

function savedView(view: SavedView, who: Actor): SavedViewView {
  const { id, page, name, query, shared, owner, ownerName, createdAt } = view;
  return {
    id,
    page: page as SavedViewView["page"],
    name,
    query,
    shared,
    mine: owner === ownerOf(who),
    owner: ownerName,
    createdAt: iso(createdAt),
  };
}
