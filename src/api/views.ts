/** Saved views: the handlers of contract/views.ts. */
import type { Actor } from "../model/member.ts";
import { addView, deleteView, getView, listViews, MACHINE, type SavedView } from "../store/views.ts";
import type { SavedViewView } from "./contract/views.ts";
import { ApiError } from "./errors.ts";
import { type Handlers, iso, requireRole } from "./handler.ts";

type Names = "listViews" | "addView" | "deleteView";

export const viewHandlers: Pick<Handlers, Names> = {
  async listViews({ query }, { db, who }) {
    const views = await listViews(db, ownerOf(who), query.page ?? null);
    return { items: views.map((view) => savedView(view, who)) };
  },

  async addView({ body }, { services, who, now }) {
    const view = { ...body, owner: ownerOf(who) };
    return savedView(await services.store.write((tx) => addView(tx, view, now())), who);
  },

  async deleteView({ params }, asking) {
    const { db, services, who, trail } = asking;
    const view = await getView(db, params.view);
    const mine = view?.owner === ownerOf(who);
    // Of other people's private views not even their being there is told.
    if (!view || (!mine && !view.shared)) {
      throw new ApiError("view_not_found", `There is no view ${params.view}.`);
    }
    trail.target = view.name;
    if (!mine) requireRole(asking, "admin", "Deleting a view of somebody else");
    await services.store.write((tx) => deleteView(tx, view.id));
    return { deleted: true };
  },
};

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
