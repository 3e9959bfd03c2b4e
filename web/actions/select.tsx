/** Choosing rows of a list to act on: some, or all that fit. */
import { type ReactNode, useCallback, useEffect, useMemo, useState } from "react";
import type { Column } from "../components/data-table.tsx";
import { useReader } from "../components/reader.tsx";
import { Button } from "../components/ui/button.tsx";
import { usePhone } from "../components/use-phone.ts";
import { actionWords as words } from "../text/actions.ts";
import type { Connection } from "../text/words.ts";
import { isPicked, NONE, type Picked, toggled } from "./picked.ts";

const PICK = {
  id: "pick",
  header: words.choose,
  headerHidden: true,
  width: 36,
  fixed: true,
  card: "none",
} as const;

/** Only admins act, and only where the connection may. */
export function useMayAct(connection: Connection | null | undefined): boolean {
  const reader = useReader();
  if (!connection || connection.frozenAt !== null) return false;
  return connection.permissionType === "read_and_act" && reader.may("admin");
}

export interface Selection extends Picked {
  toggle: (key: string) => void;
  pickAll: () => void;
  clear: () => void;
}

/** Of one list of one connection: any other begins with nothing chosen. */
export function useSelection(c: string, query: object): Selection {
  const [picked, setPicked] = useState(NONE);
  const clear = useCallback(() => setPicked(NONE), []);
  // biome-ignore lint/correctness/useExhaustiveDependencies: what was chosen belongs to the list it was chosen from
  useEffect(clear, [c, JSON.stringify(query)]);
  // The same while nothing else is chosen: another one has every row drawn anew.
  return useMemo(
    () => ({
      ...picked,
      toggle: (key) => setPicked((before) => toggled(before, key)),
      pickAll: () => setPicked((before) => ({ ...before, all: true })),
      clear,
    }),
    [picked, clear],
  );
}

/** The columns with a box before each row; on a phone it stands in the row's title. */
export function usePicks<R>(
  columns: readonly Column<R>[],
  selection: Selection | null,
  rowKey: (row: R) => string | null,
  nameOf: (row: R) => string,
): readonly Column<R>[] {
  const phone = usePhone();
  return useMemo(() => {
    if (!selection) return columns;
    const box = (row: R): ReactNode => {
      const key = rowKey(row);
      if (key === null) return null;
      return (
        <input
          type="checkbox"
          className="size-4 shrink-0 align-[-0.2em] accent-link"
          aria-label={words.pick(nameOf(row))}
          checked={isPicked(selection, key)}
          onChange={() => selection.toggle(key)}
        />
      );
    };
    if (!phone) return [{ ...PICK, cell: box }, ...columns];
    return columns.map((column) =>
      column.card !== "title"
        ? column
        : {
            ...column,
            cell: (row: R) => (
              <span className="flex min-w-0 items-center gap-2">
                {box(row)}
                <span className="truncate">{column.cell(row)}</span>
              </span>
            ),
          },
    );
  }, [columns, selection, rowKey, nameOf, phone]);
}

/** What can be done with those that are chosen. */
export function SelectionBar({
  selection,
  total,
  children,
}: {
  selection: Selection;
  total: number | null;
  children: ReactNode;
}) {
  const { keys, all } = selection;
  if (keys.size === 0 && !all) return null;
  return (
    <div
      role="toolbar"
      aria-label={words.title}
      className="screen-only flex flex-wrap items-center gap-2 rounded-md bg-link-soft px-3 py-2 [[role=tabpanel]>&]:mb-3"
    >
      <span className="font-medium" role="status">
        {all ? words.allChosen : words.chosen(keys.size)}
      </span>
      {!all && (
        <Button small look="quiet" onClick={selection.pickAll}>
          {words.allThatFit(total)}
        </Button>
      )}
      <Button small look="quiet" onClick={selection.clear}>
        {words.clear}
      </Button>
      <span className="ml-auto flex flex-wrap gap-2">{children}</span>
    </div>
  );
}
