/** Saved views: the address of a list behind a name. */
import { z } from "zod";
import { endpoint, Time } from "./kit.ts";

const PAGES = [
  "users",
  "grants",
  "roles",
  "licenses",
  "usage",
  "events",
  "changes",
  "trail",
  "employees",
  "findings",
] as const;

export const SavedViewBody = z
  .object({
    page: z.enum(PAGES),
    name: z.string().trim().min(1, "a view needs a name").max(80),
    query: z.string().max(4000).describe("as the address bar has it, without its question mark"),
    shared: z
      .boolean()
      .default(false)
      .describe(
        "true: every member sees it; who is limited to some connections, only if its owner sees no others; of `trail`, admins",
      ),
  })
  .strict();

export const SavedViewView = z
  .object({
    id: z.number(),
    page: z.enum(PAGES),
    name: z.string(),
    query: z.string(),
    shared: z.boolean(),
    mine: z.boolean(),
    owner: z.string().nullable().describe("null: this machine, or a member who is gone"),
    createdAt: Time,
  })
  .meta({ id: "SavedView" });
export type SavedViewView = z.output<typeof SavedViewView>;

const group = "Saved views";

export const listViews = endpoint({
  method: "GET",
  path: "/views",
  needs: "viewer",
  group,
  summary: "The member's own views and those that are shared with them, by name.",
  query: z.object({ page: z.enum(PAGES).optional() }).strict(),
  answer: z.object({ items: z.array(SavedViewView) }),
  errors: ["invalid_request"],
});
export const addView = endpoint({
  method: "POST",
  path: "/views",
  needs: "viewer",
  target: "name",
  group,
  status: 201,
  summary: "Keeps a view, for the member alone or for all.",
  body: SavedViewBody,
  answer: SavedViewView,
  errors: ["invalid_request", "name_taken", "not_possible", "not_allowed"],
});
export const updateView = endpoint({
  method: "PATCH",
  path: "/views/{view}",
  needs: "viewer",
  group,
  summary:
    "Renames a view, shares it or no more, or keeps another address: its owner may, and for shared ones an admin.",
  params: z.object({ view: z.coerce.number().int().positive() }),
  body: z
    .object({
      name: SavedViewBody.shape.name.optional(),
      query: SavedViewBody.shape.query.optional(),
      shared: z.boolean().optional(),
    })
    .strict(),
  answer: SavedViewView,
  errors: ["invalid_request", "view_not_found", "not_allowed", "name_taken", "not_possible"],
});
export const deleteView = endpoint({
  method: "DELETE",
  path: "/views/{view}",
  needs: "viewer",
  group,
  summary: "Deletes a view: its owner may, and for shared ones an admin.",
  params: z.object({ view: z.coerce.number().int().positive() }),
  answer: z.object({ deleted: z.literal(true) }),
  errors: ["invalid_request", "view_not_found", "not_allowed"],
});
