/** The filters above a table: search, chips removable one by one, and the panel that adds them. See table-view.ts. */
import { ListFilter, Search as SearchIcon, X } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { type Search, useView } from "../search.ts";
import { TEXT } from "../text/console.ts";
import {
  chipOf,
  chosenValue,
  type Filter,
  fieldOf,
  leaving,
  setting,
  stillOnTheirWay,
  toggled,
} from "./table-view.ts";
import { Button } from "./ui/button.tsx";
import { Dialog, DialogClose } from "./ui/dialog.tsx";
import { Checkbox, Field, Input } from "./ui/field.tsx";
import { Popover } from "./ui/popover.tsx";
import { usePhone } from "./use-phone.ts";

const TYPING_MS = 250;

/** Writes `search` into the address once typing pauses. The address follows later: what was typed meanwhile stays. */
export function SearchBox({ placeholder, name = "search" }: { placeholder: string; name?: string }) {
  const [view, change] = useView();
  const [text, setText] = useState(view[name] ?? "");
  const inAddress = view[name] ?? "";
  const written = useRef<string[]>([]);
  useEffect(() => {
    const left = stillOnTheirWay(written.current, inAddress);
    written.current = left ?? [];
    if (left === null) setText(inAddress);
  }, [inAddress]);
  useEffect(() => {
    if (text === inAddress) return;
    const timer = setTimeout(() => {
      written.current.push(text);
      change({ [name]: text || undefined }, { replace: true });
    }, TYPING_MS);
    return () => clearTimeout(timer);
  }, [text, inAddress, change, name]);
  return (
    <div className="relative w-full sm:w-72">
      <SearchIcon aria-hidden className="absolute top-2 left-2.5 size-4 text-dim" />
      <Input
        type="search"
        className="pl-8"
        aria-label={placeholder}
        placeholder={placeholder}
        value={text}
        onChange={(event) => setText(event.target.value)}
      />
    </div>
  );
}

export function Chips({ filters }: { filters: readonly Filter[] }) {
  const [view, change] = useView();
  return chosen(view, filters).map(({ filter, text }) => (
    <button
      key={filter.key}
      type="button"
      aria-label={TEXT.table.remove(text)}
      onClick={() => change(setting(filter, undefined))}
      className="inline-flex h-8 max-w-full items-center gap-1 rounded-full bg-link-soft pr-2 pl-3 text-link hover:opacity-85 [&_svg]:size-3.5 [&_svg]:shrink-0"
    >
      <span className="truncate">{text}</span>
      <X aria-hidden />
    </button>
  ));
}

/** The filters that narrow now, in words. */
export function chosen(view: Search, filters: readonly Filter[]): { filter: Filter; text: string }[] {
  return filters.flatMap((filter) => {
    const value = chosenValue(view, filter);
    return value === undefined ? [] : [{ filter, text: chipOf(filter, value) }];
  });
}

/** For an empty table: each narrowing filter as a button that removes it. */
export function RemoveFilters({ filters }: { filters: readonly Filter[] }) {
  const [view, change] = useView();
  return (
    <>
      {chosen(view, filters).map(({ filter, text }) => (
        <Button key={filter.key} onClick={() => change(setting(filter, undefined))}>
          {TEXT.table.removeWord} <em className="font-medium not-italic">{text}</em>
        </Button>
      ))}
      {view.search && (
        <Button onClick={() => change({ search: undefined })}>
          {TEXT.table.removeWord} <em className="font-medium not-italic">“{view.search}”</em>
        </Button>
      )}
    </>
  );
}

export function FilterButton({ filters }: { filters: readonly Filter[] }) {
  const phone = usePhone();
  const [view] = useView();
  const count = chosen(view, filters).length;
  const trigger = (
    <Button>
      <ListFilter aria-hidden /> {TEXT.table.filter}
      {count > 0 && phone && (
        <span className="rounded-full bg-link-soft px-1.5 text-sm text-link">{count}</span>
      )}
    </Button>
  );
  if (phone) {
    return (
      <Dialog
        title={TEXT.table.filters}
        trigger={trigger}
        foot={
          <DialogClose>
            <Button look="solid">{TEXT.table.showRows}</Button>
          </DialogClose>
        }
      >
        <FilterPanel filters={filters} />
      </Dialog>
    );
  }
  return (
    <Popover trigger={trigger} className="w-88">
      <FilterPanel filters={filters} />
    </Popover>
  );
}

function FilterPanel({ filters }: { filters: readonly Filter[] }) {
  const [view, change] = useView();
  return (
    <div className="grid gap-4">
      {filters.map((filter) => {
        const value = chosenValue(view, filter);
        const set = (next: string | undefined) => change(setting(filter, next));
        if (filter.flag) {
          return (
            <Checkbox
              key={filter.key}
              label={filter.label}
              checked={value === "true"}
              onChange={(on) => set(on ? "true" : undefined)}
            />
          );
        }
        if (filter.input) {
          const leave = (text: string) => {
            const next = leaving(filter, value, text);
            if (next) change(next);
          };
          return (
            <Field key={filter.key} label={filter.label}>
              {(ids) => (
                <Input
                  {...ids}
                  type={filter.input}
                  defaultValue={fieldOf(filter, value)}
                  onBlur={(event) => leave(event.target.value)}
                  onKeyDown={(event) => event.key === "Enter" && leave(event.currentTarget.value)}
                />
              )}
            </Field>
          );
        }
        if (!filter.options) return null;
        return (
          <fieldset key={filter.key}>
            <legend className="mb-1.5 font-medium">{filter.label}</legend>
            <div className="grid grid-cols-2 gap-x-4 gap-y-1.5">
              {filter.options.map(([option, label]) => (
                <Checkbox
                  key={option}
                  label={label}
                  checked={value?.split(",").includes(option) ?? false}
                  onChange={(on) =>
                    set(filter.one ? (on ? option : undefined) : toggled(filter, value, option, on))
                  }
                />
              ))}
            </div>
          </fieldset>
        );
      })}
    </div>
  );
}
