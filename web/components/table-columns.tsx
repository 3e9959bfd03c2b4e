/** Which columns a table shows, and on a phone (which has no head) by what it is sorted. Both live in the address. */
import { ArrowDownUp, Columns3 } from "lucide-react";
import { useView } from "../search.ts";
import { TEXT } from "../text/console.ts";
import type { Column } from "./data-table.tsx";
import { sortedBy } from "./table-view.ts";
import { Button } from "./ui/button.tsx";
import { Menu, MenuCheck, MenuChoice } from "./ui/menu.tsx";

export function ColumnPicker<R>({ columns }: { columns: readonly Column<R>[] }) {
  const [view, change] = useView();
  const usual = columns.filter((column) => !column.optional).map((column) => column.id);
  const shown = view.columns?.split(",") ?? usual;
  const choosable = columns.filter((column) => !column.fixed);
  if (choosable.length < 2) return null;
  const toggle = (id: string, on: boolean) => {
    const next = columns
      .map((column) => column.id)
      .filter((each) => (each === id ? on : shown.includes(each)));
    change({ columns: next.join() === usual.join() ? undefined : next.join() });
  };
  return (
    <Menu
      trigger={
        <Button>
          <Columns3 aria-hidden /> {TEXT.table.columns}
        </Button>
      }
    >
      {choosable.map((column) => (
        <MenuCheck
          key={column.id}
          checked={shown.includes(column.id)}
          onChange={(on) => toggle(column.id, on)}
        >
          {column.header}
        </MenuCheck>
      ))}
    </Menu>
  );
}

export function SortPicker<R>({ columns }: { columns: readonly Column<R>[] }) {
  const [view, change] = useView();
  const options = columns.flatMap(({ sort, header }) =>
    sort
      ? [
          [`${sort}/false`, `${header}, ${TEXT.table.ascending}`] as const,
          [`${sort}/true`, `${header}, ${TEXT.table.descending}`] as const,
        ]
      : [],
  );
  if (options.length === 0) return null;
  const [sorted] = sortedBy(columns, view);
  return (
    <Menu
      trigger={
        <Button>
          <ArrowDownUp aria-hidden /> {TEXT.table.sortOnPhone}
        </Button>
      }
    >
      <MenuChoice
        value={sorted ? `${columns.find(({ id }) => id === sorted.id)?.sort}/${sorted.desc}` : ""}
        options={options}
        onChange={(next) => {
          const [sort, descending] = next.split("/");
          change({ sort, descending: descending === "true" ? "true" : undefined });
        }}
      />
    </Menu>
  );
}
