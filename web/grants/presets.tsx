/** Shortcuts to the questions that are asked most: one click sets the filters. */
import { useQuery } from "@tanstack/react-query";
import { asked } from "../api/query.ts";
import { Button } from "../components/ui/button.tsx";
import { useView } from "../search.ts";
import { grantWords as words } from "../text/grants.ts";
import { nameOf } from "../text/words.ts";
import { isShown, noFilter, PRESETS, type Preset } from "./view.ts";

/** Roles whose name has this word see private candidates and notes. */
const PRIVATE = "private";

export function Presets({ c }: { c: string }) {
  const [view, change] = useView();
  const { data } = useQuery(asked("listRoles", { params: { c }, query: { search: PRIVATE, limit: 5 } }));
  const presets = [
    ...(Object.keys(PRESETS) as Preset[]).map((id) => ({
      id,
      label: words.presets[id],
      filters: PRESETS[id],
    })),
    ...(data?.items ?? []).map((role) => ({
      id: role.id,
      label: words.presets.role(nameOf(role, words.columns.role)),
      filters: { role: role.id },
    })),
  ];
  return (
    <fieldset className="screen-only flex max-w-full flex-wrap gap-1">
      <legend className="sr-only">{words.presetsLabel}</legend>
      {presets.map(({ id, label, filters }) => (
        <Button
          key={id}
          small
          look={isShown(view, filters) ? "plain" : "quiet"}
          aria-pressed={isShown(view, filters)}
          onClick={() => change({ ...noFilter, ...filters })}
        >
          {label}
        </Button>
      ))}
    </fieldset>
  );
}
