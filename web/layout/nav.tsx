/** Navigation: left on a screen, a bar of four and *More* below on a phone. */
import { Link, useParams, useRouterState } from "@tanstack/react-router";
import { Ellipsis } from "lucide-react";
import { useReader } from "../components/reader.tsx";
import { cx } from "../components/ui/cx.ts";
import { Menu, MenuItem } from "../components/ui/menu.tsx";
import { useView } from "../search.ts";
import { TEXT } from "../text/console.ts";
import { MAIN_PAGES, type NavPage, OTHER_PAGES } from "./pages.ts";

/** The pages this reader has. */
function usePages(pages: readonly NavPage[]): readonly NavPage[] {
  const reader = useReader();
  return pages.filter((page) => !page.admin || reader.may("admin"));
}

/** The connection goes along from page to page; the rest of the view belongs to the page. */
function useLink(): (page: NavPage) => { to: string; search: { c: string | undefined } } {
  const [view] = useView();
  const { connection: own } = useParams({ strict: false }) as { connection?: string };
  return (page) => ({ to: page.to, search: { c: own ?? view.c } });
}

export function SideNav() {
  return (
    <nav aria-label={TEXT.nav.label} className="grid content-start gap-0.5">
      <PageLinks pages={usePages(MAIN_PAGES)} />
      <div aria-hidden className="mx-2.5 my-2 border-t" />
      <PageLinks pages={usePages(OTHER_PAGES)} />
    </nav>
  );
}

function PageLinks({ pages }: { pages: readonly NavPage[] }) {
  const link = useLink();
  const path = useRouterState({ select: (state) => state.location.pathname });
  return pages.map((page) => (
    <Link
      key={page.to}
      {...link(page)}
      {...(page.also && path === page.also ? { "aria-current": "page" } : {})}
      activeOptions={{ exact: page.to === "/", includeSearch: false }}
      className="flex h-8 items-center gap-2.5 rounded-md px-2.5 text-dim hover:bg-sunken hover:text-ink aria-[current=page]:bg-link-soft aria-[current=page]:font-medium aria-[current=page]:text-link"
    >
      <page.icon aria-hidden className="size-4 shrink-0" />
      {page.label}
    </Link>
  ));
}

const TAB =
  "flex h-14 min-w-0 flex-1 flex-col items-center justify-center gap-0.5 text-xs text-dim outline-offset-[-2px] [&_svg]:size-5";

export function BottomBar() {
  const link = useLink();
  const pages = usePages([...MAIN_PAGES, ...OTHER_PAGES]);
  return (
    <nav
      aria-label={TEXT.nav.label}
      className="screen-only flex shrink-0 border-t bg-surface pb-[env(safe-area-inset-bottom)] md:hidden"
    >
      {pages
        .filter((page) => page.bar)
        .map((page) => (
          <Link
            key={page.to}
            {...link(page)}
            activeOptions={{ exact: page.to === "/", includeSearch: false }}
            className={cx(TAB, "aria-[current=page]:font-medium aria-[current=page]:text-link")}
          >
            <page.icon aria-hidden />
            <span className="max-w-full truncate">{page.label}</span>
          </Link>
        ))}
      <Menu
        trigger={
          <button type="button" className={TAB}>
            <Ellipsis aria-hidden />
            {TEXT.nav.more}
          </button>
        }
      >
        {pages
          .filter((page) => !page.bar)
          .map((page) => (
            <MenuItem key={page.to} asChild>
              <Link {...link(page)}>
                <page.icon aria-hidden /> {page.label}
              </Link>
            </MenuItem>
          ))}
      </Menu>
    </nav>
  );
}
