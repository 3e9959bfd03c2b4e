/** The frame around every page of a member: navigation, connection, account, the band of sample data. */
import { useQuery } from "@tanstack/react-query";
import { Outlet, useRouterState } from "@tanstack/react-router";
import { useEffect, useRef } from "react";
import { asked } from "../api/query.ts";
import { Brand } from "../components/brand.tsx";
import { ReaderProvider } from "../components/reader.tsx";
import { SampleBand } from "../components/sample-band.tsx";
import { Zone } from "../components/time.tsx";
import { Toasts } from "../components/ui/toast.tsx";
import { TEXT } from "../text/console.ts";
import { AccountMenu } from "./account-menu.tsx";
import { useConnection } from "./connection.tsx";
import { ConnectionSwitch } from "./connection-switch.tsx";
import { BottomBar, SideNav } from "./nav.tsx";

export default function Shell() {
  const session = useQuery(asked("getSession", {}));
  const { connection } = useConnection();
  const main = useRef<HTMLElement>(null);
  useFreshStart(main);
  const member = session.data?.member;
  if (!session.data || !member) return null;
  return (
    <ReaderProvider facts={{ name: member.name, role: member.role, sample: session.data.sample }}>
      <Zone value={connection?.settings.timeZone}>
        <a
          href="#content"
          className="sr-only focus:not-sr-only focus:fixed focus:top-2 focus:left-2 focus:z-50 focus:rounded-md focus:bg-link focus:px-3 focus:py-2 focus:text-on-link"
        >
          {TEXT.skip}
        </a>
        <div className="print-whole flex h-dvh flex-col">
          {session.data.sample && <SampleBand />}
          <div className="print-whole flex min-h-0 flex-1">
            <aside className="screen-only hidden w-54 shrink-0 flex-col gap-3 overflow-y-auto border-r bg-canvas p-3 md:flex">
              <div className="px-2.5 pt-1">
                <Brand />
              </div>
              <ConnectionSwitch />
              <SideNav />
              <div className="mt-auto grid pt-2">
                <AccountMenu />
              </div>
            </aside>
            <div className="print-whole flex min-w-0 flex-1 flex-col">
              <header className="screen-only flex shrink-0 items-center gap-2 border-b bg-canvas px-3 py-2 md:hidden">
                <div className="min-w-0 flex-1">
                  <ConnectionSwitch />
                </div>
                <AccountMenu small />
              </header>
              <main
                id="content"
                ref={main}
                tabIndex={-1}
                className="print-whole relative flex min-h-0 flex-1 flex-col overflow-y-auto p-3 outline-none sm:p-5 lg:px-7"
              >
                <Outlet />
              </main>
              <BottomBar />
            </div>
          </div>
        </div>
        <Toasts />
      </Zone>
    </ReaderProvider>
  );
}

/** Another page begins at its top, and at its heading for whoever hears it or goes by keyboard. */
function useFreshStart(main: { current: HTMLElement | null }): void {
  const path = useRouterState({ select: (state) => state.resolvedLocation?.pathname });
  const before = useRef(path);
  useEffect(() => {
    const first = before.current === undefined || before.current === path;
    before.current = path;
    if (first) return;
    main.current?.scrollTo(0, 0);
    main.current?.querySelector<HTMLElement>("h1")?.focus({ preventScroll: true });
  }, [path, main]);
}
