/** The three ways to look at who has what: by user, by role, by job. */
import { Link } from "@tanstack/react-router";
import { cx } from "../components/ui/cx.ts";
import { useView } from "../search.ts";
import { grantWords as words } from "../text/grants.ts";

const WAYS = [
  { id: "user", to: "/grants", by: undefined },
  { id: "role", to: "/roles", by: undefined },
  { id: "job", to: "/grants", by: "job" },
] as const;

export function Ways({ shown }: { shown: (typeof WAYS)[number]["id"] }) {
  const [{ c, asOf }] = useView();
  return (
    <nav aria-label={words.viewsLabel} className="screen-only flex gap-1 overflow-x-auto border-b">
      {WAYS.map(({ id, to, by }) => (
        <Link
          key={id}
          to={to}
          search={{ c, asOf, by }}
          aria-current={id === shown ? "page" : undefined}
          className={cx(
            "flex h-9 items-center border-b-2 px-3 whitespace-nowrap outline-offset-[-2px]",
            id === shown ? "border-link font-medium" : "border-transparent text-dim hover:text-ink",
          )}
        >
          {words.views[id]}
        </Link>
      ))}
    </nav>
  );
}
