/**
 * Saved views of a page, beside its filters: <ViewsMenu page="users" presets={[{ id, label, search }]} preset="unused" />.
 * What the address bar holds is the view; presets are those that everybody has.
 */
import { useMutation, useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { Bookmark, Check } from "lucide-react";
import { type ReactNode, useState } from "react";
import { call } from "../api/client.ts";
import { asked, invalidate } from "../api/query.ts";
import { type Search, useView } from "../search.ts";
import { viewWords as words } from "../text/views.ts";
import { useReader } from "./reader.tsx";
import { queryOf, type SavedView, searchOf, type ViewPage, viewIn } from "./saved-views.ts";
import { Button } from "./ui/button.tsx";
import { Menu, MenuItem, MenuLabel, MenuLine } from "./ui/menu.tsx";
import { say } from "./ui/toast.tsx";
import { RemoveView, ViewForm } from "./view-dialogs.tsx";

export interface PresetView {
  id: string;
  label: string;
  search: Search;
}

interface Props {
  page: ViewPage;
  presets?: readonly PresetView[];
  /** The preset that the address shows, if it is one. */
  preset?: string | null;
}

type Doing = { what: "save" } | { what: "edit" | "remove"; view: SavedView };

export function ViewsMenu({ page, presets = [], preset = null }: Props) {
  const [search] = useView();
  const navigate = useNavigate();
  const reader = useReader();
  const { data, error } = useQuery(asked("listViews", { query: { page } }));
  const [opened, setOpened] = useState<number | null>(null);
  const [doing, setDoing] = useState<Doing | null>(null);
  const views = data?.items ?? [];
  const shown = viewIn(views, search);
  // Once its filters are changed, it is still the one to update.
  const current = shown ?? views.find(({ id }) => id === opened) ?? null;
  const show = (next: Search) => void navigate({ to: ".", search: () => next, resetScroll: false });
  const open = (view: SavedView) => {
    setOpened(view.id);
    show(searchOf(view.query, search));
  };
  const update = useMutation({
    mutationFn: (view: SavedView) =>
      call("updateView", { params: { view: view.id }, body: { query: queryOf(search) } }),
    onSuccess: ({ name }) => {
      say(words.updated(name));
      return invalidate("listViews");
    },
    onError: (failure) => say(failure.message, "cant"),
  });
  const presetShown = shown === null ? presets.find(({ id }) => id === preset) : undefined;
  const mayChange = current !== null && (current.mine || reader.may("admin"));
  return (
    <>
      <Menu
        align="start"
        trigger={
          <Button className="max-w-full">
            <Bookmark aria-hidden />
            <span className="truncate">{titleOf(presetShown, shown, current)}</span>
          </Button>
        }
      >
        {presets.length > 0 && <MenuLabel>{words.presets}</MenuLabel>}
        {presets.map((each) => (
          <Item
            key={each.id}
            ticked={each === presetShown}
            onSelect={() => {
              setOpened(null);
              show({ ...each.search, ...(search.c ? { c: search.c } : {}) });
            }}
          >
            {each.label}
          </Item>
        ))}
        <Group label={words.mine} views={views.filter(({ mine }) => mine)} shown={shown} open={open} />
        <Group label={words.shared} views={views.filter(({ mine }) => !mine)} shown={shown} open={open} />
        {error && !data && (
          <MenuLabel>
            {words.failed} {error.message}
          </MenuLabel>
        )}
        {(presets.length > 0 || views.length > 0) && <MenuLine />}
        <MenuItem onSelect={() => setDoing({ what: "save" })}>{words.save}</MenuItem>
        {current && mayChange && (
          <>
            {shown === null && (
              <MenuItem onSelect={() => update.mutate(current)}>{words.update(current.name)}</MenuItem>
            )}
            <MenuItem onSelect={() => setDoing({ what: "edit", view: current })}>
              {words.edit(current.name)}
            </MenuItem>
            <MenuItem danger onSelect={() => setDoing({ what: "remove", view: current })}>
              {words.remove(current.name)}
            </MenuItem>
          </>
        )}
      </Menu>
      {doing?.what === "save" && (
        <ViewForm
          page={page}
          query={queryOf(search)}
          onClose={() => setDoing(null)}
          onSaved={({ id }) => setOpened(id)}
        />
      )}
      {doing?.what === "edit" && <ViewForm view={doing.view} onClose={() => setDoing(null)} />}
      {doing?.what === "remove" && <RemoveView view={doing.view} onClose={() => setDoing(null)} />}
    </>
  );
}

/** `View: Sleepers`, `View: Sleepers, changed`, or `Views`. */
function titleOf(preset: PresetView | undefined, shown: SavedView | null, current: SavedView | null): string {
  if (preset) return words.shown(preset.label);
  if (shown) return words.shown(shown.name);
  return current ? words.changed(current.name) : words.button;
}

interface GroupProps {
  label: string;
  views: readonly SavedView[];
  shown: SavedView | null;
  open: (view: SavedView) => void;
}

function Group({ label, views, shown, open }: GroupProps) {
  if (views.length === 0) return null;
  return (
    <>
      <MenuLabel>{label}</MenuLabel>
      {views.map((view) => (
        <Item key={view.id} ticked={view.id === shown?.id} onSelect={() => open(view)}>
          <span className="max-w-72 truncate">{view.name}</span>
          {!view.mine && view.owner && <span className="text-dim">{words.sharedBy(view.owner)}</span>}
          {view.mine && view.shared && <span className="text-dim">{words.shared}</span>}
        </Item>
      ))}
    </>
  );
}

function Item({
  ticked,
  onSelect,
  children,
}: {
  ticked: boolean;
  onSelect: () => void;
  children: ReactNode;
}) {
  return (
    <MenuItem onSelect={onSelect}>
      <Check aria-hidden className={ticked ? "text-link" : "invisible"} />
      {children}
    </MenuItem>
  );
}
