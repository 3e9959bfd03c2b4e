/** What can be done with people who are chosen. */
import { useState } from "react";
import { Button } from "../components/ui/button.tsx";
import { actionWords as words } from "../text/actions.ts";
import { ActDialog, type Wanted } from "./dialog.tsx";

type Kind = Wanted["kind"];

export function ActButtons({
  c,
  kinds,
  whom,
  small = false,
}: {
  c: string;
  kinds: readonly Kind[];
  whom: Omit<Wanted, "kind">;
  small?: boolean;
}) {
  const [kind, setKind] = useState<Kind | null>(null);
  return (
    <>
      {kinds.map((each) => (
        <Button key={each} small={small} onClick={() => setKind(each)}>
          {words.verbs[each]}
        </Button>
      ))}
      {kind && <ActDialog c={c} wanted={{ kind, ...whom }} onClose={() => setKind(null)} />}
    </>
  );
}

/** The address bar's words, as the API takes a filter in a body. */
export function filterFrom(
  query: Record<string, unknown>,
  lists: readonly string[],
  left: readonly string[] = ["sort", "descending", "limit", "cursor", "asOf"],
): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(query)
      .filter(([name, value]) => value !== undefined && !left.includes(name))
      .map(([name, value]) => {
        if (lists.includes(name)) return [name, Array.isArray(value) ? value : String(value).split(",")];
        return [name, value === "true" ? true : value === "false" ? false : value];
      }),
  );
}
