/** Every address of the console. The address bar holds the whole view: what it shows can be sent to a colleague. */
import {
  createRootRoute,
  createRoute,
  createRouter,
  type ErrorComponentProps,
  Link,
  lazyRouteComponent,
  Outlet,
} from "@tanstack/react-router";
import type { ComponentType, ReactNode } from "react";
import { ApiFailure } from "./api/client.ts";
import { forMembers } from "./api/session.ts";
import { parseSearch, type Search, stringifySearch } from "./search.ts";
import { api } from "./text/api.ts";

const modules = import.meta.glob<{ default: ComponentType }>("./*/index.tsx");

/** The page of a folder, loaded when it is first shown, and again where that failed. */
function page(folder: string) {
  const load = modules[`./${folder}/index.tsx`] ?? (async () => ({ default: NoSuchPage }));
  return lazyRouteComponent(() =>
    load().catch(() => {
      throw new ApiFailure(0, "unreachable", api.unreachable, api.unreachableCure);
    }),
  );
}

function NoSuchPage() {
  return (
    <Notice title={api.noSuchPage} text={api.noSuchPageCure}>
      <Link to="/" className="link mt-4 inline-block">
        {api.openDashboard}
      </Link>
    </Notice>
  );
}

/** A page that could not be shown at all: what failed, and a way to try again. */
function Failed({ error }: ErrorComponentProps) {
  const { message, cure = null } = error as Error & { cure?: ApiFailure["cure"] };
  return (
    <Notice title={message} text={cure}>
      <button type="button" className="mt-4 underline" onClick={() => void router.invalidate()}>
        {api.tryAgain}
      </button>
    </Notice>
  );
}

function Notice({ title, text, children }: { title: string; text: string | null; children?: ReactNode }) {
  return (
    <main className="mx-auto max-w-xl p-8" role="alert">
      <h1 className="text-xl font-semibold">{title}</h1>
      {text && <p className="mt-2">{text}</p>}
      {children}
    </main>
  );
}

const root = createRootRoute({
  validateSearch: (search: Record<string, unknown>): Search => search as Search,
  component: Outlet,
  notFoundComponent: NoSuchPage,
  errorComponent: Failed,
});

/** Pages that need nobody signed in, without navigation. */
const bare = [
  createRoute({ getParentRoute: () => root, path: "/sign-in", component: page("sign-in") }),
  createRoute({ getParentRoute: () => root, path: "/sign-in/sso", component: page("single-sign-on") }),
  createRoute({ getParentRoute: () => root, path: "/second-factor", component: page("second-factor") }),
  createRoute({ getParentRoute: () => root, path: "/setup", component: page("setup") }),
  createRoute({ getParentRoute: () => root, path: "/link", component: page("link") }),
  createRoute({ getParentRoute: () => root, path: "/invitation", component: page("invitation") }),
] as const;

const shell = createRoute({
  getParentRoute: () => root,
  id: "shell",
  beforeLoad: forMembers,
  component: page("layout"),
});
const within = () => shell;

const tree = root.addChildren([
  ...bare,
  shell.addChildren([
    createRoute({ getParentRoute: within, path: "/", component: page("dashboard") }),
    createRoute({ getParentRoute: within, path: "/users", component: page("users") }),
    createRoute({ getParentRoute: within, path: "/users/$user", component: page("user") }),
    createRoute({ getParentRoute: within, path: "/roles", component: page("roles") }),
    createRoute({ getParentRoute: within, path: "/grants", component: page("grants") }),
    createRoute({ getParentRoute: within, path: "/licenses", component: page("licenses") }),
    createRoute({ getParentRoute: within, path: "/usage", component: page("usage") }),
    createRoute({ getParentRoute: within, path: "/employees", component: page("employees") }),
    createRoute({ getParentRoute: within, path: "/events", component: page("events") }),
    createRoute({ getParentRoute: within, path: "/changes", component: page("changes") }),
    createRoute({ getParentRoute: within, path: "/findings", component: page("findings") }),
    createRoute({ getParentRoute: within, path: "/actions", component: page("actions") }),
    createRoute({ getParentRoute: within, path: "/actions/$action", component: page("action") }),
    createRoute({ getParentRoute: within, path: "/alerts", component: page("alerts") }),
    createRoute({ getParentRoute: within, path: "/integrations", component: page("integrations") }),
    createRoute({ getParentRoute: within, path: "/integrations/$connection", component: page("connection") }),
    createRoute({ getParentRoute: within, path: "/account", component: page("account") }),
    createRoute({ getParentRoute: within, path: "/members", component: page("members") }),
    createRoute({ getParentRoute: within, path: "/audit-trail", component: page("audit-trail") }),
  ]),
]);

export const router = createRouter({
  routeTree: tree,
  parseSearch,
  stringifySearch,
  defaultPreload: "intent",
  defaultErrorComponent: Failed,
  scrollRestoration: true,
});

declare module "@tanstack/react-router" {
  interface Register {
    router: typeof router;
  }
}
